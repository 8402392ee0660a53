// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_RUNNER_WATCH_STEPS_H_
#define SHMSPEC_HARNESS_RUNNER_WATCH_STEPS_H_

#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// Adds steps by which that actor looks at what a plan has left: the status and the first bytes of
/// each segment that has a handle and each object that has a name, and what all segments occupy.
void AddWatch(Plan& plan, ActorRef watcher);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_WATCH_STEPS_H_
