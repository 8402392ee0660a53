// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a plan needs of the system besides the floor.

#ifndef SHMSPEC_HARNESS_ACTOR_NEEDS_H_
#define SHMSPEC_HARNESS_ACTOR_NEEDS_H_

#include "harness/vocabulary/plan/ability.h"
#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// By its actors and operations: nothing for a plan of actors that only call and map.
Abilities NeedsOfSteps(const Plan& plan);

/// Whether it makes names in /dev/shm or mounts a file system there.
bool NamesObjects(const Plan& plan);

/// By the `needs` of the requirements that it cites (suites/requirements.yaml).
Abilities NeedsOfRequirements(const Plan& plan);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_NEEDS_H_
