// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "harness/runner/crash_cases.h"
#include "harness/runner/run.h"
#include "harness/runner/summary.h"
#include "harness/vocabulary/value/duration.h"

namespace shmspec {
namespace {

/// From the worst to the best; a later one never hides an earlier one.
constexpr std::array kWorstFirst{Status::kFail,        Status::kUnresolved, Status::kUntested,
                                 Status::kUnsupported, Status::kObserved,   Status::kPass};

std::size_t Rank(Status status) {
  return static_cast<std::size_t>(std::find(kWorstFirst.begin(), kWorstFirst.end(), status) -
                                  kWorstFirst.begin());
}

constexpr std::string_view kUsualProfile = "linux";

}  // namespace

std::string_view PathInProject(const Case& test_case) {
  const std::string_view file = test_case.file;  // as the compiler was given it
  const std::size_t at = file.rfind("suites/");
  return at == std::string_view::npos ? file : file.substr(at);
}

std::string TargetOptions(const RunOptions& options) {
  return options.adapter ? AdapterOptions(options.adapter)
                         : fmt::format("--target {}", options.target);
}

std::string CommandThatRepeats(const Case& test_case, const CaseResult& result,
                               const RunOptions& options) {
  const RunOptions usual;
  const std::string on = options.launcher.empty() ? "" : "--on " + options.launcher + " ";
  std::string command = fmt::format("shmspec run {}{}{} {} --seed {}", on, CrashWords(test_case),
                                    test_case.id, TargetOptions(options), result.attempt_seed);
  if (options.profile->name != kUsualProfile) {
    command += fmt::format(" --profile {}", options.profile->name);
  }
  if (options.timeout_ms != usual.timeout_ms) {
    command += fmt::format(" --timeout {}", PrintDuration(options.timeout_ms));
  }
  if (std::min(test_case.rounds, options.max_rounds) < test_case.rounds) command += " --quick";
  return command;
}

const CaseResult* CaseRun::deciding() const {
  const auto worst = std::min_element(
      attempts.begin(), attempts.end(),
      [](const CaseResult& a, const CaseResult& b) { return Rank(a.status) < Rank(b.status); });
  return worst == attempts.end() ? nullptr : &*worst;
}

Flakiness CaseRun::flakiness() const {
  Flakiness flakiness;
  std::optional<bool> before;
  for (const CaseResult& attempt : attempts) {
    const bool troubled = IsTrouble(attempt.status);
    if (!troubled && !IsAsSpecified(attempt.status)) continue;
    ++flakiness.attempts;
    if (!troubled) ++flakiness.passed;
    if (before && *before != troubled) ++flakiness.flips;
    before = troubled;
  }
  flakiness.flaky = flakiness.passed != 0 && flakiness.troubled() != 0;
  if (flakiness.attempts > 1) {
    flakiness.flip_rate =
        static_cast<double>(flakiness.flips) / static_cast<double>(flakiness.attempts - 1);
  }
  return flakiness;
}

Status CaseRun::status() const {
  const CaseResult* worst = deciding();
  return worst == nullptr ? Status::kUntested : worst->status;
}

std::map<Status, std::size_t> RunResult::Counts() const {
  std::map<Status, std::size_t> counts;
  for (const CaseRun& run : cases) ++counts[run.status()];
  return counts;
}

std::map<Requirement, Status> RunResult::Requirements() const {
  std::map<Requirement, Status> statuses;
  const auto fold = [&statuses](Requirement requirement, Status status) {
    const auto [at, fresh] = statuses.emplace(requirement, status);
    if (!fresh) at->second = Fold(at->second, status);
  };
  for (const CaseRun& run : cases) {
    for (const Requirement cited : run.test_case->requirements) fold(cited, Status::kUntested);
    const CaseResult* result = run.deciding();
    if (result == nullptr) continue;
    for (const RequirementResult& one : result->requirements) fold(one.requirement, one.status);
  }
  return statuses;
}

Totals RunResult::totals() const {
  Totals totals;
  for (const CaseRun& run : cases) {
    totals.Add(record::StandingOf(run.status(), run.judged.judgement));
  }
  return totals;
}

std::vector<std::string> RunResult::LeftBehind() const {
  std::vector<std::string> lines;
  for (const CaseRun& run : cases) {
    for (const CaseResult& attempt : run.attempts) {
      lines.insert(lines.end(), attempt.left_behind.begin(), attempt.left_behind.end());
    }
  }
  return lines;
}

int RunResult::ExitCode() const {
  bool undecided = !complete;
  bool said_something = false;
  for (const CaseRun& run : cases) {
    const Status status = run.status();
    const bool expected = run.judged.judgement == Judgement::kExpected;
    if (expected || run.judged.judgement == Judgement::kWaived) {
      // A case that was not reached; a case that a waiver excludes is waived.
      undecided = undecided || (expected && status == Status::kUntested);
      said_something = said_something || IsAsSpecified(status) || IsTrouble(status);
      continue;
    }
    if (status != Status::kUnresolved || run.flakiness().flaky) return 1;
    undecided = true;
  }
  if (!LeftBehind().empty()) return 3;
  return undecided || !said_something ? 2 : 0;
}

}  // namespace shmspec
