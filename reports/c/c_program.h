// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A plan as a C program: for people who mend what a case found and do not want to install anything
// for that. It needs a C compiler and the C library.

#ifndef SHMSPEC_REPORTS_C_C_PROGRAM_H_
#define SHMSPEC_REPORTS_C_C_PROGRAM_H_

#include <span>
#include <string>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/value/result.h"
#include "reports/record/record.h"

namespace shmspec::reports {

/// One C11 file that performs the plan with a process for each actor, prints the result of every
/// step, and marks the steps that are not as the plan, or an objection, requires. Its exit code is
/// 1 when there are such steps, 0 when there are none and 2 when it could not perform the plan. The
/// error names what of the plan has no form in C yet.
Result<std::string> CProgramOf(const Plan& plan, std::span<const Objection> objections);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_C_C_PROGRAM_H_
