// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The socket by which the actors of a plan pass descriptors.

#ifndef SHMSPEC_HARNESS_ACTOR_PASS_H_
#define SHMSPEC_HARNESS_ACTOR_PASS_H_

#include "harness/actor/control_region.h"
#include "harness/host/pipe.h"

namespace shmspec {

/// Makes it if the plan needs one, and names its ends in the header. For the warden, before it
/// forks the actors; without it their calls fail with EBADF.
Pipe OpenMessages(ControlHeader& header);

/// Both ends go along when the caller executes a program.
void KeepMessagesOverExec(const ControlHeader& header);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_PASS_H_
