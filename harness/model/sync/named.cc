// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Named semaphores: sem_open(3p). The system keeps each in a file of /dev/shm, and a process that
// opens one maps that.

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <string_view>

#include "harness/model/file/descriptor.h"
#include "harness/model/file/directory.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/file_permission.h"
#include "harness/model/rights/permission.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/fresh_address.h"
#include "harness/model/space/mapping.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::string_view kPrefix = "sem.";
constexpr std::size_t kLongestName = kLongestFileName - kPrefix.size();
constexpr std::size_t kEdge = 256;         // bytes from which on a library may tell another error
constexpr std::size_t kFakedLength = 196;  // bytes up to which what fakes owners finds a name

/// The name of its file.
std::string FileOf(const std::string& name) { return std::string(kPrefix).append(PlainName(name)); }

/// Whether the profile does not say what the name stands for.
bool IsUnspecified(const std::string& name, const Scene& scene) {
  const std::string_view plain = PlainName(name);
  if (plain == "." || plain == "..") return true;
  return KindOf(name, scene) == NameKind::kUnspecified;
}

/// Whether no file has the name.
bool IsRefused(const std::string& name) {
  const std::string_view plain = PlainName(name);
  return plain.empty() || plain.find('/') != std::string_view::npos || plain.size() > kLongestName;
}

void DescribeName(const std::string& name, const Scene& scene, Clauses& clauses) {
  const std::string_view plain = PlainName(name);
  const bool bad = plain.empty() || plain.find('/') != std::string_view::npos;
  clauses.Refuse(bad, EINVAL, Force::kMust, "SYNC.NAMED.NAME"_req, "no semaphore has such a name");
  clauses.Refuse(bad, ENOENT, Force::kMust, "SYNC.NAMED.NAME"_req, "no semaphore has such a name");
  const bool is_long = !bad && plain.size() > kLongestName;
  clauses.Refuse(is_long, ENAMETOOLONG, Force::kMust, "SYNC.NAMED.LENGTH"_req,
                 "the name is longer than 251 bytes");
  clauses.Refuse(is_long && plain.size() >= kEdge, EINVAL, Force::kMay, "SYNC.NAMED.LENGTH"_req,
                 "the name is far too long");
  clauses.Refuse(is_long && plain.size() >= kEdge, ENOENT, Force::kMay, "SYNC.NAMED.LENGTH"_req,
                 "the name is far too long");
  const bool fakes = !Has(scene.system().abilities, Ability::kFileOwners);
  clauses.RefuseHere(fakes && !is_long && plain.size() > kFakedLength, ENAMETOOLONG, Force::kMay,
                     {}, "what fakes owners keeps them in files with longer names");
}

/// Whether the name has one slash, at its beginning. Others may stand for the same file, and the
/// process has it open twice then.
bool IsUsual(const std::string& name) { return name.size() == PlainName(name).size() + 1; }

const OpenSemaphore* FindOpen(const Scene& scene, std::uint32_t entry) {
  for (const OpenSemaphore& one : *scene.state().semaphores) {
    if (one.process == scene.process_index() && one.entry == entry) return &one;
  }
  return nullptr;
}
const OpenSemaphore* FindAt(const Scene& scene, std::uint64_t address) {
  for (const OpenSemaphore& one : *scene.state().semaphores) {
    if (one.process == scene.process_index() && one.address == address) return &one;
  }
  return nullptr;
}

/// Whether what the process has open there is mapped still.
bool IsMapped(const Scene& scene, const OpenSemaphore& open) {
  const Mapping* mapping = scene.space().Find(open.address);
  return mapping != nullptr && mapping->node() != nullptr && mapping->start == open.address;
}

/// Whether the process has the file open, by whatever name.
bool HasOpen(const Scene& scene, std::uint32_t node) {
  const auto& all = *scene.state().semaphores;
  return std::any_of(all.begin(), all.end(), [&](const OpenSemaphore& one) {
    return one.process == scene.process_index() && IsMapped(scene, one) &&
           scene.space().Find(one.address)->node()->node == node;
  });
}

SyncPlace PlaceOf(const State& state, const DirectoryEntry& entry) {
  return {NodeOf(state, entry.node).object, 0, false};
}

/// Whether the file is one that sem_open(3) has made.
bool IsSemaphore(const State& state, const DirectoryEntry& entry) {
  return entry.node != 0 && FindSync(state, PlaceOf(state, entry), SyncKind::kSemaphore) != nullptr;
}

void DescribeNew(const SyncSemOpen& op, const Scene& scene, Clauses& clauses) {
  clauses.Refuse(!op.flags.Has(kMakeObject), ENOENT, Force::kMust,
                 {"SYNC.NAMED.MISSING"_req, "SYNC.NAMED.UNLINK"_req}, "there is no such name");
  if (!op.flags.Has(kMakeObject)) return;
  clauses.Refuse(op.value > kMostSemaphoreValue, EINVAL, Force::kMust, "SYNC.NAMED.VALUE"_req,
                 "no semaphore has as large a value");
  DescribeChange(scene, "SYNC.NAMED.PERMISSION"_req, clauses);
  DescribeRoomForName(scene, clauses);
  clauses.RefuseHere(scene.credentials().nested, EOVERFLOW, Force::kMay, {},
                     "the file system may have no name for the user");
}

void DescribeExisting(const SyncSemOpen& op, const Scene& scene, const DirectoryEntry& entry,
                      Clauses& clauses) {
  const bool makes = op.flags.Has(kMakeObject);
  const bool only_new = makes && op.flags.Has(kOnlyNewObject);
  clauses.Refuse(makes && op.value > kMostSemaphoreValue, EINVAL, Force::kMay,
                 "SYNC.NAMED.VALUE"_req, "no semaphore has as large a value");
  clauses.Refuse(only_new, EEXIST, Force::kMust, "SYNC.NAMED.EXCLUSIVE"_req, "the name is taken");
  if (only_new) {
    return clauses.RefuseHere(true, EACCES, Force::kMay, {}, "a file may be made at first");
  }
  if (!IsSemaphore(scene.state(), entry)) {
    clauses.AnyFailure();
    return clauses.Observe("a file that is no semaphore");
  }
  DescribeOpening(scene, NodeOf(scene.state(), entry.node), kRead | kWrite,
                  "SYNC.NAMED.PERMISSION"_req, clauses);
  clauses.Refuse(ShmOf(scene)->read_only, EROFS, Force::kMust, {}, "the file system is read-only");
}

void DescribeAddress(const SyncSemOpen& op, const DirectoryEntry* entry, const Scene& scene,
                     Clauses& clauses) {
  const bool usual = entry != nullptr && IsUsual(op.name);
  const OpenSemaphore* open = usual ? FindOpen(scene, entry->serial) : nullptr;
  if (open == nullptr) {
    DescribeRoomInLimit(scene, scene.page(), Force::kMust, clauses);
    DescribeLockOfNew(scene, scene.page(), clauses);
    if (entry == nullptr || !HasOpen(scene, entry->node)) {
      return clauses.Picks(FreshAddress(scene.page()), {});
    }
    clauses.Bind(0, scene.page(), std::numeric_limits<std::int64_t>::max(), {},
                 "where it is open by another name, or elsewhere");
    return;
  }
  if (!IsMapped(scene, *open)) return clauses.AnyFailure();
  clauses.ReturnsValue(static_cast<std::int64_t>(open->address), "SYNC.NAMED.SAME_ADDRESS"_req,
                       "the process has it open there");
}

/// A name of which nothing is said may be that of any file.
void ForgetNames(const Scene& scene, State& state) {
  const Mount* mount = scene.shm_mount();
  if (mount != nullptr) state.file_systems[mount->file_system].Own().names_known = false;
}

/// Makes the file and the semaphore in it; returns the entry.
DirectoryEntry MakeSemaphore(const SyncSemOpen& op, const Scene& scene, State& state) {
  Node node = FreshNode(scene, op.mode);
  node.unknown = true;
  AddNode(state, node);
  ForgetNode(state, node.serial, node.serial);
  const DirectoryEntry entry{node.serial, FileOf(op.name), node.serial};
  const bool known = ShmOf(scene) != nullptr && !IsUnspecified(op.name, scene);
  if (!known) return entry;
  if (FindEntry(scene, "/" + entry.name) == nullptr) AddEntry(state, node.file_system, entry);
  OwnSync(state, PlaceOf(state, entry), SyncKind::kSemaphore).count = op.value;
  return entry;
}

void MapSemaphore(const SyncSemOpen& op, const DirectoryEntry& entry, std::uint64_t address,
                  const Scene& scene, State& state) {
  UnmapRange(state, CauseOf(scene), scene.process_index(), address, address + scene.page());
  Mapping mapping;
  mapping.start = address;
  mapping.end = address + scene.page();
  mapping.object = NodeOf(state, entry.node).object;
  mapping.protection = kProtectRead | kProtectWrite;
  NodeBacking backing{entry.node, true, true};
  if (const Mount* mount = scene.shm_mount()) {
    backing.entry = entry.serial;
    backing.mount = static_cast<std::uint8_t>(mount - scene.state().mounts.data());
  }
  mapping.backing = backing;
  state.processes[scene.process_index()].space.Own().Insert(mapping);
  OpenMapping(state, CauseOf(scene), mapping, Says::kNo);
  LockNew(scene, state, address);
  const std::uint32_t name = IsUsual(op.name) ? entry.serial : 0;
  state.semaphores.Own().push_back({scene.process_index(), name, address, 1});
}

OpenSemaphore& OwnOpen(State& state, const OpenSemaphore& open) {
  for (OpenSemaphore& one : state.semaphores.Own()) {
    if (one.process == open.process && one.address == open.address) return one;
  }
  return state.semaphores.Own().emplace_back(open);
}

}  // namespace

void Describe(const SyncSemOpen& op, const Scene& scene, Clauses& clauses) {
  clauses.Returns<Value>({"SYNC.NAMED.SHARED"_req, "SYNC.NAMED.CREATE"_req},
                         "the address of the semaphore");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  DescribeRoomForDescriptor(scene, clauses);
  clauses.Picks({}, {});  // the descriptor is closed again
  if (IsUnspecified(op.name, scene)) {
    clauses.AnyFailure();
    return clauses.Observe("a name of which nothing is said");
  }
  DescribeName(op.name, scene, clauses);
  if (IsRefused(op.name)) return;
  DescribeSearch(scene, clauses);
  if (ShmOf(scene) == nullptr) return;
  const DirectoryEntry* entry = FindEntry(scene, "/" + FileOf(op.name));
  if (entry != nullptr) {
    DescribeExisting(op, scene, *entry, clauses);
  } else {
    DescribeNew(op, scene, clauses);
  }
  DescribeAddress(op, entry, scene, clauses);
  clauses.Effect({"POSIX.OPEN.SEMAPHORE_NAMES"_req, "SYNC.NAMED.MODE"_req});
}

void Apply(const SyncSemOpen& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  const bool unspecified = IsUnspecified(op.name, scene);
  const DirectoryEntry* entry = unspecified ? nullptr : FindEntry(scene, "/" + FileOf(op.name));
  if (unspecified) ForgetNames(scene, state);
  if (entry != nullptr && entry->node == 0) entry = nullptr;
  const auto address = static_cast<std::uint64_t>(value->number);
  const OpenSemaphore* open = FindAt(scene, address);
  if (open != nullptr && IsMapped(scene, *open)) {
    ++OwnOpen(state, *open).count;
    return;
  }
  const DirectoryEntry opened = entry != nullptr ? *entry : MakeSemaphore(op, scene, state);
  MapSemaphore(op, opened, address, scene, state);
  if (entry == nullptr) DropNode(state, opened.node);  // the mapping holds it
}

void Describe(const SyncSemClose&, const Scene& scene, Clauses& clauses) {
  const OpenSemaphore* open = FindAt(scene, scene.AddressOf<&SyncSemClose::at>());
  clauses.ReturnsValue(0, {"SYNC.NAMED.CLOSE"_req, "SYNC.NAMED.FORK"_req, "SYNC.NAMED.ENDS"_req},
                       "the process has it open once less");
  if (open != nullptr && IsMapped(scene, *open)) return;
  const bool says = open == nullptr && scene.profile().posix.semaphores_are_objects == Says::kYes;
  if (!says) return LeaveUndefined(clauses);
  clauses.Refuse(true, EINVAL, Force::kMust, "SYNC.NAMED.CLOSE_INVALID"_req,
                 "the process has no named semaphore there");
}

void Apply(const SyncSemClose&, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenSemaphore* found = FindAt(scene, scene.AddressOf<&SyncSemClose::at>());
  if (!Succeeded(outcome) || found == nullptr) return;
  const OpenSemaphore open = *found;
  const bool mapped = IsMapped(scene, open);
  if (--OwnOpen(state, open).count != 0) return;
  std::erase_if(state.semaphores.Own(), [&](const OpenSemaphore& one) {
    return one.process == open.process && one.address == open.address;
  });
  if (!mapped) return;
  UnmapRange(state, CauseOf(scene), open.process, open.address, open.address + scene.page());
}

void Describe(const SyncSemUnlink& op, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0, "SYNC.NAMED.UNLINK"_req, "the name is gone");
  if (IsUnspecified(op.name, scene)) {
    clauses.AnyFailure();
    return clauses.Observe("a name of which nothing is said");
  }
  DescribeName(op.name, scene, clauses);
  if (IsRefused(op.name)) return;
  DescribeSearch(scene, clauses);
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr) return;
  DescribeChange(scene, "SYNC.NAMED.UNLINK_OTHERS"_req, clauses);
  const DirectoryEntry* entry = FindEntry(scene, "/" + FileOf(op.name));
  clauses.Refuse(entry == nullptr, ENOENT, Force::kMust, "SYNC.NAMED.UNLINK_MISSING"_req,
                 "there is no such name");
  if (entry == nullptr) return;
  const Says may = MayRemove(scene, *system, *entry);
  for (const int error : {EACCES, EPERM}) {
    clauses.Refuse(may != Says::kYes, error, ForceUnless(may), "SYNC.NAMED.UNLINK_OTHERS"_req,
                   "the directory is sticky, and the semaphore belongs to somebody else");
  }
}

void Apply(const SyncSemUnlink& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  if (IsUnspecified(op.name, scene)) return ForgetNames(scene, state);
  if (FindEntry(scene, "/" + FileOf(op.name)) == nullptr) return;
  RemoveEntry(state, scene.shm_mount()->file_system, FileOf(op.name));
}

}  // namespace shmspec::model
