// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/print_results.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <map>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/runner/record.h"
#include "harness/sandbox/environment.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

std::string Subject(const RunOptions& options) {
  if (!IsRealTarget(options.target)) return "the simulated system";
  utsname name{};
  ::uname(&name);
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string Padded(Status status) { return fmt::format("{:<11}", NameOf(status)); }

/// How many cases of the run cite each requirement.
std::map<Requirement, std::size_t> CitedBy(const RunResult& result) {
  std::map<Requirement, std::size_t> counts;
  for (const CaseRun& run : result.cases) {
    for (const Requirement requirement : run.test_case->requirements) ++counts[requirement];
  }
  return counts;
}

void PrintRequirements(const RunResult& result) {
  const auto cited = CitedBy(result);
  std::string_view area;
  for (const auto& [requirement, status] : result.Requirements()) {
    const RequirementText& text = requirement.text();
    if (text.area != area) {
      area = text.area;
      fmt::print("\n{}  {}\n", Paint(Style::kStrong, area), text.title);
    }
    const auto count = cited.find(requirement);
    const std::size_t cases = count == cited.end() ? 0 : count->second;
    fmt::print("  {} {:<48} {:<6} {}\n", Paint(StyleOf(status), Padded(status)), text.id,
               NameOf(text.level),
               Paint(Style::kDim, fmt::format("{} {}", cases, cases == 1 ? "case" : "cases")));
  }
}

/// Why cases could not be performed here, each reason once.
void PrintReasons(const RunResult& result, Status status, std::string_view heading) {
  std::map<std::string, std::vector<std::string_view>> reasons;
  for (const CaseRun& run : result.cases) {
    if (run.status() != status || run.deciding() == nullptr) continue;
    reasons[run.deciding()->reason].push_back(run.test_case->id);
  }
  if (reasons.empty()) return;
  fmt::print("\n{}\n", heading);
  for (const auto& [reason, cases] : reasons) {
    fmt::print("{}", Wrap(fmt::format("{}: {}", reason, fmt::join(cases, ", ")), 2));
  }
}

std::string Counted(const std::map<Status, std::size_t>& counts) {
  std::string text;
  for (const auto& [status, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                        Paint(StyleOf(status), NameOf(status)));
  }
  return text;
}

}  // namespace

void PrintHeading(const RunOptions& options, std::size_t cases) {
  fmt::print("shmspec {}: {} {} on {} through {}, judged as {}\n", internal::kVersion, cases,
             cases == 1 ? "case" : "cases", Subject(options), options.target,
             options.profile->name);
  fmt::print("seed {}, isolation {}, {} at a time\n", options.seed, NameOf(options.isolation),
             options.jobs);
  if (IsRealTarget(options.target) && HasSeccompFilter()) {
    fmt::print("{}", Wrap("a seccomp filter is active: what is judged is the kernel as the filter "
                          "shows it, and a call may be refused by the filter alone",
                          0));
  }
  std::fflush(stdout);  // who pipes it wants to see that it began
}

void PrintTroubledCase(const Case& test_case, const CaseResult& result, const RunOptions& options) {
  fmt::print("\n{} {}\n", Paint(StyleOf(result.status), NameOf(result.status)), test_case.id);
  if (!result.reason.empty()) fmt::print("{}", Wrap(result.reason, 2));
  if (!result.excerpt.empty()) fmt::print("\n{}", result.excerpt);
  if (result.excerpt.find("source:") == std::string::npos && result.status == Status::kFail) {
    for (const Requirement requirement : test_case.requirements) {
      fmt::print("{}",
                 Wrap(fmt::format("{}: {}", requirement.id(), requirement.text().statement), 4));
    }
  }
  fmt::print("  again: {}\n", CommandThatRepeats(test_case, result, options));
}

void PrintSummary(const RunResult& result) {
  PrintRequirements(result);
  PrintReasons(result, Status::kUnsupported, "Not possible here:");
  std::map<Status, std::size_t> requirements;
  for (const auto& entry : result.Requirements()) ++requirements[entry.second];
  const std::string conformant = ConformanceOf(result);
  fmt::print("\n{} cases in {:.2f} s: {}\n", result.cases.size(), result.duration_s,
             Counted(result.Counts()));
  fmt::print("requirements: {} of the {} in the catalogue\n", Counted(requirements),
             kRequirementCount);
  fmt::print("conforms, as far as tested: {}\n", Paint(conformant == "yes"  ? Style::kGood
                                                       : conformant == "no" ? Style::kBad
                                                                            : Style::kDoubtful,
                                                       conformant));
  if (!result.complete) fmt::print("incomplete: {}\n", result.stop_reason);
}

}  // namespace shmspec
