// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What is taken for true of a system and of its actors as long as nobody says otherwise: by traces
// that were written elsewhere, and by the simulated system, which has no other facts.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_USUAL_FACTS_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_USUAL_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// What k0 stands for; each key after it is one more than the one before.
inline constexpr std::int64_t kUsualFirstKey = 0x53480001;

/// The limits of Linux, every ability, no huge pages, and an IPC namespace that belongs to the user
/// namespace of the actors and to nobody else.
SystemFacts UsualSystem();

/// A spawned actor that got what its plan asks for: root where it asks for nothing, with every
/// capability for root and none for others. Process ids are 101, 102, ... in the order of the plan.
ActorFacts UsualFacts(const ActorSpec& spec, std::size_t index);

/// The facts of all actors of a plan without flaw. `known(index, facts)` may put what it knows in
/// place of what is usual; an actor that another one makes is like that one, with a process id of
/// its own unless it is a thread.
template <class Known>
std::vector<ActorFacts> FactsOf(const Plan& plan, Known&& known);

namespace internal {
/// One actor that another one makes.
struct Birth {
  std::size_t parent = 0;
  std::size_t child = 0;
  bool thread = false;
};
/// In the order of the plan, so that parents come before their children.
std::vector<Birth> BirthsOf(const Plan& plan);
ActorFacts UsualChild(const Birth& birth, const ActorFacts& parent);
}  // namespace internal

template <class Known>
std::vector<ActorFacts> FactsOf(const Plan& plan, Known&& known) {
  std::vector<ActorFacts> actors;
  for (std::size_t i = 0; i < plan.actors.size(); ++i) {
    actors.push_back(UsualFacts(plan.actors[i], i));
    if (plan.actors[i].start == Start::kSpawn) known(i, actors[i]);
  }
  std::vector<bool> made(plan.actors.size());
  for (const internal::Birth& birth : internal::BirthsOf(plan)) {
    actors[birth.child] = internal::UsualChild(birth, actors[birth.parent]);
    known(birth.child, actors[birth.child]);
    made[birth.child] = true;
  }
  // Those that are declared and never made.
  for (std::size_t i = 0; i < plan.actors.size(); ++i) {
    if (plan.actors[i].start != Start::kSpawn && !made[i]) known(i, actors[i]);
  }
  return actors;
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_USUAL_FACTS_H_
