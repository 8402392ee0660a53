// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/runner/run.h"

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

/// For a requirement one case that passed outweighs one that could not run.
Status Fold(Status a, Status b) {
  for (const Status status : {Status::kFail, Status::kUnresolved, Status::kPass, Status::kObserved,
                              Status::kUnsupported}) {
    if (a == status || b == status) return status;
  }
  return Status::kUntested;
}

}  // namespace

std::string CommandThatRepeats(const Case& test_case, const CaseResult& result,
                               const RunOptions& options) {
  const RunOptions usual;
  std::string command = fmt::format("shmspec run {} --target {} --seed {}", test_case.id,
                                    options.target, result.attempt_seed);
  if (options.profile->name != kUsualProfile) {
    command += fmt::format(" --profile {}", options.profile->name);
  }
  if (options.timeout_ms != usual.timeout_ms) {
    command += fmt::format(" --timeout {}", options.timeout_ms);
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

int RunResult::ExitCode() const {
  const auto counts = Counts();
  if (counts.contains(Status::kFail)) return 1;
  if (!complete || counts.contains(Status::kUnresolved) || counts.contains(Status::kUntested)) {
    return 2;
  }
  return counts.contains(Status::kPass) || counts.contains(Status::kObserved) ? 0 : 2;
}

}  // namespace shmspec
