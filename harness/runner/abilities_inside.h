// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_RUNNER_ABILITIES_INSIDE_H_
#define SHMSPEC_HARNESS_RUNNER_ABILITIES_INSIDE_H_

#include <string>
#include <vector>

#include "harness/actor/abilities.h"
#include "harness/sandbox/environment.h"
#include "harness/sandbox/isolation.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The abilities that plans have in the isolation, tried by a process that enters it. `program` as
/// in ProcessStageOptions.
Result<FoundAbilities> TryAbilitiesInside(Isolation isolation, const std::string& program);

/// The same as facts for records: `ability.process_groups` is `yes`, or `no` with the reason and
/// what was done instead.
std::vector<Fact> FactsOf(const FoundAbilities& abilities);

/// The abilities of the system that has those facts: all, except for those that they call missing.
Abilities AbilitiesIn(const std::vector<Fact>& facts);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_ABILITIES_INSIDE_H_
