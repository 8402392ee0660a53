// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every plan and every trace is read back as it was printed. RC_PARAMS="seed=N" repeats a failing
// run; rapidcheck prints it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/generators/draw_value.h"
#include "harness/oracle/oracle.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/form/wire.h"
#include "property/generators.h"

namespace shmspec {
namespace {

const model::Profile& Linux() { return *model::FindProfile("linux"); }

RC_GTEST_PROP(RoundTrip, TextGivesBackThePlan, ()) {
  ListedChoices choices(*ChoiceLists());
  const Plan plan = DrawPlan(choices, {});
  const std::string text = PrintPlan(plan);
  RC_LOG(text);
  const Result<Plan> again = ParsePlan(text, "drawn");
  if (!again.ok()) RC_FAIL(again.error().message);
  RC_ASSERT(*again == plan);
}

RC_GTEST_PROP(RoundTrip, TheWireGivesBackThePlan, ()) {
  ListedChoices choices(*ChoiceLists());
  const Plan plan = DrawPlan(choices, {});
  std::string bytes;
  AppendWire(bytes, plan);
  std::string_view rest = bytes;
  Plan again;
  RC_ASSERT(ReadWire(rest, again));
  RC_ASSERT(rest.empty());
  RC_ASSERT(again == plan);
}

void CheckReadBack(const Trace& trace) {
  const std::string text = PrintWholeTrace(trace);
  RC_LOG(text);
  const Result<Trace> again = ParseTrace(text, "performed");
  if (!again.ok()) RC_FAIL(again.error().message);
  RC_ASSERT(*again == trace);
}

RC_GTEST_PROP(RoundTrip, TextGivesBackTheTraceOfAnyPlan, ()) {
  ListedChoices choices(*ChoiceLists());
  CheckReadBack(MakeSimulatedStage(Linux())->Perform(DrawPlan(choices, {}), 1));
}

RC_GTEST_PROP(RoundTrip, TextGivesBackTheTraceOfLikelyPlans, ()) {
  CheckReadBack(MakeSimulatedStage(Linux())->Perform(PlanOf(*LikelyPlans(20, {}), {}), 1));
}

RC_GTEST_PROP(RoundTrip, TextGivesBackTheTraceOfRaces, (std::uint64_t seed)) {
  // A plan that was read numbers its races from 0.
  const Plan plan = *ParsePlan(PrintPlan(LikelyRace(seed)), "drawn");
  CheckReadBack(MakeSimulatedStage(Linux())->Perform(plan, seed));
}

/// Whatever somebody writes down can be judged: nothing that a trace may say breaks the oracle.
RC_GTEST_PROP(RoundTrip, AnyTraceThatCanBeReadIsJudged, (std::uint64_t seed)) {
  SeededChoices choices(seed);
  Trace trace = MakeSimulatedStage(Linux())->Perform(PlanOf(*LikelyPlans(20, {}), {}), 1);
  for (Performed& performed : trace.steps) {
    if (choices.Below(3) == 0) performed.outcome = DrawOutcome(choices);
  }
  const std::size_t actors = trace.actors.size();
  if (choices.Below(2) == 0) draw::Draw(choices, trace.actors[choices.Below(actors)], actors);
  if (choices.Below(4) == 0) draw::Draw(choices, trace.system, actors);
  const Result<Trace> again = ParseTrace(PrintWholeTrace(trace), "altered");
  if (!again.ok()) return;
  for (const model::Profile* profile : model::AllProfiles()) {
    const Verdict verdict = Judge(*again, *profile);
    RC_ASSERT(verdict.kind == Verdict::Kind::kExplained || verdict.step ||
              !verdict.message.empty());
  }
}

}  // namespace
}  // namespace shmspec
