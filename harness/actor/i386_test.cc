// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Actors that are 32-bit programs. The main() is in actor_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iostream>
#include <string>

#include "harness/actor/i386_program.h"
#include "harness/actor/play.h"

namespace shmspec {
namespace {

constexpr std::int64_t kFourGigabytes = std::int64_t{1} << 32;

class I386 : public testing::Test {
 protected:
  void SetUp() override {
    const Result<void> there = ProbeI386Program();
    if (!there.ok()) GTEST_SKIP() << there.error().message;
  }
};

std::int64_t NumberOf(const Trace& trace, std::size_t step) {
  const auto* value = std::get_if<Value>(&trace.steps[step].outcome);
  return value != nullptr ? value->number : -1;
}

TEST_F(I386, ActsBeside64BitProgramsInOnePlan) {
  const Trace trace = Play(R"(
actor wide
actor narrow abi=i386
wide: m0 = map.reserve -> ok
narrow: m1 = map.reserve -> ok
wide: s0 = sysv.get size=8192 flags=create|0600 -> ok
narrow: a0 = sysv.attach segment=s0 -> ok
wide: a1 = sysv.attach segment=s0 -> ok
narrow: memory.store at=a0+4096 width=8 value=1234567890123456789 -> 0
wide: memory.load at=a1+4096 width=8 -> 1234567890123456789
wide: sysv.stat segment=s0 -> segment{nattch=2 cpid=wide lpid=wide}
narrow: sysv.stat segment=s0 -> segment{nattch=2 cpid=wide lpid=wide}
narrow: sysv.remove segment=s0 -> 0
)");
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_GT(NumberOf(trace, 0), kFourGigabytes);
  EXPECT_LT(NumberOf(trace, 1), kFourGigabytes);
  EXPECT_LT(NumberOf(trace, 3), kFourGigabytes);
  EXPECT_EQ(trace.actors[0].abi, Abi::kNative);
  EXPECT_EQ(trace.actors[1].abi, Abi::kI386);
  EXPECT_EQ(trace.actors[0].task_size, ActorFacts::kTaskSize);
  EXPECT_EQ(trace.actors[1].task_size, ActorFacts::kTaskSize32);
}

TEST_F(I386, HasTheAddressSpaceItSays) {
  const Trace trace = Play(R"(
actor a abi=i386
a: m0 = map.reserve size=4096 -> ok
a: map.private at=4294959104 size=4096 -> ENOMEM
a: map.unmap at=4294959104 size=4096 -> EINVAL
a: map.unmap at=4294955008 size=4096 -> any
)");
  EXPECT_EQ(DifferencesOf(trace), "") << "0xffffe000 is the first address that it cannot have";
}

TEST_F(I386, StaysOneInItsChildrenItsThreadsAndByExec) {
  const Trace trace = Play(R"(
actor a abi=i386
actor child start=fork abi=i386
actor thread start=thread abi=i386
a: process.fork child=child -> 0
a: process.thread child=thread -> 0
child: m0 = map.reserve -> ok
thread: m1 = map.reserve -> ok
a: process.exec -> 0
a: m2 = map.reserve -> ok
a: process.exec image=missing -> ENOENT
)");
  EXPECT_EQ(DifferencesOf(trace), "");
  for (const std::size_t step : {2u, 3u, 5u}) EXPECT_LT(NumberOf(trace, step), kFourGigabytes);
  for (const ActorFacts& facts : trace.actors) EXPECT_EQ(facts.abi, Abi::kI386);
}

TEST_F(I386, StaysForTheNextPlan) {
  for (const char* target : {"libc", "libc32"}) {
    const auto stage = StageOf(target);
    const auto pid = [&] {
      const Trace trace = Play(*stage, "actor a abi=i386\na: sysv.shm_info -> ok\n");
      EXPECT_EQ(DifferencesOf(trace), "");
      return trace.actors[0].pid;
    };
    const std::int64_t first = pid();
    EXPECT_EQ(pid(), first) << target;
  }
}

TEST_F(I386, SaysWhatCannotBeSaidIn32Bits) {
  for (const char* step :
       {"a: sysv.get size=4294967296 flags=create|0600", "a: map.reserve size=4294967296",
        "a: memory.load at=4294967296", "a: sysv.detach at=4294967296",
        "a: sysv.stat segment=0 buffer=wild", "a: sysv.stat segment=0 buffer=read_only"}) {
    const Trace trace = Play(std::string("actor a abi=i386\n") + step + "\n");
    const auto* trouble = std::get_if<Trouble>(&trace.steps[0].outcome);
    ASSERT_NE(trouble, nullptr) << step;
    EXPECT_TRUE(trouble->lacking) << trouble->reason;
    EXPECT_THAT(trouble->reason, testing::HasSubstr("32")) << step;
  }
}

/// From here on every execve(2) of this process fails as that of a program of no known format.
void ExecuteNothing() {
  sock_filter code[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_execve},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOEXEC},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog program{std::size(code), code};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    ::_exit(2);
  }
}

TEST_F(I386, IsLackingWhereTheKernelRunsNone) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ExecuteNothing();
    const Result<void> probe = ProbeI386Program();
    const auto stage = StageOf("libc32", {.warden_start = WardenStart::kFork});
    const Trace trace = Play(*stage, "actor a\na: sysv.shm_info -> ok\n");
    std::cerr << (probe.ok() ? "there" : probe.error().message) << "; " << trace.trouble << "\n";
    constexpr std::string_view kWhy = "this kernel runs no 32-bit programs";
    const bool said = !probe.ok() && probe.error().lacking && probe.error().message == kWhy;
    ::_exit(said && trace.lacking && trace.trouble == kWhy ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace shmspec
