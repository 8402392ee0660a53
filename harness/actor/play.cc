// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/play.h"

#include <fmt/format.h>

#include <cstdlib>

#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

template <class T>
T Must(Result<T> result) {
  if (result.ok()) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().message);
  std::abort();
}

}  // namespace

std::unique_ptr<Stage> StageOf(std::string_view target, const ProcessStageOptions& options) {
  return Must(MakeProcessStage(target, options));
}

Trace Play(Stage& stage, std::string_view text, std::uint64_t seed) {
  const std::string whole = fmt::format("plan actor.test\n{}", text);
  return stage.Perform(Must(ParsePlan(whole, "test")), seed);
}

Trace Play(std::string_view text) { return Play(*StageOf("libc"), text); }

std::string DifferencesOf(const Trace& trace) {
  std::string differences;
  if (!trace.trouble.empty()) differences = "trouble: " + trace.trouble + "\n";
  const std::span<const ActorSpec> actors = trace.plan.actors;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const auto& expected = trace.plan.steps[i].expected;
    const Outcome& outcome = trace.steps[i].outcome;
    if (!expected || Matches(*expected, outcome, BindingsAt(trace, i))) continue;
    differences += fmt::format("{} gave {} instead of {}\n", PrintStep(trace.plan.steps[i], actors),
                               PrintOutcome(outcome, actors), PrintPattern(*expected, actors));
  }
  return differences;
}

}  // namespace shmspec
