// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Bytes to a plan that the model performs itself: the oracle explains what the model did. With one
// outcome changed to another one it refutes the plan at that step exactly when the specification
// does not allow that outcome there; of calls in flight it says the same whether it leaves out
// orders that make no difference or not. As in plan_fuzz the model guides, not branches of this
// program.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "fuzz/model_counters.h"
#include "harness/generators/byte_choices.h"
#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/target/simulated/follow.h"
#include "harness/target/simulated/near_outcomes.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/trace_text.h"

namespace shmspec {
namespace {

constexpr std::size_t kMostSteps = 30;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

[[noreturn]] void Complain(std::string_view law, const Trace& trace, const Verdict& verdict) {
  std::fprintf(stderr, "oracle_fuzz: %.*s\n%s\n%s\nAs a trace, `shmspec judge` judges it again.\n",
               static_cast<int>(law.size()), law.data(), PrintWholeTrace(trace).c_str(),
               verdict.message.c_str());
  std::abort();
}

Verdict JudgeWith(const Trace& trace, bool apart) {
  return Judge(trace, Linux(), {.worlds = 20'000, .total = 100'000, .apart = apart});
}

/// The plan with what the model did.
Trace Performed(const Plan& plan, std::uint64_t seed) {
  static const std::unique_ptr<Stage> stage = MakeSimulatedStage(Linux());
  Trace trace = stage->Perform(plan, seed);
  const Verdict verdict = JudgeWith(trace, true);
  if (verdict.kind == Verdict::Kind::kRefuted) {
    const bool left_out = JudgeWith(trace, false).kind == Verdict::Kind::kExplained;
    Complain(left_out ? "an order that makes a difference is left out" : "the model did this",
             trace, verdict);
  }
  Count(trace, verdict);
  return trace;
}

/// Whether the oracle judges a step by its outcome alone: not an experiment that went wrong, an
/// actor that died, or the absence of what the system has not.
bool IsJudged(const Outcome& outcome) {
  return !std::holds_alternative<Trouble>(outcome) && !std::holds_alternative<Gone>(outcome);
}

/// The trace as far as that step, with another outcome there.
Trace Changed(const Trace& trace, std::size_t step, const Outcome& outcome) {
  Trace changed = trace;
  changed.steps[step].outcome = outcome;
  return changed;
}

void CheckChanged(const Trace& trace, std::size_t step, const Outcome& outcome, bool allowed) {
  const Trace changed = Changed(trace, step, outcome);
  const Verdict verdict = JudgeWith(changed, true);
  if (verdict.kind == Verdict::Kind::kUndecided) return;
  const bool refuted = verdict.kind == Verdict::Kind::kRefuted && verdict.step == step;
  if (refuted == allowed) {
    Complain(allowed ? "the specification allows this" : "the specification does not allow this",
             changed, verdict);
  }
}

/// One call follows another: at each step the specification itself says what is allowed.
void FuzzSequence(ByteChoices& choices) {
  LikelyPlan plan;
  const std::size_t wanted = choices.Below(kMostSteps);
  const std::uint64_t seed = choices.Below(0x100);
  const std::uint64_t chosen = choices.Below(0x10000);
  while (!choices.empty() && plan.plan().steps.size() < kMostSteps) plan.AddStep(choices);
  const Trace trace = Performed(plan.plan(), seed);
  Follow(
      trace, Linux(),
      [&](const model::Scene& scene, const model::Clauses& clauses, std::uint32_t step) {
        if (step != wanted) return;
        SeededChoices more(chosen);
        const auto below = [&](std::uint64_t bound) { return more.Below(bound); };
        const std::vector<Outcome> outcomes =
            NearOutcomes(clauses, scene, trace.steps[step].outcome, below);
        const Outcome& outcome = outcomes[chosen % outcomes.size()];
        if (!IsJudged(outcome)) return;
        CheckChanged(trace, step, outcome, model::Allows(clauses, scene, outcome));
      },
      [](const model::State&) {});
}

/// Branches at the same time, one of whose steps has the outcome of another step.
void FuzzRace(ByteChoices& choices) {
  const std::uint64_t seed = choices.Below(0x100);
  const std::uint64_t step = choices.Below(0x100);
  const std::uint64_t other = choices.Below(0x100);
  Trace trace = Performed(LikelyRace(choices), seed);
  if (trace.steps.empty()) return;
  trace.steps[step % trace.steps.size()].outcome = trace.steps[other % trace.steps.size()].outcome;
  const Verdict apart = JudgeWith(trace, true);
  const Verdict together = JudgeWith(trace, false);
  if (apart.kind == Verdict::Kind::kUndecided || together.kind == Verdict::Kind::kUndecided) return;
  if (apart.kind != together.kind || apart.step != together.step) {
    Complain("calls that cannot meet change the verdict", trace, apart);
  }
}

}  // namespace
}  // namespace shmspec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shmspec::ByteChoices choices({data, size});
  choices.Below(4) == 3 ? shmspec::FuzzRace(choices) : shmspec::FuzzSequence(choices);
  return 0;
}
