// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run's results for people.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_

#include "harness/runner/run.h"

namespace shmspec {

/// What a run is about to do and on what: one or two lines.
void PrintHeading(const RunOptions& options, std::size_t cases);

/// What the run is judged by besides: the waivers and the baseline.
void PrintExpectations(const Expectations& expectations);

/// A case that did not pass: what was seen, what was allowed and how to see it again. One line when
/// that was expected of it.
void PrintTroubledCase(const Case& test_case, const CaseResult& result, const RunOptions& options,
                       const Expectations& expectations);

/// What one case came to and how that is judged: one line.
void PrintOutcome(const CaseRun& run);

/// One line for each requirement, by area, then what could not be tested, what is flaky, waived or
/// different from the baseline, who suffers from what failed, and the totals.
void PrintSummary(const RunResult& result, const Expectations& expectations);

/// The last line: `N passed, N failed, N skipped`.
void PrintTotals(const RunResult& result);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_
