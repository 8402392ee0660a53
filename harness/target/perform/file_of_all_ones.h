// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The file whose key is -1.

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_FILE_OF_ALL_ONES_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_FILE_OF_ALL_ONES_H_

#include <functional>

#include "harness/target/call/call_result.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec::perform {

/// The project that goes with the file.
inline constexpr int kAllOnes = 255;

/// What `key_of_path` says of a file whose inode ends in 0xffff on a device whose minor number ends
/// in 0xff. A child makes it, in a mount namespace that ends with the child, as the newest of some
/// hundred file systems in memory and of 65535 files there. A Trouble where that is not possible.
Outcome KeyOfFileOfAllOnes(const std::function<CallResult(const char*)>& key_of_path);

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_FILE_OF_ALL_ONES_H_
