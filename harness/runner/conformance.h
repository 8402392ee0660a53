// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether a system conforms, as far as a run can decide.

#ifndef SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_
#define SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/run.h"

namespace shmspec {

/// The must requirements that some case of the run cites and which the run neither confirms nor
/// finds violated. Requirements on another maker's processors do not count.
std::vector<Requirement> UndecidedOf(const RunResult& result);

/// "no" when a must requirement failed, "yes" when every one that some case of the run cites passed
/// and the run is complete, otherwise "undetermined".
std::string ConformanceOf(const RunResult& result);

/// The same when what is waived is left out of account.
std::string ConformanceApartFromWaivers(const RunResult& result);

/// A requirement that some case of a run cites or found violated.
struct RequirementFinding {
  Level level = Level::kMust;
  Abilities needs;  // those of the catalogue's words that are abilities
  Status status = Status::kUntested;
};

/// The abilities among the needs of a requirement.
template <class Words>
Abilities AbilitiesAmong(const Words& needs) {
  Abilities abilities;
  for (const std::string_view need : needs) {
    if (const auto ability = FromName<Ability>(need)) abilities = abilities | Only(*ability);
  }
  return abilities;
}

/// The same as of a result, from what it depends on: what was found, whether the run is complete,
/// and the abilities of the system.
std::string ConformanceOf(std::span<const RequirementFinding> findings, bool complete,
                          Abilities there);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_
