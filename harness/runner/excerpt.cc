// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/excerpt.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/vocabulary/form/difference.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

constexpr std::size_t kStepsAfter = 2;
constexpr std::size_t kStepsBefore = 30;

std::string SeenText(const Trace& trace, std::size_t step) {
  const Performed& performed = trace.steps[step];
  const auto* gone = std::get_if<Gone>(&performed.outcome);
  if (!performed.called && trace.halt == Halt::kRefused) return "not performed";
  if (!performed.returned && gone != nullptr && gone->how != GoneHow::kUnknown) {
    return fmt::format("{}, the actor {}", performed.called ? "never returned" : "was never called",
                       DeathText(*gone));
  }
  if (!performed.called) return "was never called";
  if (!performed.returned) return "never returned";
  return PrintOutcome(performed.outcome, trace.plan.actors);
}

std::string LineOf(const Trace& trace, std::size_t i) {
  const Step& step = trace.plan.steps[i];
  const char* indent = step.timing == Timing::kRace ? "| " : "";
  std::string line = indent + PrintStep(step, trace.plan.actors);
  if (step.timing != Timing::kJoin) line += "  -> " + SeenText(trace, i);
  return line;
}

void AddRequirement(std::string& out, Requirement requirement) {
  const RequirementText& text = requirement.text();
  out += fmt::format("        {} ({}): {}\n          source: {}\n", requirement.id(),
                     NameOf(text.level), text.statement, text.source);
}

std::string ExpectedText(const Trace& trace, std::size_t step) {
  const auto& expected = trace.plan.steps[step].expected;
  return expected ? PrintPattern(*expected, trace.plan.actors) : "success";
}

std::string AllowedText(const Trace& trace, const Allowed& allowed) {
  return PrintPattern(allowed.pattern, trace.plan.actors) +
         (allowed.why.empty() ? "" : "   (" + allowed.why + ")");
}

void ExplainRefusal(std::string& out, const Trace& trace, const Verdict& verdict) {
  if (!verdict.message.empty()) out += fmt::format("      {}\n", verdict.message);
  const char* label = "allowed";
  for (const Allowed& allowed : verdict.allowed) {
    out += fmt::format("      {:<8} {}\n", label, AllowedText(trace, allowed));
    label = "or";
  }
  for (const Requirement requirement : verdict.violated) AddRequirement(out, requirement);
}

/// Which step an objection is about, and what is wrong there.
void Locate(Objection& objection, const Trace& trace, std::size_t step, const Pattern& allowed) {
  objection.step = step + 1;
  objection.operation = OperationName(trace.plan.steps[step].operation);
  objection.seen = SeenText(trace, step);
  const Performed& performed = trace.steps[step];
  if (performed.returned) {
    objection.differences =
        DifferencesBetween(performed.outcome, allowed, BindingsAt(trace, step), trace.plan.actors);
  } else {
    objection.differences = {{"", objection.seen, KindsIn(allowed)}};
  }
}

std::string StepCount(std::size_t count) {
  return fmt::format("{} step{}", count, count == 1 ? "" : "s");
}

}  // namespace

std::string ExcerptOf(const Trace& trace, const Findings& findings) {
  const std::size_t count = trace.steps.size();
  std::size_t last = 0;
  std::size_t first = count;
  const std::optional<std::size_t> refused =
      findings.refusal ? findings.refusal->step : std::nullopt;
  for (const auto& step : {findings.unexpected, refused}) {
    if (!step) continue;
    last = std::max(last, *step);
    first = std::min(first, *step);
  }
  const std::size_t from = first == count || first < kStepsBefore ? 0 : first - kStepsBefore;
  const std::size_t end = first == count ? count : std::min(count, last + 1 + kStepsAfter);

  std::string out;
  if (from > 0) out += fmt::format("    ... {} before\n", StepCount(from));
  for (std::size_t i = from; i < end; ++i) {
    const bool offends = findings.unexpected == i || refused == i;
    out += fmt::format("  {} {}\n", offends ? "!" : " ", LineOf(trace, i));
    if (findings.unexpected == i) {
      out += fmt::format("      the case expects  {}\n", ExpectedText(trace, i));
    }
    if (refused == i) ExplainRefusal(out, trace, *findings.refusal);
  }
  if (end < count) out += fmt::format("    ... {} after\n", StepCount(count - end));
  if (findings.refusal && !refused) ExplainRefusal(out, trace, *findings.refusal);
  return out;
}

std::vector<Objection> ObjectionsOf(const Trace& trace, const Findings& findings) {
  std::vector<Objection> objections;
  if (findings.unexpected) {
    const std::size_t step = *findings.unexpected;
    Objection& objection = objections.emplace_back();
    objection.by = Objector::kCase;
    objection.allowed = {{ExpectedText(trace, step), ""}};
    const auto& expected = trace.plan.steps[step].expected;
    Locate(objection, trace, step, expected ? *expected : Success());
  }
  if (findings.refusal) {
    Objection& objection = objections.emplace_back();
    objection.by = Objector::kSpecification;
    Pattern pattern;
    for (const Allowed& allowed : findings.refusal->allowed) {
      objection.allowed.push_back(
          {PrintPattern(allowed.pattern, trace.plan.actors), std::string(allowed.why)});
      pattern = std::move(pattern) | allowed.pattern;
    }
    if (const auto step = findings.refusal->step) {
      Locate(objection, trace, *step, pattern);
    } else {
      objection.seen = findings.refusal->message;
    }
  }
  return objections;
}

}  // namespace shmspec
