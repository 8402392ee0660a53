// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <sys/shm.h>

#include <bit>

#include "harness/target/native_records.h"
#include "harness/target/sysv_calls.h"

namespace shmspec {
namespace {

std::int64_t Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return ::shmget(static_cast<key_t>(key), size, static_cast<int>(flags));
}

std::int64_t Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  return std::bit_cast<std::int64_t>(
      ::shmat(static_cast<int>(segment), std::bit_cast<void*>(address), static_cast<int>(flags)));
}

std::int64_t Detach(std::uint64_t address) { return ::shmdt(std::bit_cast<void*>(address)); }

std::int64_t Control(std::int64_t segment, int command, void* buffer) {
  return ::shmctl(static_cast<int>(segment), command, static_cast<shmid_ds*>(buffer));
}

}  // namespace

static_assert(sizeof(void*) == 8, "outcomes of the kernel targets are those of 64-bit programs");

constexpr SysvCalls kLibcCalls{.get = Get,
                               .attach = Attach,
                               .detach = Detach,
                               .control = Control,
                               .write_settable = native::WriteSettable,
                               .read_segment = native::ReadSegment,
                               .read_limits = native::ReadLimits,
                               .read_usage = native::ReadUsage};

Result<void> ProbeLibc() { return {}; }

}  // namespace shmspec
