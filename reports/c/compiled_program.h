// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For the tests of this folder: a C program compiled without a warning and run on this system,
// which is assumed to share memory as Linux does.

#ifndef SHMSPEC_REPORTS_C_COMPILED_PROGRAM_H_
#define SHMSPEC_REPORTS_C_COMPILED_PROGRAM_H_

#include <string>
#include <vector>

#include "harness/vocabulary/plan/plan.h"
#include "reports/record/record.h"

namespace shmspec::reports {

struct Ran {
  int exit_code = -1;
  std::string output;  // of the compiler as well
};

/// The plan of these lines; throws std::invalid_argument where there is none.
Plan Parsed(const std::string& text);

/// The C program of that plan, or why there is none.
std::string ProgramOf(const std::string& text, const std::vector<Objection>& objections = {});

/// Compiles the C program of that plan and runs it.
Ran Performed(const std::string& text, const std::vector<Objection>& objections = {});

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_C_COMPILED_PROGRAM_H_
