// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/perform_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/plan_builder.h"

namespace shmspec {
namespace {

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

TEST(JudgeTrace, TellsHowLitmusTestsEnded) {
  PlanBuilder plan("runner.counted.plan");
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {LitmusLayout{8}.Bytes()}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  for (const char* program : {"x=1; r0=x", "y=2"}) {
    a.Do(MemoryBranch{.at = p, .program = ProgramOf(program), .rounds = 8, .branches = 1}).Gives(8);
    a.Do(MemoryHistogram{.at = p}).Succeeds();
  }
  const Trace trace = MakeSimulatedStage(Linux())->Perform(plan.plan(), 1);
  const CaseResult result = JudgeTrace(trace, Linux());
  EXPECT_EQ(result.status, Status::kPass) << result.reason;
  EXPECT_THAT(result.histograms, ElementsAre(LitmusHistogram{"x=1; r0=x", 8, {{"r0=1 x=1", 8}}},
                                             LitmusHistogram{"y=2", 8, {{"y=2", 8}}}));
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
