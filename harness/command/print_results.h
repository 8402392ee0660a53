// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run's results for people.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_

#include "harness/command/print_failures.h"
#include "harness/runner/run.h"

namespace shmspec {

/// What a run is about to do, and on which target: one or two lines.
void PrintHeading(const RunOptions& options, std::size_t cases);

/// What else the run is judged by: the waivers and the baseline.
void PrintExpectations(const Expectations& expectations);

/// The result of one case and how it is judged: one line.
void PrintOutcome(const CaseRun& run);

/// What is wrong, by call and symptom and then in a few cases; one line for each requirement, by
/// area; what could not be tested, the flaky, the waived and those different from the baseline;
/// which programs suffer from the failures; and the totals. In brief only the first and the last of
/// these.
void PrintSummary(const RunResult& result, const RunOptions& options,
                  const Expectations& expectations, Detail detail);

/// The last line: `N passed, N failed, N skipped`.
void PrintTotals(const RunResult& result);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_
