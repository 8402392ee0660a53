// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Waiting for actors that are blocked in a call. The main() is in actor_test.cc.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "harness/actor/play.h"

namespace shmspec {
namespace {

using testing::HasSubstr;

// A call that sleeps for most of a second, when a second has just begun.
constexpr const char* kSecondBegins = "a: system.next_second -> 0\n";

// `b` can sum zero pages at m0: a call that takes long and does not sleep.
constexpr const char* kZeroPages =
    "b: m0 = map.reserve size=17592186044416 -> ok\n"
    "b: map.protect at=m0 size=17592186044416 protection=read -> 0\n";

/// The steps of `a`, `b` and, in addition, `c`.
std::string Plan(const std::string& steps, const char* actors = "actor a\nactor b\nactor c\n") {
  return actors + steps;
}

TEST(AwaitBlocked, ReturnsWhileTheOtherActorSleepsInItsCall) {
  const Trace trace =
      Play(Plan(fmt::format("{}b & system.next_second -> 0\n"
                            "a: process.await_blocked actor=b -> 0\n"
                            "a: map.layout -> ok\n"
                            "join b\n",
                            kSecondBegins)));
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_LT(trace.steps[3].return_ns, trace.steps[1].return_ns) << "the call was still blocked";
}

TEST(AwaitBlocked, LetsOneOfLessPriorityOnTheSameProcessorReachItsCall) {
  const Trace trace = Play(Plan(fmt::format("{}a: process.set_realtime priority=2 -> 0\n"
                                            "b: process.set_realtime priority=1 -> 0\n"
                                            "b & system.next_second -> 0\n"
                                            "a: process.await_blocked actor=b -> 0\n"
                                            "join b\n",
                                            kSecondBegins),
                                "actor a cpu=0\nactor b cpu=0\n"));
  if (trace.lacking || DifferencesOf(trace).find("EPERM") != std::string::npos) {
    GTEST_SKIP() << "no real-time priorities here";
  }
  EXPECT_EQ(DifferencesOf(trace), "");
}

TEST(AwaitBlocked, TakesNoWaitForATurnForACall) {
  // Between its steps, before its first one, and after its last one, b waits for its turn.
  EXPECT_EQ(DifferencesOf(Play(Plan("a: process.await_blocked actor=b -> 1\n"
                                    "b: map.layout -> ok\n"
                                    "a: process.await_blocked actor=b -> 1\n"
                                    "b: map.layout -> ok\n"
                                    "a: process.await_blocked actor=b -> 1\n"))),
            "");
}

TEST(AwaitBlocked, TakesNoWaitForTheEndOfARaceForACall) {
  // b has done its part long before the others have, and sleeps.
  const Trace trace =
      Play(Plan("c: m0 = map.reserve size=1073741824 -> ok\n"
                "c: map.protect at=m0 size=1073741824 protection=read -> 0\n"
                "race {\n"
                "  a: map.layout -> ok\n"
                "  a: process.await_blocked actor=c -> 1\n"
                "  a: process.await_blocked actor=b -> 1\n"
                "  b: map.layout -> ok\n"
                "  c: memory.checksum at=m0 size=4194304 -> ok\n"
                "}\n"));
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_GE(trace.steps[3].return_ns, trace.steps[6].return_ns) << "c was waited for";
}

TEST(AwaitBlocked, GoesOnWaitingWhileTheCallRuns) {
  const Trace trace =
      Play(Plan(fmt::format("{}b & memory.checksum at=m0 size=16777216 -> ok\n"
                            "a: process.await_blocked actor=b -> 1\n"
                            "join b\n",
                            kZeroPages)));
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_GE(trace.steps[3].return_ns, trace.steps[2].return_ns);
}

TEST(AwaitBlocked, GoesOnWaitingUntilAStepOfTheBranchSleeps) {
  // First b is not there yet, then it is in a call that does not sleep.
  const Trace trace =
      Play(Plan("a: system.next_second -> 0\n"
                "race {\n"
                "  a: process.await_blocked actor=b -> 0\n"
                "  c: m0 = map.reserve size=4194304 -> ok\n"
                "  c: map.protect at=m0 size=4194304 protection=read -> 0\n"
                "  c: memory.checksum at=m0 size=4194304 -> ok\n"
                "  c: process.fork child=b -> 0\n"
                "  b: map.layout -> ok\n"
                "  b: system.next_second -> 0\n"
                "}\n",
                "actor a\nactor b start=fork\nactor c\n"));
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_GT(trace.steps[1].return_ns, trace.steps[7].call_ns);
  EXPECT_LT(trace.steps[1].return_ns, trace.steps[7].return_ns);
}

TEST(AwaitBlocked, TakesNoWaitOfTheHarnessForACall) {
  // kill(2) has returned: it is the harness that waits until c is gone, which is stopped. On a very
  // busy machine c may end before it stops, which is as good as a wait that was not seen.
  const Trace trace =
      Play(Plan("d: m0 = map.reserve size=16777216 -> ok\n"
                "d: map.protect at=m0 size=16777216 protection=read -> 0\n"
                "a: process.kill actor=c signal=SIGSTOP -> 0\n"
                "d: memory.checksum at=m0 size=16777216 -> ok\n"
                "b & process.kill actor=c signal=SIGTERM -> 0\n"
                "a & process.await_blocked actor=b -> 1\n"
                "d: memory.checksum at=m0 size=16777216 -> ok\n"
                "d: process.kill actor=c signal=SIGCONT -> 0|ESRCH\n"
                "join b\n"
                "join a\n",
                "actor a\nactor b\nactor c\nactor d\n"));
  EXPECT_EQ(DifferencesOf(trace), "");
  EXPECT_GE(trace.steps[5].return_ns, trace.steps[4].return_ns);
}

TEST(AwaitBlocked, LooksAtTheThreadAndNotAtItsProcess) {
  constexpr const char* kActors = "actor a\nactor b\nactor t start=thread\n";
  // The first thread of the process waits for its turn while the other one runs, or runs while the
  // other one sleeps.
  EXPECT_EQ(DifferencesOf(Play(Plan(fmt::format("{}b: process.thread child=t -> 0\n"
                                                "t & memory.checksum at=m0 size=16777216 -> ok\n"
                                                "a: process.await_blocked actor=t -> 1\n"
                                                "join t\n",
                                                kZeroPages),
                                    kActors))),
            "");
  EXPECT_EQ(DifferencesOf(Play(Plan(fmt::format("a: process.thread child=t -> 0\n{}"
                                                "t & system.next_second -> 0\n"
                                                "a: process.await_blocked actor=t -> 0\n"
                                                "join t\n",
                                                kSecondBegins),
                                    kActors))),
            "");
}

TEST(AwaitBlocked, KnowsTheOtherActorAfterAForkAndAnExec) {
  EXPECT_EQ(DifferencesOf(Play(Plan("a: process.thread child=t -> 0\n"
                                    "t: process.exec -> 0\n"
                                    "b: process.fork child=f -> 0\n"
                                    "b: system.next_second -> 0\n"
                                    "t & system.next_second -> 0\n"
                                    "f & system.next_second -> 0\n"
                                    "b: process.await_blocked actor=t -> 0\n"
                                    "b: process.await_blocked actor=f -> 0\n"
                                    "join t\njoin f\n",
                                    "actor a\nactor b\nactor t start=thread\n"
                                    "actor f start=fork\n"))),
            "");
}

TEST(AwaitBlocked, SeesActorsOfOtherUsers) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  EXPECT_EQ(DifferencesOf(Play(Plan("b: system.next_second -> 0\n"
                                    "b & system.next_second -> 0\n"
                                    "a: process.await_blocked actor=b -> 0\n"
                                    "join b\n",
                                    "actor a uid=u1 gid=u1\nactor b\n"))),
            "");
}

TEST(AwaitBlocked, EndsWhenTheOtherActorDoes) {
  EXPECT_EQ(DifferencesOf(Play(Plan("a: process.await_blocked actor=a -> EDEADLK\n"
                                    "a: process.kill actor=b -> 0\n"
                                    "a: process.await_blocked actor=b -> ESRCH\n"))),
            "");
  EXPECT_EQ(DifferencesOf(Play(Plan(fmt::format("{}b & memory.checksum at=m0 size=17592186044416\n"
                                                "a & process.await_blocked actor=b -> ESRCH\n"
                                                "c: process.kill actor=b -> 0\n"
                                                "join a\n",
                                                kZeroPages)))),
            "");
}

TEST(AwaitBlocked, EndsBeforeTheDeadlineOfThePlan) {
  const auto stage = StageOf("libc", {.deadline_ms = 1000});
  const Trace trace =
      Play(*stage, Plan(fmt::format("{}b & memory.checksum at=m0 size=17592186044416\n"
                                    "a: process.await_blocked actor=b -> 0\n"
                                    "join b\n",
                                    kZeroPages)));
  const auto* trouble = std::get_if<Trouble>(&trace.steps[3].outcome);
  ASSERT_NE(trouble, nullptr) << DifferencesOf(trace);
  EXPECT_FALSE(trouble->lacking);
  EXPECT_THAT(trouble->reason, HasSubstr("neither sleeps nor returns"));
}

TEST(AwaitBlocked, TakesNoActorThatWaitsLikeItselfForBlocked) {
  const auto stage = StageOf("libc", {.deadline_ms = 1000});
  const Trace trace = Play(*stage, Plan("race {\n"
                                        "  a: process.await_blocked actor=b\n"
                                        "  b: process.await_blocked actor=a\n"
                                        "}\n"));
  EXPECT_FALSE(std::holds_alternative<Value>(trace.steps[0].outcome) &&
               std::holds_alternative<Value>(trace.steps[1].outcome))
      << DifferencesOf(trace);
}

TEST(AwaitBlocked, IsUnsupportedByNameWhereNobodySeesThatAThreadSleeps) {
  ProcessStageOptions options;
  options.abilities.there = Without(kEveryAbility, Only(Ability::kBlocked));
  options.abilities.missing = {{Ability::kBlocked, "no /proc"}};
  const auto stage = StageOf("libc", options);
  const Trace trace = Play(*stage, Plan("a: process.await_blocked actor=b -> 1\n"));
  EXPECT_TRUE(trace.lacking);
  EXPECT_THAT(trace.trouble, HasSubstr("(blocked): no /proc"));
  EXPECT_EQ(DifferencesOf(Play(*stage, Plan("a: map.layout -> ok\n"))), "");
}

}  // namespace
}  // namespace shmspec
