// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/print_failures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/command/console.h"
#include "reports/summary/symptoms.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

/// The number of lines of symptoms that leaves room on a screen for the totals, and of cases to
/// print at first.
constexpr std::size_t kMostSymptomLines = 16;
constexpr std::size_t kMostCases = 5;

bool IsUnexpected(const CaseRun& run) {
  return IsTrouble(run.status()) && run.judged.judgement == Judgement::kUnexpected;
}

std::vector<reports::Symptom> SymptomsIn(const RunResult& result) {
  std::vector<reports::Sighting> sightings;
  for (const CaseRun& run : result.cases) {
    if (!IsUnexpected(run)) continue;
    const CaseResult& deciding = *run.deciding();
    reports::Sighting& sighting = sightings.emplace_back();
    sighting.test = run.test_case->id;
    sighting.status = deciding.status;
    sighting.cause = deciding.cause;
    sighting.steps = PlanOf(*run.test_case).steps.size();
    const record::Objection* objection = reports::DecidingObjection(deciding.objections);
    if (objection == nullptr) continue;
    sighting.operation = objection->operation;
    sighting.differences = objection->differences;
  }
  return reports::SymptomsOf(sightings);
}

std::string_view WordFor(const Judged& judged) {
  if (judged.judgement == Judgement::kExpected && judged.why.empty()) return "";
  return NameOf(judged.judgement);
}

}  // namespace

void PrintSymptoms(const RunResult& result) {
  const std::vector<reports::Symptom> symptoms = SymptomsIn(result);
  if (symptoms.empty()) return;
  fmt::print("\n{}\n", Paint(Style::kStrong, "What is wrong:"));
  std::size_t shown = 0;
  std::size_t lines = 0;
  for (const reports::Symptom& symptom : symptoms) {
    const std::string status = fmt::format("{:<11}", NameOf(symptom.status));
    const std::size_t indent = status.size() + 2;
    const std::string text = Wrap(symptom.Line(), indent).substr(indent);
    lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines > kMostSymptomLines && shown > 0) break;
    fmt::print("  {}{}", Paint(StyleOf(symptom.status), status), text);
    ++shown;
  }
  if (shown < symptoms.size()) {
    fmt::print("  and {}\n", reports::Counted(symptoms.size() - shown, "further kind of failure",
                                              "further kinds of failures"));
  }
}

void PrintFailures(const RunResult& result, const RunOptions& options, Detail detail) {
  if (detail != Detail::kBrief) {
    std::map<std::string_view, const CaseRun*> runs;
    for (const CaseRun& run : result.cases) runs[run.test_case->id] = &run;
    const std::vector<std::string> tests = reports::ShortestOfEachFirst(SymptomsIn(result));
    const std::size_t shown =
        detail == Detail::kAll ? tests.size() : std::min(tests.size(), kMostCases);
    for (std::size_t i = 0; i < shown; ++i) {
      const CaseRun& run = *runs.at(tests[i]);
      PrintTroubledCase(*run.test_case, *run.deciding(), run.judged, options);
    }
    if (shown < tests.size()) {
      fmt::print(
          "\n{}",
          Wrap(fmt::format("{} like these: run with --all to see them here, or with "
                           "-o FILE and then shmspec report FILE -o PAGE.html",
                           reports::Counted(tests.size() - shown, "more case", "more cases")),
               0));
    }
  }
  bool first = true;
  for (const CaseRun& run : result.cases) {
    if (!IsTrouble(run.status()) || run.judged.judgement != Judgement::kExpected) continue;
    if (first) fmt::print("\nKnown already:\n");
    first = false;
    fmt::print("  ");
    PrintJudged(run.status(), *run.test_case, run.judged);
  }
}

void PrintTroubledCase(const Case& test_case, const CaseResult& result, const Judged& judged,
                       const RunOptions& options) {
  if (judged.judgement != Judgement::kUnexpected) {
    PrintJudged(result.status, test_case, judged);
    return;
  }
  fmt::print("\n{} {}\n", Paint(StyleOf(result.status), NameOf(result.status)), test_case.id);
  if (!result.reason.empty()) fmt::print("{}", Wrap(result.reason, 2));
  if (!result.excerpt.empty()) fmt::print("\n{}", result.excerpt);
  const bool explained = std::any_of(
      result.objections.begin(), result.objections.end(),
      [](const record::Objection& one) { return one.by == record::Objector::kSpecification; });
  if (!explained && result.status == Status::kFail) {
    for (const Requirement requirement : test_case.requirements) {
      fmt::print("{}",
                 Wrap(fmt::format("{}: {}", requirement.id(), requirement.text().statement), 4));
    }
  }
  const Origin& origin = test_case.origin;
  if (!origin.report.empty()) {
    fmt::print("{}", Wrap(fmt::format("known from: {}; {}", origin.report, origin.affected), 2));
  }
  fmt::print("  again: {}\n", CommandThatRepeats(test_case, result, options));
}

void PrintJudged(Status status, const Case& test_case, const Judged& judged) {
  std::string text = fmt::format("{} {}", Paint(StyleOf(status), NameOf(status)), test_case.id);
  const std::string_view word = WordFor(judged);
  if (!word.empty()) text += fmt::format(": {}", word);
  if (!judged.waiver.empty() && !word.empty()) text += " by " + judged.waiver;
  if (!judged.why.empty()) text += fmt::format(": {}", judged.why);
  fmt::print("{}\n", text);
}

}  // namespace shmspec
