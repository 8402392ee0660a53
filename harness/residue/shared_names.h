// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Removes names in /dev/shm without an inventory, between plans.

#ifndef SHMSPEC_HARNESS_RESIDUE_SHARED_NAMES_H_
#define SHMSPEC_HARNESS_RESIDUE_SHARED_NAMES_H_

namespace shmspec {

/// Removes every name in /dev/shm, which nobody else uses.
void RemoveEverySharedName();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RESIDUE_SHARED_NAMES_H_
