// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Shows people a trace with a failure.

#ifndef SHMSPEC_HARNESS_RUNNER_EXCERPT_H_
#define SHMSPEC_HARNESS_RUNNER_EXCERPT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/oracle/oracle.h"
#include "harness/runner/case_result.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// The offence in a trace: the step that contradicts the case, the step that contradicts the
/// specification, or both.
struct Findings {
  std::optional<std::size_t> unexpected;  // a step whose outcome is not the one the case states
  std::optional<Verdict> refusal;         // set when the specification does not explain the trace
};

/// The steps up to the first offending one and two more, with what was seen and what was allowed
/// below the line it is about, and each requirement at stake in words. Lines end in newlines.
std::string ExcerptOf(const Trace& trace, const Findings& findings);

/// What was seen and what was allowed at the offending steps, as values.
std::vector<Objection> ObjectionsOf(const Trace& trace, const Findings& findings);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_EXCERPT_H_
