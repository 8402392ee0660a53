// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Where everything in the control region is, in bytes. Every program that maps the region compiles
// this, so that one with words of another width either agrees or does not build.

#ifndef SHMSPEC_HARNESS_ACTOR_CONTROL_LAYOUT_H_
#define SHMSPEC_HARNESS_ACTOR_CONTROL_LAYOUT_H_

#include <cstddef>
#include <type_traits>

#include "harness/actor/control_region.h"

namespace shmspec {

static_assert(ActorRef::kLimit == 16 && Handle::kLimit == 64, "the sizes below follow from these");

static_assert(sizeof(IdleSlot) == 8 && offsetof(IdleSlot, at_work) == 4);
static_assert(sizeof(IdleSlots) == 136 && offsetof(IdleSlots, rested_fd) == 4);
static_assert(offsetof(IdleSlots, slots) == 8);

static_assert(sizeof(ActorSlot) == 96 && alignof(ActorSlot) == 8);
static_assert(offsetof(ActorSlot, life) == 12 && offsetof(ActorSlot, leaving) == 28);
static_assert(offsetof(ActorSlot, stays) == 40 && offsetof(ActorSlot, abi) == 41 &&
              offsetof(ActorSlot, place) == 42);
static_assert(offsetof(ActorSlot, spec) == 52 && offsetof(ActorSlot, facts) == 60);
static_assert(offsetof(ActorSlot, how) == 68 && offsetof(ActorSlot, adapter_pid) == 76 &&
              offsetof(ActorSlot, ended_s) == 88);

static_assert(sizeof(ActState) == 20 && offsetof(ActState, finished_first) == 16);

static_assert(sizeof(StepState) == 64 && alignof(StepState) == 8);
static_assert(offsetof(StepState, actor) == 8 && offsetof(StepState, assigns) == 12 &&
              offsetof(StepState, foundation) == 14 && offsetof(StepState, in_call) == 15);
static_assert(offsetof(StepState, operation) == 16 && offsetof(StepState, outcome) == 24);
static_assert(offsetof(StepState, call_ns) == 32 && offsetof(StepState, not_after_s) == 56);

static_assert(sizeof(Pause) == 4 && offsetof(Pause, yields) == 2);

static_assert(sizeof(HandleTable) == kHandleKinds * Handle::kLimit * 8 &&
              alignof(HandleTable) == 8);

static_assert(offsetof(ControlHeader, acts) == 36 && offsetof(ControlHeader, arena) == 60);
static_assert(offsetof(ControlHeader, private_ipc) == 72 && offsetof(ControlHeader, warden) == 88);
static_assert(offsetof(ControlHeader, halt) == 108 && offsetof(ControlHeader, trouble) == 114);
static_assert(offsetof(ControlHeader, program) == 658 && offsetof(ControlHeader, handles) == 2768);
static_assert(offsetof(ControlHeader, halted_at) == 1688 &&
              offsetof(ControlHeader, sending_fd) == 1692);
static_assert(sizeof(ControlHeader) == offsetof(ControlHeader, actors) + 16 * sizeof(ActorSlot));

static_assert(std::is_standard_layout_v<ControlHeader> && std::is_standard_layout_v<StepState>);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_CONTROL_LAYOUT_H_
