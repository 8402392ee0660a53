// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What becomes of a trace: who objected, and what that says about which requirement.

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "harness/runner/perform_plan.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/plan_builder.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

const model::Profile& Linux() { return *model::FindProfile("linux"); }

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

/// The fork fails with the errno; what comes after it does not happen.
std::function<void(Trace&)> ForkFailsWith(int error) {
  return [error](Trace& trace) {
    trace.steps[kFork].outcome = Failure{ErrorCode{error}};
    trace.steps.at(kStat) = {};
  };
}

TEST(Judgement, PassesWhatCaseAndSpecificationAllow) {
  const CaseResult result = Judged(ForkPlan());
  EXPECT_EQ(result.status, Status::kPass) << result.reason;
  ASSERT_EQ(result.requirements.size(), 1u);
  EXPECT_EQ(result.requirements[0].status, Status::kPass);
}

TEST(Judgement, ObservesWhatASpecificationLeavesOpen) {
  PlanBuilder plan("judgement.open");
  plan.Cite("SYSV.FTOK.ID_ZERO_UNSPECIFIED"_req);
  plan.Spawn("a").Do(SysvKeyOfPath{"/", 0});
  const CaseResult result = Judged(plan.plan());
  EXPECT_EQ(result.status, Status::kPass) << result.reason;
  ASSERT_EQ(result.requirements.size(), 1u);
  EXPECT_EQ(result.requirements[0].status, Status::kObserved);
}

TEST(Judgement, CallsWhatThePlaceRefusesUnsupportedAndSaysWhy) {
  const CaseResult result = Judged(ForkPlan(), ForkFailsWith(EAGAIN));
  EXPECT_EQ(result.status, Status::kUnsupported);
  EXPECT_EQ(result.cause, Cause::kMissingCapability);
  EXPECT_NE(result.reason.find("short of processes"), std::string::npos) << result.reason;
}

TEST(Judgement, KnowsAToolThatWasRefusedForWhatOthersUse) {
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

TEST(Judgement, FailsWhatTheSpecificationDoesNotAllowAndNamesTheRequirement) {
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

TEST(Judgement, FailsACaseThatExpectsOtherThanTheSpecification) {
  Plan plan = ForkPlan();
  plan.steps[kStat].expected = Record().With("nattch", 3);
  const CaseResult result = Judged(plan);
  EXPECT_EQ(result.status, Status::kFail);
  EXPECT_EQ(result.cause, Cause::kDisagreement);
}

TEST(Judgement, LeavesAnExperimentThatFailedUnresolved) {
  const CaseResult failed = Judged(ForkPlan(), [](Trace& trace) { trace.trouble = "no actor"; });
  EXPECT_EQ(failed.status, Status::kUnresolved);
  const CaseResult lacking = Judged(ForkPlan(), [](Trace& trace) {
    trace.trouble = "no second user";
    trace.lacking = true;
  });
  EXPECT_EQ(lacking.status, Status::kUnsupported);
  EXPECT_EQ(lacking.reason, "no second user");
}

}  // namespace
}  // namespace shmspec
