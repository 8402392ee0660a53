// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Passes turns from actor to actor, without a coordinator. All of it is safe in signal handlers,
// and in any number of processes at once: the process that completes an act opens the next.

#ifndef SHMSPEC_HARNESS_ACTOR_TURNS_H_
#define SHMSPEC_HARNESS_ACTOR_TURNS_H_

#include <cstdint>

#include "harness/actor/control_region.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// Opens the act after the current one if that is over, and so on. Does nothing once the plan is
/// halted. Does not wake `self`, the caller.
void OpenNextActs(const ControlRegion& region, std::uint32_t self = kNoActor);

/// Waits until the act is open to this actor, and in a race until the others are there too. Ends
/// the process when actors are dismissed.
void EnterAct(const ControlRegion& region, std::uint32_t act, std::uint32_t self);

/// Makes every actor that waits for an act end its process, because the plan is halted. The warden
/// ends those that are in a call.
void DismissActors(const ControlRegion& region);

/// Notes that this actor has done its part of the act.
void FinishAct(const ControlRegion& region, std::uint32_t act, std::uint32_t self);

/// Notes that this actor is gone, and that the actors that it would have made will not come. Acts
/// no longer wait for them.
void EndActor(const ControlRegion& region, std::uint32_t actor, GoneHow how, std::int32_t code);

/// Notes that all actors of a process are gone; `status` is what waitpid(2) said.
void EndProcess(const ControlRegion& region, std::int32_t pid, int status);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_TURNS_H_
