// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run: cases, each in a process of its own, on one target.

#ifndef SHMSPEC_HARNESS_RUNNER_RUN_H_
#define SHMSPEC_HARNESS_RUNNER_RUN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/actor/abilities.h"
#include "harness/actor/process_stage.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/adapter.h"
#include "harness/runner/case.h"
#include "harness/runner/case_result.h"
#include "harness/runner/expectations.h"
#include "harness/sandbox/isolation.h"
#include "harness/stage/stage.h"
#include "harness/vocabulary/record/record.h"

namespace shmspec {

struct RunOptions {
  std::string target = "libc";
  const model::Profile* profile = nullptr;
  RunAdapter adapter;  // with the target of that name
  /// What its user says is put before the C library, without a build id.
  std::optional<record::Library> subject;
  std::uint64_t seed = 1;
  std::int64_t timeout_ms = 10000;  // for one attempt at one case
  std::uint32_t jobs = 1;           // cases at the same time, besides those that wait for the clock
  std::uint32_t repeat = 1;         // attempts at each case
  std::uint32_t retries = 0;        // further ones at a case while attempts fail or are unresolved
  bool keeps_trace = false;         // as CaseResult::whole_trace
  bool sweeps = false;              // after each round, as plans with a crash leave something
  int max_rounds = 1000000;         // no case is performed more often in one attempt
  Isolation isolation = Isolation::kShared;
  /// Why no plan that needs System V shared memory can be performed; empty when they can.
  std::string lacks_system_v;
  bool detaches = true;      // shmdt(2) is there
  Isolated isolated;         // what the isolation consists of; set where a process enters it
  std::string launcher;      // that started this program where it runs; empty: none
  FoundAbilities abilities;  // of the system, in that isolation
};

using record::Flakiness;
using record::Totals;

/// One case with its attempts, in their order.
struct CaseRun {
  const Case* test_case = nullptr;
  std::vector<CaseResult> attempts;
  Judged judged;  // settled when the run has ended

  /// The worst of the attempts: FAIL, UNRESOLVED, UNSUPPORTED, OBSERVED, PASS; UNTESTED without
  /// any.
  Status status() const;
  /// The attempt with that status, or nullptr.
  const CaseResult* deciding() const;
  Flakiness flakiness() const;
};

/// A run that ended, or was stopped.
struct RunResult {
  std::vector<CaseRun> cases;
  bool complete = true;
  std::string stop_reason;
  double duration_s = 0;
  Abilities abilities = kEveryAbility;  // of the system

  std::map<Status, std::size_t> Counts() const;
  Totals totals() const;
  /// What the run could not remove, each with the command that removes it.
  std::vector<std::string> LeftBehind() const;
  /// The result of every requirement that some case of the run cites or found violated.
  std::map<Requirement, Status> Requirements() const;
  /// 0 as expected; 1 unexpected: a case failed, is flaky, differs from the baseline, or passes in
  /// spite of a strict waiver; 2 incomplete: something is unresolved, or no case has a result; 3
  /// when none is unexpected and yet something is left behind.
  int ExitCode() const;
};

/// Receives progress, on the runner's thread.
class RunObserver {
 public:
  RunObserver() = default;
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;
  virtual ~RunObserver() = default;
  virtual void OnResult(const Case& test_case, const CaseResult& result, std::size_t done,
                        std::size_t total) = 0;
};

/// The stage of the target with this name, one of TargetNames(). The error lists the names, or what
/// this system lacks.
Result<std::unique_ptr<Stage>> MakeStage(const RunOptions& options,
                                         WardenStart warden_start = WardenStart::kFreshImage);
/// Every target that can be named, without what follows `faulty:`.
std::vector<std::string> TargetNames();

/// The seed of a case, so that a case does the same alone and among others.
std::uint64_t SeedOfCase(std::uint64_t seed, std::string_view id);

/// The file and line of a case, relative to the project: `suites/sysv/attach.cc`.
std::string_view PathInProject(const Case& test_case);

/// The options by which a command line names the target.
std::string TargetOptions(const RunOptions& options);

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

/// Runs all cases, `jobs` at a time. Those that wait for the clock begin at once, so that all of
/// them wait for the same second, beside the others. A request to stop (stop_requests.h) ends the
/// cases that run; they and the rest are UNTESTED. A case that a waiver excludes is not run.
RunResult RunCases(const std::vector<const Case*>& cases, const RunOptions& options,
                   RunObserver& observer, const Expectations& expectations = {});

/// The result of a run without its target: every case is UNSUPPORTED, for the reason given.
RunResult RunOfNothing(const std::vector<const Case*>& cases, const std::string& lacking,
                       const Expectations& expectations = {});

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_RUN_H_
