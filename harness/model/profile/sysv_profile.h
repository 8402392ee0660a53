// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What systems do differently with System V segments.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_SYSV_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_SYSV_PROFILE_H_

#include <span>

#include "harness/model/profile/says.h"

namespace shmspec::model {

struct SysvProfile {
  /// An attached segment outlives its removal until the last detach.
  Says removal_waits_for_detach = Says::kSilent;
  /// While removal waits, the identifier still works for new attaches.
  Says attach_after_remove_by_id = Says::kSilent;
  /// While removal waits, the identifier still works for IPC_STAT, IPC_SET and another IPC_RMID.
  Says control_after_remove = Says::kSilent;
  /// Removal frees the key at once, and the record shows key 0.
  Says remove_clears_key = Says::kSilent;
  /// The mode in the record shows SHM_DEST and SHM_LOCKED.
  Says mode_shows_state = Says::kSilent;
  /// Removal leaves ctime as it was.
  Says remove_keeps_ctime = Says::kSilent;

  /// A call of shmat that fails only at mapping counts as an attach until then, so that
  /// shm_rmid_forced destroys a segment without attaches.
  Says failing_attach_counts = Says::kSilent;
  /// The rest of the last page is accessible.
  Says rounds_to_pages = Says::kSilent;
  /// SHM_EXEC asks for the execute bit.
  Says execute_bit_checked = Says::kSilent;
  /// ftok(3) makes a key of eight bits of the project, eight of the device and sixteen of the
  /// inode.
  Says key_is_of_project_device_inode = Says::kSilent;
  /// SHM_REMAP exists.
  Says remap_flag = Says::kSilent;
  /// The errors for an address that is unavailable, as errno numbers.
  std::span<const int> address_errors;

  /// SHM_LOCK, SHM_UNLOCK, IPC_INFO, SHM_INFO, SHM_STAT and SHM_STAT_ANY exist.
  Says linux_commands = Says::kSilent;
  /// IPC_SET reads its buffer before anything else; IPC_STAT fills its own after every check.
  Says buffers_in_order = Says::kSilent;
  /// The record exposes key and sequence number.
  Says record_has_key = Says::kSilent;
  /// The low bits of an identifier are an index, the rest a sequence number.
  Says index_in_low_bits = Says::kSilent;
  int index_bits = 15;
  /// An identifier is not given to another segment soon after its segment was destroyed.
  Says stale_id_rests = Says::kSilent;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_SYSV_PROFILE_H_
