// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_LAUNCHER_SCRATCH_FOLDER_H_
#define SHMSPEC_HARNESS_LAUNCHER_SCRATCH_FOLDER_H_

#include <string>

#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

struct FolderTraits {
  using Type = std::string;
  static Type Invalid() { return {}; }
  /// Removes the folder with everything in it, except for what is mounted there.
  static void Close(const Type& path);
};
/// A folder that vanishes with everything in it.
using ScratchFolder = UniqueHandle<FolderTraits>;

/// A new one that only the caller may use, below TMPDIR or /tmp.
Result<ScratchFolder> MakeScratchFolder();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_SCRATCH_FOLDER_H_
