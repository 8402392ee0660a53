// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How turns pass from actor to actor, without anybody in between. All of it is safe in signal
// handlers, and in any number of processes at once: whoever completes an act opens the next.

#ifndef SHMSPEC_HARNESS_ACTOR_TURNS_H_
#define SHMSPEC_HARNESS_ACTOR_TURNS_H_

#include <cstdint>

#include "harness/actor/control_region.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// Opens the act after the current one if that is over, and so on. Does nothing once the plan is
/// halted. `self` is not woken, because it is the one who calls.
void OpenNextActs(const ControlRegion& region, std::uint32_t self = kNoActor);

/// Waits until the act is open to this actor, and in a race until the others are there too. Ends
/// the process when actors are dismissed.
void EnterAct(const ControlRegion& region, std::uint32_t act, std::uint32_t self);

/// Has every actor that waits for an act end its process, because the plan is halted. Those who are
/// in a call are left to the warden.
void DismissActors(const ControlRegion& region);

/// This actor has done its part of the act.
void FinishAct(const ControlRegion& region, std::uint32_t act, std::uint32_t self);

/// This actor is gone; those whom it was still to make never will be. Acts no longer wait for them.
void EndActor(const ControlRegion& region, std::uint32_t actor, GoneHow how, std::int32_t code);

/// All actors of a process are gone; `status` is what waitpid(2) said.
void EndProcess(const ControlRegion& region, std::int32_t pid, int status);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_TURNS_H_
