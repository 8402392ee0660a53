// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/target/native_records.h"
#include "harness/target/sysv_calls.h"

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

}  // namespace

constexpr SysvCalls kSyscallCalls{.get = Get,
                                  .attach = Attach,
                                  .detach = Detach,
                                  .control = Control,
                                  .key_of_path = KeyOfPathByLibc,
                                  .write_settable = native::WriteSettable,
                                  .read_segment = native::ReadSegment,
                                  .read_limits = native::ReadLimits,
                                  .read_usage = native::ReadUsage,
                                  .sizes = native::kSizes};

Result<void> ProbeSyscall() { return {}; }

}  // namespace shmspec
