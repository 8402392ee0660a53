// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_pattern.h"

namespace shmspec {
namespace {

using text::Actors;

/// ` field=value` for every field that differs from its default; ` field=none` when the value is a
/// list or flag set that was emptied.
template <class T>
void PrintFields(std::string& out, const T& record, Actors actors, std::string_view skip = {}) {
  const T defaults{};
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

/// Prints the steps, with `after(i)` behind the arrow unless it is empty.
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
    out += (racing ? "  " : "") + PrintStep(step, plan.actors);
    const std::string expected = after(i);
    if (!expected.empty()) out += " -> " + expected;
    out += '\n';
  }
  if (race) out += "}\n";
  return out;
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
  return PrintHead(plan) + PrintSteps(plan, [&](std::size_t i) {
           const auto& expected = plan.steps[i].expected;
           return expected ? PrintPattern(*expected, plan.actors) : std::string();
         });
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
           return performed.returned ? PrintOutcome(performed.outcome, trace.plan.actors)
                                     : std::string();
         });
}

}  // namespace shmspec
