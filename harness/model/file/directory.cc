// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/file/directory.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "harness/model/rights/file_permission.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

bool IsDots(std::string_view name) { return name == "." || name == ".."; }

/// POSIX says what names mean that begin with a slash and have no other.
bool IsPortable(const std::string& name) {
  const std::string_view plain = PlainName(name);
  return name.size() == plain.size() + 1 && !plain.empty() && plain.size() <= 14 &&
         plain.find('/') == std::string_view::npos && !IsDots(plain);
}

/// The mode of a new object, if it is known.
void SetMode(Mode mode, const Scene& scene, const FileSystem& system, Node& node) {
  const std::int32_t umask = scene.process().umask;
  const std::uint32_t asked = mode.bits & 07777;
  node.mode = asked & ~static_cast<std::uint32_t>(std::max(umask, 0));
  const bool extra = (asked & 07000) != 0;
  const bool group = (asked & S_ISGID) != 0 && (system.mode & S_ISGID) != 0;
  const DefaultAcl& list = system.default_acl;
  if (list.there) {
    node.mode = asked & (list.mode | 07000);
    node.acl = list.acl;
  }
  node.mode_known = (umask >= 0 || list.there) && !group &&
                    (!extra || scene.profile().posix.extra_mode_bits_are_kept == Says::kYes);
}

}  // namespace

std::string_view PlainName(const std::string& name) {
  std::string_view plain = std::string_view(name).substr(0, name.find('\0'));
  plain.remove_prefix(std::min(plain.find_first_not_of('/'), plain.size()));
  return plain;
}

NameKind KindOf(const std::string& name, const Scene& scene) {
  if (scene.profile().posix.names_are_files != Says::kYes && !IsPortable(name)) {
    return NameKind::kUnspecified;
  }
  const FileSystem* system = ShmOf(scene);
  if (system != nullptr && !system->names_known) return NameKind::kUnspecified;
  const std::string_view plain = PlainName(name);
  const bool semaphores = plain.starts_with("sem.") && !scene.state().semaphores->empty();
  if (semaphores && scene.profile().posix.semaphores_are_objects != Says::kYes) {
    return NameKind::kUnspecified;
  }
  const bool refused = plain.empty() || plain.find('/') != std::string_view::npos ||
                       IsDots(plain) || plain.size() > kLongestFileName;
  return refused ? NameKind::kRefused : NameKind::kPlain;
}

const FileSystem* ShmOf(const Scene& scene) {
  const Mount* mount = scene.shm_mount();
  return mount == nullptr ? nullptr : &*scene.state().file_systems[mount->file_system];
}

const DirectoryEntry* FindEntry(const Scene& scene, const std::string& name) {
  const FileSystem* system = ShmOf(scene);
  return system == nullptr ? nullptr : system->Find(PlainName(name));
}

void DescribeSearch(const Scene& scene, Clauses& clauses) {
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr) {
    clauses.Refuse(true, ENOENT, Force::kMust, "NS.NO_DEV_SHM"_req, "there is no /dev/shm");
    clauses.Refuse(true, ENOSYS, Force::kMay, "NS.NO_DEV_SHM"_req, "there is no /dev/shm");
    return;
  }
  const Says may = MayEnter(scene, *system, kExecuteBit);
  clauses.Refuse(may != Says::kYes, EACCES, ForceUnless(may), "NS.NO_DEV_SHM"_req,
                 "the directory may not be searched");
}

void DescribeChange(const Scene& scene, Requirements requirements, Clauses& clauses) {
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr) return;
  clauses.Refuse(system->read_only, EROFS, Force::kMust, "TMPFS.READONLY_MOUNT"_req,
                 "the file system is read-only");
  const Says may = MayEnter(scene, *system, kWrite | kExecuteBit);
  clauses.Refuse(may != Says::kYes, EACCES, ForceUnless(may), requirements,
                 "the directory may not be changed");
}

void DescribeRoomForName(const Scene& scene, Clauses& clauses) {
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr) return;
  if (!system->HasInodeLimit()) {
    clauses.RefuseHere(!system->limited, ENOSPC, Force::kMay, {}, "the file system may be full");
    return;
  }
  const std::uint64_t used = InodesUsed(scene.state(), scene.shm_mount()->file_system);
  clauses.Refuse(used >= system->inodes, ENOSPC, Force::kMust, "TMPFS.INODE_LIMIT"_req,
                 "the file system has no inode left");
}

Says MayRemove(const Scene& scene, const FileSystem& system, const DirectoryEntry& entry) {
  if ((system.mode & kStickyBit) == 0) return Says::kYes;
  if (scene.credentials().file_uid == system.uid) return Says::kYes;
  if (entry.node == 0) return Says::kSilent;
  return MayChangeMode(scene, NodeOf(scene.state(), entry.node));
}

Node FreshNode(const Scene& scene, Mode mode) {
  const std::uint32_t serial = scene.call().step + 1;
  const FileSystem* system = ShmOf(scene);
  const Credentials& caller = scene.credentials();
  Node node{.serial = serial, .object = std::uint64_t{serial} << 8};
  node.uid = caller.file_uid;
  node.gid = caller.file_gid;
  node.seals = kSealSeal;
  node.changed_s = scene.call().when.low;
  if (system == nullptr) return node;
  if ((system->mode & S_ISGID) != 0) node.gid = system->gid;
  node.file_system = scene.shm_mount()->file_system;
  SetMode(mode, scene, *system, node);
  return node;
}

}  // namespace shmspec::model
