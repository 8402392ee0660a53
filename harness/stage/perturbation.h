// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a stage does to the branches of a race so that they meet in more ways than by themselves:
// pauses before steps, one processor for all, an actor stopped for a moment. All of it follows from
// the plan and the seed, so that the same seed does the same again; the instants at which it
// happens do not.
//
//   const Perturbation perturbation = DrawPerturbation(plan, seed);
//   Print(PrintPerturbation(perturbation, plan));  // b waits 3.2 us before step 7

#ifndef SHMSPEC_HARNESS_STAGE_PERTURBATION_H_
#define SHMSPEC_HARNESS_STAGE_PERTURBATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// What an actor does before a step.
struct Pause {
  std::uint16_t spin_ns = 0;  // at most 16384
  bool yields = false;        // sched_yield(2)
};

/// SIGSTOP and SIGCONT for an actor, at about the time when another one begins a step.
struct Stop {
  std::uint8_t actor = 0;
  std::uint32_t step = 0;
  std::uint16_t for_us = 0;  // at most 64
};

struct Perturbation {
  bool together = false;      // all actors on one processor
  std::vector<Pause> pauses;  // one for each step, or none at all
  std::optional<Stop> stop;

  bool empty() const { return !together && pauses.empty() && !stop; }
};

/// For about half of all seeds; never for a plan without a race, or for one whose steps look at the
/// processor or are paced by themselves. Pauses only in races.
Perturbation DrawPerturbation(const Plan& plan, std::uint64_t seed);

/// In one line; empty for none.
std::string PrintPerturbation(const Perturbation& perturbation, const Plan& plan);

/// For each actor the processor that it runs on, counted from 0 modulo those there are: racers
/// first, so that they are apart.
std::vector<std::uint8_t> PlacesOf(const Plan& plan);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_STAGE_PERTURBATION_H_
