// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_SANDBOX_SYSTEM_V_H_
#define SHMSPEC_HARNESS_SANDBOX_SYSTEM_V_H_

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Whether this system has System V shared memory at all: shmget, shmat and shmctl, all of which a
/// test needs. Tried in child processes because a seccomp filter may kill the caller. The error is
/// one line that says what happened; it is lacking.
Result<void> ProbeSystemV();

/// The same for shmdt; segments are usable without it.
Result<void> ProbeDetach();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_SYSTEM_V_H_
