// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Trouble around a plan: hangs, and the death of the processes that watch. The main() is in
// actor_test.cc.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <set>

#include "harness/actor/abilities.h"
#include "harness/actor/floor.h"
#include "harness/actor/play.h"
#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/text_file.h"

namespace shmspec {
namespace {

/// The processes that have this one as an ancestor.
std::set<pid_t> Descendants() {
  std::set<pid_t> found;
  std::vector<pid_t> open{::getpid()};
  while (!open.empty()) {
    const std::string pid = std::to_string(open.back());
    open.pop_back();
    const auto children = ReadTextFile(("/proc/" + pid + "/task/" + pid + "/children").c_str());
    if (!children.ok()) continue;
    for (const std::string& word : Words(*children)) {
      open.push_back(std::stoi(word));
      found.insert(open.back());
    }
  }
  return found;
}

/// The child that a process made first, or -1.
pid_t FirstChildOf(pid_t process) {
  const std::string pid = std::to_string(process);
  const auto children = ReadTextFile(("/proc/" + pid + "/task/" + pid + "/children").c_str());
  return children.ok() && !children->empty() ? std::stoi(*children) : -1;
}

/// Reaps children until there are none; false when that takes longer than ten seconds.
bool ReapAll() {
  const std::uint64_t until_ns = MonotonicNs() + 10'000'000'000;
  for (;;) {
    const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid < 0 && errno == ECHILD) return true;
    if (MonotonicNs() > until_ns) return false;
    if (pid == 0) ::poll(nullptr, 0, 1);
  }
}

// b waits in a call that never ends: its process is stopped.
constexpr std::string_view kHang =
    "actor a\nactor b\nactor c start=fork\na: map.layout -> ok\nb: process.fork child=c -> 0\n"
    "a: process.kill actor=b signal=SIGSTOP -> 0\nb: map.layout\na: map.layout\n";

TEST(Deadline, EndsAPlanThatHangsAndSaysWhere) {
  const auto stage = StageOf("libc", {.deadline_ms = 200});
  const std::uint64_t begin_ns = MonotonicNs();
  const Trace trace = Play(*stage, kHang);
  EXPECT_EQ(trace.trouble, "the plan took longer than 200 ms, at step 3 (b: map.layout)");
  EXPECT_FALSE(trace.lacking);
  EXPECT_LT(MonotonicNs() - begin_ns, 5'000'000'000u);
  EXPECT_TRUE(trace.steps[2].returned);
  EXPECT_FALSE(trace.steps[3].called);
  // Only the warden is left, and the stage goes on.
  EXPECT_EQ(Descendants().size(), 1u);
  EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\na: map.layout -> ok\n")), "");
}

TEST(Deadline, CoversCallsThatRunOn) {
  const auto stage = StageOf("libc", {.deadline_ms = 200});
  // Sums 16 TiB of zero pages, which takes hours.
  const Trace trace = Play(*stage,
                           "actor a\na: m0 = map.reserve size=17592186044416\n"
                           "a: map.protect at=m0 size=17592186044416 protection=read -> 0\n"
                           "a: memory.checksum at=m0 size=17592186044416\n");
  ASSERT_THAT(trace.trouble, testing::HasSubstr("at step 2 (a: memory.checksum)"));
  EXPECT_TRUE(trace.steps[2].called);
  EXPECT_FALSE(trace.steps[2].returned);
}

TEST(Stage, EndsAPlanAtARefusedStepThatTheRestRestsOn) {
  const auto stage = StageOf("libc");
  const std::uint64_t begin_ns = MonotonicNs();
  // In a child of the warden, and in a process that others must tell the warden about.
  for (const std::string_view plan :
       {"actor a\na: map.layout -> ok\na: process.pin cpu=1000 -> 0\na: map.layout -> ok\n",
        "actor a\nactor b start=fork\na: process.fork child=b -> 0\n"
        "b: process.pin cpu=1000 -> 0\na: map.layout -> ok\n"}) {
    const Trace trace = Play(*stage, plan);
    EXPECT_EQ(trace.trouble, "");
    EXPECT_EQ(trace.halt, Halt::kRefused);
    EXPECT_EQ(trace.halted_at, 1u);
    EXPECT_EQ(trace.steps[1].outcome, Outcome(Failure{{EINVAL}}));
    EXPECT_FALSE(trace.steps[2].called);
  }
  EXPECT_LT(MonotonicNs() - begin_ns, 5'000'000'000u);
  EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\na: process.pin cpu=1000\na: map.layout -> ok\n")),
            "");
}

TEST(Stage, TakesBackWhatAHaltedPlanMade) {
  const Trace trace = Play(
      "actor a\na: s0 = sysv.get key=private size=4096 flags=create|0600 -> ok\n"
      "a: process.pin cpu=1000 -> 0\na: sysv.remove segment=s0 -> 0\n");
  EXPECT_EQ(trace.halt, Halt::kRefused);
  const auto* id = std::get_if<Value>(&trace.steps[0].outcome);
  ASSERT_NE(id, nullptr);
  shmid_ds record{};
  EXPECT_EQ(::shmctl(static_cast<int>(id->number), IPC_STAT, &record), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST(Stage, LeavesNobodyBehind) {
  {
    const auto stage = StageOf("libc");
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(DifferencesOf(Play(*stage,
                                   "actor a\nactor b start=fork\nactor c start=fork\n"
                                   "a: process.fork child=b\nb: process.fork child=c\n"
                                   "a: process.kill actor=b\nc: map.layout -> ok\n")),
                "");
      ASSERT_EQ(Descendants().size(), 1u);
    }
  }
  EXPECT_THAT(Descendants(), testing::IsEmpty());
}

TEST(Stage, SurvivesTheDeathOfItsWarden) {
  const auto stage = StageOf("libc");
  EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\na: map.layout -> ok\n")), "");
  // It and the actor, which stays for the next plan.
  EXPECT_EQ(Descendants().size(), 2u);
  ASSERT_EQ(::kill(FirstChildOf(::getpid()), SIGKILL), 0);
  EXPECT_THAT(Play(*stage, "actor a\na: map.layout\n").trouble, testing::HasSubstr("watches"));
  EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\na: map.layout -> ok\n")), "");
}

/// A child that performs kHang for ever, until the process below it that `victim` chooses is
/// killed; then none of them may remain.
void KillAmidstAPlan(const std::function<pid_t(pid_t child)>& victim) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Play(*StageOf("libc", {.deadline_ms = 3'600'000}), kHang);
    ::_exit(0);
  }
  // The child, its warden and three actors.
  const std::uint64_t until_ns = MonotonicNs() + 10'000'000'000;
  while (Descendants().size() < 5 && MonotonicNs() < until_ns) ::poll(nullptr, 0, 1);
  EXPECT_EQ(Descendants().size(), 5u);
  ASSERT_EQ(::kill(victim(child), SIGKILL), 0);
  EXPECT_TRUE(ReapAll());
  EXPECT_THAT(Descendants(), testing::IsEmpty());
}

TEST(Harness, TakesItsActorsAlongWhenItIsKilled) {
  KillAmidstAPlan([](pid_t child) { return child; });
}

TEST(Harness, TakesItsActorsAlongWhenTheWardenIsKilled) { KillAmidstAPlan(FirstChildOf); }

TEST(Harness, GivesActorsNoFilesOfTheCaller) {
  const int secret = ::open("/dev/null", O_RDONLY);  // not closed on exec
  ASSERT_GE(secret, 0);
  const auto stage = StageOf("libc", {.deadline_ms = 3'600'000});
  const std::set<pid_t> wardens = Descendants();
  // The standard streams, the region, the socket and the bell for resting actors. The warden
  // answers once it runs.
  EXPECT_EQ(DifferencesOf(Play(*stage, "actor a\na: map.layout -> ok\n")), "");
  ASSERT_EQ(wardens.size(), 1u);
  const std::string folder = "/proc/" + std::to_string(*wardens.begin()) + "/fd/";
  int open = 0;
  for (int fd = 0; fd < 1000; ++fd) {
    if (::access((folder + std::to_string(fd)).c_str(), F_OK) == 0) ++open;
  }
  EXPECT_EQ(open, 8);  // the standard streams, the region, two pipes to the caller, one of its own
  ::close(secret);
}

/// A plan gets the lowest numbers, and no number of the harness's own stands for anything.
TEST(Harness, KeepsItsFilesFromPlans) {
  const Trace trace = Play(R"(
actor a
actor b
a: d0 = memfd.create -> 3
b: d1 = memfd.create -> 3
a: d2 = memfd.create -> 4
a: descriptor.close descriptor=0 -> EBADF
a: descriptor.close descriptor=2 -> EBADF
a: descriptor.close descriptor=200 -> EBADF
a: file.truncate descriptor=200 size=0 -> EBADF
a: file.truncate descriptor=201 size=0 -> EBADF
a: file.write descriptor=202 at=null size=1 -> EBADF
a: memfd.reopen descriptor=200 -> ENOENT
a: map.map descriptor=200 -> EBADF
a: descriptor.dup descriptor=1 -> EBADF
a: file.truncate descriptor=d0 size=1 -> 0
b: file.stat descriptor=d1 -> file{size=0}
a: process.exec -> 0
a: descriptor.close descriptor=200 -> EBADF
a: descriptor.close descriptor=d2 -> 0
a: d3 = memfd.create -> 4
)");
  EXPECT_EQ(DifferencesOf(trace), "");
}

/// An execve that fails leaves the files of the harness open for one that succeeds meanwhile.
TEST(Harness, KeepsItsFilesForTheThreadThatExecutesWhileAnotherCannot) {
  const auto stage = StageOf("libc");
  for (int round = 0; round < 200; ++round) {
    const Trace trace = Play(*stage, R"(
actor a
actor b start=thread
a: process.thread child=b -> 0
race {
  a: process.exec image=missing
  b: process.exec
}
)");
    ASSERT_EQ(trace.trouble, "");
    const auto* value = std::get_if<Value>(&trace.steps.back().outcome);
    ASSERT_NE(value, nullptr) << "in round " << round;
  }
}

/// Actors that stay give back what a plan has opened and mapped.
TEST(Harness, ClosesTheFilesOfPlans) {
  const auto stage = StageOf("libc");
  for (int plan = 0; plan < 3; ++plan) {
    const Trace trace = Play(*stage, R"(
actor a
a: d0 = memfd.create -> 3
a: file.truncate descriptor=d0 size=1p -> 0
a: m0 = map.map descriptor=d0 -> ok
a: d1 = descriptor.dup descriptor=d0 -> 4
)");
    EXPECT_EQ(DifferencesOf(trace), "");
  }
}

TEST(Floor, HoldsHere) {
  for (const FloorTest& test : TryFloor()) {
    EXPECT_TRUE(test.result.ok()) << test.name << ": " << test.result.error().message;
  }
}

TEST(Abilities, OfTheHarnessAreAllHere) {
  const FoundAbilities found = TryAbilities(OwnProgram());
  for (const AbilityEntry& entry : AbilityTable()) {
    if (entry.ability >= Ability::kTwoProcesses) break;  // those that requirements need
    EXPECT_TRUE(Has(found.there, entry.ability)) << found.WhyNot(entry.ability);
  }
}

}  // namespace
}  // namespace shmspec
