// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_RESIDUE_IPC_OBJECTS_H_
#define SHMSPEC_HARNESS_RESIDUE_IPC_OBJECTS_H_

namespace shmspec {

/// Removes every message queue and semaphore set of the IPC namespace, as far as the caller may.
void RemoveEveryIpcObject();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RESIDUE_IPC_OBJECTS_H_
