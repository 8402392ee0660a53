// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Carries out what is to vary a race (harness/stage/perturbation.h): actors pause, and the warden
// places them on processors and stops one for a moment.

#ifndef SHMSPEC_HARNESS_ACTOR_DISTURB_H_
#define SHMSPEC_HARNESS_ACTOR_DISTURB_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/actor/control_region.h"

namespace shmspec {

/// The word by which an actor asks the warden to stop another one.
inline constexpr char kStopWord = 's';

/// What the actor of a step does before it.
void PauseBefore(const ControlRegion& region, std::uint32_t step);

/// Decides on which of these processors each actor runs, and keeps the caller on its own.
void PlaceActors(const ControlRegion& region, const std::vector<int>& cpus);

/// Stops actors, where a process that was stopped goes on.
class Stopper {
 public:
  /// Stops the actor that the plan names for as long as it says. Only for the parent of actors,
  /// which no other process can take the number of then.
  void StopForAMoment(const ControlRegion& region);

 private:
  std::optional<bool> works_;  // once it was tried
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_DISTURB_H_
