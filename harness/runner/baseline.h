// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A baseline: the result of every case in an earlier run, so that a later one is judged by what
// changed. JSON with one case a line, which makes a review of a change easy:
//
//   {"format": "shmspec-baseline/1", ...
//    "cases": {
//     "sysv.attach.one": "PASS",
//     "sysv.attach.two": "FAIL flaky"
//    }}

#ifndef SHMSPEC_HARNESS_RUNNER_BASELINE_H_
#define SHMSPEC_HARNESS_RUNNER_BASELINE_H_

#include <map>
#include <string>
#include <string_view>

#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

struct BaselineCase {
  Status status = Status::kUntested;
  bool flaky = false;  // attempts at it disagreed
};

struct Baseline {
  std::string file;
  std::string sha256;  // of the file
  std::string source_id;
  std::string catalogue_sha256;
  std::string fingerprint;  // of the environment
  std::string target;
  std::string profile;
  std::map<std::string, BaselineCase, std::less<>> cases;

  /// The result of the case, or nullptr when it was not run.
  const BaselineCase* Find(std::string_view id) const;
};

std::string PrintBaseline(const Baseline& baseline);
/// The error is one line that begins with `file`.
Result<Baseline> ReadBaseline(std::string_view text, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_BASELINE_H_
