// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Processes that serve one plan after the other. The main() is in actor_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/actor/play.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

constexpr std::string_view kLook = "actor a\na: map.layout -> mappings{rows=[]}\n";

std::int64_t PidOf(const Trace& trace, std::size_t actor = 0) { return trace.actors[actor].pid; }

TEST(Stay, IsWhatAnActorDoesThatOnlyCallsAndMaps) {
  const auto stage = StageOf("libc");
  const Trace first = Play(*stage, kLook);
  EXPECT_EQ(PidOf(Play(*stage, kLook)), PidOf(first));
  EXPECT_EQ(PidOf(Play(*stage, "actor a\nactor b\na: sysv.shm_info -> ok\n")), PidOf(first));
}

TEST(Stay, IsNotForThoseWhoChangeTheirProcess) {
  const auto stage = StageOf("libc");
  for (const char* change :
       {"a: process.set_umask", "a: process.set_limit limit=nofile value=100", "a: process.exec",
        "a: map.lock_all flags=future", "a: process.fork child=b", "b: process.kill actor=a"}) {
    const bool forks = std::string_view(change).find("fork") != std::string_view::npos;
    const std::string actors = forks ? "actor a\nactor b start=fork\n" : "actor a\nactor b\n";
    const Trace changed = Play(*stage, actors + change + "\n");
    EXPECT_EQ(changed.trouble, "") << change;
    EXPECT_NE(PidOf(Play(*stage, kLook)), PidOf(changed)) << change;
  }
}

TEST(Stay, IsForTheSameIdentityOnly) {
  const auto stage = StageOf("libc");
  const Trace first = Play(*stage, kLook);
  const Trace other = Play(*stage, "actor a memlock=4096\na: map.layout -> ok\n");
  EXPECT_NE(PidOf(other), PidOf(first));
  EXPECT_EQ(other.actors[0].memlock, 4096u);
  EXPECT_NE(PidOf(Play(*stage, kLook)), PidOf(other));
}

TEST(Stay, GivesBackWhatThePlanMapped) {
  const auto stage = StageOf("libc");
  const Trace first = Play(*stage, kLook);
  for (const char* steps :
       {// as it was attached, several times, and under another attach
        "a: a0 = sysv.attach segment=s0 -> ok\na: a1 = sysv.attach segment=s0 -> ok\n"
        "a: a2 = sysv.attach segment=s0 at=a0 flags=remap -> ok\n",
        // in pieces, moved, and with its beginning unmapped
        "a: a0 = sysv.attach segment=s0 -> ok\na: map.protect at=a0+4096 protection=read -> 0\n"
        "a: map.unmap at=a0 -> 0\na: m0 = map.reserve size=65536 -> ok\n"
        "a: m1 = map.remap at=a0+8192 to=m0 -> ok\na: a1 = sysv.attach segment=s0 at=m0+16384 "
        "flags=remap -> ok\n"}) {
    const Trace mapped =
        Play(*stage, "actor a\na: s0 = sysv.get size=12288 flags=create|0600 -> ok\n" +
                         std::string(steps) + "a: sysv.remove segment=s0 -> 0\n");
    EXPECT_EQ(DifferencesOf(mapped), "");
    const Trace after = Play(*stage, kLook);
    EXPECT_EQ(DifferencesOf(after), "");
    EXPECT_EQ(PidOf(after), PidOf(first));
  }
}

TEST(Stay, EndsWithAnActorThatIsKilledBetweenPlans) {
  const auto stage = StageOf("libc");
  const Trace first = Play(*stage, kLook);
  const auto pid = static_cast<pid_t>(PidOf(first));
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process) GTEST_SKIP() << "needs pidfd_open";
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  pollfd end{process.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&end, 1, 10'000), 1);
  const Trace second = Play(*stage, kLook);
  EXPECT_EQ(DifferencesOf(second), "");
  EXPECT_NE(PidOf(second), PidOf(first));
}

TEST(Stay, LastsOverPlansThatNeedALargerRegion) {
  const auto stage = StageOf("libc");
  Play(*stage, kLook);
  std::string text = "actor a\n";
  for (int i = 0; i < 30'000; ++i) text += "a: sysv.shm_info -> ok\n";
  EXPECT_EQ(DifferencesOf(Play(*stage, text)), "");
  EXPECT_EQ(DifferencesOf(Play(*stage, kLook)), "");
}

TEST(Sweep, FollowsAnExperimentThatFailedWhoeverAskedForIt) {
  if (::unshare(CLONE_NEWIPC) != 0) GTEST_SKIP() << "needs root";
  const auto stage = StageOf("libc", {.deadline_ms = 200, .private_ipc = true});
  // b is stopped, so that the plan ends in its middle.
  const Trace failed = Play(*stage,
                            "actor a\nactor b\na: s0 = sysv.get flags=create|0600 -> ok\n"
                            "a: process.kill actor=b signal=SIGSTOP -> 0\nb: map.layout\n");
  EXPECT_THAT(failed.trouble, testing::HasSubstr("took longer than 200 ms"));
  EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\na: sysv.shm_info -> usage{used_ids=0}\n")), "");
}

TEST(Sweep, RemovesWhatAPlanLeftAndPutsSysctlsBack) {
  if (::unshare(CLONE_NEWIPC) != 0) GTEST_SKIP() << "needs root";
  const auto stage = StageOf("libc", {.private_ipc = true, .sweeps = true});
  const char* kMake =
      "actor a\na: system.sysctl_write name=shmmni value=3 -> 0\n"
      "a: s0 = sysv.get flags=create|0600 -> ok\na: s1 = sysv.get flags=create|0600 -> ok\n"
      "a: a0 = sysv.attach segment=s0 -> ok\na: sysv.remove segment=s0 -> 0\n";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(DifferencesOf(Play(*stage, kMake)), "");
    EXPECT_EQ(DifferencesOf(Play(*stage,
                                 "actor a\na: sysv.shm_info -> usage{used_ids=0}\n"
                                 "a: system.sysctl_read name=shmmni -> 4096\n")),
              "");
  }
}

TEST(Stage, LeavesTheCallerOnTheProcessorsItMayUse) {
  cpu_set_t before, after;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(before), &before), 0);
  if (CPU_COUNT(&before) < 2) GTEST_SKIP() << "needs two processors";
  EXPECT_EQ(DifferencesOf(Play(*StageOf("libc"), kLook)), "");
  ASSERT_EQ(::sched_getaffinity(0, sizeof(after), &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

/// What executing the program anew does by itself.
TEST(ForkedWarden, LeavesActorsNothingOfTheSignalsOfItsCaller) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &one, nullptr);
  ::signal(SIGUSR2, SIG_IGN);
  const auto stage = StageOf("libc", {.deadline_ms = 3000, .warden_start = WardenStart::kFork});
  for (const char* name : {"SIGUSR1", "SIGUSR2"}) {
    const std::string kill = std::string("a: process.kill actor=b signal=") + name + " -> 0\n";
    EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\nactor b\n" + kill)), "") << name;
  }
}

}  // namespace
}  // namespace shmspec
