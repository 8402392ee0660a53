// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/profile/profile.h"

#include <array>
#include <cerrno>

namespace shmspec::model {
namespace {

constexpr std::array kLinuxAddressErrors{EINVAL};
constexpr std::array kPosixAddressErrors{EINVAL, ENOMEM, EPERM};

constexpr Profile Linux() {
  Profile profile;
  profile.name = "linux";
  profile.describes = "Linux 5.2 and later on x86, native";
  profile.address_errors = kLinuxAddressErrors;
  return profile;
}

constexpr Profile Posix() {
  Profile profile;
  profile.name = "posix";
  profile.describes = "POSIX.1-2017 with XSI, whatever any system may do within it";
  profile.removal_waits_for_detach = Says::kSilent;
  profile.attach_after_remove_by_id = Says::kSilent;
  profile.control_after_remove = Says::kSilent;
  profile.remove_clears_key = Says::kSilent;
  profile.mode_shows_state = Says::kSilent;
  profile.remove_keeps_ctime = Says::kSilent;
  profile.munmap_is_detach = Says::kSilent;
  profile.failing_attach_counts = Says::kSilent;
  profile.split_updates_stamps = Says::kSilent;
  profile.fork_updates_stamps = Says::kSilent;
  profile.failed_fork_updates_stamps = Says::kSilent;
  profile.exit_updates_stamps = Says::kSilent;
  profile.rounds_to_pages = Says::kSilent;
  profile.execute_bit_checked = Says::kSilent;
  profile.capabilities = Says::kSilent;
  profile.supplementary_groups = Says::kSilent;
  profile.linux_commands = Says::kSilent;
  profile.buffers_in_order = Says::kSilent;
  profile.remap_flag = Says::kSilent;
  profile.sysctls = Says::kSilent;
  profile.record_has_key = Says::kSilent;
  profile.index_in_low_bits = Says::kSilent;
  profile.stale_id_rests = Says::kSilent;
  profile.linux_tools = Says::kSilent;
  profile.memory_order = MemoryOrder::kCoherent;
  profile.address_errors = kPosixAddressErrors;
  return profile;
}

constexpr std::array kProfiles{Linux(), Posix()};

}  // namespace

const Profile* FindProfile(std::string_view name) {
  for (const Profile& profile : kProfiles) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

std::span<const Profile> AllProfiles() { return kProfiles; }

}  // namespace shmspec::model
