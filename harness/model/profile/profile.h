// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What systems do differently, as data, in parts by chapter. The transitions read these fields by
// name and never ask which system it is.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_PROFILE_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "harness/model/profile/library_profile.h"
#include "harness/model/profile/map_profile.h"
#include "harness/model/profile/posix_profile.h"
#include "harness/model/profile/process_profile.h"
#include "harness/model/profile/says.h"
#include "harness/model/profile/sysv_profile.h"

namespace shmspec::model {

struct SystemProfile {
  /// shm_rmid_forced, shm_next_id and the limits can be read and written as sysctls.
  Says sysctls = Says::kSilent;
};

/// The order in which other processors see one processor's accesses: program order; program order
/// except that loads may pass earlier stores to other places (x86-TSO); only per location.
enum class MemoryOrder : std::uint8_t { kSequential, kTotalStore, kCoherent };

/// One system's answers. A test of the system as a black box can find out every field. A system is
/// silent about the fields that its file leaves out.
struct Profile {
  std::string_view name;
  std::string_view describes;  // for people: documents or kernel versions the answers hold for
  SysvProfile sysv;
  MapProfile map;
  PosixProfile posix;
  ProcessProfile process;
  RightsProfile rights;
  SystemProfile system;
  LibraryProfile library;
  MemoryOrder memory_order = MemoryOrder::kCoherent;
};

// Each in the file of its name.
extern const Profile kLinux;
extern const Profile kPosix;

/// The profile of that name, or null.
const Profile* FindProfile(std::string_view name);

/// Every profile there is.
std::span<const Profile* const> AllProfiles();

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_PROFILE_H_
