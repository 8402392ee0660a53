// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/control_buffers.h"

#include <cstring>

#include "harness/target/sysv_calls.h"
#include "harness/vocabulary/check.h"

namespace shmspec {
namespace {

std::size_t PageBytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

ControlBuffers::ControlBuffers(bool low_memory) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_32BIT
  if (low_memory) flags |= MAP_32BIT;
#else
  static_cast<void>(low_memory);
#endif
  const std::size_t page = PageBytes();
  void* base = ::mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, flags, -1, 0);
  SHMSPEC_CHECK(base != MAP_FAILED, "no memory for three pages of buffers");
  pages_.reset({base, 3 * page});
  valid_ = static_cast<char*>(base);
  wild_ = valid_ + page;
  read_only_ = wild_ + page;
  std::memset(read_only_, kPoison, SysvCalls::kRecordBytes);
  SHMSPEC_CHECK(::mprotect(wild_, page, PROT_NONE) == 0, "mprotect of an own page");
  SetReadOnlyPageWritable(false);
}

void ControlBuffers::SetReadOnlyPageWritable(bool writable) {
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  SHMSPEC_CHECK(::mprotect(read_only_, PageBytes(), protection) == 0, "mprotect of an own page");
}

void* ControlBuffers::Poisoned(Buffer buffer) {
  switch (buffer) {
    case Buffer::kValid:
      std::memset(valid_, kPoison, SysvCalls::kRecordBytes);
      return valid_;
    case Buffer::kNull:
      return nullptr;
    case Buffer::kWild:
      return wild_;
    case Buffer::kUnwritable:
      return read_only_;
  }
  return nullptr;
}

}  // namespace shmspec
