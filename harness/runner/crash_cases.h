// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Cases with a crash: one for each point of another case at which a process can be killed
// (crash_plan.h). They are performed, judged and recorded like other cases.
//
//   const Case* one = FindCase("sysv.detach.works_once");
//   for (const Case& crash : CrashCasesOf({&one, 1}, {})) ...

#ifndef SHMSPEC_HARNESS_RUNNER_CRASH_CASES_H_
#define SHMSPEC_HARNESS_RUNNER_CRASH_CASES_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/case.h"
#include "harness/runner/selection.h"

namespace shmspec {

struct CrashOptions {
  /// How often each crash inside a step is performed, each time at another moment; 0: there are
  /// only crashes between steps.
  int inside_rounds = 0;
};

/// The cases with a crash that these cases give, in the order of their steps. They live as long as
/// the program.
const std::vector<Case>& CrashCasesOf(std::span<const Case* const> cases,
                                      const CrashOptions& options);

/// The selection of the cases from which those with a crash are derived that `selecting` means.
SelectionOptions BasesOf(const SelectionOptions& selecting);

/// As Select(), of the cases with a crash. A filter that means a case means all those that it
/// gives.
Result<Selection> SelectCrashes(const SelectionOptions& selecting, const CrashOptions& options);

/// Whether this names a case with a crash: `sysv.detach.works_once/crash:a:after-2`.
bool NamesCrash(std::string_view id);
/// The part of such a name that is the case; the whole of another name.
std::string_view WithoutCrash(std::string_view id);

/// What a command line needs to find that case, with a space behind it: `--crash `; empty for a
/// case without a crash.
std::string CrashWords(const Case& test_case);

/// The case of that name or nullptr.
const Case* FindCrashCase(std::string_view id);

/// The plan without the steps that wait for ever, or use a handle that gets no value, because a
/// process was killed: what the simulated system shows. The same on every system.
Plan WithoutDeadEnds(Plan plan);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CRASH_CASES_H_
