// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Judges one performance of a plan: whether the author or the specification objects to it, and
// whose failure it is.

#ifndef SHMSPEC_HARNESS_RUNNER_JUDGE_TRACE_H_
#define SHMSPEC_HARNESS_RUNNER_JUDGE_TRACE_H_

#include <cstddef>

#include "harness/model/profile/profile.h"
#include "harness/runner/case_result.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// PASS: the author's expectations and the specification agree with what happened. FAIL: one of the
/// two does not, because of shared memory. UNSUPPORTED: the environment refused what the plan
/// needs. UNRESOLVED: the experiment went wrong and proves nothing.
CaseResult JudgeTrace(const Trace& trace, const model::Profile& profile);

/// The first step that could not be carried out; the number of steps when all could.
std::size_t FirstTroubled(const Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_JUDGE_TRACE_H_
