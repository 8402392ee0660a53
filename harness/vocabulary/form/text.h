// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans, traces and patterns as text: one line a step, readable by anyone who reads strace.
//
//   plan sysv.remove.keeps_data_until_last_detach
//   requirement SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH
//   actor a uid=1000 gid=1000
//   actor b uid=1000 gid=1000
//   a: s0 = sysv.get key=private size=4096 flags=create|0600
//   b & memory.load at=a1+0 width=8        # started, not waited for
//   join b
//   race {
//     a: sysv.remove segment=s0
//     b: a2 = sysv.attach segment=s0       -> ok|EINVAL|EIDRM
//   }
//
// Fields that have their default value may be left out, and are when printed. `-> outcome` is what
// is expected, in the language of pattern.h. A trace is printed as the same text with the outcome
// that was seen at every step, so a printed trace is a plan that demands what happened.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_H_

#include <span>
#include <string>
#include <string_view>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/plan/trace.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// `sysv.get key=private flags=create|0600`. Actors are named from `actors`.
std::string PrintOperation(const Operation& operation, std::span<const ActorSpec> actors);
std::string PrintOutcome(const Outcome& outcome, std::span<const ActorSpec> actors);
std::string PrintPattern(const Pattern& pattern, std::span<const ActorSpec> actors);
/// The line of one step without its expectation: `a: s0 = sysv.get key=private`.
std::string PrintStep(const Step& step, std::span<const ActorSpec> actors);
std::string PrintPlan(const Plan& plan);
std::string PrintTrace(const Trace& trace);

/// Reads a plan and checks that it can be performed (FindFlaw). The error is one line,
/// `FILE:LINE:COLUMN: what was expected`; `file` is used for that only.
Result<Plan> ParsePlan(std::string_view text, std::string_view file);

/// The unexpected end of an actor: `died of SIGSEGV`, `ended with exit code 1`.
std::string DeathText(const Gone& gone);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_H_
