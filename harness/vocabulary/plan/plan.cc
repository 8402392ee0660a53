// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/plan/plan.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace {

/// Follows a plan step by step and keeps what a step may rely on.
class Inspection {
 public:
  explicit Inspection(const Plan& plan) : plan_(plan) {
    for (const ActorSpec& actor : plan.actors) alive_.push_back(actor.start == Start::kSpawn);
    busy_.resize(plan.actors.size());
  }

  std::optional<std::string> Actors() const {
    if (plan_.actors.empty()) return "a plan needs at least one actor: write \"actor a\"";
    if (plan_.actors.size() > ActorRef::kLimit) {
      return fmt::format("a plan has at most {} actors", int{ActorRef::kLimit});
    }
    std::set<std::string_view> names;
    for (const ActorSpec& actor : plan_.actors) {
      if (!names.insert(actor.name).second) {
        return fmt::format("actor {} is declared twice", actor.name);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> Check(const Step& step) {
    if (step.actor.index >= plan_.actors.size()) return "the step's actor is not declared";
    const std::string& name = plan_.actors[step.actor.index].name;
    if (step.timing == Timing::kJoin) {
      if (!busy_[step.actor.index]) return fmt::format("{} was not started with \"&\"", name);
      busy_[step.actor.index] = false;
      return std::nullopt;
    }
    if (!alive_[step.actor.index]) {
      return fmt::format(
          "{} is not running here: an actor with start={} runs after the step that "
          "makes it",
          name, NameOf(plan_.actors[step.actor.index].start));
    }
    if (busy_[step.actor.index]) return fmt::format("{} is still busy: join it first", name);
    if (step.timing == Timing::kStart) busy_[step.actor.index] = true;
    if (auto flaw = CheckHandles(step)) return flaw;
    return CheckMakes(step.operation);
  }

 private:
  std::optional<std::string> CheckHandles(const Step& step) {
    std::optional<std::string> flaw;
    ForEachHandle(step.operation, [&](const Handle& handle) {
      if (handle.kind != HandleKind::kKey && !assigned_.contains(handle) && !flaw) {
        flaw = fmt::format("{}{} is used before a step assigns it", static_cast<char>(handle.kind),
                           int{handle.index});
      }
    });
    const auto kind = AssignedKind(step.operation);
    if (step.assigns && kind != step.assigns->kind) {
      return fmt::format("{} does not give a value of that kind", OperationName(step.operation));
    }
    if (step.assigns) assigned_.insert(*step.assigns);
    return flaw;
  }

  std::optional<std::string> CheckMakes(const Operation& operation) {
    if (const auto* fork = std::get_if<ProcessFork>(&operation)) {
      return Make(fork->child, Start::kFork);
    }
    if (const auto* thread = std::get_if<ProcessThread>(&operation)) {
      return Make(thread->child, Start::kThread);
    }
    if (const auto* kill = std::get_if<ProcessKill>(&operation)) {
      if (kill->actor.index >= plan_.actors.size()) return "the actor to kill is not declared";
    }
    if (const auto* wait = std::get_if<ProcessAwaitBlocked>(&operation)) {
      if (wait->actor.index >= plan_.actors.size()) return "the actor to wait for is not declared";
    }
    return std::nullopt;
  }

  std::optional<std::string> Make(ActorRef child, Start start) {
    if (child.index >= plan_.actors.size()) return "the child is not declared";
    const ActorSpec& spec = plan_.actors[child.index];
    if (spec.start != start) {
      return fmt::format("{} must be declared with start={}", spec.name, NameOf(start));
    }
    if (alive_[child.index]) return fmt::format("{} is already running", spec.name);
    alive_[child.index] = true;
    return std::nullopt;
  }

  const Plan& plan_;
  std::vector<bool> alive_;
  std::vector<bool> busy_;
  std::set<Handle> assigned_;
};

}  // namespace

std::optional<PlanFlaw> FindFlaw(const Plan& plan) {
  Inspection inspection(plan);
  if (auto flaw = inspection.Actors()) return PlanFlaw{std::nullopt, *flaw};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (auto flaw = inspection.Check(plan.steps[i])) return PlanFlaw{i, *flaw};
  }
  return std::nullopt;
}

bool operator==(const Step& a, const Step& b) {
  return a.actor == b.actor && a.timing == b.timing && a.race == b.race &&
         a.operation == b.operation && a.assigns == b.assigns && a.expected == b.expected;
}

bool operator==(const Plan& a, const Plan& b) = default;

}  // namespace shmspec
