// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <sys/shm.h>

#include "harness/target/address.h"
#include "harness/target/native_records.h"
#include "harness/target/sysv_calls.h"

namespace shmspec {
namespace {

CallResult Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return ::shmget(static_cast<key_t>(key), static_cast<std::size_t>(size), static_cast<int>(flags));
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  return ReturnedAddress(
      ::shmat(static_cast<int>(segment), PointerTo(address), static_cast<int>(flags)));
}

std::int64_t Detach(std::uint64_t address) { return ::shmdt(PointerTo(address)); }

CallResult Control(std::int64_t segment, int command, void* buffer) {
  return ::shmctl(static_cast<int>(segment), command, static_cast<shmid_ds*>(buffer));
}

constexpr int kIpc64 = 0x100;

}  // namespace

CallResult KeyOfPathByLibc(const char* path, int project) { return ::ftok(path, project); }

/// The C library of a 32-bit program has times of 64 bits and the kernel's record has them in
/// halves; the library converts them in the program. It calls ipc(2) and adds IPC_64.
constexpr bool kNarrow = sizeof(void*) == 4;

constexpr SysvCalls kLibcCalls{.get = Get,
                               .attach = Attach,
                               .detach = Detach,
                               .control = Control,
                               .key_of_path = KeyOfPathByLibc,
                               .write_settable = native::WriteSettable,
                               .read_segment = native::ReadSegment,
                               .read_limits = native::ReadLimits,
                               .read_usage = native::ReadUsage,
                               .sizes = native::kSizes,
                               .low_memory = kNarrow,
                               .copies_records = kNarrow,
                               .record_bits = kNarrow ? kIpc64 : 0};

Result<void> ProbeLibc() { return {}; }

}  // namespace shmspec
