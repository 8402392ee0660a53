// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// POSIX shared memory objects, by their names. A name is text and stays within /dev/shm: whatever
// leads elsewhere is refused by the C library, or by the target itself.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_POSIX_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_POSIX_H_

#include <string>
#include <string_view>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/file_value.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// shm_open(3). Assigns a descriptor.
struct PosixOpen {
  static constexpr std::string_view kName = "posix.open";
  static constexpr HandleKind kAssigns = HandleKind::kDescriptor;
  static constexpr bool kInPhases = true;
  std::string name = "/n0";
  ObjectFlags flags;
  Mode mode{0600};
  static constexpr auto kFields =
      Fields(Field{"name", &PosixOpen::name}, Field{"flags", &PosixOpen::flags},
             Field{"mode", &PosixOpen::mode});
  friend bool operator==(const PosixOpen&, const PosixOpen&) = default;
};

/// shm_unlink(3).
struct PosixUnlink {
  static constexpr std::string_view kName = "posix.unlink";
  static constexpr bool kInPhases = true;
  std::string name = "/n0";
  static constexpr auto kFields = Fields(Field{"name", &PosixUnlink::name});
  friend bool operator==(const PosixUnlink&, const PosixUnlink&) = default;
};

/// link(2): another name for an object.
struct PosixLink {
  static constexpr std::string_view kName = "posix.link";
  static constexpr Role kRole = Role::kNeighbour;
  static constexpr bool kInPhases = true;
  std::string name = "/n0";
  std::string to = "/n1";
  static constexpr auto kFields =
      Fields(Field{"name", &PosixLink::name}, Field{"to", &PosixLink::to});
  friend bool operator==(const PosixLink&, const PosixLink&) = default;
};

/// symlink(2): a name that stands for another one.
struct PosixPlantLink {
  static constexpr std::string_view kName = "posix.plant_link";
  static constexpr Role kRole = Role::kPrepares;
  std::string name = "/n0";
  std::string target = "n1";
  static constexpr auto kFields =
      Fields(Field{"name", &PosixPlantLink::name}, Field{"target", &PosixPlantLink::target});
  friend bool operator==(const PosixPlantLink&, const PosixPlantLink&) = default;
};

/// Makes /dev/shm another file system in memory, in a mount namespace of the plan's own; mount(2).
/// Without a size or a number of inodes there is no limit.
struct SystemMountShm {
  static constexpr std::string_view kName = "system.mount_shm";
  static constexpr Role kRole = Role::kPrepares;
  Size size;
  std::uint64_t inodes = 0;
  Mode mode{01777};
  Id gid{0};
  MountFlags flags;
  static constexpr auto kFields =
      Fields(Field{"size", &SystemMountShm::size}, Field{"inodes", &SystemMountShm::inodes},
             Field{"mode", &SystemMountShm::mode}, Field{"gid", &SystemMountShm::gid},
             Field{"flags", &SystemMountShm::flags});
  friend bool operator==(const SystemMountShm&, const SystemMountShm&) = default;
};

/// Changes limits and flags of one that the plan has mounted. A limit that is 0 stays as it is.
struct SystemRemountShm {
  static constexpr std::string_view kName = "system.remount_shm";
  static constexpr Role kRole = Role::kNeighbour;
  Size size;
  std::uint64_t inodes = 0;
  MountFlags flags;
  static constexpr auto kFields =
      Fields(Field{"size", &SystemRemountShm::size}, Field{"inodes", &SystemRemountShm::inodes},
             Field{"flags", &SystemRemountShm::flags});
  friend bool operator==(const SystemRemountShm&, const SystemRemountShm&) = default;
};

/// Takes away the one that the plan has mounted last; what lies below it is seen again.
struct SystemUnmountShm {
  static constexpr std::string_view kName = "system.unmount_shm";
  static constexpr Role kRole = Role::kPrepares;
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemUnmountShm&, const SystemUnmountShm&) = default;
};

/// setxattr(2) of system.posix_acl_default on a /dev/shm that the plan has mounted: the list that
/// new objects begin with. Entries as in FileSetAcl.
struct SystemSetDefaultAcl {
  static constexpr std::string_view kName = "system.set_default_acl";
  static constexpr Role kRole = Role::kNeighbour;
  std::int32_t owner = 7;
  Id user{kNoEntry};
  std::int32_t user_bits = 0;
  std::int32_t group = 0;
  Id named_group{kNoEntry};
  std::int32_t named_group_bits = 0;
  std::int32_t mask = -1;
  std::int32_t other = 0;
  static constexpr auto kFields = Fields(
      Field{"owner", &SystemSetDefaultAcl::owner}, Field{"user", &SystemSetDefaultAcl::user},
      Field{"user_bits", &SystemSetDefaultAcl::user_bits},
      Field{"group", &SystemSetDefaultAcl::group},
      Field{"named_group", &SystemSetDefaultAcl::named_group},
      Field{"named_group_bits", &SystemSetDefaultAcl::named_group_bits},
      Field{"mask", &SystemSetDefaultAcl::mask}, Field{"other", &SystemSetDefaultAcl::other});
  friend bool operator==(const SystemSetDefaultAcl&, const SystemSetDefaultAcl&) = default;
};

/// Hides /dev, so that there is no /dev/shm at all in this mount namespace of the plan's own.
struct SystemHideShm {
  static constexpr std::string_view kName = "system.hide_shm";
  static constexpr Role kRole = Role::kPrepares;
  static constexpr auto kFields = Fields();
  friend bool operator==(const SystemHideShm&, const SystemHideShm&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_POSIX_OPERATIONS(X) \
  X(PosixOpen) X(PosixUnlink) X(PosixLink) X(PosixPlantLink) X(SystemMountShm) \
  X(SystemRemountShm) X(SystemUnmountShm) X(SystemHideShm) X(SystemSetDefaultAcl)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_POSIX_H_
