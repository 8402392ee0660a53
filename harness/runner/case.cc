// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/case.h"

#include <algorithm>
#include <string>
#include <utility>

#include "harness/runner/crash_cases.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

/// Filled by static initialisers, hence a function's static: it exists before the first of them.
std::vector<Case>& Registered() {
  static std::vector<Case> cases;
  return cases;
}

}  // namespace

internal::CaseRegistration::CaseRegistration(Case test_case) {
  Registered().push_back(std::move(test_case));
}

Plan PlanOf(const Case& test_case) {
  if (test_case.derived != nullptr) return *test_case.derived;
  PlanBuilder builder{std::string(test_case.id)};
  for (const Requirement requirement : test_case.requirements) builder.Cite(requirement);
  test_case.build(builder);
  return std::move(builder).Take();
}

namespace {

template <class... Ops>
bool Performs(const Case& test_case) {
  const Plan plan = PlanOf(test_case);
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return (std::holds_alternative<Ops>(step.operation) || ...);
  });
}

}  // namespace

bool WaitsForTheClock(const Case& test_case) { return Performs<SystemNextSecond>(test_case); }

bool IsSlow(const Case& test_case) {
  return Performs<SystemNextSecond, SysvKeyMinusOne, MemoryPin>(test_case);
}

const std::vector<Case>& AllCases() {
  static const bool sorted = [] {
    auto& cases = Registered();
    std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.id < b.id; });
    const auto twice = std::adjacent_find(
        cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.id == b.id; });
    SHMSPEC_CHECK(twice == cases.end(), "two cases of the same name");
    return true;
  }();
  static_cast<void>(sorted);
  return Registered();
}

const Case* FindCase(std::string_view id) {
  if (NamesCrash(id)) return FindCrashCase(id);
  const std::vector<Case>& cases = AllCases();
  const auto found = std::lower_bound(cases.begin(), cases.end(), id,
                                      [](const Case& a, std::string_view b) { return a.id < b; });
  return found != cases.end() && found->id == id ? &*found : nullptr;
}

}  // namespace shmspec
