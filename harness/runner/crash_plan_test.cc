// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which plans with a crash a plan gives. Text stands for plans, as it is easier to read.

#include "harness/runner/crash_plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/runner/crash_cases.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

Plan Read(const std::string& text) {
  const Result<Plan> plan = ParsePlan("plan p.q.r\n" + text, "test");
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return *plan;
}

std::vector<std::string> NamesOfPlans(const Plan& plan, CrashPlaces places) {
  std::vector<std::string> names;
  for (const CrashPoint& point : CrashPointsOf(plan, places)) {
    names.push_back(PlanWithCrash(plan, point).name.substr(std::string("p.q.r/").size()));
  }
  return names;
}

/// The steps of the plan with that crash, without those by which the watcher looks at what is left.
std::string WithCrash(const std::string& text, const CrashPoint& point) {
  Plan plan = PlanWithCrash(Read(text), point);
  EXPECT_FALSE(FindFlaw(plan)) << PrintPlan(plan) << FindFlaw(plan)->message;
  const std::uint8_t watcher = static_cast<std::uint8_t>(plan.actors.size() - 1);
  std::erase_if(plan.steps, [&](const Step& step) {
    return step.actor.index == watcher && !std::holds_alternative<ProcessKill>(step.operation);
  });
  const std::string printed = PrintPlan(plan);
  return printed.substr(printed.find("actor watcher\n") + std::string("actor watcher\n").size());
}

constexpr const char* kTwo =
    "actor a\n"
    "actor b\n"
    "a: s0 = sysv.get flags=create|0600 -> ok\n"
    "a: a0 = sysv.attach segment=s0 -> ok\n"
    "b: a1 = sysv.attach segment=s0 -> ok\n"
    "a: sysv.remove segment=s0 -> 0\n"
    "b: memory.load at=a1 width=8 -> 0\n";

TEST(CrashPlan, IsMadeForEachPointBeforeAndAfterAStepOfItsActor) {
  EXPECT_THAT(NamesOfPlans(Read(kTwo), CrashPlaces::kBetweenSteps),
              ElementsAre("crash:a:after-0", "crash:a:after-1", "crash:a:after-2",
                          "crash:b:after-2", "crash:b:after-3", "crash:a:after-3",
                          "crash:a:after-4", "crash:b:after-4", "crash:b:after-5"));
}

TEST(CrashPlan, IsMadeOnceForPointsThatLeaveTheSameSteps) {
  // Before its only step and before that of the other one, b has done nothing, and so goes on a.
  const Plan plan = Read("actor a\nactor b\nb: sysv.get flags=create|0600\n");
  EXPECT_THAT(NamesOfPlans(plan, CrashPlaces::kBetweenSteps),
              ElementsAre("crash:b:after-0", "crash:b:after-1"));
}

TEST(CrashPlan, LeavesOutTheStepsOfTheDeadAndWhatHasNoValueWithoutThem) {
  EXPECT_EQ(WithCrash(kTwo, {{0}, 1}),
            "a: s0 = sysv.get flags=create|0600\n"
            "watcher: process.kill\n"
            "b: a1 = sysv.attach segment=s0\n"
            "b: memory.load at=a1\n");
  EXPECT_EQ(WithCrash(kTwo, {{0}, 0}), "watcher: process.kill\n");
}

TEST(CrashPlan, LetsTheWatcherLookAtEachSegmentAndName) {
  const std::string printed = PrintPlan(PlanWithCrash(Read(kTwo), {{1}, 3}));
  EXPECT_THAT(printed, AllOf(HasSubstr("watcher: sysv.stat segment=s0\n"
                                       "watcher: a2 = sysv.attach segment=s0 flags=read_only\n"
                                       "watcher: memory.checksum at=a2\n"
                                       "watcher: sysv.detach at=a2\n"
                                       "watcher: sysv.shm_info\n")));
  const std::string object = PrintPlan(
      PlanWithCrash(Read("actor a\na: d0 = posix.open name=\"/x\" flags=create\n"), {{0}, 1}));
  EXPECT_THAT(object, AllOf(HasSubstr("watcher: d1 = posix.open name=\"/x\""),
                            HasSubstr("watcher: file.stat descriptor=d1\n")));
}

TEST(CrashPlan, EndsThreadsWithTheirProcessAndNotTheChildren) {
  constexpr const char* kText =
      "actor a\nactor t start=thread\nactor c start=fork\nactor n start=fork\n"
      "a: process.thread child=t\n"
      "a: process.fork child=c\n"
      "t: map.private\n"
      "c: map.private\n"
      "a: process.fork child=n\n"
      "n: map.private\n";
  EXPECT_EQ(WithCrash(kText, {{0}, 2}),
            "a: process.thread child=t\n"
            "a: process.fork child=c\n"
            "watcher: process.kill\n"
            "c: map.private\n");
  EXPECT_THAT(NamesOfPlans(Read(kText), CrashPlaces::kBetweenSteps),
              Not(IsSupersetOf({std::string("crash:t:after-3")})));
}

TEST(CrashPlan, JoinsTheCallsInFlightOfTheDead) {
  EXPECT_EQ(WithCrash("actor a\nactor b\n"
                      "b & system.next_second\n"
                      "a: map.private\n"
                      "join b\n"
                      "a: map.private\n",
                      {{1}, 1}),
            "b & system.next_second\n"
            "watcher: process.kill actor=b\n"
            "join b\n"
            "a: map.private\n"
            "a: map.private\n");
}

TEST(CrashPlan, EndsThoseWhomTheDeadWouldHaveJoinedOrEnded) {
  EXPECT_EQ(WithCrash("actor a\nactor b\n"
                      "b & system.next_second\n"
                      "a: process.kill actor=b\n",
                      {{0}, 1}),
            "b & system.next_second\n"
            "watcher: process.kill\n"
            "watcher: process.kill actor=b\n"
            "join b\n");
}

TEST(CrashPlan, OfACrashInsideRacesWithTheStep) {
  EXPECT_THAT(
      NamesOfPlans(Read(kTwo), CrashPlaces::kInsideSteps),
      ElementsAre("crash:a:in-1", "crash:a:in-2", "crash:b:in-3", "crash:a:in-4", "crash:b:in-5"));
  EXPECT_EQ(WithCrash(kTwo, {{1}, 2, true}),
            "a: s0 = sysv.get flags=create|0600\n"
            "a: a0 = sysv.attach segment=s0\n"
            "race {\n"
            "  b: a1 = sysv.attach segment=s0\n"
            "  watcher: process.kill actor=b\n"
            "}\n"
            "a: sysv.remove segment=s0\n");
}

TEST(CrashPlan, TakesARaceAsOneStep) {
  constexpr const char* kText =
      "actor a\nactor b\n"
      "a: s0 = sysv.get flags=create|0600\n"
      "race {\n"
      "  a: sysv.remove segment=s0\n"
      "  b: a0 = sysv.attach segment=s0\n"
      "}\n"
      "race {\n"
      "  a: sysv.stat segment=s0\n"
      "  b: sysv.stat segment=s0\n"
      "}\n";
  EXPECT_EQ(WithCrash(kText, {{1}, 1, true}),
            "a: s0 = sysv.get flags=create|0600\n"
            "race {\n"
            "  a: sysv.remove segment=s0\n"
            "  b: a0 = sysv.attach segment=s0\n"
            "  watcher: process.kill actor=b\n"
            "}\n"
            "race {\n"
            "  a: sysv.stat segment=s0\n"
            "}\n");
  EXPECT_THAT(
      NamesOfPlans(Read(kText), CrashPlaces::kBetweenSteps),
      ElementsAre("crash:a:after-0", "crash:a:after-1", "crash:a:after-3", "crash:b:after-1",
                  "crash:b:after-3", "crash:a:after-5", "crash:b:after-5"));
}

TEST(CrashPlan, LeavesOutLitmusTestsOfWhichABranchIsMissing) {
  constexpr const char* kText =
      "actor a\nactor b\n"
      "a: s0 = sysv.get flags=create|0600\n"
      "a: a0 = sysv.attach segment=s0\n"
      "b: a1 = sysv.attach segment=s0\n"
      "race {\n"
      "  a: memory.branch at=a0 program=\"x=1; r0=y\"\n"
      "  b: memory.branch at=a1 program=\"y=1; r0=x\"\n"
      "}\n"
      "a: memory.histogram at=a0\n"
      "a: sysv.remove segment=s0\n";
  EXPECT_THAT(WithCrash(kText, {{1}, 3}),
              AllOf(Not(HasSubstr("memory.branch")), Not(HasSubstr("memory.histogram")),
                    HasSubstr("sysv.remove")));
  EXPECT_THAT(WithCrash(kText, {{1}, 5}),
              AllOf(HasSubstr("memory.branch"), HasSubstr("memory.histogram")));
  EXPECT_THAT(NamesOfPlans(Read(kText), CrashPlaces::kInsideSteps),
              Not(IsSupersetOf({std::string("crash:a:in-4")})));
}

TEST(CrashPlan, EndsThoseWhomTheFirstProcessOfAPidNamespaceTakesWithIt) {
  EXPECT_EQ(WithCrash("actor a\nactor c start=fork\nactor e start=fork\n"
                      "a: process.unshare namespaces=pid\n"
                      "a: process.fork child=c\n"
                      "c: process.fork child=e\n"
                      "e: map.private\n"
                      "a: map.private\n",
                      {{1}, 3}),
            "a: process.unshare namespaces=pid\n"
            "a: process.fork child=c\n"
            "c: process.fork child=e\n"
            "watcher: process.kill actor=e\n"
            "watcher: process.kill actor=c\n"
            "a: map.private\n");
}

TEST(CrashPlan, LeavesOutWhatNeedsAnObjectThatTheDeadWouldHaveMade) {
  constexpr const char* kText =
      "actor a\nactor b\n"
      "b: s0 = sysv.get flags=create|0600\n"
      "b: a0 = sysv.attach segment=s0\n"
      "a: a1 = sysv.attach segment=s0\n"
      "a: sync.barrier_init at=a1 count=1\n"
      "b: sync.barrier_wait at=a0\n"
      "b: sync.mutex_lock at=a0\n";
  EXPECT_THAT(WithCrash(kText, {{0}, 3}),
              AllOf(Not(HasSubstr("barrier")), HasSubstr("b: sync.mutex_lock")));
  EXPECT_THAT(WithCrash(kText, {{0}, 4}), HasSubstr("b: sync.barrier_wait"));
}

TEST(CrashPlan, KillsNobodyWhoWaitsForARwlock) {
  const Plan plan = Read(
      "actor a\nactor b\n"
      "a: s0 = sysv.get flags=create|0600\n"
      "b: a0 = sysv.attach segment=s0\n"
      "b & sync.rwlock_lock at=a0\n"
      "join b\n");
  EXPECT_THAT(NamesOfPlans(plan, CrashPlaces::kBetweenSteps),
              ElementsAre("crash:a:after-0", "crash:a:after-1", "crash:b:after-1",
                          "crash:b:after-2", "crash:b:after-4"));
}

TEST(CrashPlan, LosesTheStepsThatWaitForEverWithoutTheDead) {
  const Plan plan = Read(
      "actor a\nactor b\n"
      "a: s0 = sysv.get flags=create|0600\n"
      "a: a0 = sysv.attach segment=s0\n"
      "b: a1 = sysv.attach segment=s0\n"
      "a: sync.mutex_init at=a0\n"
      "a: sync.mutex_lock at=a0\n"
      "b & sync.mutex_lock at=a1\n"
      "a: sync.mutex_unlock at=a0\n"
      "join b\n"
      "b: sysv.detach at=a1\n");
  const std::string dead = PrintPlan(WithoutDeadEnds(PlanWithCrash(plan, {{0}, 5})));
  EXPECT_THAT(dead, AllOf(Not(HasSubstr("b & sync.mutex_lock")), Not(HasSubstr("join")),
                          HasSubstr("b: sysv.detach")));
  const std::string later = PrintPlan(WithoutDeadEnds(PlanWithCrash(plan, {{0}, 7})));
  EXPECT_THAT(later, HasSubstr("b & sync.mutex_lock"));
}

TEST(CrashPlan, LosesTheStepsWhoseHandleGetsNoValue) {
  const Plan plan = Read(
      "actor a\n"
      "a: s0 = sysv.get flags=create|0600\n"
      "a: sysv.remove segment=s0\n");
  const std::string gone = PrintPlan(WithoutDeadEnds(PlanWithCrash(plan, {{0}, 2})));
  EXPECT_THAT(gone, AllOf(HasSubstr("= sysv.attach segment=s0"), Not(HasSubstr("checksum"))));
  const std::string left = PrintPlan(WithoutDeadEnds(PlanWithCrash(plan, {{0}, 1})));
  EXPECT_THAT(left, HasSubstr("memory.checksum"));
}

}  // namespace
}  // namespace shmspec
