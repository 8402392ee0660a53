// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One plan, performed on one stage and judged twice: by what its author states and by the
// specification.

#ifndef SHMSPEC_HARNESS_RUNNER_PERFORM_PLAN_H_
#define SHMSPEC_HARNESS_RUNNER_PERFORM_PLAN_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/model/profile/profile.h"
#include "harness/runner/case_result.h"
#include "harness/stage/stage.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// Failed experiments are repeated at most this often per plan; on a busy machine a litmus mutant
/// may not show up.
inline constexpr int kMostRepetitions = 4;

/// Performs the plan `rounds` times, each round with a seed of its own derived from `seed`, until a
/// round does not pass. PASS means that in every round the author's expectations and the
/// specification agreed with what happened. A round is repeated when one of its steps could not be
/// carried out although nothing failed before. Except for the first, no round begins after `time`.
/// The observations of the result mention both.
CaseResult PerformPlan(const Plan& plan, int rounds, Stage& stage, const model::Profile& profile,
                       std::uint64_t seed, std::chrono::milliseconds time = std::chrono::hours(24));

/// How fast rounds went that took so long, from the first call to the verdict: the median and the
/// interval that holds the median of many more rounds with a probability of 95 %, which is bounded
/// by two of the rounds ("Practical Nonparametric Statistics", W. J. Conover, on quantiles). None
/// for fewer than six. Example: RateOf({1ms, 1ms, 2ms, 2ms, 2ms, 4ms}) is 500 a second, from 250 to
/// 1000.
std::optional<RoundRate> RateOf(std::vector<std::chrono::nanoseconds> rounds);

/// The seed of round `round`; round 0 has `seed` itself, so that a failing round can be repeated
/// alone.
std::uint64_t SeedOfRound(std::uint64_t seed, int round);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_PERFORM_PLAN_H_
