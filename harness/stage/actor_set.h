// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_STAGE_ACTOR_SET_H_
#define SHMSPEC_HARNESS_STAGE_ACTOR_SET_H_

#include <cstdint>

namespace shmspec {

/// A set of actors, bit N for actor N.
using ActorSet = std::uint32_t;
constexpr ActorSet SetOf(std::uint32_t actor) { return 1u << actor; }

/// The index of no actor.
inline constexpr std::uint8_t kNoActor = 255;

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_STAGE_ACTOR_SET_H_
