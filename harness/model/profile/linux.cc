// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <array>
#include <cerrno>

#include "harness/model/profile/profile.h"

namespace shmspec::model {
namespace {

constexpr std::array kAddressErrors{EINVAL};

}  // namespace

constinit const Profile kLinux{
    .name = "linux",
    .describes = "Linux 5.2 and later on x86, native",
    .sysv = {.removal_waits_for_detach = Says::kYes,
             .attach_after_remove_by_id = Says::kYes,
             .control_after_remove = Says::kYes,
             .remove_clears_key = Says::kYes,
             .mode_shows_state = Says::kYes,
             .remove_keeps_ctime = Says::kYes,
             .failing_attach_counts = Says::kYes,
             .rounds_to_pages = Says::kYes,
             .execute_bit_checked = Says::kYes,
             .key_is_of_project_device_inode = Says::kYes,
             .remap_flag = Says::kYes,
             .address_errors = kAddressErrors,
             .linux_commands = Says::kYes,
             .buffers_in_order = Says::kYes,
             .record_has_key = Says::kYes,
             .index_in_low_bits = Says::kYes,
             .index_bits = 15,
             .stale_id_rests = Says::kYes},
    .map = {.munmap_is_detach = Says::kYes, .split_updates_stamps = Says::kYes},
    .posix = {.names_are_files = Says::kYes,
              .flags_are_those_of_open = Says::kYes,
              .extra_mode_bits_are_kept = Says::kYes,
              .semaphores_are_objects = Says::kYes},
    .process = {.fork_updates_stamps = Says::kYes,
                .failed_fork_updates_stamps = Says::kYes,
                .exit_updates_stamps = Says::kYes},
    .rights = {.capabilities = Says::kYes, .supplementary_groups = Says::kYes},
    .system = {.sysctls = Says::kYes},
    .library = kUsualLibrary,
    .memory_order = MemoryOrder::kTotalStore,
};

}  // namespace shmspec::model
