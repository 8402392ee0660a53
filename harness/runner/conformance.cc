// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/conformance.h"

#include <algorithm>

namespace shmspec {
namespace {

/// Needs that are part of the statement itself, and not only of its test.
constexpr Abilities kProcessors = Only(Ability::kX8664) | Only(Ability::kIntel);

bool IsOfAnotherProcessor(Requirement requirement, Abilities there) {
  const auto& needs = requirement.text().needs;
  return std::any_of(needs.begin(), needs.end(), [there](std::string_view need) {
    const auto ability = FromName<Ability>(need);
    return ability && Has(Without(kProcessors, there), *ability);
  });
}

bool IsMust(Requirement requirement) { return requirement.text().level == Level::kMust; }

}  // namespace

std::vector<Requirement> UndecidedOf(const RunResult& result) {
  std::vector<Requirement> undecided;
  for (const auto& [requirement, status] : result.Requirements()) {
    if (!IsMust(requirement) || IsAsSpecified(status) || status == Status::kFail) continue;
    if (!IsOfAnotherProcessor(requirement, result.abilities)) undecided.push_back(requirement);
  }
  return undecided;
}

std::string ConformanceOf(const RunResult& result) {
  bool some = false;
  for (const auto& [requirement, status] : result.Requirements()) {
    if (!IsMust(requirement)) continue;
    if (status == Status::kFail) return "no";
    some = some || IsAsSpecified(status);
  }
  return some && result.complete && UndecidedOf(result).empty() ? "yes" : "undetermined";
}

std::string ConformanceApartFromWaivers(const RunResult& result) {
  RunResult rest = result;
  std::erase_if(rest.cases,
                [](const CaseRun& run) { return run.judged.judgement == Judgement::kWaived; });
  return ConformanceOf(rest);
}

}  // namespace shmspec
