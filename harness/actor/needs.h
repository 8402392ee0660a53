// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a plan needs of the system besides the floor.

#ifndef SHMSPEC_HARNESS_ACTOR_NEEDS_H_
#define SHMSPEC_HARNESS_ACTOR_NEEDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "harness/vocabulary/plan/ability.h"
#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// By its actors and operations: nothing for a plan of actors that only call and map.
Abilities NeedsOfSteps(const Plan& plan);

/// Whether it makes names in /dev/shm or mounts a file system there.
bool NamesObjects(const Plan& plan);

/// By the `needs` of the requirements that it cites (suites/requirements.yaml).
Abilities NeedsOfRequirements(const Plan& plan);

/// Whether a step uses a segment as a library offers it.
bool UsesLibrary(const Plan& plan);

/// Why an adapter that offers these families (bit N for the Nth) cannot perform the plan; nothing
/// when it can.
std::optional<std::string> WhyNoAdapter(const Plan& plan, std::uint32_t offers);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_NEEDS_H_
