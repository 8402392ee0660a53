// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What one plan resulted in, for people.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_JUDGED_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_JUDGED_H_

#include <string>

#include "harness/runner/case_result.h"
#include "harness/vocabulary/plan/status.h"

namespace shmspec {

/// The verdict, why, and the trace around what is wrong.
void PrintJudged(const std::string& plan, const CaseResult& result);

/// The exit code for one plan.
int ExitCodeOf(Status status);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_JUDGED_H_
