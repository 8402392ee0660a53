// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Looks for the smallest parallel plan that still fails. Such a plan fails at times: it counts as
// failing when it was refuted twice in as many performances as the first one needed for several.

#ifndef SHMSPEC_PROPERTY_SMALLEST_PLAN_H_
#define SHMSPEC_PROPERTY_SMALLEST_PLAN_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/model/profile/profile.h"
#include "harness/stage/stage.h"
#include "property/plan_choices.h"

namespace shmspec {

/// How often a plan was refuted, and one time when it was.
struct Tally {
  int refuted = 0;
  int performed = 0;
  std::uint64_t seed = 0;  // of that time
  Trace trace;
  std::string message;
  /// The operation that was refuted, and whether its actor died in it or it hung: a smaller plan
  /// has to show the same.
  std::string symptom;
};

/// Performs the plan, each time with another seed from `seed` on, until it was refuted `enough`
/// times, at most `times` times and not much longer than `most`. A plan that hangs although its
/// calls can go on is refuted too.
Tally Repeat(Stage& stage, const model::Profile& profile, const Plan& plan, std::uint64_t seed,
             int times, int enough,
             std::chrono::milliseconds most = std::chrono::milliseconds(5000));

/// The smallest plan found in that time, with what its last performances gave.
Tally Shrink(Stage& stage, const model::Profile& profile, const ParallelChoices& choices,
             LikelyWeights weights, std::uint64_t seed, std::chrono::milliseconds time);

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_SMALLEST_PLAN_H_
