// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/print_judged.h"

#include <fmt/format.h>

#include "harness/command/console.h"

namespace shmspec {

void PrintJudged(const std::string& plan, const CaseResult& result) {
  fmt::print("{} {}\n", Paint(StyleOf(result.status), NameOf(result.status)), plan);
  if (!result.reason.empty()) fmt::print("{}", Wrap(result.reason, 2));
  fmt::print("\n{}", result.excerpt.empty() ? result.trace : result.excerpt);
  for (const std::string& observed : result.observed) fmt::print("  observed: {}\n", observed);
  for (const std::string& one : result.left_behind) fmt::print("Left behind: {}\n", one);
}

int ExitCodeOf(Status status) {
  if (status == Status::kFail) return kExitUnexpected;
  return status == Status::kPass ? kExitAsExpected : kExitIncomplete;
}

}  // namespace shmspec
