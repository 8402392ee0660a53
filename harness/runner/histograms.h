// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How the litmus tests of a trace ended, for records.

#ifndef SHMSPEC_HARNESS_RUNNER_HISTOGRAMS_H_
#define SHMSPEC_HARNESS_RUNNER_HISTOGRAMS_H_

#include <vector>

#include "harness/runner/case_result.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// The histograms of the trace. The branches that one is of are the last ones before it; one
/// without any is of no litmus test and left out.
std::vector<LitmusHistogram> HistogramsOf(const Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_HISTOGRAMS_H_
