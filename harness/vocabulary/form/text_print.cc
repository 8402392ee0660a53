// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_pattern.h"
#include "harness/vocabulary/form/trace_lines.h"
#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/plan/usual_facts.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec {
namespace {

using text::Actors;

/// ` field=value` for every field that differs from its default; ` field=none` when the value is a
/// list or flag set that was emptied.
template <class T>
void PrintFields(std::string& out, const T& record, Actors actors, std::string_view skip = {},
                 const T& defaults = {}) {
  ForEachField<T>([&](const auto& field) {
    const auto& value = record.*field.member;
    if (field.name == skip || value == defaults.*field.member) return;
    out += ' ';
    out += field.name;
    out += '=';
    text::Print(out, value, actors);
  });
}

/// Everything before the steps.
std::string PrintHead(const Plan& plan) {
  std::string out = "plan " + plan.name + "\n";
  for (const Requirement requirement : plan.requirements) {
    out += fmt::format("requirement {}\n", requirement.id());
  }
  for (const ActorSpec& actor : plan.actors) {
    out += "actor " + actor.name;
    PrintFields(out, actor, plan.actors, "name");
    out += '\n';
  }
  return out;
}

/// ` -> outcome`, or nothing when the author expects none.
std::string Expected(const Plan& plan, std::size_t i) {
  const auto& expected = plan.steps[i].expected;
  return expected ? " -> " + PrintPattern(*expected, plan.actors) : std::string();
}

/// Prints the steps, each with `after(i)` behind it.
template <class After>
std::string PrintSteps(const Plan& plan, After&& after) {
  std::string out;
  std::optional<std::uint16_t> race;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const bool racing = step.timing == Timing::kRace;
    if (race && !(racing && step.race == *race)) {
      out += "}\n";
      race.reset();
    }
    if (racing && !race) {
      out += "race {\n";
      race = step.race;
    }
    out += (racing ? "  " : "") + PrintStep(step, plan.actors) + after(i) + '\n';
  }
  if (race) out += "}\n";
  return out;
}

/// What is known of the system, the actors and the keys besides what is usual.
std::string PrintFacts(const Trace& trace) {
  const Actors actors = trace.plan.actors;
  std::string system;
  PrintFields(system, trace.system, actors, {}, UsualSystem());
  std::string out = system.empty() ? "" : "system" + system + '\n';
  std::vector<std::string> facts(actors.size());
  FactsOf(trace.plan, [&](std::size_t i, ActorFacts& usual) {
    PrintFields(facts[i], trace.actors[i], actors, {}, usual);
    usual = trace.actors[i];
  });
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (!facts[i].empty()) out += fmt::format("facts {}{}\n", actors[i].name, facts[i]);
  }
  std::string keys;
  std::int64_t usual = kUsualFirstKey;
  for (std::size_t i = 0; i < trace.keys.size(); ++i) {
    if (trace.keys[i] != usual) keys += fmt::format(" k{}={}", i, trace.keys[i]);
    usual = WrappingSum(trace.keys[i], 1);
  }
  return out + (keys.empty() ? "" : "keys" + keys + '\n');
}

/// ` => outcome` with the instants that are not usual.
std::string Seen(const Trace& trace, std::size_t i, bool may_overlap) {
  const Performed& performed = trace.steps[i];
  if (trace.plan.steps[i].timing == Timing::kJoin && performed == Performed{}) return "";
  const bool returned = performed.called && performed.returned;
  std::string out = returned ? " =>" : performed.called ? " => in flight" : " => not called";
  if (returned || !(performed.outcome == Outcome())) {
    out += ' ' + PrintOutcome(performed.outcome, trace.plan.actors);
  }
  text::Instants instants;
  const bool counts = may_overlap && performed.called;
  if (counts || performed.call_ns != 0) instants.call_ns = performed.call_ns;
  if ((counts && returned) || performed.return_ns != 0) instants.return_ns = performed.return_ns;
  if (performed.not_before_s != 0) instants.not_before_s = performed.not_before_s;
  if (performed.not_after_s != text::UsualNotAfter(performed.called)) {
    instants.not_after_s = performed.not_after_s;
  }
  PrintFields(out, instants, trace.plan.actors);
  return out;
}

std::string PrintHalted(const Trace& trace) {
  text::Halted halted{trace.halt, trace.halted_at, trace.trouble, trace.lacking};
  if (halted.step) ++*halted.step;
  std::string fields;
  PrintFields(fields, halted, trace.plan.actors);
  return fields.empty() ? "" : "halted" + fields + '\n';
}

}  // namespace

std::string PrintOperation(const Operation& operation, std::span<const ActorSpec> actors) {
  std::string out(OperationName(operation));
  std::visit([&](const auto& op) { PrintFields(out, op, actors); }, operation);
  return out;
}

std::string PrintPattern(const Pattern& pattern, std::span<const ActorSpec> actors) {
  std::string out;
  text::PrintAlternatives(out, pattern, actors);
  return out;
}

std::string PrintOutcome(const Outcome& outcome, std::span<const ActorSpec> actors) {
  return PrintPattern(Exactly(outcome), actors);
}

std::string PrintStep(const Step& step, std::span<const ActorSpec> actors) {
  std::string actor;
  text::PrintActor(actor, step.actor, actors);
  if (step.timing == Timing::kJoin) return "join " + actor;
  std::string out = actor + (step.timing == Timing::kStart ? " & " : ": ");
  if (step.assigns) {
    text::PrintReference(out, Reference{step.assigns, 0});
    out += " = ";
  }
  return out + PrintOperation(step.operation, actors);
}

std::string PrintPlan(const Plan& plan) {
  return PrintHead(plan) + PrintSteps(plan, [&](std::size_t i) { return Expected(plan, i); });
}

std::string DeathText(const Gone& gone) {
  switch (gone.how) {
    case GoneHow::kKilled:
      return "died of " + SignalName(gone.code);
    case GoneHow::kExited:
      return fmt::format("ended with exit code {}", gone.code);
    case GoneHow::kUnknown:
      break;
  }
  return "ended";
}

std::string PrintTrace(const Trace& trace) {
  return PrintHead(trace.plan) + PrintSteps(trace.plan, [&](std::size_t i) {
           const Performed& performed = trace.steps[i];
           return performed.returned ? " -> " + PrintOutcome(performed.outcome, trace.plan.actors)
                                     : std::string();
         });
}

std::string PrintWholeTrace(const Trace& trace) {
  const std::vector<bool> may_overlap = text::MayOverlap(trace.plan);
  return PrintHead(trace.plan) + PrintFacts(trace) +
         PrintSteps(trace.plan,
                    [&](std::size_t i) {
                      return Expected(trace.plan, i) + Seen(trace, i, may_overlap[i]);
                    }) +
         PrintHalted(trace);
}

}  // namespace shmspec
