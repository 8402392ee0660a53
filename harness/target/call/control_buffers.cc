// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/control_buffers.h"

#include <cstring>

#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

std::size_t PageBytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Different from byte to byte, so that a value moved elsewhere shows, and never 0, which calls
/// write most often.
constexpr auto kPattern = [] {
  std::array<unsigned char, 2 * ControlBuffers::kGuardBytes + SysvCalls::kRecordBytes> pattern{};
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    pattern[i] = static_cast<unsigned char>(0x5b + i * 38) | 1;
  }
  return pattern;
}();

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
  valid_ = static_cast<char*>(base) + kGuardBytes;
  wild_ = valid_ + page;
  read_only_ = wild_ + page;
  FillWithPattern(read_only_);
  SHMSPEC_CHECK(::mprotect(wild_ - kGuardBytes, page, PROT_NONE) == 0, "mprotect of an own page");
  SetReadOnlyPageWritable(false);
}

void ControlBuffers::SetReadOnlyPageWritable(bool writable) {
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  SHMSPEC_CHECK(::mprotect(read_only_ - kGuardBytes, PageBytes(), protection) == 0,
                "mprotect of an own page");
}

char* ControlBuffers::AddressOf(Buffer buffer) const {
  switch (buffer) {
    case Buffer::kValid:
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

void ControlBuffers::FillWithPattern(char* address) {
  std::memcpy(address - kGuardBytes, kPattern.data(), kPattern.size());
}

void ControlBuffers::Remember(const char* address) {
  std::memcpy(before_.data(), address - kGuardBytes, before_.size());
}

std::optional<ControlBuffers::Change> ControlBuffers::ChangeBeside(Buffer buffer,
                                                                   std::size_t writable) const {
  if (!IsReadable(buffer)) return std::nullopt;
  std::array<unsigned char, kWatchedBytes> now;
  std::memcpy(now.data(), AddressOf(buffer) - kGuardBytes, now.size());
  std::memcpy(now.data() + kGuardBytes, before_.data() + kGuardBytes, writable);
  if (now == before_) return std::nullopt;
  std::optional<Change> change;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] == before_[i]) continue;
    if (!change) change = {static_cast<std::int64_t>(i) - std::int64_t{kGuardBytes}, 0};
    ++change->bytes;
  }
  return change;
}

}  // namespace shmspec
