// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// syscall(2) with the numbers of this architecture: no library in between.

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/target/call/kernel_files.h"
#include "harness/target/call/kernel_records.h"
#include "harness/target/call/native_records.h"
#include "harness/target/target.h"

namespace shmspec {
namespace {

/// A number for a register, of whatever width it has in a plan.
template <typename Number>
long Word(Number number) {
  return static_cast<long>(number);
}

/// Half of the addresses of a 32-bit program are negative numbers.
CallResult ReturnedAddressOf(long returned) {
  return returned == -1 ? -1 : static_cast<std::int64_t>(static_cast<unsigned long>(returned));
}

CallResult Get(std::int64_t key, std::uint64_t size, std::uint64_t flags) {
  return ::syscall(SYS_shmget, Word(key), Word(size), Word(flags));
}

CallResult Attach(std::int64_t segment, std::uint64_t address, std::uint64_t flags) {
  return ReturnedAddressOf(::syscall(SYS_shmat, Word(segment), Word(address), Word(flags)));
}

std::int64_t Detach(std::uint64_t address) { return ::syscall(SYS_shmdt, Word(address)); }

CallResult Control(std::int64_t segment, int command, void* buffer) {
#ifdef __arm__
  command |= 0x100;  // IPC_64: this call is older than the present records
#endif
  return ::syscall(SYS_shmctl, Word(segment), command, buffer);
}

CallResult Map(std::uint64_t at, std::uint64_t size, int protection, int flags, int file,
               std::uint64_t offset) {
#ifdef SYS_mmap2
  constexpr std::uint64_t kUnit = 4096;  // of its offset
  if (offset % kUnit != 0) return CallResult::Lacking(kMmap2Units);
  return ReturnedAddressOf(
      ::syscall(SYS_mmap2, Word(at), Word(size), protection, flags, file, Word(offset / kUnit)));
#else
  return ReturnedAddressOf(
      ::syscall(SYS_mmap, Word(at), Word(size), protection, flags, file, Word(offset)));
#endif
}

CallResult Unmap(std::uint64_t at, std::uint64_t size) {
  return ::syscall(SYS_munmap, Word(at), Word(size));
}

CallResult Protect(std::uint64_t at, std::uint64_t size, int protection) {
  return ::syscall(SYS_mprotect, Word(at), Word(size), protection);
}

CallResult Remap(std::uint64_t at, std::uint64_t size, std::uint64_t new_size, int flags,
                 std::uint64_t to) {
  return ReturnedAddressOf(
      ::syscall(SYS_mremap, Word(at), Word(size), Word(new_size), flags, Word(to)));
}

CallResult Advise(std::uint64_t at, std::uint64_t size, int advice) {
  return ::syscall(SYS_madvise, Word(at), Word(size), advice);
}

CallResult Seal(std::uint64_t at, std::uint64_t size, std::uint64_t flags) {
  return ::syscall(kMseal, Word(at), Word(size), Word(flags));
}

CallResult Sync(std::uint64_t at, std::uint64_t size, int flags) {
  return ::syscall(SYS_msync, Word(at), Word(size), flags);
}

CallResult Lock(std::uint64_t at, std::uint64_t size) {
  return ::syscall(SYS_mlock, Word(at), Word(size));
}

CallResult Unlock(std::uint64_t at, std::uint64_t size) {
  return ::syscall(SYS_munlock, Word(at), Word(size));
}

CallResult LockAll(int flags) { return ::syscall(SYS_mlockall, flags); }

CallResult UnlockAll() { return ::syscall(SYS_munlockall); }

constexpr SysvCalls kSysvCalls{.get = Get,
                               .attach = Attach,
                               .detach = Detach,
                               .control = Control,
                               .key_of_path = KeyOfPathByLibc,
                               .write_settable = kernel::WriteSettable,
                               .read_segment = kernel::ReadSegment,
                               .read_limits = kernel::ReadLimits,
                               .read_usage = native::ReadUsage,
                               .sizes = kernel::kSizes};

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

constexpr Calls kCalls{.sysv = &kSysvCalls, .map = &kMapCalls, .file = &kKernelFileCalls};

const internal::TargetRegistration registration(
    {.name = "syscall", .place = 20, .about = "bare system calls", .calls = &kCalls});

}  // namespace
}  // namespace shmspec
