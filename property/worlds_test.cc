// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The oracle leaves out orders of calls in flight that make no difference. Here it judges drawn
// races with and without them, and the same races with an outcome that is of another step.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kSeeds = 2000;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

Verdict JudgeWith(const Trace& trace, bool apart) {
  return Judge(trace, Linux(), {.worlds = 200'000, .total = 2'000'000, .apart = apart});
}

std::vector<std::size_t> RacingSteps(const Plan& plan) {
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].timing == Timing::kRace) steps.push_back(i);
  }
  return steps;
}

/// What was seen with all seeds: a comparison of one kind of verdict only would say little.
struct Seen {
  std::size_t explained = 0;
  std::size_t refuted = 0;
  std::size_t apart = 0;  // worlds looked at
  std::size_t together = 0;
};

void Compare(const Trace& trace, std::uint64_t seed, Seen& seen) {
  const Verdict apart = JudgeWith(trace, true);
  const Verdict together = JudgeWith(trace, false);
  if (together.kind == Verdict::Kind::kUndecided) return;
  ASSERT_EQ(apart.kind, together.kind) << "seed " << seed << '\n' << PrintTrace(trace);
  ASSERT_EQ(apart.step, together.step) << "seed " << seed << '\n' << PrintTrace(trace);
  ++(apart.kind == Verdict::Kind::kExplained ? seen.explained : seen.refuted);
  seen.apart += apart.worlds_looked_at;
  seen.together += together.worlds_looked_at;
}

TEST(Worlds, OfCallsThatCannotMeetGiveTheSameVerdictApart) {
  const auto stage = MakeSimulatedStage(Linux());
  Seen seen;
  std::size_t refuted = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds && !HasFatalFailure(); ++seed) {
    SeededChoices choices(seed);
    const Plan plan = LikelyRace(choices);
    const Trace trace = stage->Perform(plan, seed);
    Compare(trace, seed, seen);
    ASSERT_EQ(seen.refuted, refuted) << "seed " << seed << ": the model made this trace\n"
                                     << PrintTrace(trace);
    const std::vector<std::size_t> racing = RacingSteps(plan);
    if (racing.empty() || HasFatalFailure()) continue;
    Trace other = trace;
    other.steps[racing[choices.Below(racing.size())]].outcome =
        trace.steps[choices.Below(trace.steps.size())].outcome;
    Compare(other, seed, seen);
    refuted = seen.refuted;
  }
  EXPECT_GT(seen.explained, kSeeds / 2);
  EXPECT_GT(seen.refuted, kSeeds / 4);
  EXPECT_LT(seen.apart, seen.together);
  RecordProperty("worlds_apart", std::to_string(seen.apart));
  RecordProperty("worlds_together", std::to_string(seen.together));
}

}  // namespace
}  // namespace shmspec
