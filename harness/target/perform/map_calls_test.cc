// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// This program has functions of its own in place of those of the C library that change mappings:
// so it sees which target calls them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <string>
#include <vector>

#include "harness/target/perform/perform.h"
#include "harness/target/target.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace {

std::atomic<int> library_calls{0};

long CountedCall(long number, const void* address, std::size_t size, long third, long fourth = 0,
                 long fifth = 0, long sixth = 0) {
  ++library_calls;
  return ::syscall(number, address, size, third, fourth, fifth, sixth);
}

// NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel returns addresses as numbers.
void* AddressIn(long returned) { return reinterpret_cast<void*>(returned); }

}  // namespace

extern "C" {

void* mmap(void* at, std::size_t size, int protection, int flags, int file, off_t offset) noexcept {
  return AddressIn(CountedCall(SYS_mmap, at, size, protection, flags, file, offset));
}

int munmap(void* at, std::size_t size) noexcept {
  return static_cast<int>(CountedCall(SYS_munmap, at, size, 0));
}

int mprotect(void* at, std::size_t size, int protection) noexcept {
  return static_cast<int>(CountedCall(SYS_mprotect, at, size, protection));
}

int madvise(void* at, std::size_t size, int advice) noexcept {
  return static_cast<int>(CountedCall(SYS_madvise, at, size, advice));
}

void* mremap(void* at, std::size_t size, std::size_t new_size, int flags, ...) noexcept {
  va_list rest;
  va_start(rest, flags);
  void* const to = va_arg(rest, void*);
  va_end(rest);
  return AddressIn(CountedCall(SYS_mremap, at, size, static_cast<long>(new_size), flags,
                               reinterpret_cast<std::intptr_t>(to)));
}

}  // extern "C"

namespace shmspec {
namespace {

using ::testing::ElementsAre;

/// The targets that this system has.
std::vector<const KernelTarget*> TargetsHere() {
  std::vector<const KernelTarget*> here;
  for (const KernelTarget& target : KernelTargets()) {
    if (target.abi != Abi::kI386 && target.probe().ok()) here.push_back(&target);
  }
  return here;
}

std::int64_t NumberIn(const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  return value != nullptr ? value->number : -1;
}

TEST(MapCalls, MapAndRemapWhereTheyAreTold) {
  for (const KernelTarget* target : TargetsHere()) {
    SCOPED_TRACE(target->name);
    HandleTable handles;
    Context context(*target, handles);
    const std::int64_t at = NumberIn(Perform(MapPrivate{Size{16384}, {}}, context));
    ASSERT_NE(at, -1);
    EXPECT_EQ(Perform(MapProtect{AbsoluteAddress(at), Size{4096}, {}}, context), Outcome(Value{0}));
    EXPECT_EQ(Perform(MemoryLoad{AbsoluteAddress(at)}, context),
              Outcome(Fault{SignalCode{SIGSEGV}, FaultCode::kAccess, 0}));
    EXPECT_EQ(
        Perform(MapRemap{AbsoluteAddress(at + 4096), Size{4096}, Size{4096}, AbsoluteAddress(at)},
                context),
        Outcome(Value{at}));
    EXPECT_EQ(Perform(MemoryLoad{AbsoluteAddress(at)}, context), Outcome(Value{0}));
    EXPECT_EQ(Perform(MapAdvise{AbsoluteAddress(at), Size{4096}, Advice::kDontNeed}, context),
              Outcome(Value{0}));
    EXPECT_EQ(Perform(MapPrivate{Size{4096}, AbsoluteAddress(at)}, context), Outcome(Value{at}));
    EXPECT_EQ(Perform(MapUnmap{AbsoluteAddress(at), Size{16384}}, context), Outcome(Value{0}));
    EXPECT_EQ(Perform(MapUnmap{AbsoluteAddress(at + 1), Size{16384}}, context),
              Outcome(Failure{ErrorCode{EINVAL}}));
  }
}

TEST(MapCalls, GoThroughTheCLibraryOnlyWhereTheTargetIsThat) {
  for (const KernelTarget* target : TargetsHere()) {
    SCOPED_TRACE(target->name);
    HandleTable handles;
    Context context(*target, handles);
    std::vector<int> counts;
    const auto count = [&](const Operation& operation) {
      const int before = library_calls;
      const Outcome outcome = Perform(operation, context);
      counts.push_back(library_calls - before);
      return NumberIn(outcome);
    };
    const std::int64_t at = count(MapReserve{Size{16384}});
    count(MapPrivate{Size{16384}, AbsoluteAddress(at)});
    count(MapProtect{AbsoluteAddress(at), Size{4096}, Protection(1)});
    count(MapRemap{AbsoluteAddress(at), Size{8192}, Size{4096}, {}});
    count(MapAdvise{AbsoluteAddress(at), Size{4096}, Advice::kDontNeed});
    count(MapUnmap{AbsoluteAddress(at), Size{16384}});
    const int each = target->library != nullptr ? 1 : 0;
    EXPECT_THAT(counts, ElementsAre(each, each, each, each, each, each));
  }
}

// --- a way into the kernel that only writes down what it is asked for

std::string asked;

void Ask(const char* call) { asked += std::string(" ") + call; }

constexpr MapCalls kAsking{.map =
                               [](std::uint64_t, std::uint64_t, int, int, int, std::uint64_t) {
                                 Ask("map");
                                 return CallResult(4096);
                               },
                           .unmap =
                               [](std::uint64_t, std::uint64_t) {
                                 Ask("unmap");
                                 return CallResult::Lacking("no such call");
                               },
                           .protect =
                               [](std::uint64_t, std::uint64_t, int) {
                                 Ask("protect");
                                 return CallResult(0);
                               },
                           .remap =
                               [](std::uint64_t, std::uint64_t, std::uint64_t, int, std::uint64_t) {
                                 Ask("remap");
                                 return CallResult(8192);
                               },
                           .advise =
                               [](std::uint64_t, std::uint64_t, int) {
                                 Ask("advise");
                                 return CallResult(0);
                               },
                           .seal =
                               [](std::uint64_t, std::uint64_t, std::uint64_t) {
                                 Ask("seal");
                                 errno = ENOSYS;
                                 return CallResult(-1);
                               }};

TEST(MapCalls, OfAnotherTableReplaceThemAlone) {
  const Calls calls{.map = &kAsking};
  const KernelTarget target{.name = "asking", .calls = &calls};
  HandleTable handles;
  Context context(target, handles);
  const Address at = AbsoluteAddress(4096);
  EXPECT_EQ(Perform(MapReserve{}, context), Outcome(Value{4096}));
  EXPECT_EQ(Perform(MapUnmap{at, {}}, context), Outcome(Trouble{true, "no such call"}));
  EXPECT_EQ(Perform(MapProtect{at, {}, {}}, context), Outcome(Value{0}));
  EXPECT_EQ(Perform(MapRemap{at, {}, {}, {}}, context), Outcome(Value{8192}));
  EXPECT_EQ(Perform(MapAdvise{at, {}, {}}, context), Outcome(Value{0}));
  EXPECT_EQ(Perform(MapSeal{at, {}}, context),
            Outcome(Trouble{true, "this kernel has no mseal(2)"}));
  EXPECT_EQ(asked, " map unmap protect remap advise seal");
}

}  // namespace
}  // namespace shmspec
