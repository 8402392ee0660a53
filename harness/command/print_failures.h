// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is wrong, for people: first by call and symptom, then case by case.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_FAILURES_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_FAILURES_H_

#include "harness/runner/run.h"

namespace shmspec {

/// How much of the failures is printed.
enum class Detail : std::uint8_t {
  kBrief,  // by call and symptom alone
  kUsual,  // and a few cases, the shortest of each kind first
  kAll,    // and every case
};

/// The cases that are unexpectedly wrong or undecided, a line for each call and symptom. Nothing
/// where there are none.
void PrintSymptoms(const RunResult& result);

/// These cases themselves, as far as asked for, and how to see the rest; then the known failures,
/// in a line each.
void PrintFailures(const RunResult& result, const RunOptions& options, Detail detail);

/// A case that did not pass: what was seen, what was allowed and how to see it again. One line when
/// that was expected of it.
void PrintTroubledCase(const Case& test_case, const CaseResult& result, const Judged& judged,
                       const RunOptions& options);

/// `FAIL sysv.attach.one: waived by W-0001: the reason`.
void PrintJudged(Status status, const Case& test_case, const Judged& judged);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_FAILURES_H_
