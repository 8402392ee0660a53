// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// File systems in memory that count their room in the wrong way, or are mounted otherwise.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

std::uint8_t SystemOf(const model::State& state, const model::Call& call) {
  const auto& mounted = state.mount_namespaces[state.tasks[call.actor].mounts];
  if (mounted.hidden || mounted.mounts.empty()) return model::kNoFileSystem;
  return state.mounts[mounted.mounts.back()].file_system;
}

// --- room

template <class... Ops>
void ForgetPageLimit(model::State& state, const model::Call& call) {
  if (!IsOneOf<Ops...>(call)) return;
  for (auto& system : state.file_systems) {
    if (system->limited) system.Own().pages = 0;
  }
}

void ForgetInodeLimit(model::State& state, const model::Call& call) {
  const std::uint8_t system = SystemOf(state, call);
  if (IsOneOf<PosixOpen, PosixLink>(call) && system != model::kNoFileSystem) {
    state.file_systems[system].Own().inodes = 0;
  }
}

/// What fallocate has reserved before it fails stays.
void KeepHalfOfFailure(const Aftermath& a) {
  const auto* allocate = As<FileAllocate>(a.call);
  const model::Node* node = allocate != nullptr ? NodeNamed(a.before, a.call) : nullptr;
  if (node == nullptr || !a.FailedWith(ENOSPC)) return;
  std::uint64_t left = PagesLeft(a.before, *node, kPage).low;
  model::MemoryObject& object = OwnObject(a.after, node->object);
  for (std::uint64_t at = allocate->offset.bytes / kPage * kPage; left > 0; at += kPage) {
    if (object.HasPage(at, kPage)) continue;
    object.Reserve(at, kPage);
    --left;
  }
}

void GrowInSpiteOfFailure(const Aftermath& a) {
  const auto* allocate = As<FileAllocate>(a.call);
  const model::Node* node = allocate != nullptr ? NodeNamed(a.before, a.call) : nullptr;
  if (node == nullptr || !a.FailedWith(ENOSPC) || allocate->mode.Has(kKeepSize)) return;
  GrowNode(a.after, node->serial, allocate->offset.bytes + allocate->size.bytes, kPage,
           a.call.step);
}

/// Pages of an object without a name never come back.
void LeakUnlinked(const Aftermath& a) {
  if (!IsOneOf<PosixUnlink>(a.call) || !a.Succeeded()) return;
  for (const model::Node& node : *a.before.nodes) {
    const bool there = std::any_of(a.after.nodes->begin(), a.after.nodes->end(),
                                   [&](const auto& one) { return one.serial == node.serial; });
    if (there && NodeOf(a.after, node.serial).links == 0 && node.links > 0) {
      HoldNode(a.after, node.serial);
    }
  }
}

void CountReads(const Aftermath& a) {
  const auto* read = As<FilePread>(a.call);
  const auto* value = std::get_if<Value>(&a.outcome);
  if (read == nullptr || value == nullptr || value->number <= 0) return;
  OwnObject(a.after, NodeNamed(a.before, a.call)->object)
      .Touch(read->offset.bytes, static_cast<std::uint64_t>(value->number));
}

// --- statfs

FileSystemRecord* RecordOfSystem(const Aftermath& a) {
  return IsOneOf<FileStatfs>(a.call) ? std::get_if<FileSystemRecord>(&a.outcome) : nullptr;
}

void ShowAllFree(const Aftermath& a) {
  if (FileSystemRecord* record = RecordOfSystem(a)) record->blocks_free = record->blocks;
}

void ShowSmallBlocks(const Aftermath& a) {
  if (FileSystemRecord* record = RecordOfSystem(a)) record->block_size = 512;
}

void ShowUnlinkedFree(const Aftermath& a) {
  FileSystemRecord* record = RecordOfSystem(a);
  if (record == nullptr) return;
  const std::uint8_t system = NodeNamed(a.before, a.call)->file_system;
  for (const model::Node& node : *a.before.nodes) {
    if (node.file_system != system || node.links != 0) continue;
    record->blocks_free +=
        static_cast<std::int64_t>(ObjectOf(a.before, node.object).PagesTouched(kPage));
  }
}

void CountEveryMapping(const Aftermath& a) {
  FileSystemRecord* record = RecordOfSystem(a);
  if (record == nullptr) return;
  const std::uint8_t system = NodeNamed(a.before, a.call)->file_system;
  for (const model::Node& node : *a.before.nodes) {
    std::int64_t mappings = 0;
    for (const model::Process& process : a.before.processes) {
      for (const model::Mapping& mapping : process.space->mappings()) {
        const model::NodeBacking* backing = mapping.node();
        mappings += backing != nullptr && backing->node == node.serial ? 1 : 0;
      }
    }
    if (node.file_system != system || mappings < 2) continue;
    const auto pages =
        static_cast<std::int64_t>(ObjectOf(a.before, node.object).PagesTouched(kPage));
    record->blocks_free = std::max<std::int64_t>(0, record->blocks_free - pages * (mappings - 1));
  }
}

void CountNoLinks(const Aftermath& a) {
  FileSystemRecord* record = RecordOfSystem(a);
  if (record == nullptr || record->inodes == 0) return;
  const std::uint8_t system = NodeNamed(a.before, a.call)->file_system;
  for (const model::Node& node : *a.before.nodes) {
    if (node.file_system == system && node.links > 1) record->inodes_free += node.links - 1;
  }
}

// --- remounting

void ShrinkBelowUse(const Aftermath& a) {
  const auto* remount = As<SystemRemountShm>(a.call);
  if (remount == nullptr || !a.FailedWith(EINVAL)) return;
  a.outcome = Value{0};
}

void LoseContents(const Aftermath& a) {
  if (!IsOneOf<SystemRemountShm>(a.call) || !a.Succeeded()) return;
  const model::State state = a.after;
  for (const model::Node& node : *state.nodes) {
    if (node.file_system == SystemOf(state, a.call) && node.size > 0) {
      PunchNode(a.after, node.serial, 0, node.size, kPage);
    }
  }
}

void IgnoreNewLimit(const model::State&, model::Call&, Operation& operation) {
  if (auto* remount = std::get_if<SystemRemountShm>(&operation)) remount->size.bytes = 0;
}

template <class... Ops>
void ForgetReadOnly(model::State& state, const model::Call& call) {
  const std::uint8_t system = SystemOf(state, call);
  if (IsOneOf<Ops...>(call) && system != model::kNoFileSystem) {
    state.file_systems[system].Own().read_only = false;
  }
}

void LeaveWriters(const Aftermath& a) {
  if (IsOneOf<SystemRemountShm>(a.call) && a.FailedWith(EBUSY)) a.outcome = Value{0};
}

void ForgetNoexec(model::State& state, const model::Call& call) {
  if (!IsOneOf<MapMap>(call)) return;
  for (model::Mount& mount : state.mounts) mount.noexec = false;
}

void ForgetNoexecLater(const Aftermath& a) {
  if (model::Mapping* mapping = Mapped(a)) mapping->max_protection |= model::kProtectExecute;
}

void CutOpenFiles(const Aftermath& a) {
  if (!IsOneOf<SystemUnmountShm>(a.call) || !a.Succeeded()) return;
  const model::State state = a.before;
  for (const model::Node& node : *state.nodes) {
    if (node.file_system == SystemOf(state, a.call)) CutNode(a.after, node.serial, 0, kPage);
  }
}

void LeaveTime(const Aftermath& a) {
  if (!IsOneOf<MapSync>(a.call)) return;
  for (const model::Node& node : *a.before.nodes) {
    OwnNode(a.after, node.serial).changed_s = node.changed_s;
  }
}

void LeaveTimeOfWrite(const Aftermath& a) {
  if (!IsOneOf<FilePwrite, FileTruncate>(a.call)) return;
  for (const model::Node& node : *a.before.nodes) {
    OwnNode(a.after, node.serial).changed_s = node.changed_s;
  }
}

// --- sizes and offsets

constexpr std::uint64_t kLow = 0xffffffff;

void CutSize(const model::State&, model::Call&, Operation& operation) {
  auto* truncate = std::get_if<FileTruncate>(&operation);
  if (truncate != nullptr && truncate->size.bytes >> 62 == 0) truncate->size.bytes &= kLow;
}

void CutWindow(const model::State&, model::Call&, Operation& operation) {
  auto* map = std::get_if<MapMap>(&operation);
  if (map != nullptr && map->offset.bytes >> 62 == 0) map->offset.bytes &= kLow;
}

void CutOffset(const model::State&, model::Call&, Operation& operation) {
  auto* read = std::get_if<FilePread>(&operation);
  if (read != nullptr && read->offset.bytes >> 62 == 0) read->offset.bytes &= kLow;
}

// --- namespaces

void ShareOneSystem(const Aftermath& a) {
  if (IsOneOf<SystemMountShm>(a.call) && a.Succeeded()) a.after.mounts.back().file_system = 0;
}

void BeginEmpty(const Aftermath& a, std::uint64_t kind) {
  const auto* unshare = As<ProcessUnshare>(a.call);
  if (unshare == nullptr || !a.Succeeded() || !unshare->namespaces.Has(kind)) return;
  a.after.file_systems.emplace_back(model::FileSystem{});
  a.after.mounts.push_back({static_cast<std::uint8_t>(a.after.file_systems.size() - 1), false});
  a.after.mount_namespaces.push_back(
      {a.call.step, false, {static_cast<std::uint8_t>(a.after.mounts.size() - 1)}});
  a.after.tasks[a.call.actor].mounts =
      static_cast<std::uint8_t>(a.after.mount_namespaces.size() - 1);
}

void BeginMountsEmpty(const Aftermath& a) { BeginEmpty(a, kNamespaceMount); }
void BeginIpcEmpty(const Aftermath& a) { BeginEmpty(a, kNamespaceIpc); }

void FindHidden(model::State& state, const model::Call& call) {
  if (IsOneOf<PosixOpen, PosixUnlink>(call)) {
    state.mount_namespaces[state.tasks[call.actor].mounts].hidden = false;
  }
}

constexpr SeededFault kFaults[] = {
    {"full_file_systems_take_stores", "TMPFS.FULL_SIGBUS"_req,
     "stores find room in a file system that is full",
     Disguise<ForgetPageLimit<MemoryStore, MemoryLoad>>},
    {"full_file_systems_take_writes", "TMPFS.FULL_SIGBUS"_req,
     "write finds room in a file system that is full",
     Disguise<ForgetPageLimit<FileWrite, FilePwrite>>},
    {"full_file_systems_take_reservations", "TMPFS.FULL_SIGBUS"_req,
     "fallocate finds room in a file system that is full", Disguise<ForgetPageLimit<FileAllocate>>},
    {"inodes_are_not_limited", "TMPFS.INODE_LIMIT"_req, "nr_inodes is ignored",
     Disguise<ForgetInodeLimit>},
    {"failed_reservations_stay", "TMPFS.FAILURE_COSTS_NOTHING"_req,
     "fallocate keeps the pages that it had got before it failed", Afterwards<KeepHalfOfFailure>},
    {"failed_reservations_grow", "TMPFS.FAILURE_COSTS_NOTHING"_req,
     "fallocate changes the size before it fails", Afterwards<GrowInSpiteOfFailure>},
    {"unlinked_pages_leak", "TMPFS.FREE_ON_LAST_REF"_req,
     "pages of an object in use that loses its name never come back", Afterwards<LeakUnlinked>},
    {"unlinked_pages_count_as_free", "TMPFS.FREE_ON_LAST_REF"_req,
     "statfs counts pages of objects without a name as free", Afterwards<ShowUnlinkedFree>},
    {"reading_takes_space", "TMPFS.READ_TAKES_NO_SPACE"_req, "pread allocates holes",
     Afterwards<CountReads>},
    {"statfs_shows_all_free", "TMPFS.STATFS"_req, "statfs shows all blocks as free",
     Afterwards<ShowAllFree>},
    {"statfs_shows_small_blocks", "TMPFS.STATFS"_req, "statfs shows blocks of 512 bytes",
     Afterwards<ShowSmallBlocks>},
    {"pages_count_for_each_mapping", "TMPFS.PAGES_COUNT_ONCE"_req,
     "a page counts once for each mapping", Afterwards<CountEveryMapping>},
    {"links_take_no_inode", "TMPFS.INODE_OF_LINKS"_req, "further names do not count as inodes",
     Afterwards<CountNoLinks>},
    {"remounting_shrinks_below_use", "TMPFS.REMOUNT"_req,
     "a limit below what is in use is accepted and ignored", Afterwards<ShrinkBelowUse>},
    {"remounting_loses_contents", "TMPFS.REMOUNT"_req, "files are zero after a remount",
     Afterwards<LoseContents>},
    {"remounting_keeps_the_limit", "TMPFS.REMOUNT"_req, "a new limit is ignored",
     Rewritten<IgnoreNewLimit>},
    {"read_only_lets_create", "TMPFS.READONLY_MOUNT"_req, "objects are made on a read-only mount",
     Disguise<ForgetReadOnly<PosixOpen>>},
    {"read_only_lets_remove", "TMPFS.READONLY_MOUNT"_req,
     "names are removed from a read-only mount", Disguise<ForgetReadOnly<PosixUnlink>>},
    {"read_only_ignores_writers", "TMPFS.READONLY_MOUNT"_req,
     "a file system becomes read-only while a file is open for writing", Afterwards<LeaveWriters>},
    {"noexec_lets_map", "TMPFS.NOEXEC"_req, "mmap ignores noexec", Disguise<ForgetNoexec>},
    {"noexec_lets_protect", "TMPFS.NOEXEC"_req, "mprotect ignores noexec",
     Afterwards<ForgetNoexecLater>},
    {"unmounting_cuts_open_files", "TMPFS.UNMOUNT_KEEPS_OPEN_FILES"_req,
     "open files lose their pages when their file system is unmounted", Afterwards<CutOpenFiles>},
    {"msync_leaves_the_time", "TMPFS.TIMES"_req, "msync does not change the modification time",
     Afterwards<LeaveTime>},
    {"write_leaves_the_time", "TMPFS.TIMES"_req,
     "write and ftruncate do not change the modification time", Afterwards<LeaveTimeOfWrite>},
    {"sizes_have_32_bits", "POSIX.SIZE.LARGE_OFFSETS"_req, "ftruncate takes 32 bits of the size",
     Rewritten<CutSize>},
    {"windows_have_32_bits", "POSIX.SIZE.LARGE_OFFSETS"_req, "mmap takes 32 bits of the offset",
     Rewritten<CutWindow>},
    {"offsets_have_32_bits", "POSIX.SIZE.LARGE_OFFSETS"_req, "pread takes 32 bits of the offset",
     Rewritten<CutOffset>},
    {"mounts_share_one_file_system", "NS.MOUNT.ISOLATES_POSIX"_req,
     "every /dev/shm is the same file system", Afterwards<ShareOneSystem>},
    {"mount_namespaces_begin_empty", "NS.MOUNT.ISOLATES_POSIX"_req,
     "a new mount namespace has an empty /dev/shm", Afterwards<BeginMountsEmpty>},
    {"ipc_namespaces_hide_objects", "NS.IPC.DOES_NOT_ISOLATE_POSIX"_req,
     "a new IPC namespace has an empty /dev/shm", Afterwards<BeginIpcEmpty>},
    {"objects_need_no_dev_shm", "NS.NO_DEV_SHM"_req, "objects are there without /dev/shm",
     Disguise<FindHidden>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
