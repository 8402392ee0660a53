// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Outcomes with which the specification and its oracle are tested.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_NEAR_OUTCOMES_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_NEAR_OUTCOMES_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "harness/model/language/clauses.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// Outcomes of the call of a scene that are allowed or nearly so, and some others: what was seen,
/// errors, faults and ends that are allowed or beside them, and numbers at the edges of what fields
/// may be. `below(bound)` chooses among those that are too many.
std::vector<Outcome> NearOutcomes(const model::Clauses& clauses, const model::Scene& scene,
                                  const Outcome& seen,
                                  const std::function<std::uint64_t(std::uint64_t)>& below);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_NEAR_OUTCOMES_H_
