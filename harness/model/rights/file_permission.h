// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who may do what with a file.

#ifndef SHMSPEC_HARNESS_MODEL_RIGHTS_FILE_PERMISSION_H_
#define SHMSPEC_HARNESS_MODEL_RIGHTS_FILE_PERMISSION_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// Whether the mode of the node lets the caller open it for these bits (kRead, kWrite).
Says MayOpen(const Scene& scene, const Node& node, std::uint32_t bits);
/// Adds EACCES where it may not, by `requirement` and by what decides about it.
void DescribeOpening(const Scene& scene, const Node& node, std::uint32_t bits,
                     Requirement requirement, Clauses& clauses);
/// The same for a directory, with kExecuteBit for looking up a name.
Says MayEnter(const Scene& scene, const FileSystem& system, std::uint32_t bits);
/// Whether the caller may change the mode: it owns the node, or has CAP_FOWNER.
Says MayChangeMode(const Scene& scene, const Node& node);
/// Whether the caller may give the node to that user and group; 4294967295 stands for no change.
Says MayGive(const Scene& scene, const Node& node, std::uint32_t uid, std::uint32_t gid);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_RIGHTS_FILE_PERMISSION_H_
