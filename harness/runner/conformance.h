// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether a system conforms, as far as a run can decide.

#ifndef SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_
#define SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_

#include <string>
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

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_
