// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Crashes: plans in which a process is killed at some point of another plan and the rest goes on.
//
//   for (const CrashPoint& point : CrashPointsOf(plan, CrashPlaces::kBetweenSteps)) {
//     CaseResult result = RunPlan(PlanWithCrash(plan, point), 1, options);
//   }
//
// What the author of the plan expects says nothing about the new one: only the specification judges
// it. A watcher, an actor of its own, kills the process and at the end looks at what is left.

#ifndef SHMSPEC_HARNESS_RUNNER_CRASH_PLAN_H_
#define SHMSPEC_HARNESS_RUNNER_CRASH_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// The point of a plan at which a process is killed.
struct CrashPoint {
  ActorRef victim;         // the first actor of the process
  std::size_t before = 0;  // the steps of the plan before it
  bool inside = false;     // while the next step, or race, is performed

  friend bool operator==(const CrashPoint&, const CrashPoint&) = default;
};

enum class CrashPlaces : std::uint8_t {
  kBetweenSteps,  // before and after each step of the process
  kInsideSteps,   // during each of them, at a moment that chance settles
};

/// The points of a plan without flaw, for every process, that give different plans. None where the
/// plan has no room for one more actor.
std::vector<CrashPoint> CrashPointsOf(const Plan& plan, CrashPlaces places);

/// The plan with that crash; `crash:b:after-7`, or `crash:b:in-8`, behind its name. Left out are
/// the steps of actors that are dead, or were never made, and those that use a handle without a
/// value. Branches of a litmus test, which wait for each other, are left out together.
Plan PlanWithCrash(const Plan& plan, const CrashPoint& point);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CRASH_PLAN_H_
