// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Hangs. One missed deadline proves little: the machine may have been busy. A plan hangs when it is
// still in the same call after a repetition, alone and with ten times the time.

#ifndef SHMSPEC_HARNESS_RUNNER_HANG_H_
#define SHMSPEC_HARNESS_RUNNER_HANG_H_

#include <cstdint>
#include <string>

#include "harness/runner/case_result.h"

namespace shmspec {

/// The factor on the deadline of a plan that is repeated alone.
inline constexpr int kHangFactor = 10;

/// The first result after the repetition: FAIL when both hung in the same operation; unresolved as
/// before when the plan came further. `timeout_ms` is the deadline of the first.
CaseResult AfterRepetition(CaseResult first, const CaseResult& again, std::int64_t timeout_ms);

/// The first result where the same operation hung in another case, which is not repeated, to save
/// time.
CaseResult BesideHang(CaseResult first, const std::string& other_case);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_HANG_H_
