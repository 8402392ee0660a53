// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run's results for people.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_

#include "harness/runner/run.h"

namespace shmspec {

/// What a run is about to do and on what: one or two lines.
void PrintHeading(const RunOptions& options, std::size_t cases);

/// A case that did not pass: what was seen, what was allowed and how to see it again.
void PrintTroubledCase(const Case& test_case, const CaseResult& result, const RunOptions& options);

/// One line for each requirement, by area, then what could not be tested and the totals.
void PrintSummary(const RunResult& result);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_RESULTS_H_
