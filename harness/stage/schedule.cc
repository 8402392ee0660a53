// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/stage/schedule.h"

#include <optional>

namespace shmspec {
namespace {

std::uint32_t MadeBy(const Operation& operation) {
  if (const auto* fork = std::get_if<ProcessFork>(&operation)) return fork->child.index;
  if (const auto* thread = std::get_if<ProcessThread>(&operation)) return thread->child.index;
  return kNoActor;
}

bool IsRun(Timing timing) { return timing == Timing::kTurn || timing == Timing::kJoin; }

/// Whether a step goes on with the act of the step before it.
bool SameAct(const Step& before, const Step& step) {
  if (step.timing == Timing::kRace) {
    return before.timing == Timing::kRace && before.race == step.race;
  }
  return IsRun(step.timing) && IsRun(before.timing) && before.actor == step.actor;
}

/// The racers of an act, without those that are made within it: the act cannot wait for them.
ActorSet Barrier(const Schedule& schedule, std::uint32_t act, ActorSet cast) {
  for (std::size_t i = 0; i < schedule.act_of_step.size(); ++i) {
    if (schedule.act_of_step[i] == act && schedule.makes[i] != kNoActor) {
      cast &= ~SetOf(schedule.makes[i]);
    }
  }
  return cast;
}

/// Whether the step leaves the process as it was, except for its mappings.
bool LeavesTheProcessAlone(const Operation& operation) {
  return std::visit(
      []<class Op>(const Op&) {
        // Sealed memory stays mapped to the end of its process, and what mlockall(2) says of memory
        // that is mapped later holds until then. A C library keeps a list of the locks it has.
        return kFamilyOf<Op> != Family::kProcess && kFamilyOf<Op> != Family::kSync &&
               !std::is_same_v<Op, MapSeal> && !std::is_same_v<Op, MapLockAll>;
      },
      operation);
}

}  // namespace

ActorSet Stayers(const Plan& plan) {
  ActorSet stayers = 0;
  for (std::uint32_t i = 0; i < plan.actors.size(); ++i) {
    const ActorSpec& spec = plan.actors[i];
    if (spec.start == Start::kSpawn && spec.namespaces.bits == 0) stayers |= SetOf(i);
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.timing == Timing::kJoin) continue;
    // Only new processes have the socket.
    if (Passes(step.operation)) return 0;
    if (!LeavesTheProcessAlone(step.operation)) stayers &= ~SetOf(step.actor.index);
    // Actors that may be killed are not kept: the stage still has to see their end.
    if (const auto* kill = std::get_if<ProcessKill>(&step.operation)) {
      stayers &= ~SetOf(kill->actor.index);
    }
  }
  return stayers;
}

Schedule MakeSchedule(const Plan& plan) {
  Schedule schedule;
  ActorSet spawned = 0;
  ActorSet everybody = 0;
  for (std::uint32_t i = 0; i < plan.actors.size(); ++i) {
    everybody |= SetOf(i);
    if (plan.actors[i].start == Start::kSpawn) spawned |= SetOf(i);
  }
  schedule.acts.push_back({.cast = spawned});
  std::size_t started = 0;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (i == 0 || !SameAct(plan.steps[i - 1], step)) schedule.acts.emplace_back();
    Act& act = schedule.acts.back();
    act.cast |= SetOf(step.actor.index);
    act.finished_first = step.timing == Timing::kStart;
    if (step.timing == Timing::kStart) ++started;
    if (step.timing == Timing::kJoin) --started;
    const bool timed = started > 0 || step.timing == Timing::kRace;
    schedule.concurrent = schedule.concurrent || timed;
    schedule.timed.push_back(timed);
    schedule.makes.push_back(step.timing == Timing::kJoin ? kNoActor : MadeBy(step.operation));
    schedule.act_of_step.push_back(static_cast<std::uint32_t>(schedule.acts.size() - 1));
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const std::uint32_t act = schedule.act_of_step[i];
    if (plan.steps[i].timing == Timing::kRace && schedule.acts[act].barrier == 0) {
      schedule.acts[act].barrier = Barrier(schedule, act, schedule.acts[act].cast);
    }
  }
  schedule.acts.push_back({.cast = everybody});
  return schedule;
}

}  // namespace shmspec
