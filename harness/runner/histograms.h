// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The endings of the litmus tests of a trace, for records.

#ifndef SHMSPEC_HARNESS_RUNNER_HISTOGRAMS_H_
#define SHMSPEC_HARNESS_RUNNER_HISTOGRAMS_H_

#include <vector>

#include "harness/runner/case_result.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// The histograms of the trace. The branches of a histogram are the last ones before it; a
/// histogram without branches is left out.
std::vector<LitmusHistogram> HistogramsOf(const Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_HISTOGRAMS_H_
