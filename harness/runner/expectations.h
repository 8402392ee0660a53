// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is expected of the cases of a run: to pass, unless a waiver or a baseline differs. Judging
// compares and never changes a status.

#ifndef SHMSPEC_HARNESS_RUNNER_EXPECTATIONS_H_
#define SHMSPEC_HARNESS_RUNNER_EXPECTATIONS_H_

#include <optional>
#include <string>

#include "harness/runner/baseline.h"
#include "harness/runner/waivers.h"

namespace shmspec {

struct CaseRun;

/// The result of a case compared with what was expected of it.
struct Judged {
  Judgement judgement = Judgement::kExpected;
  std::string waiver;                  // the identifier of the one that decided; empty if none did
  std::optional<BaselineCase> before;  // its result in the baseline
  std::string why;                     // one line; empty when it goes without saying
};

struct Expectations {
  std::optional<Waivers> waivers;
  std::optional<Baseline> baseline;

  /// The waiver for that case, or nullptr.
  const Waiver* WaiverOf(const Case& test_case) const {
    return waivers ? waivers->Find(test_case) : nullptr;
  }
  /// A waiver decides first, then the baseline; without either, FAIL, UNRESOLVED and flaky cases
  /// are unexpected.
  Judged Judge(const CaseRun& run) const;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_EXPECTATIONS_H_
