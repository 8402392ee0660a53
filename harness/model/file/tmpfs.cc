// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The file system of /dev/shm: what is mounted there, and how much room it has.

#include <algorithm>
#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/file/directory.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::int64_t kTmpfsMagic = 0x01021994;

std::uint64_t PagesOf(Size size, const Scene& scene) {
  return RoundUp(size.bytes, scene.page()) / scene.page();
}

/// Whether a file of that file system is open for writing, or was when it was mapped.
bool HasWriters(const State& state, std::uint8_t system) {
  const auto is_in = [&](std::uint32_t node) { return NodeOf(state, node).file_system == system; };
  const auto& files = *state.files;
  if (std::any_of(files.begin(), files.end(),
                  [&](const OpenFile& file) { return file.writes && is_in(file.node); })) {
    return true;
  }
  for (const Process& process : state.processes) {
    for (const Mapping& mapping : process.space->mappings()) {
      const NodeBacking* node = mapping.node();
      if (node != nullptr && node->by_writer && is_in(node->node)) return true;
    }
  }
  return false;
}

bool HasNameless(const State& state, std::uint8_t system) {
  return std::any_of(state.nodes->begin(), state.nodes->end(), [&](const Node& node) {
    return node.file_system == system && node.links == 0;
  });
}

}  // namespace

void Describe(const SystemMountShm&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, "NS.MOUNT.ISOLATES_POSIX"_req, "another file system is at /dev/shm");
}

void Apply(const SystemMountShm& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  FileSystem system;
  system.limited = true;
  system.pages = PagesOf(op.size, scene);
  system.inodes = op.inodes;
  system.read_only = op.flags.Has(kMountReadOnly);
  system.mode = op.mode.bits & 07777;
  system.uid = scene.credentials().file_uid;
  system.gid = op.gid.number;
  state.file_systems.emplace_back(std::move(system));
  state.mounts.push_back(
      {static_cast<std::uint8_t>(state.file_systems.size() - 1), op.flags.Has(kMountNoexec)});
  state.mount_namespaces[scene.task().mounts].mounts.push_back(
      static_cast<std::uint8_t>(state.mounts.size() - 1));
}

void Describe(const SystemRemountShm& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kRemount = "TMPFS.REMOUNT"_req;
  clauses.RefuseHere((scene.credentials().caps & kCapSysAdmin) == 0, EPERM, Force::kMust, {},
                     "mounting needs CAP_SYS_ADMIN");
  clauses.RefuseHere(scene.credentials().nested, EPERM, Force::kMay, {},
                     "the mount may belong to another user namespace");
  clauses.ReturnsValue(0, {kRemount, "TMPFS.READONLY_MOUNT"_req, "TMPFS.NOEXEC"_req},
                       "the file system has the limits and flags");
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr || !system->limited) {
    return clauses.AnyFailure("the plan has mounted nothing there");
  }
  const std::uint8_t index = scene.shm_mount()->file_system;
  const std::uint64_t pages = PagesOf(op.size, scene);
  const Usage used = PagesUsed(scene.state(), index, scene.page());
  clauses.Refuse(pages != 0 && (system->pages == 0 || used.high > pages), EINVAL,
                 system->pages == 0 || used.low > pages ? Force::kMust : Force::kMay, kRemount,
                 "the files have more pages than that");
  clauses.Refuse(
      op.inodes != 0 && (system->inodes == 0 || InodesUsed(scene.state(), index) > op.inodes),
      EINVAL, Force::kMust, kRemount, "there are more files than that");
  if (!op.flags.Has(kMountReadOnly) || system->read_only) return;
  clauses.Refuse(HasWriters(scene.state(), index), EBUSY, Force::kMust, "TMPFS.READONLY_MOUNT"_req,
                 "a file is open for writing");
  clauses.Refuse(HasNameless(scene.state(), index), EBUSY, Force::kMust, "TMPFS.READONLY_MOUNT"_req,
                 "a file without a name is in use");
}

void Apply(const SystemRemountShm& op, const Scene& scene, State& state, const Outcome& outcome) {
  const Mount* mount = scene.shm_mount();
  if (!Succeeded(outcome) || mount == nullptr) return;
  FileSystem& system = state.file_systems[mount->file_system].Own();
  if (op.size.bytes != 0) system.pages = PagesOf(op.size, scene);
  if (op.inodes != 0) system.inodes = op.inodes;
  system.read_only = op.flags.Has(kMountReadOnly);
  state.mounts[static_cast<std::size_t>(mount - scene.state().mounts.data())].noexec =
      op.flags.Has(kMountNoexec);
}

void Describe(const SystemUnmountShm&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, "NS.MOUNT.ISOLATES_POSIX"_req, "what lay below is at /dev/shm again");
}

void Apply(const SystemUnmountShm&, const Scene& scene, State& state, const Outcome& outcome) {
  auto& mounts = state.mount_namespaces[scene.task().mounts].mounts;
  if (Succeeded(outcome) && !mounts.empty()) mounts.pop_back();
}

void Describe(const SystemHideShm&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, "NS.NO_DEV_SHM"_req, "there is no /dev/shm");
}

void Apply(const SystemHideShm&, const Scene& scene, State& state, const Outcome& outcome) {
  if (Succeeded(outcome)) state.mount_namespaces[scene.task().mounts].hidden = true;
}

void Describe(const FileSync&, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kSync = "TMPFS.FSYNC"_req;
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileSync::descriptor>(), clauses);
  clauses.ReturnsValue(0, kSync, "nothing has to be written anywhere");
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  clauses.Refuse(!node.has_seals, EINVAL, Force::kMust, kSync, "what is no memory has no contents");
}

void Describe(const FileStatfs&, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kStatfs = "TMPFS.STATFS"_req;
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileStatfs::descriptor>(), clauses);
  clauses.Returns<FileSystemRecord>(kStatfs, "what is known of the file system");
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown) return clauses.Observe("a file of which nothing is known");
  const auto bind = [&](std::uint8_t field, Number low, Number high, Requirements of,
                        const char* why) { clauses.Bind(field, low, high, of, why); };
  bind(FieldIndex<FileSystemRecord>("type"), kTmpfsMagic, kTmpfsMagic, kStatfs, "TMPFS_MAGIC");
  bind(FieldIndex<FileSystemRecord>("block_size"), scene.page(), scene.page(), kStatfs,
       "the size of a page");
  if (node.file_system == kNoFileSystem || !scene.call().Alone()) return;
  const FileSystem& system = *scene.state().file_systems[node.file_system];
  if (system.HasPageLimit()) {
    const Usage left = PagesLeft(scene.state(), node, scene.page());
    bind(FieldIndex<FileSystemRecord>("blocks"), system.pages, system.pages,
         {kStatfs, "TMPFS.REMOUNT"_req}, "the pages that its files may have");
    bind(FieldIndex<FileSystemRecord>("blocks_free"), left.low, left.high,
         {kStatfs, "TMPFS.FREE_ON_LAST_REF"_req, "TMPFS.FULL_SIGBUS"_req},
         "the pages that are left");
  }
  // What a record cannot hold is not looked at.
  if (!system.HasInodeLimit() || system.inodes > INT64_MAX) return;
  const std::uint64_t used = InodesUsed(scene.state(), node.file_system);
  const std::uint64_t free = system.inodes - std::min(used, system.inodes);
  bind(FieldIndex<FileSystemRecord>("inodes"), system.inodes, system.inodes,
       {kStatfs, "TMPFS.REMOUNT"_req}, "the files that there may be");
  bind(FieldIndex<FileSystemRecord>("inodes_free"), free, free, {kStatfs, "TMPFS.INODE_LIMIT"_req},
       "the files that there may be besides");
}

}  // namespace shmspec::model
