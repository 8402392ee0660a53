// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/runner/case.h"
#include "harness/vocabulary/nearest.h"
#include "harness/vocabulary/text.h"

namespace shmspec {
namespace {

void Line(std::string_view label, std::string_view text) {
  if (text.empty()) return;
  const std::string wrapped = Wrap(text, 14);
  fmt::print("  {:<12}{}", label, wrapped.substr(14));
}

std::string Joined(std::span<const std::string_view> items, std::string_view separator) {
  return fmt::format("{}", fmt::join(items, separator));
}

void ShowRequirement(Requirement requirement) {
  const RequirementText& text = requirement.text();
  fmt::print("{}\n\n{}\n", Paint(Style::kStrong, text.id), Wrap(text.statement, 2));
  Line("level", fmt::format("{} ({})", NameOf(text.level), text.origin));
  Line("source", text.source);
  Line("area", fmt::format("{}: {}", text.area, text.title));
  Line("errors", Joined(text.errors, ", "));
  Line("needs", Joined(text.needs, ", "));
  Line("since", text.since);
  Line("how to test", text.check);
  for (const std::string_view divergence : text.divergence) Line("diverges", divergence);
  fmt::print("\n");
  bool tested = false;
  for (const Case& one : AllCases()) {
    if (std::find(one.requirements.begin(), one.requirements.end(), requirement) ==
        one.requirements.end()) {
      continue;
    }
    Line(tested ? "" : "cases", one.id);
    tested = true;
  }
  if (!tested) Line("cases", "none yet: a run says nothing about this requirement");
}

std::vector<std::string> Names() {
  std::vector<std::string> names(internal::kRequirementIds.begin(),
                                 internal::kRequirementIds.end());
  for (const Case& one : AllCases()) names.emplace_back(one.id);
  return names;
}

}  // namespace

int ShowCommand(const std::string& name) {
  if (const auto requirement = FindRequirement(name)) {
    ShowRequirement(*requirement);
    return kExitAsExpected;
  }
  if (const Case* found = FindCase(name)) {
    // A plan and nothing else, so that the output can be kept, changed and replayed.
    fmt::print("# {}:{}{}\n", found->file, found->line,
               found->rounds > 1 ? fmt::format(", {} rounds", found->rounds) : "");
    fmt::print("{}", PrintPlan(PlanOf(*found)));
    return kExitAsExpected;
  }
  return Complain(kExitUsage,
                  fmt::format("no case or requirement \"{}\"{}", name, DidYouMean(name, Names())));
}

}  // namespace shmspec
