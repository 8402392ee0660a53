// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmget(3), shmat(3), shmdt(3) and shmctl(3) as programs call them, in programs of both widths.

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/shm.h>

#include "harness/target/address.h"
#include "harness/target/native_records.h"
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

}  // namespace

CallResult KeyOfPathByLibc(const char* path, int project) { return ::ftok(path, project); }

/// The C library of a 32-bit program has times of 64 bits and the kernel's record has them in
/// halves; the library converts them in the program. It calls ipc(2) and adds IPC_64.
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
                               .low_memory = kIs32Bit,
                               .copies_records = kIs32Bit,
                               .record_bits = kIs32Bit ? kIpc64 : 0};

namespace {

Library Libc() { return {"glibc", ::gnu_get_libc_version(), "libc.so"}; }

/// It is linked into the program of 32-bit actors, which was built with the headers of this one.
Library Libc32() { return {"glibc", fmt::format("{}.{}, 32-bit", __GLIBC__, __GLIBC_MINOR__), ""}; }

const internal::TargetRegistration registrations[] = {
    internal::TargetRegistration({.name = "libc",
                                  .place = 10,
                                  .about = "the C library",
                                  .calls = &kLibcCalls,
                                  .library = &Libc}),
    internal::TargetRegistration({.name = "libc32",
                                  .place = 60,
                                  .about = "32-bit programs",
                                  .calls = &kLibcCalls,
                                  .library = &Libc32,
                                  .abi = Abi::kI386})};

}  // namespace
}  // namespace shmspec
