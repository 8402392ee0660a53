// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run: cases, each in a process of its own, on one target.

#ifndef SHMSPEC_HARNESS_RUNNER_RUN_H_
#define SHMSPEC_HARNESS_RUNNER_RUN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/model/profile.h"
#include "harness/runner/case.h"
#include "harness/runner/case_result.h"
#include "harness/sandbox/isolation.h"
#include "harness/target/stage.h"

namespace shmspec {

struct RunOptions {
  std::string target = "libc";
  const model::Profile* profile = nullptr;
  std::uint64_t seed = 1;
  std::int64_t timeout_ms = 10000;  // for one attempt at one case
  std::uint32_t jobs = 1;
  std::uint32_t repeat = 1;  // attempts at each case
  int max_rounds = 1000000;  // no case is performed more often in one attempt
  Isolation isolation = Isolation::kShared;
};

/// One case with its attempts.
struct CaseRun {
  const Case* test_case = nullptr;
  std::vector<CaseResult> attempts;

  /// The worst of the attempts: FAIL, UNRESOLVED, UNSUPPORTED, OBSERVED, PASS; UNTESTED without
  /// any.
  Status status() const;
  /// The attempt with that status, or nullptr.
  const CaseResult* deciding() const;
};

/// A run that ended, or was stopped.
struct RunResult {
  std::vector<CaseRun> cases;
  bool complete = true;
  std::string stop_reason;
  double duration_s = 0;

  std::map<Status, std::size_t> Counts() const;
  /// What every requirement came to that some case of the run cites or found violated.
  std::map<Requirement, Status> Requirements() const;
  /// 0 as expected, 1 a case failed, 2 incomplete: something is unresolved or nothing could be
  /// said.
  int ExitCode() const;
};

/// Told about progress, on the runner's thread.
class RunObserver {
 public:
  RunObserver() = default;
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;
  virtual ~RunObserver() = default;
  virtual void OnResult(const Case& test_case, const CaseResult& result, std::size_t done,
                        std::size_t total) = 0;
};

/// The stage of that name: `libc`, `syscall`, `ia32`, `simulated`, `faulty:ID`. The error says
/// which targets there are, or what this system lacks.
Result<std::unique_ptr<Stage>> MakeStage(const RunOptions& options);
/// Every target that can be named, without what follows `faulty:`.
std::vector<std::string> TargetNames();

/// The seed of a case, so that a case does the same alone and among others.
std::uint64_t SeedOfCase(std::uint64_t seed, std::string_view id);

/// The command that repeats one attempt at a case, for a shell.
std::string CommandThatRepeats(const Case& test_case, const CaseResult& result,
                               const RunOptions& options);

/// Performs one attempt at a case in the calling process, without isolation or deadline.
CaseResult PerformCase(const Case& test_case, const RunOptions& options);

/// Performs a plan in an isolated process of its own, with a deadline and an audit of what it
/// leaves behind, which is reported and, for a plan, no failure. A request to stop ends it.
CaseResult RunPlan(const Plan& plan, int rounds, const RunOptions& options);

/// Performs one attempt at a case in the same way; a case that leaves something is UNRESOLVED.
CaseResult RunCase(const Case& test_case, const RunOptions& options);

/// Runs all cases, `jobs` at a time. A request to stop (stop_requests.h) ends the cases that run;
/// they and the rest are UNTESTED.
RunResult RunCases(const std::vector<const Case*>& cases, const RunOptions& options,
                   RunObserver& observer);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_RUN_H_
