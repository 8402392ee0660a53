// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What systems do differently with mappings.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_MAP_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_MAP_PROFILE_H_

#include "harness/model/profile/says.h"

namespace shmspec::model {

struct MapProfile {
  /// munmap, mremap and MAP_FIXED change the attach count as attaches and detaches do.
  Says munmap_is_detach = Says::kSilent;
  /// Splitting a mapping updates atime and lpid.
  Says split_updates_stamps = Says::kSilent;
  /// What is stored behind the end of an object in its last page is still there when it grows.
  Says end_of_page_is_kept = Says::kSilent;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_MAP_PROFILE_H_
