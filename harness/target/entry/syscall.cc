// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// syscall(2) with the numbers of this architecture: no library in between.

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/target/native_records.h"
#include "harness/target/target.h"

namespace shmspec {
namespace {

CallResult Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return ::syscall(SYS_shmget, key, size, flags);
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  return ::syscall(SYS_shmat, segment, address, flags);
}

std::int64_t Detach(std::uint64_t address) { return ::syscall(SYS_shmdt, address); }

CallResult Control(std::int64_t segment, int command, void* buffer) {
  return ::syscall(SYS_shmctl, segment, command, buffer);
}

constexpr SysvCalls kCalls{.get = Get,
                           .attach = Attach,
                           .detach = Detach,
                           .control = Control,
                           .key_of_path = KeyOfPathByLibc,
                           .write_settable = native::WriteSettable,
                           .read_segment = native::ReadSegment,
                           .read_limits = native::ReadLimits,
                           .read_usage = native::ReadUsage,
                           .sizes = native::kSizes};

const internal::TargetRegistration registration(
    {.name = "syscall", .place = 20, .about = "bare system calls", .calls = &kCalls});

}  // namespace
}  // namespace shmspec
