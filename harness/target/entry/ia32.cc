// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The 32-bit entry of a 64-bit x86 kernel, in each way in which it has System V calls: through
// ipc(2), which is what 32-bit C libraries call; with numbers of their own, since Linux 5.1; and
// through ipc(2) with the records from before IPC_64. Mappings are made and changed by the same
// entry.

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <csignal>

#include "harness/target/call/ia32_records.h"
#include "harness/target/target.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

#if defined(__x86_64__)

// Numbers in the 32-bit table, and those of ipc(2) for its first argument.
constexpr std::int64_t kIpc = 117, kShmget = 395, kShmctl = 396, kShmat = 397, kShmdt = 398;
constexpr std::int64_t kMmap2 = 192, kMunmap = 91, kMprotect = 125, kMremap = 163, kMadvise = 219;
constexpr std::int64_t kMsync = 144, kMlock = 150, kMunlock = 151;
constexpr std::int64_t kMlockall = 152, kMunlockall = 153;
constexpr std::int64_t kIpcShmat = 21, kIpcShmdt = 22, kIpcShmget = 23, kIpcShmctl = 24;
constexpr int kLargeRecords = 0x100;  // IPC_64

struct Arguments {
  std::int64_t first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0;
};

/// What the kernel left in eax. The entry drops the upper halves of the arguments.
std::uint32_t Enter(std::int64_t number, const Arguments& arguments) {
  std::int64_t returned = number;
  // rbp may hold the frame and is no operand, so it is lent for the call. Kernels before 4.17 zero
  // r8 to r11 on this way out.
  register std::int64_t sixth asm("r12") = arguments.sixth;
  asm volatile("xchgq %%rbp, %1\n\tint $0x80\n\txchgq %%rbp, %1"
               : "+a"(returned), "+r"(sixth)
               : "b"(arguments.first), "c"(arguments.second), "d"(arguments.third),
                 "S"(arguments.fourth), "D"(arguments.fifth)
               : "memory", "r8", "r9", "r10", "r11", "cc");
  return static_cast<std::uint32_t>(returned);
}

/// -1 with errno where the kernel returned one; addresses may have the highest bit.
std::int64_t Settled(std::uint32_t returned) {
  if (returned < 0xfffff001u) return returned;
  errno = -static_cast<std::int32_t>(returned);
  return -1;
}

std::int64_t Number(const void* buffer) { return std::bit_cast<std::int64_t>(buffer); }
std::int64_t Number(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }

// ---- Through ipc(2) ----------------------------------------------------------------------------

std::int64_t Ipc(const Arguments& arguments) { return Settled(Enter(kIpc, arguments)); }

CallResult GetByIpc(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return Ipc({kIpcShmget, key, Number(size), Number(flags)});
}

// The word through which it returns the address: one for each thread, below 4 GiB.
std::uint32_t* LowWord() {
  static thread_local std::uint32_t* const word = [] {
    void* page = ::mmap(nullptr, sizeof(std::uint32_t), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    SHMSPEC_CHECK(page != MAP_FAILED, "no page below 2 GiB");
    return static_cast<std::uint32_t*>(page);
  }();
  return word;
}

CallResult AttachByIpc(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  std::uint32_t* const word = LowWord();
  const std::int64_t returned =
      Ipc({kIpcShmat, segment, Number(flags), Number(word), Number(address)});
  return returned < 0 ? -1 : static_cast<std::int64_t>(*word);
}

std::int64_t DetachByIpc(std::uint64_t address) {
  return Ipc({kIpcShmdt, 0, 0, 0, Number(address)});
}

CallResult ControlByIpc(std::int64_t segment, int command, void* buffer) {
  return Ipc({kIpcShmctl, segment, command | kLargeRecords, 0, Number(buffer)});
}

CallResult OldControlByIpc(std::int64_t segment, int command, void* buffer) {
  return Ipc({kIpcShmctl, segment, command, 0, Number(buffer)});
}

// ---- With numbers of their own -----------------------------------------------------------------

CallResult Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return Settled(Enter(kShmget, {key, Number(size), Number(flags)}));
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  return Settled(Enter(kShmat, {segment, Number(address), Number(flags)}));
}

std::int64_t Detach(std::uint64_t address) { return Settled(Enter(kShmdt, {Number(address)})); }

CallResult Control(std::int64_t segment, int command, void* buffer) {
  return Settled(Enter(kShmctl, {segment, command, Number(buffer)}));
}

// ---- Mappings ----------------------------------------------------------------------------------

CallResult Map(std::uint64_t at, std::uint64_t size, int protection, int flags, int file,
               std::uint64_t offset) {
  constexpr std::uint64_t kUnit = 4096;  // of its offset
  if (offset % kUnit != 0) return CallResult::Lacking(kMmap2Units);
  return Settled(
      Enter(kMmap2, {Number(at), Number(size), protection, flags, file, Number(offset / kUnit)}));
}

CallResult Unmap(std::uint64_t at, std::uint64_t size) {
  return Settled(Enter(kMunmap, {Number(at), Number(size)}));
}

CallResult Protect(std::uint64_t at, std::uint64_t size, int protection) {
  return Settled(Enter(kMprotect, {Number(at), Number(size), protection}));
}

CallResult Remap(std::uint64_t at, std::uint64_t size, std::uint64_t new_size, int flags,
                 std::uint64_t to) {
  return Settled(Enter(kMremap, {Number(at), Number(size), Number(new_size), flags, Number(to)}));
}

CallResult Advise(std::uint64_t at, std::uint64_t size, int advice) {
  return Settled(Enter(kMadvise, {Number(at), Number(size), advice}));
}

CallResult Seal(std::uint64_t at, std::uint64_t size, std::uint64_t flags) {
  return Settled(Enter(kMseal, {Number(at), Number(size), Number(flags)}));
}

CallResult Sync(std::uint64_t at, std::uint64_t size, int flags) {
  return Settled(Enter(kMsync, {Number(at), Number(size), flags}));
}

CallResult Lock(std::uint64_t at, std::uint64_t size) {
  return Settled(Enter(kMlock, {Number(at), Number(size)}));
}

CallResult Unlock(std::uint64_t at, std::uint64_t size) {
  return Settled(Enter(kMunlock, {Number(at), Number(size)}));
}

CallResult LockAll(int flags) { return Settled(Enter(kMlockall, {flags})); }

CallResult UnlockAll() { return Settled(Enter(kMunlockall, {})); }

/// Whether the call knows IPC_STAT and that no segment has the identifier -1. Where the entry is
/// missing, int 0x80 is a fault: so a child tries it.
Result<void> Probe(const Calls& calls, const char* missing) {
  const pid_t child = ::fork();
  if (child < 0) return Error{fmt::format("cannot fork: {}", ErrnoName(errno))};
  if (child == 0) {
    ::signal(SIGSEGV, SIG_DFL);
    errno = 0;
    calls.sysv->control(-1, 2 /* IPC_STAT */, nullptr);
    ::_exit(errno == EINVAL || errno == EFAULT || errno == EIDRM ? 0 : 1);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return {};
  return Error{missing, true};
}

constexpr SysvCalls kByIpcSysvCalls{.get = GetByIpc,
                                    .attach = AttachByIpc,
                                    .detach = DetachByIpc,
                                    .control = ControlByIpc,
                                    .key_of_path = KeyOfPathByLibc,
                                    .write_settable = ia32::WriteSettable,
                                    .read_segment = ia32::ReadSegment,
                                    .read_limits = ia32::ReadLimits,
                                    .read_usage = ia32::ReadUsage,
                                    .sizes = ia32::kSizes,
                                    .record_bits = kLargeRecords};

constexpr SysvCalls kDirectSysvCalls{.get = Get,
                                     .attach = Attach,
                                     .detach = Detach,
                                     .control = Control,
                                     .key_of_path = KeyOfPathByLibc,
                                     .write_settable = ia32::WriteSettable,
                                     .read_segment = ia32::ReadSegment,
                                     .read_limits = ia32::ReadLimits,
                                     .read_usage = ia32::ReadUsage,
                                     .sizes = ia32::kSizes};

constexpr SysvCalls kOldSysvCalls{.get = GetByIpc,
                                  .attach = AttachByIpc,
                                  .detach = DetachByIpc,
                                  .control = OldControlByIpc,
                                  .key_of_path = KeyOfPathByLibc,
                                  .write_settable = ia32::WriteOldSettable,
                                  .read_segment = ia32::ReadOldSegment,
                                  .read_limits = ia32::ReadOldLimits,
                                  .read_usage = ia32::ReadUsage,
                                  .sizes = ia32::kOldSizes,
                                  .record_bits = kLargeRecords,
                                  .largest_id = ia32::kOldLargestId};

constexpr MapCalls kMapCalls{.map = Map,
                             .unmap = Unmap,
                             .protect = Protect,
                             .remap = Remap,
                             .advise = Advise,
                             .seal = Seal,
                             .sync = Sync,
                             .lock = Lock,
                             .unlock = Unlock,
                             .lock_all = LockAll,
                             .unlock_all = UnlockAll};

constexpr Calls kByIpcCalls{.sysv = &kByIpcSysvCalls, .map = &kMapCalls, .low_memory = true};
constexpr Calls kDirectCalls{.sysv = &kDirectSysvCalls, .map = &kMapCalls, .low_memory = true};
constexpr Calls kOldCalls{.sysv = &kOldSysvCalls, .map = &kMapCalls, .low_memory = true};

Result<void> ProbeByIpc() {
  return Probe(kByIpcCalls, "this kernel does not offer 32-bit System V calls (int 0x80)");
}

Result<void> ProbeDirect() {
  return Probe(
      kDirectCalls,
      "this kernel does not offer 32-bit System V calls with numbers of their own (int 0x80"
      " with 395 to 398, since Linux 5.1)");
}

Result<void> ProbeOld() {
  return Probe(
      kOldCalls,
      "this kernel does not offer 32-bit System V calls with the records of before IPC_64");
}

#else

constexpr Calls kByIpcCalls{.low_memory = true};
constexpr Calls kDirectCalls{.low_memory = true};
constexpr Calls kOldCalls{.low_memory = true};

Error OnlyOnX86() { return Error{"32-bit calls by int 0x80 exist only in x86-64 builds", true}; }

Result<void> ProbeByIpc() { return OnlyOnX86(); }
Result<void> ProbeDirect() { return OnlyOnX86(); }
Result<void> ProbeOld() { return OnlyOnX86(); }

#endif

const internal::TargetRegistration registrations[] = {
    internal::TargetRegistration({.name = "ia32",
                                  .place = 30,
                                  .about = "32-bit calls by ipc(2)",
                                  .calls = &kByIpcCalls,
                                  .probe = &ProbeByIpc,
                                  .abi = Abi::kIa32}),
    internal::TargetRegistration({.name = "ia32_direct",
                                  .place = 40,
                                  .about = "32-bit calls with their own numbers",
                                  .calls = &kDirectCalls,
                                  .probe = &ProbeDirect,
                                  .abi = Abi::kIa32}),
    internal::TargetRegistration({.name = "ia32_old",
                                  .place = 50,
                                  .about = "32-bit calls with records of before IPC_64",
                                  .calls = &kOldCalls,
                                  .probe = &ProbeOld,
                                  .abi = Abi::kIa32Old})};

}  // namespace
}  // namespace shmspec
