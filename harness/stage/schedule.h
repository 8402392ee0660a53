// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The order of a plan as actors follow it: a sequence of acts, each with the actors that take part
// in it. An act is over when all of them have finished it or are gone; the first process to notice
// that opens the next one. Runs of turns, starts, joins and races are all acts:
//
//   assembly      everybody who is spawned  no steps: all are there with the identity they need
//   a run         one actor                 consecutive turns and joins of that actor
//   a start       one actor                 finished before its step is performed
//   a race        the actors of its lines   begins at a barrier
//   the farewell  everybody                 no steps: attaches live until here

#ifndef SHMSPEC_HARNESS_STAGE_SCHEDULE_H_
#define SHMSPEC_HARNESS_STAGE_SCHEDULE_H_

#include <cstdint>
#include <vector>

#include "harness/stage/actor_set.h"
#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

struct Act {
  ActorSet cast = 0;
  /// The actors that wait for each other before the first step: the racers that live by then.
  ActorSet barrier = 0;
  bool finished_first = false;  // a start: over as soon as the step is called
};

struct Schedule {
  std::vector<Act> acts;
  std::vector<std::uint32_t> act_of_step;
  std::vector<bool> timed;           // the step may overlap with others: take instants
  std::vector<std::uint32_t> makes;  // the actor that the step forks or starts, or kNoActor
  bool concurrent = false;           // whether any two steps may overlap
};

/// For a plan without flaw.
Schedule MakeSchedule(const Plan& plan);

/// The actors whose processes can serve another plan: they only call, load, store and map, and
/// their mappings can be undone (belongings.h).
ActorSet Stayers(const Plan& plan);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_STAGE_SCHEDULE_H_
