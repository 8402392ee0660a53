// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The 32-bit entry of a 64-bit x86 kernel, through ipc(2), which is what 32-bit C libraries call.

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/target/record_bytes.h"
#include "harness/target/sysv_calls.h"
#include "harness/vocabulary/check.h"
#include "harness/vocabulary/names.h"

namespace shmspec {
namespace {

#if defined(__x86_64__)

// struct compat_shmid64_ds and its relatives of <asm/compat.h>, which is not installed.
struct Permissions32 {
  std::int32_t key;
  std::uint32_t uid, gid, cuid, cgid;
  std::uint16_t mode, padding_after_mode, seq, padding_after_seq;
  std::uint32_t unused[2];
};
struct Segment32 {
  Permissions32 permissions;
  std::uint32_t size;
  std::uint32_t atime, atime_high, dtime, dtime_high, ctime, ctime_high;
  std::int32_t cpid, lpid;
  std::uint32_t nattch, unused[2];
};
struct Limits32 {
  std::uint32_t shmmax, shmmin, shmmni, shmseg, shmall, unused[4];
};
struct Usage32 {
  std::int32_t used_ids;
  std::uint32_t shm_tot, shm_rss, shm_swp, swap_attempts, swap_successes;
};

constexpr std::int64_t kIpc = 117;  // the number of ipc(2) in the 32-bit table
constexpr std::int64_t kShmat = 21, kShmdt = 22, kShmget = 23, kShmctl = 24;
constexpr std::int64_t kLargeRecords = 0x100;  // IPC_64

/// ipc(2). The upper halves of the arguments are lost on the way, as the entry has it.
std::int64_t Ipc(std::int64_t call, std::int64_t first, std::int64_t second, std::uint64_t third,
                 std::uint64_t pointer) {
  std::int64_t returned = kIpc;
  // Kernels before 4.17 zero r8 to r11 on this way out.
  asm volatile("int $0x80"
               : "+a"(returned)
               : "b"(call), "c"(first), "d"(second), "S"(third), "D"(pointer)
               : "memory", "r8", "r9", "r10", "r11", "cc");
  const auto result = static_cast<std::int32_t>(returned);
  if (result < 0 && result >= -4095) {
    errno = -result;
    return -1;
  }
  return result;
}

CallResult Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return Ipc(kShmget, key, static_cast<std::int64_t>(size), flags, 0);
}

// The word through which shmat returns the address: one for each thread, below 4 GiB.
std::uint32_t* LowWord() {
  static thread_local std::uint32_t* const word = [] {
    void* page = ::mmap(nullptr, sizeof(std::uint32_t), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    SHMSPEC_CHECK(page != MAP_FAILED, "no page below 2 GiB");
    return static_cast<std::uint32_t*>(page);
  }();
  return word;
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  std::uint32_t* const word = LowWord();
  const std::int64_t returned = Ipc(kShmat, segment, static_cast<std::int64_t>(flags),
                                    std::bit_cast<std::uint64_t>(word), address);
  return returned < 0 ? -1 : static_cast<std::int64_t>(*word);
}

std::int64_t Detach(std::uint64_t address) { return Ipc(kShmdt, 0, 0, 0, address); }

CallResult Control(std::int64_t segment, int command, void* buffer) {
  return Ipc(kShmctl, segment, command | kLargeRecords, 0, std::bit_cast<std::uint64_t>(buffer));
}

void WriteSettable(const SettableFields& fields, void* buffer) {
  auto record = CopyOf<Segment32>(buffer);
  record.permissions.uid = fields.uid;
  record.permissions.gid = fields.gid;
  record.permissions.mode = static_cast<std::uint16_t>(fields.mode);
  std::memcpy(buffer, &record, sizeof(record));
}

constexpr std::int64_t Joined(std::uint32_t low, std::uint32_t high) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(high) << 32) | low);
}

void ReadSegment(const void* buffer, SegmentRecord& record) {
  const auto seen = CopyOf<Segment32>(buffer);
  record.key = seen.permissions.key;
  record.mode.bits = seen.permissions.mode;
  record.uid = seen.permissions.uid;
  record.gid = seen.permissions.gid;
  record.cuid = seen.permissions.cuid;
  record.cgid = seen.permissions.cgid;
  record.seq = seen.permissions.seq;
  record.size = seen.size;
  record.cpid = seen.cpid;
  record.lpid = seen.lpid;
  record.nattch = seen.nattch;
  record.atime = Joined(seen.atime, seen.atime_high);
  record.dtime = Joined(seen.dtime, seen.dtime_high);
  record.ctime = Joined(seen.ctime, seen.ctime_high);
  record.reserved = ReservedBytesSet<Segment32>(buffer, [](Segment32& bytes) {
    const Permissions32 known = bytes.permissions;
    bytes.permissions = {.padding_after_mode = known.padding_after_mode,
                         .padding_after_seq = known.padding_after_seq,
                         .unused = {known.unused[0], known.unused[1]}};
    bytes.size = 0;
    bytes.atime = bytes.atime_high = bytes.dtime = bytes.dtime_high = 0;
    bytes.ctime = bytes.ctime_high = 0;
    bytes.cpid = bytes.lpid = 0;
    bytes.nattch = 0;
  });
}

void ReadLimits(const void* buffer, LimitsRecord& record) {
  const auto seen = CopyOf<Limits32>(buffer);
  record.shmmax = seen.shmmax;
  record.shmmin = seen.shmmin;
  record.shmmni = seen.shmmni;
  record.shmseg = seen.shmseg;
  record.shmall = seen.shmall;
  record.reserved = ReservedBytesSet<Limits32>(buffer, [](Limits32& bytes) {
    bytes.shmmax = bytes.shmmin = bytes.shmmni = bytes.shmseg = bytes.shmall = 0;
  });
}

void ReadUsage(const void* buffer, UsageRecord& record) {
  const auto seen = CopyOf<Usage32>(buffer);
  record.used_ids = seen.used_ids;
  record.shm_tot = seen.shm_tot;
  record.shm_rss = seen.shm_rss;
  record.shm_swp = seen.shm_swp;
  record.reserved = ReservedBytesSet<Usage32>(buffer, [](Usage32& bytes) {
    bytes.used_ids = 0;
    bytes.shm_tot = bytes.shm_rss = bytes.shm_swp = 0;
  });
}

#endif

}  // namespace

#if defined(__x86_64__)

constexpr SysvCalls kIa32Calls{.get = Get,
                               .attach = Attach,
                               .detach = Detach,
                               .control = Control,
                               .key_of_path = KeyOfPathByLibc,
                               .write_settable = WriteSettable,
                               .read_segment = ReadSegment,
                               .read_limits = ReadLimits,
                               .read_usage = ReadUsage,
                               .sizes = {sizeof(Segment32), sizeof(Limits32), sizeof(Usage32)},
                               .low_memory = true};

Result<void> ProbeIa32() {
  // Where the entry is missing, int 0x80 is a fault: tried in a process that may die of it.
  const pid_t child = ::fork();
  if (child < 0) return Error{fmt::format("cannot fork: {}", ErrnoName(errno))};
  if (child == 0) {
    ::signal(SIGSEGV, SIG_DFL);
    errno = 0;
    Ipc(kShmctl, -1, 2 /* IPC_STAT */ | kLargeRecords, 0, 0);
    ::_exit(errno == EINVAL || errno == EFAULT || errno == EIDRM ? 0 : 1);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return {};
  return Error{"this kernel does not offer 32-bit System V calls (int 0x80)", true};
}

#else

constexpr SysvCalls kIa32Calls{.low_memory = true};

Result<void> ProbeIa32() {
  return Error{"32-bit calls by int 0x80 exist only in x86-64 builds", true};
}

#endif

}  // namespace shmspec
