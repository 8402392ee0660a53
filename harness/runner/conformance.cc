// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/conformance.h"

#include <algorithm>

namespace shmspec {
namespace {

/// Needs that are part of the statement itself, and not only of its test.
constexpr Abilities kProcessors = Only(Ability::kX8664) | Only(Ability::kIntel);

RequirementFinding FindingOf(Requirement requirement, Status status) {
  const RequirementText& text = requirement.text();
  return {text.level, AbilitiesAmong(text.needs), status};
}

bool IsMust(const RequirementFinding& finding) { return finding.level == Level::kMust; }

bool IsUndecided(const RequirementFinding& finding, Abilities there) {
  if (!IsMust(finding) || IsAsSpecified(finding.status) || finding.status == Status::kFail) {
    return false;
  }
  const Abilities of_others = Without(kProcessors, there);
  return Without(finding.needs, of_others) == finding.needs;
}

}  // namespace

std::vector<Requirement> UndecidedOf(const RunResult& result) {
  std::vector<Requirement> undecided;
  for (const auto& [requirement, status] : result.Requirements()) {
    if (IsUndecided(FindingOf(requirement, status), result.abilities)) {
      undecided.push_back(requirement);
    }
  }
  return undecided;
}

std::string ConformanceOf(std::span<const RequirementFinding> findings, bool complete,
                          Abilities there) {
  bool some = false;
  bool decided = complete;
  for (const RequirementFinding& finding : findings) {
    if (!IsMust(finding)) continue;
    if (finding.status == Status::kFail) return "no";
    some = some || IsAsSpecified(finding.status);
    decided = decided && !IsUndecided(finding, there);
  }
  return some && decided ? "yes" : "undetermined";
}

std::string ConformanceOf(const RunResult& result) {
  std::vector<RequirementFinding> findings;
  for (const auto& [requirement, status] : result.Requirements()) {
    findings.push_back(FindingOf(requirement, status));
  }
  return ConformanceOf(findings, result.complete, result.abilities);
}

std::string ConformanceApartFromWaivers(const RunResult& result) {
  RunResult rest = result;
  std::erase_if(rest.cases,
                [](const CaseRun& run) { return run.judged.judgement == Judgement::kWaived; });
  return ConformanceOf(rest);
}

}  // namespace shmspec
