// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Waivers: failures that a project accepts for now, with an owner, a reason and a last day. A
// waiver changes how a result is judged and never the status itself. The file is TOML:
//
//   format = "shmspec-waivers/1"
//
//   [[waiver]]
//   id      = "W-0001"
//   tests   = ["sysv.attach.*"]          # as the filters of `run`
//   expect  = ["FAIL"]                   # or: action = "do-not-run"
//   cause   = ["assertion"]              # optional; a crash is covered only when it is named
//   when    = 'kernel.release < "6.2"'   # optional; see condition.h
//   reason  = "The runtime does not pass the flag on; fixed in its next release."
//   url     = "https://bugs.example.org/4711"
//   owner   = "qa@example.org"
//   class   = "implementation-bug"       # optional
//   granted = 2026-09-01
//   expires = 2027-03-01                 # at most 365 days later
//   strict  = true                       # the default: a pass makes the waiver stale
//   rate    = {at_most = 0.02, per = "attempt"}  # for what fails at times

#ifndef SHMSPEC_HARNESS_RUNNER_WAIVERS_H_
#define SHMSPEC_HARNESS_RUNNER_WAIVERS_H_

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/case.h"
#include "harness/sandbox/environment.h"
#include "harness/vocabulary/record/besides.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

using record::Waiver;
using record::WaiverAction;
using record::WaiverClass;
using record::WaiverState;

/// Those of one file. How each was used is not known before the run has ended.
struct Waivers {
  std::string file;
  std::string sha256;
  std::vector<Waiver> entries;
  /// The one that holds here for each case.
  std::map<std::string_view, std::size_t> by_case;

  /// The waiver for that case, or nullptr.
  const Waiver* Find(const Case& test_case) const;
};

/// The cases and facts that a file of waivers is checked against.
struct WaiverContext {
  const std::vector<Case>& cases;  // of the suite, selected or not
  const std::vector<Fact>& facts;  // what conditions are about
  std::chrono::sys_days today;     // UTC
};

/// The facts that the condition of a waiver may name: the environment, `target` and `profile`.
std::vector<Fact> FactsForWaivers(std::string_view target, std::string_view profile);
/// The present day, UTC.
std::chrono::sys_days Today();
/// `2026-09-01`.
std::string DateText(std::chrono::sys_days day);

/// Reads a file of waivers. The error is one line that begins with FILE:LINE:COLUMN. Errors are
/// malformed TOML, a key that is unknown or missing, a glob that matches no case, a waiver that has
/// expired, or two that hold for one case.
Result<Waivers> ReadWaivers(std::string_view text, const std::string& file,
                            const WaiverContext& context);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_WAIVERS_H_
