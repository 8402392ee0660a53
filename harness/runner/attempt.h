// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One attempt at a plan in a process of its own.

#ifndef SHMSPEC_HARNESS_RUNNER_ATTEMPT_H_
#define SHMSPEC_HARNESS_RUNNER_ATTEMPT_H_

#include <chrono>

#include "harness/runner/run.h"
#include "harness/sandbox/case_process.h"
#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// The best CPU for the processes of a plan whose steps follow one another (StayOnCpu): that of the
/// caller, since a move to another one takes longer than most calls. -1 for a plan whose steps may
/// overlap.
int CpuFor(const Plan& plan);

class Attempt {
 public:
  using Clock = std::chrono::steady_clock;

  /// Starts the attempt; `on_leftovers` decides what residue means.
  enum class Leftovers { kReport, kUnresolved };
  static Result<Attempt> Start(const Plan& plan, int rounds, const RunOptions& options,
                               Leftovers leftovers);

  int result_fd() const { return process_.result_fd(); }
  Clock::time_point deadline() const { return deadline_; }
  /// True once there is a result to Take(), or the deadline has passed.
  bool IsOver() { return process_.Receive() || Clock::now() >= deadline_; }
  /// The result. Ends the process if it still runs, and then the attempt timed out.
  CaseResult Take();

 private:
  Attempt(CaseProcess process, std::vector<Requirement> cited, std::int64_t timeout_ms,
          Leftovers leftovers);

  CaseProcess process_;
  std::vector<Requirement> cited_;
  std::int64_t timeout_ms_;
  Leftovers leftovers_;
  Clock::time_point started_;
  Clock::time_point deadline_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_ATTEMPT_H_
