// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What systems do differently with processes and their rights.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_PROCESS_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_PROCESS_PROFILE_H_

#include "harness/model/profile/says.h"

namespace shmspec::model {

struct ProcessProfile {
  /// fork updates atime and sets lpid to the forking process.
  Says fork_updates_stamps = Says::kSilent;
  /// A fork that finds no process id for the child has updated atime, dtime and lpid all the same.
  Says failed_fork_updates_stamps = Says::kSilent;
  /// The end of a process sets dtime and lpid.
  Says exit_updates_stamps = Says::kSilent;
};

struct RightsProfile {
  /// Capabilities replace ownership and permission bits; otherwise uid 0 may do anything.
  Says capabilities = Says::kSilent;
  /// Supplementary groups select the group class.
  Says supplementary_groups = Says::kSilent;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_PROCESS_PROFILE_H_
