// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "property/search.h"

#include <utility>

namespace shmspec {

std::optional<Caught> SearchPlans(Stage& stage, const model::Profile& profile, std::uint64_t seed,
                                  const SearchLimits& limits) {
  SeededChoices choices(seed);
  for (int i = 0; i < limits.plans; ++i) {
    const Plan plan = limits.racers == 0 ? LikelySequence(choices, limits.steps, limits.weights)
                                         : LikelyRace(choices, limits.racers, 4);
    Trace trace = stage.Perform(plan, seed + static_cast<std::uint64_t>(i));
    Verdict verdict = Judge(trace, profile);
    if (verdict.kind == Verdict::Kind::kRefuted) {
      return Caught{std::move(trace), std::move(verdict), i + 1};
    }
  }
  return std::nullopt;
}

}  // namespace shmspec
