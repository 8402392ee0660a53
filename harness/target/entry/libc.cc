// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmget(3), shmat(3), mmap(2) and so on as programs call them, in programs of both widths.

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/host/address.h"
#include "harness/target/call/native_records.h"
#include "harness/target/target.h"

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

CallResult Map(std::uint64_t at, std::uint64_t size, int protection, int flags, int file,
               std::uint64_t offset) {
  return ReturnedAddress(::mmap(PointerTo(at), static_cast<std::size_t>(size), protection, flags,
                                file, static_cast<off_t>(offset)));
}

CallResult Unmap(std::uint64_t at, std::uint64_t size) {
  return ::munmap(PointerTo(at), static_cast<std::size_t>(size));
}

CallResult Protect(std::uint64_t at, std::uint64_t size, int protection) {
  return ::mprotect(PointerTo(at), static_cast<std::size_t>(size), protection);
}

CallResult Remap(std::uint64_t at, std::uint64_t size, std::uint64_t new_size, int flags,
                 std::uint64_t to) {
  return ReturnedAddress(::mremap(PointerTo(at), static_cast<std::size_t>(size),
                                  static_cast<std::size_t>(new_size), flags, PointerTo(to)));
}

CallResult Advise(std::uint64_t at, std::uint64_t size, int advice) {
  return ::madvise(PointerTo(at), static_cast<std::size_t>(size), advice);
}

CallResult Seal(std::uint64_t at, std::uint64_t size, std::uint64_t flags) {
  return ::syscall(kMseal, PointerTo(at), static_cast<std::size_t>(size),
                   static_cast<unsigned long>(flags));
}

CallResult Sync(std::uint64_t at, std::uint64_t size, int flags) {
  return ::msync(PointerTo(at), static_cast<std::size_t>(size), flags);
}

CallResult Lock(std::uint64_t at, std::uint64_t size) {
  return ::mlock(PointerTo(at), static_cast<std::size_t>(size));
}

CallResult Unlock(std::uint64_t at, std::uint64_t size) {
  return ::munlock(PointerTo(at), static_cast<std::size_t>(size));
}

CallResult LockAll(int flags) { return ::mlockall(flags); }

CallResult UnlockAll() { return ::munlockall(); }

}  // namespace

CallResult KeyOfPathByLibc(const char* path, int project) { return ::ftok(path, project); }

/// The C library of a 32-bit program has times of 64 bits and the kernel's record has them in
/// halves; the library converts them in the program. It calls ipc(2) and adds IPC_64.
constexpr SysvCalls kLibcSysvCalls{.get = Get,
                                   .attach = Attach,
                                   .detach = Detach,
                                   .control = Control,
                                   .key_of_path = KeyOfPathByLibc,
                                   .write_settable = native::WriteSettable,
                                   .read_segment = native::ReadSegment,
                                   .read_limits = native::ReadLimits,
                                   .read_usage = native::ReadUsage,
                                   .sizes = native::kSizes,
                                   .copies_records = kIs32Bit,
                                   .record_bits = kIs32Bit ? kIpc64 : 0};

constexpr MapCalls kLibcMapCalls{.map = Map,
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

namespace {

constexpr Calls kCalls{.low_memory = kIs32Bit};

Library Libc() { return {"glibc", ::gnu_get_libc_version(), "libc.so"}; }

/// It is linked into the program of 32-bit actors, which was built with the headers of this one.
Library Libc32() { return {"glibc", fmt::format("{}.{}, 32-bit", __GLIBC__, __GLIBC_MINOR__), ""}; }

const internal::TargetRegistration registrations[] = {
    internal::TargetRegistration({.name = "libc",
                                  .place = 10,
                                  .about = "the C library",
                                  .calls = &kCalls,
                                  .library = &Libc}),
    internal::TargetRegistration({.name = "libc32",
                                  .place = 60,
                                  .about = "32-bit programs",
                                  .calls = &kCalls,
                                  .library = &Libc32,
                                  .abi = Abi::kI386})};

}  // namespace
}  // namespace shmspec
