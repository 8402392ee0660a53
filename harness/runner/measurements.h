// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Figures that a trace holds, for records.

#ifndef SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
#define SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_

#include <vector>

#include "harness/runner/case_result.h"
#include "harness/vocabulary/trace.h"

namespace shmspec {

/// The histograms of the trace, a measurement for each row. The branches that a histogram is of are
/// those since the one before it.
std::vector<Measurement> MeasurementsOf(const Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
