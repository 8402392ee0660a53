// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/print_results.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/command/console.h"
#include "harness/command/settle.h"
#include "harness/runner/conformance.h"
#include "harness/sandbox/environment.h"
#include "harness/target/target.h"
#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

std::string Subject(const RunOptions& options) {
  if (!IsRealTarget(options.target)) return "the simulated system";
  utsname name{};
  ::uname(&name);
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string Through(const RunOptions& options) {
  if (options.subject) {
    return fmt::format("{} ({} {})", options.target, options.subject->name,
                       options.subject->version);
  }
  if (options.adapter) {
    const AdapterIntroduction& library = options.adapter.introduction;
    return fmt::format("an adapter ({} {})", library.library, library.version);
  }
  const KernelTarget* target = FindTarget(options.target);
  if (target == nullptr || target->library == nullptr) return options.target;
  const Library library = target->library();
  return fmt::format("{} ({} {})", options.target, library.name, library.version);
}

/// Columns that a line for each requirement takes; on less it has status and name alone.
constexpr std::size_t kTableWidth = 80;

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
    const std::string tested =
        cases > 0 ? reports::Counted(cases, "case", "cases") : "no case of its own: seen in others";
    if (OutputWidth() < kTableWidth) {
      fmt::print("  {} {}\n", Paint(StyleOf(status), Padded(status)), text.id);
      continue;
    }
    fmt::print("  {} {:<48} {:<6} {}\n", Paint(StyleOf(status), Padded(status)), text.id,
               NameOf(text.level), Paint(Style::kDim, tested));
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

std::string CountsText(const std::map<Status, std::size_t>& counts) {
  std::string text;
  for (const auto& [status, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                        Paint(StyleOf(status), NameOf(status)));
  }
  return text;
}

/// Calls print(run) for each selected case, under a heading if there is one.
template <class Meant>
void PrintCases(const RunResult& result, std::string_view heading, Meant&& meant) {
  bool first = true;
  for (const CaseRun& run : result.cases) {
    if (!meant(run)) continue;
    if (first) fmt::print("\n{}\n", heading);
    first = false;
    fmt::print("  ");
    PrintJudged(run.status(), *run.test_case, run.judged);
  }
}

/// Cases whose attempts disagree, and how often.
void PrintFlaky(const RunResult& result) {
  std::size_t attempts = 0;
  std::string flaky;
  for (const CaseRun& run : result.cases) {
    attempts += run.attempts.size();
    const Flakiness flakiness = run.flakiness();
    if (!flakiness.flaky) continue;
    flaky += fmt::format("  {}: {} of {} attempts passed, flip rate {:.2f}\n", run.test_case->id,
                         flakiness.passed, flakiness.attempts, flakiness.flip_rate);
  }
  if (attempts <= result.cases.size()) return;
  fmt::print("\n{} attempts; {}\n{}", attempts,
             flaky.empty() ? "no case is flaky" : "flaky, which counts as failed:", flaky);
}

void PrintWaivers(const RunResult& result, const Waivers& waivers) {
  PrintCases(result, "Waived:", [](const CaseRun& run) {
    return run.judged.judgement == Judgement::kWaived;
  });
  PrintCases(result, "Stale waivers, to be removed:", [](const CaseRun& run) {
    return run.judged.judgement == Judgement::kStale;
  });
  std::vector<std::string> unused;
  for (const Waiver& waiver : waivers.entries) {
    const bool used =
        std::any_of(result.cases.begin(), result.cases.end(), [&](const CaseRun& run) {
          return run.judged.waiver == waiver.id && run.judged.judgement != Judgement::kExpected;
        });
    if (used) continue;
    unused.push_back(waiver.id + (waiver.holds() ? "" : " (not for this system)"));
  }
  if (!unused.empty()) {
    fmt::print("\n{}", Wrap(fmt::format("waivers not used: {}", fmt::join(unused, ", ")), 0));
  }
}

void PrintChanges(const RunResult& result, const Baseline& baseline) {
  PrintCases(result, "Different from the baseline:", [](const CaseRun& run) {
    return run.judged.before && run.judged.judgement == Judgement::kUnexpected;
  });
  std::vector<std::string> gone;
  for (const auto& [id, entry] : baseline.cases) {
    if (FindCase(id) == nullptr) gone.push_back(id);
  }
  if (!gone.empty()) {
    fmt::print("\n{}", Wrap(fmt::format("in the baseline and no longer in the suite: {}",
                                        fmt::join(gone, ", ")),
                            0));
  }
}

/// For each chapter with a failure, the programs that rely on it.
void PrintSufferers(const RunResult& result) {
  std::set<std::string_view> failed;
  for (const CaseRun& run : result.cases) {
    if (run.status() != Status::kFail) continue;
    failed.insert(run.test_case->chapter());
    for (const RequirementResult& one : run.deciding()->requirements) {
      if (one.status == Status::kFail) failed.insert(one.requirement.text().chapter);
    }
  }
  bool first = true;
  for (const std::string_view name : failed) {
    const reports::Chapter chapter = reports::ChapterOf(name);
    if (chapter.who_suffers.empty()) continue;
    if (first) fmt::print("\nWho suffers:\n");
    first = false;
    fmt::print("{}", Wrap(fmt::format("{}: {}", chapter.title, chapter.who_suffers), 2));
  }
}

/// A few of the requirements that the run did not decide.
std::string WithoutVerdict(const RunResult& result) {
  constexpr std::size_t kMost = 3;
  const std::vector<Requirement> undecided = UndecidedOf(result);
  if (!result.complete || undecided.empty()) return "";
  std::string text = " (without a verdict: ";
  for (std::size_t i = 0; i < undecided.size() && i < kMost; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", undecided[i].id());
  }
  if (undecided.size() > kMost) text += fmt::format(" and {} more", undecided.size() - kMost);
  return text + ")";
}

Style StyleOfConformance(std::string_view conformant) {
  return conformant == "yes" ? Style::kGood : conformant == "no" ? Style::kBad : Style::kDoubtful;
}

/// The totals of a run.
void PrintEnd(const RunResult& result, const Expectations& expectations) {
  std::map<Status, std::size_t> requirements;
  for (const auto& entry : result.Requirements()) ++requirements[entry.second];
  const std::string conformant = ConformanceOf(result);
  fmt::print("\n{} in {:.2f} s: {}\n", reports::Counted(result.cases.size(), "case", "cases"),
             result.duration_s, CountsText(result.Counts()));
  fmt::print("requirements: {} of the {} in the catalogue\n", CountsText(requirements),
             RequirementCount());
  fmt::print("conforms, as far as tested: {}{}\n",
             Paint(StyleOfConformance(conformant), conformant),
             conformant == "undetermined" ? WithoutVerdict(result) : "");
  if (expectations.waivers) {
    fmt::print("the same, apart from what is waived: {}\n", ConformanceApartFromWaivers(result));
  }
  for (const std::string& one : result.LeftBehind()) fmt::print("Left behind: {}\n", one);
  if (!result.complete) fmt::print("incomplete: {}\n", result.stop_reason);
  PrintTotals(result);
}

}  // namespace

void PrintHeading(const RunOptions& options, std::size_t cases) {
  fmt::print("shmspec {}: {} on {} through {}, judged as {}\n", internal::kVersion,
             reports::Counted(cases, "case", "cases"), Subject(options), Through(options),
             options.profile->name);
  fmt::print("seed {}, isolation {}, {} at a time\n", options.seed, NameOf(options.isolation),
             options.jobs);
  if (IsRealTarget(options.target) && HasSeccompFilter()) {
    fmt::print("{}", Wrap("a seccomp filter is active: what is judged is the kernel as the filter "
                          "shows it, and a call may be refused by the filter alone",
                          0));
  }
  std::fflush(stdout);  // shows a reader behind a pipe that the run has begun
}

void PrintExpectations(const Expectations& expectations) {
  if (expectations.waivers) {
    fmt::print("waivers {}: {}\n", expectations.waivers->file,
               expectations.waivers->entries.size());
  }
  if (!expectations.baseline) return;
  fmt::print("judged by what changed since {}: this is no claim of conformance\n",
             expectations.baseline->file);
  if (expectations.baseline->catalogue_sha256 != CatalogueSha256()) {
    fmt::print("the baseline was made with another catalogue of requirements\n");
  }
}

void PrintOutcome(const CaseRun& run) { PrintJudged(run.status(), *run.test_case, run.judged); }

void PrintSummary(const RunResult& result, const RunOptions& options,
                  const Expectations& expectations, Detail detail) {
  PrintSymptoms(result);
  if (detail == Detail::kBrief) {
    PrintEnd(result, expectations);
    return;
  }
  PrintFailures(result, options, detail);
  PrintRequirements(result);
  PrintReasons(result, Status::kUnsupported, "Not possible here:");
  PrintFlaky(result);
  if (expectations.waivers) PrintWaivers(result, *expectations.waivers);
  if (expectations.baseline) PrintChanges(result, *expectations.baseline);
  PrintSufferers(result);
  PrintEnd(result, expectations);
}

void PrintTotals(const RunResult& result) {
  const Totals totals = result.totals();
  fmt::print("{} passed, {} failed, {} skipped\n", totals.passed, totals.failed, totals.skipped);
}

}  // namespace shmspec
