// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The oracle: follows a trace through the model and decides whether the specification allows the
// outcomes that were seen.
//
//   Verdict verdict = Judge(trace, *model::FindProfile("linux"));
//   if (verdict.kind == Verdict::Kind::kRefuted) Print(verdict.message, verdict.allowed);
//
// The oracle knows a set of worlds at any moment: a state of the model, and for each call in flight
// how far it has got. A return keeps the worlds that some order of the calls in flight leads to and
// in which its outcome is allowed. When none is left, the trace is refuted. As long as one call
// follows another there is one world and nothing is copied.

#ifndef SHMSPEC_HARNESS_ORACLE_ORACLE_H_
#define SHMSPEC_HARNESS_ORACLE_ORACLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/language/clauses.h"
#include "harness/model/profile/profile.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

using Allowed = model::Allowed;

/// Bounds on the work for one trace. Beyond it the verdict is kUndecided, never wrong.
struct JudgeLimits {
  std::size_t worlds = 20000;     // looked at for one return
  std::size_t total = 2'000'000;  // looked at for the whole trace
  /// Orders of calls that cannot meet are not tried. The verdict is the same without.
  bool apart = true;
};

struct Verdict {
  enum class Kind : std::uint8_t {
    kExplained,  // the specification allows all that was seen
    kRefuted,    // it does not allow the outcome of `step`
    kUndecided,  // the experiment went wrong, or a limit was reached
  };
  Kind kind = Kind::kExplained;
  /// The step in which an actor died although nothing in the plan ends it: refuted, unless any
  /// process could have sent the signal or the call is not shared memory's.
  std::optional<std::size_t> death;
  /// The step that was refuted, or at which judging stopped.
  std::optional<std::size_t> step;
  /// What would have been allowed there, in any world.
  std::vector<Allowed> allowed;
  /// The requirements that the refuted outcome violates.
  std::vector<Requirement> violated;
  /// Requirements that outcomes of this trace have shown to hold: the specification's coverage.
  std::vector<Requirement> touched;
  /// Steps on which the specification is silent, and the subject.
  std::vector<std::pair<std::size_t, std::string>> observed;
  /// Steps that failed as the specification allows, because of the environment, and why.
  std::vector<std::pair<std::size_t, std::string>> refused_by_environment;
  /// One line for people; empty when explained.
  std::string message;
  std::size_t worlds_peak = 1;
  std::size_t worlds_looked_at = 0;
};

Verdict Judge(const Trace& trace, const model::Profile& profile, const JudgeLimits& limits = {});

/// Whether a trace that ended because its deadline passed shows a call that had to go on: one that
/// waits for what it can have, or for others that it has no need to wait for. False where the calls
/// in flight wait for what the plan does not do.
bool IsStuck(const Trace& trace, const model::Profile& profile, const JudgeLimits& limits = {});

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ORACLE_ORACLE_H_
