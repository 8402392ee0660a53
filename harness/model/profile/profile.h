// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What systems do differently, as data. The transitions read these fields by name and never ask
// which system it is.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_PROFILE_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace shmspec::model {

/// The answer of a specification to a question; when it is silent either will do.
enum class Says : std::uint8_t { kNo, kYes, kSilent };

constexpr bool Certainly(Says says) { return says == Says::kYes; }
constexpr bool Possibly(Says says) { return says != Says::kNo; }

/// The order in which other processors see one processor's accesses: program order; program order
/// except that loads may pass earlier stores to other places (x86-TSO); only per location.
enum class MemoryOrder : std::uint8_t { kSequential, kTotalStore, kCoherent };

/// One system's answers. A test of the system as a black box can find out every field.
struct Profile {
  std::string_view name;
  std::string_view describes;  // for people: documents or kernel versions the answers hold for

  /// An attached segment outlives its removal until the last detach.
  Says removal_waits_for_detach = Says::kYes;
  /// While removal waits, the identifier still works for new attaches.
  Says attach_after_remove_by_id = Says::kYes;
  /// While removal waits, the identifier still works for IPC_STAT, IPC_SET and another IPC_RMID.
  Says control_after_remove = Says::kYes;
  /// Removal frees the key at once, and the record shows key 0.
  Says remove_clears_key = Says::kYes;
  /// The mode in the record shows SHM_DEST and SHM_LOCKED.
  Says mode_shows_state = Says::kYes;
  /// Removal leaves ctime as it was.
  Says remove_keeps_ctime = Says::kYes;

  /// munmap, mremap and MAP_FIXED change the attach count as attaches and detaches do.
  Says munmap_is_detach = Says::kYes;
  /// A call of shmat that fails only at mapping counts as an attach until then, so that
  /// shm_rmid_forced destroys a segment without attaches.
  Says failing_attach_counts = Says::kYes;
  /// Splitting a mapping updates atime and lpid.
  Says split_updates_stamps = Says::kYes;
  /// fork updates atime and sets lpid to the forking process.
  Says fork_updates_stamps = Says::kYes;
  /// A fork that finds no process id for the child has updated atime, dtime and lpid all the same.
  Says failed_fork_updates_stamps = Says::kYes;
  /// The end of a process sets dtime and lpid.
  Says exit_updates_stamps = Says::kYes;
  /// The rest of the last page is accessible.
  Says rounds_to_pages = Says::kYes;

  /// SHM_EXEC asks for the execute bit.
  Says execute_bit_checked = Says::kYes;
  /// Capabilities replace ownership and permission bits; otherwise uid 0 may do anything.
  Says capabilities = Says::kYes;
  /// Supplementary groups select the group class.
  Says supplementary_groups = Says::kYes;

  /// SHM_LOCK, SHM_UNLOCK, IPC_INFO, SHM_INFO, SHM_STAT and SHM_STAT_ANY exist.
  Says linux_commands = Says::kYes;
  /// IPC_SET reads its buffer before anything else; IPC_STAT fills its own after every check.
  Says buffers_in_order = Says::kYes;
  /// SHM_REMAP exists.
  Says remap_flag = Says::kYes;
  /// shm_rmid_forced, shm_next_id and the limits can be read and written as sysctls.
  Says sysctls = Says::kYes;
  /// The record exposes key and sequence number.
  Says record_has_key = Says::kYes;
  /// The low bits of an identifier are an index, the rest a sequence number.
  Says index_in_low_bits = Says::kYes;
  /// An identifier is not given to another segment soon after its segment was destroyed.
  Says stale_id_rests = Says::kYes;
  /// Command line tools beyond ipcs and ipcrm exist.
  Says linux_tools = Says::kYes;

  MemoryOrder memory_order = MemoryOrder::kTotalStore;
  int index_bits = 15;
  /// The errors for an address that is unavailable, as errno numbers.
  std::span<const int> address_errors;
};

/// The profile of that name, or null.
const Profile* FindProfile(std::string_view name);

/// Every profile there is.
std::span<const Profile> AllProfiles();

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_PROFILE_H_
