// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The judgement of a trace: which side objected, and what that means for each requirement.

#include "harness/runner/perform_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "harness/runner/judge_trace.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req
using testing::ElementsAre;
using testing::HasSubstr;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

/// A segment is made, stored to, loaded from and removed; the steps are 0 to 4.
Trace Simulated(std::int64_t expected_load) {
  PlanBuilder plan("runner.judged.plan");
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42).Succeeds();
  a.Load(p).Gives(expected_load);
  a.Remove(s).Gives(0);
  return MakeSimulatedStage(Linux())->Perform(plan.plan(), 1);
}

TEST(JudgeTrace, LeavesACaseUnresolvedOfWhichAStepCouldNotBeCarriedOut) {
  Trace trace = Simulated(42);
  EXPECT_EQ(JudgeTrace(trace, Linux()).status, Status::kPass);
  trace.steps[4].outcome = Trouble{false, "the machine is busy"};
  const CaseResult result = JudgeTrace(trace, Linux());
  EXPECT_EQ(result.status, Status::kUnresolved);
  EXPECT_EQ(result.cause, Cause::kSetup);
  EXPECT_EQ(result.reason, "the machine is busy");
}

TEST(JudgeTrace, LeavesACaseUnsupportedOfWhichAStepLackedSomething) {
  Trace trace = Simulated(42);
  trace.steps[4].outcome = Trouble{true, "there is one processor"};
  EXPECT_EQ(JudgeTrace(trace, Linux()).status, Status::kUnsupported);
}

TEST(RateOf, IsTheMedianAndAnIntervalThatTwoOfTheRoundsBound) {
  using std::chrono::milliseconds;
  const auto rounds = [](int count) {
    std::vector<std::chrono::nanoseconds> times;
    for (int i = count; i > 0; --i) times.emplace_back(milliseconds(i));
    return times;
  };
  EXPECT_EQ(RateOf(rounds(5)), std::nullopt);
  EXPECT_EQ(RateOf(rounds(6)), (RoundRate{250, 166, 1000}));
  // Of twelve, all but two at either end: 1 - 2 * 79 / 4096 is 96 %.
  EXPECT_EQ(RateOf(rounds(12)), (RoundRate{142, 100, 333}));
}

TEST(PerformPlan, SaysHowFastManyRoundsWere) {
  const auto stage = MakeSimulatedStage(Linux());
  const Plan plan = Simulated(42).plan;
  EXPECT_EQ(PerformPlan(plan, 1, *stage, Linux(), 1).rate, std::nullopt);
  const auto rate = PerformPlan(plan, 20, *stage, Linux(), 1).rate;
  ASSERT_TRUE(rate.has_value());
  EXPECT_GT(rate->least_per_s, 0u);
  EXPECT_LE(rate->least_per_s, rate->per_s);
  EXPECT_LE(rate->per_s, rate->most_per_s);
}

TEST(JudgeTrace, KeepsTheFailureThatCameBeforeAStepThatCouldNotBeCarriedOut) {
  Trace unexpected = Simulated(43);
  unexpected.steps[4].outcome = Trouble{false, "the machine is busy"};
  EXPECT_EQ(JudgeTrace(unexpected, Linux()).status, Status::kFail);
  Trace refuted = Simulated(42);
  refuted.plan.steps[3].expected.reset();
  refuted.steps[3].outcome = Value{43};
  refuted.steps[4].outcome = Trouble{false, "the machine is busy"};
  const CaseResult result = JudgeTrace(refuted, Linux());
  EXPECT_EQ(result.status, Status::kFail);
  EXPECT_EQ(result.cause, Cause::kRefuted);
  EXPECT_THAT(result.reason, HasSubstr("step 4, memory.load: gave 43"));
}

TEST(JudgeTrace, JudgesNothingThatCameAfterAStepThatCouldNotBeCarriedOut) {
  Trace trace = Simulated(43);
  trace.steps[2].outcome = Trouble{false, "the machine is busy"};
  EXPECT_EQ(JudgeTrace(trace, Linux()).status, Status::kUnresolved);
}

/// b waits for a mutex that a has when c, or nobody, kills it.
PlanBuilder WaitingPlan(bool killed) {
  PlanBuilder plan("runner.judged.waiting");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Do(SyncMutexInit{.at = p});
  a.Do(SyncMutexLock{.at = p});
  if (killed) c.Do(ProcessKill{a, {9}});
  b.Do(SyncMutexLock{.at = q});
  return plan;
}

TEST(JudgeTrace, TakesForTheEndOfAPlanThatOthersWaitForOneWhoWasKilled) {
  const auto judged = [](const Plan& plan) {
    return JudgeTrace(MakeSimulatedStage(Linux())->Perform(plan, 1), Linux());
  };
  EXPECT_EQ(judged(WaitingPlan(true).plan()).status, Status::kPass);
  const CaseResult alive = judged(WaitingPlan(false).plan());
  EXPECT_EQ(alive.status, Status::kUnresolved);
  EXPECT_EQ(alive.cause, Cause::kTimeout);
  PlanBuilder expects = WaitingPlan(true);
  Plan plan = expects.plan();
  plan.steps.back().expected = Success();
  EXPECT_EQ(judged(plan).status, Status::kUnresolved);
}

/// Segment, attach, fork, look; each step expects what the specification says.
Plan ForkPlan() {
  PlanBuilder plan("judgement.fork");
  plan.Cite("SYSV.LIFE.FORK_INHERITS"_req);
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  a.Fork(child);
  a.Do(SysvStat{s}).Expects(Record().With("nattch", 2));
  return plan.plan();
}

/// The judgement of the plan's trace on the simulated system after a change.
CaseResult Judged(const Plan& plan, const std::function<void(Trace&)>& change = {}) {
  Trace trace = MakeSimulatedStage(Linux())->Perform(plan, 1);
  if (change) change(trace);
  return JudgeTrace(trace, Linux());
}

constexpr std::size_t kFork = 2;
constexpr std::size_t kStat = 3;

/// The fork fails with the errno; the steps after it do not happen.
std::function<void(Trace&)> ForkFailsWith(int error) {
  return [error](Trace& trace) {
    trace.steps[kFork].outcome = Failure{ErrorCode{error}};
    trace.steps.at(kStat) = {};
  };
}

TEST(JudgeTrace, PassesWhatCaseAndSpecificationAllow) {
  const CaseResult result = Judged(ForkPlan());
  EXPECT_EQ(result.status, Status::kPass) << result.reason;
  ASSERT_EQ(result.requirements.size(), 1u);
  EXPECT_EQ(result.requirements[0].status, Status::kPass);
}

TEST(JudgeTrace, ObservesWhatASpecificationLeavesOpen) {
  PlanBuilder plan("judgement.open");
  plan.Cite("SYSV.FTOK.ID_ZERO_UNSPECIFIED"_req);
  plan.Spawn("a").Do(SysvKeyOfPath{"/", 0});
  const CaseResult result = Judged(plan.plan());
  EXPECT_EQ(result.status, Status::kPass) << result.reason;
  ASSERT_EQ(result.requirements.size(), 1u);
  EXPECT_EQ(result.requirements[0].status, Status::kObserved);
}

TEST(JudgeTrace, CallsWhatThePlaceRefusesUnsupportedAndSaysWhy) {
  const CaseResult result = Judged(ForkPlan(), ForkFailsWith(EAGAIN));
  EXPECT_EQ(result.status, Status::kUnsupported);
  EXPECT_EQ(result.cause, Cause::kMissingCapability);
  EXPECT_NE(result.reason.find("the limit of processes"), std::string::npos) << result.reason;
}

TEST(JudgeTrace, KnowsAToolThatWasRefusedForWhatOthersUse) {
  PlanBuilder plan("judgement.tool");
  Segment s;
  const Actor a = plan.Spawn("a");
  a.MakeAs(s, SystemIpcmk{}).Expects(Record<Value>());
  const auto full = [](bool private_ipc) {
    return [private_ipc](Trace& trace) {
      trace.system.private_ipc = private_ipc;
      trace.steps[0].outcome = ToolResult{1, "no space left on device"};
    };
  };
  const CaseResult shared = Judged(plan.plan(), full(false));
  EXPECT_EQ(shared.status, Status::kUnsupported) << shared.reason;
  EXPECT_EQ(Judged(plan.plan(), full(true)).status, Status::kFail);
}

TEST(JudgeTrace, FailsWhatTheSpecificationDoesNotAllowAndNamesTheRequirement) {
  const CaseResult refused = Judged(ForkPlan(), ForkFailsWith(EPERM));
  EXPECT_EQ(refused.status, Status::kFail);
  const CaseResult miscounted = Judged(ForkPlan(), [](Trace& trace) {
    std::get<SegmentRecord>(trace.steps[kStat].outcome).nattch = 1;
  });
  EXPECT_EQ(miscounted.status, Status::kFail);
  EXPECT_EQ(miscounted.cause, Cause::kAssertion);
  const auto& found = miscounted.requirements;
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const RequirementResult& one) {
    return one.requirement == "SYSV.LIFE.FORK_INHERITS"_req && one.status == Status::kFail;
  }));
}

TEST(JudgeTrace, FailsACaseThatExpectsOtherThanTheSpecification) {
  Plan plan = ForkPlan();
  plan.steps[kStat].expected = Record().With("nattch", 3);
  const CaseResult result = Judged(plan);
  EXPECT_EQ(result.status, Status::kFail);
  EXPECT_EQ(result.cause, Cause::kDisagreement);
}

TEST(JudgeTrace, LeavesAnExperimentThatFailedUnresolved) {
  const CaseResult failed = Judged(ForkPlan(), [](Trace& trace) { trace.trouble = "no actor"; });
  EXPECT_EQ(failed.status, Status::kUnresolved);
  const CaseResult lacking = Judged(ForkPlan(), [](Trace& trace) {
    trace.trouble = "no second user";
    trace.lacking = true;
  });
  EXPECT_EQ(lacking.status, Status::kUnsupported);
  EXPECT_EQ(lacking.reason, "no second user");
}

/// A stage on which the last step cannot be carried out in the first `failures` performances.
class BusyStage final : public Stage {
 public:
  explicit BusyStage(int failures) : failures_(failures) {}

  std::string_view name() const override { return "busy"; }
  Trace Perform(const Plan& plan, std::uint64_t seed) override {
    seeds.push_back(seed);
    Trace trace = stage_->Perform(plan, seed);
    if (failures_-- > 0) trace.steps.back().outcome = Trouble{false, "the machine is busy"};
    return trace;
  }

  std::vector<std::uint64_t> seeds;

 private:
  std::unique_ptr<Stage> stage_ = MakeSimulatedStage(Linux());
  int failures_;
};

TEST(PerformPlan, RepeatsAnExperimentThatFailedWithAnotherSeedAndSaysSo) {
  const Plan plan = Simulated(42).plan;
  BusyStage stage(2);
  const CaseResult result = PerformPlan(plan, 2, stage, Linux(), 7);
  EXPECT_EQ(result.status, Status::kPass);
  EXPECT_EQ(result.rounds, 2u);
  EXPECT_EQ(result.steps, 4 * plan.steps.size());
  EXPECT_EQ(result.actor_pids.size(), 4u);
  EXPECT_THAT(result.observed,
              ElementsAre("repeated: the machine is busy", "repeated: the machine is busy"));
  EXPECT_THAT(stage.seeds, ElementsAre(SeedOfRound(7, 0), SeedOfRound(7, 1), SeedOfRound(7, 2),
                                       SeedOfRound(7, 3)));
  EXPECT_EQ(result.seed, SeedOfRound(7, 3));
}

/// A stage on which every trace is wrong, and which varies what it performs with odd seeds.
class WrongStage final : public Stage {
 public:
  std::string_view name() const override { return "wrong"; }
  Trace Perform(const Plan& plan, std::uint64_t seed) override {
    Trace trace = stage_->Perform(plan, seed);
    trace.steps.back().outcome = Failure{{ENOTTY}};
    return trace;
  }
  std::string Perturbed(const Plan&, std::uint64_t seed) const override {
    return seed % 2 == 1 ? "b waits" : "";
  }

 private:
  std::unique_ptr<Stage> stage_ = MakeSimulatedStage(Linux());
};

TEST(PerformPlan, SaysHowARaceWasVariedThatDidNotPass) {
  const Plan plan = Simulated(42).plan;
  WrongStage stage;
  const CaseResult varied = PerformPlan(plan, 2, stage, Linux(), 7);
  EXPECT_EQ(varied.status, Status::kFail);
  EXPECT_THAT(varied.observed, ElementsAre("with seed 7: b waits"));
  EXPECT_THAT(PerformPlan(plan, 2, stage, Linux(), 8).observed, ElementsAre());
}

TEST(PerformPlan, NotesTheObjectsThatAreTheCasesOwn) {
  PlanBuilder plan("runner.makes.objects");
  const Actor a = plan.Spawn("a");
  const auto make = [&](IpcKind kind, KeyRef key, std::uint64_t flags) {
    IpcObject name;
    a.IpcObjectAs(name, IpcGet{kind, key, {flags}});
  };
  const Key own = plan.NewKey();
  make(IpcKind::kQueue, PrivateKey(), 0600);
  make(IpcKind::kQueue, own, kCreate | 0600);
  make(IpcKind::kQueue, {{std::nullopt, 77}}, kCreate | 0600);  // maybe somebody else's
  make(IpcKind::kQueue, {{std::nullopt, 78}}, kCreate | kExclusive | 0600);
  make(IpcKind::kQueue, {{std::nullopt, 78}}, kCreate | kExclusive | 0600);  // fails
  make(IpcKind::kSemaphores, own, kCreate | 0600);
  BusyStage stage(1);
  const CaseResult result = PerformPlan(plan.plan(), 2, stage, Linux(), 7);
  EXPECT_EQ(result.queues.size(), 9u);          // in each of two rounds and a repetition
  EXPECT_EQ(result.semaphore_sets.size(), 2u);  // the first of which failed at its last step
}

TEST(PerformPlan, LeavesUnresolvedWhatFailsEveryTime) {
  BusyStage stage(kMostRepetitions + 1);
  EXPECT_EQ(PerformPlan(Simulated(42).plan, 1, stage, Linux(), 7).status, Status::kUnresolved);
  EXPECT_EQ(stage.seeds.size(), std::size_t{kMostRepetitions} + 1);
}

TEST(PerformPlan, BeginsNoFurtherRoundWhenTheTimeIsUpAndSaysSo) {
  BusyStage stage(0);
  const CaseResult result =
      PerformPlan(Simulated(42).plan, 5, stage, Linux(), 7, std::chrono::milliseconds(0));
  EXPECT_EQ(result.status, Status::kPass);
  EXPECT_EQ(result.rounds, 1u);
  EXPECT_THAT(result.observed, ElementsAre("1 of 5 rounds, for lack of time: the machine is busy"));
}

TEST(PerformPlan, RepeatsNothingThatFailed) {
  BusyStage stage(1);
  EXPECT_EQ(PerformPlan(Simulated(43).plan, 3, stage, Linux(), 7).status, Status::kFail);
  EXPECT_EQ(stage.seeds.size(), 1u);
}

}  // namespace
}  // namespace shmspec
