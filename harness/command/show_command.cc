// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/command/console.h"
#include "harness/command/subcommand.h"
#include "harness/runner/run.h"
#include "harness/runner/selection.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/nearest.h"
#include "reports/c/c_program.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

enum class PlanForm { kPlan, kC };

struct ShowOptions {
  std::string name;  // of a case, a requirement, or the beginning of the names of requirements
  PlanForm form = PlanForm::kPlan;
};

}  // namespace

template <>
struct NamesOf<PlanForm> {
  static constexpr std::array kNames{Named<PlanForm>{"plan", PlanForm::kPlan},
                                     Named<PlanForm>{"c", PlanForm::kC}};
};

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

std::size_t CasesAbout(Requirement requirement) {
  const std::vector<Case>& cases = AllCases();
  return static_cast<std::size_t>(std::count_if(cases.begin(), cases.end(), [&](const Case& one) {
    return std::find(one.requirements.begin(), one.requirements.end(), requirement) !=
           one.requirements.end();
  }));
}

/// The requirements of an area or a chapter, by the beginning of their names; false when there are
/// none.
bool ShowArea(const std::string& name) {
  bool any = false;
  for (const Requirement requirement : AllRequirements()) {
    const RequirementText& text = requirement.text();
    if (!MatchesName(name, text.id)) continue;
    if (!any) fmt::print("{}: {}\n", Paint(Style::kStrong, text.area), text.title);
    any = true;
    const std::size_t cases = CasesAbout(requirement);
    fmt::print("  {:<48} {:<6} {}\n", text.id, NameOf(text.level),
               cases == 0 ? "no case yet" : reports::Counted(cases, "case", "cases"));
  }
  return any;
}

/// The plan of a case as a C program.
int ShowProgram(const std::string& name, const Case* found) {
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const Case& one : AllCases()) names.emplace_back(one.id);
    return Complain(kExitUsage,
                    fmt::format("no case \"{}\"{}; --format c takes the whole name of one", name,
                                DidYouMean(name, names)));
  }
  const Result<std::string> program = reports::CProgramOf(PlanOf(*found), {});
  if (!program.ok()) {
    return Complain(kExitUsage,
                    fmt::format("{} has no form in C: {}; shmspec show {} prints its plan", name,
                                program.error().message, name));
  }
  fmt::print("{}", *program);
  return kExitAsExpected;
}

std::vector<std::string> Names() {
  std::vector<std::string> names = RequirementIds();
  for (const Case& one : AllCases()) names.emplace_back(one.id);
  for (const Requirement requirement : AllRequirements()) {
    names.emplace_back(requirement.text().area);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

int Show(const ShowOptions& options) {
  const std::string& name = options.name;
  const Case* found = FindCase(name);
  if (options.form == PlanForm::kC) return ShowProgram(name, found);
  if (const auto requirement = FindRequirement(name)) {
    ShowRequirement(*requirement);
    return kExitAsExpected;
  }
  if (found != nullptr) {
    // A plan and nothing else, so that the output can be kept, changed and replayed.
    fmt::print("# {}:{}{}\n", PathInProject(*found), found->line,
               found->rounds > 1 ? fmt::format(", {} rounds", found->rounds) : "");
    const Origin& origin = found->origin;
    if (!origin.report.empty()) fmt::print("# {}; {}\n", origin.report, origin.affected);
    fmt::print("{}", PrintPlan(PlanOf(*found)));
    return kExitAsExpected;
  }
  if (ShowArea(name)) return kExitAsExpected;
  return Complain(kExitUsage,
                  fmt::format("no case or requirement \"{}\"{}", name, DidYouMean(name, Names())));
}

void Declare(OptionList& options, ShowOptions& to) {
  options.Text("NAME", to.name, "A requirement, the beginning of some, or a case").required = true;
  options.Choice(
      "--format", to.form,
      "What is printed: plan (default), or c for a C program that performs the case alone");
}

std::string Footer() {
  return "Examples:\n"
         "  shmspec show SYSV.SHMDT                        the requirements about a call\n"
         "  shmspec show sysv.detach.works_once            the plan, for replay\n"
         "  shmspec show sysv.detach.works_once --format c > case.c && cc -o case case.c && "
         "./case\n";
}

const internal::SubcommandRegistration registration(
    {.name = "show",
     .about = "Explain a requirement, list those of an area, or print a case's plan",
     .place = 100,
     .examples = "  shmspec show SYSV.SHMDT.TWICE            what a requirement says and which "
                 "cases test it\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Show)});

}  // namespace
}  // namespace shmspec
