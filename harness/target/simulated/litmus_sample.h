// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests on the simulated system: some rounds on ways that chance chooses, and as many more
// as the test has taken to end alike.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_LITMUS_SAMPLE_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_LITMUS_SAMPLE_H_

#include "harness/model/memory/trial.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// The histogram of the trial in a system with this reordering; `trial` may be null. Equal tests
/// give equal histograms.
Outcome SampleLitmus(const MemoryHistogram& operation, const model::Trial* trial,
                     const model::Reordering& reordering);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_LITMUS_SAMPLE_H_
