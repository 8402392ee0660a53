// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the three kinds of System V objects have in common. For the files of this folder.

#ifndef SHMSPEC_HARNESS_RESIDUE_SYSVIPC_H_
#define SHMSPEC_HARNESS_RESIDUE_SYSVIPC_H_

#include <functional>

#include "harness/residue/kind.h"

namespace shmspec::residue {

/// Calls visit(row) for each row of /proc/sysvipc/`name`, without its heading; false when it cannot
/// be read.
bool ForEachRow(const char* name, const std::function<void(const char* row)>& visit);

/// Removes an object by `remove`, which is its call with IPC_RMID: in the caller's name, and when
/// that is refused in a process of its own, in the name of the owner.
Removal RemoveObject(const Entry& object, int (*remove)(int id));

}  // namespace shmspec::residue

#endif  // SHMSPEC_HARNESS_RESIDUE_SYSVIPC_H_
