// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Forked actors are children of the actor that forked them, so that it reaps them at once, in a
// signal handler. Once it is gone itself, the warden reaps them.

#ifndef SHMSPEC_HARNESS_ACTOR_CHILDREN_H_
#define SHMSPEC_HARNESS_ACTOR_CHILDREN_H_

#include <cstdint>

#include "harness/actor/control_region.h"

namespace shmspec {

/// From here on children of this process are reaped, and their ends noted in the region. `pid` is
/// that of this process as the warden sees it.
void WatchChildren(const ControlRegion& region, std::int32_t pid);

/// The pid that this process said it has, or 0: it is no actor's.
std::int32_t WatchingPid();

/// Reaps those that ended before their pid was noted.
void ReapChildren();

/// The pid of this process as the warden sees it, or 0 when it cannot be known. `nested`: whether
/// this process may be in another pid namespace than the warden.
std::int32_t PidForWarden(const ControlRegion& region, bool nested);

/// The same for the id of this thread.
std::int32_t ThreadIdForWarden(const ControlRegion& region);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_CHILDREN_H_
