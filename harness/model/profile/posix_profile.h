// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What systems do differently with POSIX shared memory objects.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_POSIX_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_POSIX_PROFILE_H_

#include "harness/model/profile/says.h"

namespace shmspec::model {

struct PosixProfile {
  /// A name is that of a file: slashes before it do not count, none may be in it, and it has up to
  /// 255 bytes.
  Says names_are_files = Says::kSilent;
  /// O_EXCL alone, O_TRUNC without O_RDWR, O_WRONLY and O_APPEND mean what they mean to open(2).
  Says flags_are_those_of_open = Says::kSilent;
  /// A new object keeps mode bits besides the nine for permissions.
  Says extra_mode_bits_are_kept = Says::kSilent;
  /// The semaphore of a name is the object of that name with `sem.` before it.
  Says semaphores_are_objects = Says::kSilent;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_POSIX_PROFILE_H_
