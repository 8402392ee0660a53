// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether a system conforms, as far as a run can say.

#ifndef SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_
#define SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_

#include <string>
#include <vector>

#include "harness/runner/run.h"

namespace shmspec {

/// The must requirements that some case of the run cites and of which the run says neither that
/// they hold nor that they are violated. Not those of a processor that this system does not run on:
/// what another maker promises says nothing of it.
std::vector<Requirement> UndecidedOf(const RunResult& result);

/// "no" when a must requirement failed, "yes" when every one that some case of the run cites passed
/// and the run is complete, else "undetermined".
std::string ConformanceOf(const RunResult& result);

/// The same when what is waived is left out of account.
std::string ConformanceApartFromWaivers(const RunResult& result);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CONFORMANCE_H_
