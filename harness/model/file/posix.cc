// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shm_open(3), shm_unlink(3), and links beside the names that they make.

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/file/directory.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/file_permission.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::size_t kFakedLength = 200;  // bytes up to which what fakes owners finds a name
constexpr std::size_t kEdge = 257;         // bytes from which on a library may tell another error

/// Adds the errors of names that never reach the system.
void DescribeName(const std::string& name, bool unlinks, const Scene& scene, Clauses& clauses) {
  const std::string_view plain = PlainName(name);
  const bool empty = plain.empty();
  const bool slash = plain.find('/') != std::string_view::npos;
  const bool dots = plain == "." || plain == "..";
  const Requirement why = empty  ? "POSIX.NAME.EMPTY"_req
                          : dots ? "POSIX.NAME.DOT_NAMES"_req
                                 : "POSIX.NAME.EMBEDDED_SLASH"_req;
  clauses.Refuse(empty || slash || dots, EINVAL, Force::kMust, why, "no object has such a name");
  clauses.Refuse(unlinks && (empty || slash), ENOENT, Force::kMay, why,
                 "no object has such a name");
  clauses.Refuse(dots, EISDIR, Force::kMay, why, "the name is that of a directory");
  clauses.Refuse(dots && scene.shm_mount() == nullptr, ENOENT, Force::kMay, "NS.NO_DEV_SHM"_req,
                 "there is no /dev/shm");
  const bool is_long = !empty && !slash && plain.size() > kLongestFileName;
  const Requirement limit =
      plain.size() < kEdge ? "POSIX.NAME.NAME_MAX"_req : "POSIX.NAME.VERY_LONG"_req;
  clauses.Refuse(is_long, ENAMETOOLONG, Force::kMust, limit, "the name is longer than 255 bytes");
  clauses.Refuse(is_long && plain.size() >= kEdge, unlinks ? ENOENT : EINVAL, Force::kMay, limit,
                 "the name is far too long");
  const bool fakes = !Has(scene.system().abilities, Ability::kFileOwners);
  clauses.RefuseHere(fakes && !is_long && plain.size() > kFakedLength, ENAMETOOLONG, Force::kMay,
                     {}, "what fakes owners keeps them in files with longer names");
}

/// Whether no library asks the system for the name. It does for one that is too long.
bool IsNoFile(const std::string& name) {
  const std::string_view plain = PlainName(name);
  return plain.empty() || plain == "." || plain == ".." ||
         plain.find('/') != std::string_view::npos;
}

/// What POSIX leaves open.
bool IsUnspecified(const PosixOpen& op, const Scene& scene) {
  const PosixProfile& profile = scene.profile().posix;
  if (KindOf(op.name, scene) == NameKind::kUnspecified) return true;
  const std::uint64_t access = op.flags.bits & (kWriteOnly | kReadWrite);
  if (profile.flags_are_those_of_open == Says::kYes) return false;
  const bool alone = op.flags.Has(kOnlyNewObject) && !op.flags.Has(kMakeObject);
  const bool truncates = op.flags.Has(kTruncate) && access != kReadWrite;
  return alone || truncates || (access & kWriteOnly) != 0 || op.flags.Has(kAppend);
}

/// A name of which nothing is said may be that of any object.
void ForgetNames(const Scene& scene, State& state) {
  const Mount* mount = scene.shm_mount();
  if (mount == nullptr) return;
  state.file_systems[mount->file_system].Own().names_known = false;
  const CopyOnWrite<std::vector<Node>> nodes = state.nodes;
  for (const Node& node : *nodes) {
    if (node.file_system == mount->file_system) {
      ForgetNode(state, node.serial, scene.call().step);
    }
  }
}

struct Access {
  bool reads = false;
  bool writes = false;
  std::uint32_t bits = 0;  // of the mode that are needed
};

/// An access mode with both bits asks for both rights, and gives none on Linux.
Access AccessOf(ObjectFlags flags) {
  const std::uint64_t mode = flags.bits & (kWriteOnly | kReadWrite);
  Access access{mode == 0 || mode == kReadWrite, mode == kWriteOnly || mode == kReadWrite, 0};
  if (mode != kWriteOnly) access.bits |= kRead;
  if (mode != 0 || flags.Has(kTruncate)) access.bits |= kWrite;
  return access;
}

/// Opening what is there already.
void DescribeExisting(const PosixOpen& op, const Scene& scene, const DirectoryEntry& entry,
                      Clauses& clauses) {
  const bool only_new = op.flags.Has(kMakeObject) && op.flags.Has(kOnlyNewObject);
  clauses.Refuse(only_new, EEXIST, Force::kMust,
                 {"POSIX.OPEN.EXCL"_req, "POSIX.OPEN.EXCL_ATOMIC"_req}, "the name is taken");
  if (only_new) return;
  if (entry.node == 0) {
    clauses.Refuse(true, ELOOP, Force::kMust, "POSIX.OPEN.SYMLINK_REFUSED"_req,
                   "a symbolic link is not followed");
    // Linux looks first whether the file belongs to somebody else.
    clauses.Refuse(op.flags.Has(kMakeObject), EACCES, Force::kMay,
                   "POSIX.OPEN.PROTECTED_REGULAR"_req, "O_CREAT opens nothing of others");
    return;
  }
  const Node& node = NodeOf(scene.state(), entry.node);
  const FileSystem& system = *ShmOf(scene);
  const Access access = AccessOf(op.flags);
  const bool odd = op.flags.Has(kTruncate) && (op.flags.bits & 3) == 0;
  DescribeOpening(scene, node, access.bits,
                  odd ? "POSIX.OPEN.TRUNC_RDONLY"_req : "POSIX.OPEN.EACCES"_req, clauses);
  clauses.Refuse(system.read_only && (access.bits & kWrite) != 0, EROFS, Force::kMust,
                 "TMPFS.READONLY_MOUNT"_req, "the file system is read-only");
  const Credentials& caller = scene.credentials();
  const bool stranger = node.uid != system.uid && node.uid != caller.file_uid;
  const std::int64_t rule = scene.system().protected_regular;
  const bool guarded = op.flags.Has(kMakeObject) && (system.mode & kStickyBit) != 0 && stranger;
  const bool applies =
      guarded && ((system.mode & 02) != 0 || ((system.mode & 020) != 0 && rule != 1));
  clauses.Refuse(applies && rule != 0, EACCES, rule > 0 ? Force::kMust : Force::kMay,
                 "POSIX.OPEN.PROTECTED_REGULAR"_req,
                 "fs.protected_regular keeps O_CREAT from objects of others");
}

void DescribeNew(const PosixOpen& op, const Scene& scene, Clauses& clauses) {
  if (!op.flags.Has(kMakeObject)) {
    clauses.Refuse(true, ENOENT, Force::kMust,
                   {"POSIX.OPEN.ENOENT"_req, "POSIX.UNLINK.NAME_GONE"_req},
                   "there is no such name");
    return;
  }
  DescribeChange(scene, "POSIX.OPEN.EACCES"_req, clauses);
  DescribeRoomForName(scene, clauses);
  clauses.RefuseHere(scene.credentials().nested, EOVERFLOW, Force::kMay, {},
                     "the file system may have no name for the user");
}

std::uint32_t MakeObject(const PosixOpen& op, const Scene& scene, State& state) {
  Node node = FreshNode(scene, op.mode);
  node.unknown = IsUnspecified(op, scene) || ShmOf(scene) == nullptr;
  AddNode(state, node);
  if (node.unknown) ForgetNode(state, node.serial, node.serial);
  const bool named = KindOf(op.name, scene) == NameKind::kPlain;
  if (ShmOf(scene) != nullptr && named && FindEntry(scene, op.name) == nullptr) {
    AddEntry(state, node.file_system, {node.serial, std::string(PlainName(op.name)), node.serial});
  }
  return node.serial;
}

}  // namespace

void Describe(const PosixOpen& op, const Scene& scene, Clauses& clauses) {
  clauses.Returns<Value>({"POSIX.OPEN.LOWEST_FD"_req, "POSIX.NAME.LEADING_SLASH"_req},
                         "a descriptor of the object");
  DescribeRoomForDescriptor(scene, clauses);
  if (IsUnspecified(op, scene)) {
    clauses.AnyFailure();
    return clauses.Observe("a name or flags of which nothing is said");
  }
  DescribeName(op.name, false, scene, clauses);
  const std::string_view plain = PlainName(op.name);
  const bool only_new = op.flags.Has(kMakeObject) && op.flags.Has(kOnlyNewObject);
  clauses.Refuse(only_new && (plain == "." || plain == ".."), EEXIST, Force::kMay,
                 "POSIX.NAME.DOT_NAMES"_req, "the directory is there");
  if (IsNoFile(op.name)) return;
  DescribeSearch(scene, clauses);
  if (KindOf(op.name, scene) == NameKind::kRefused) return;
  if (ShmOf(scene) == nullptr) return;
  if (const DirectoryEntry* entry = FindEntry(scene, op.name)) {
    DescribeExisting(op, scene, *entry, clauses);
  } else {
    DescribeNew(op, scene, clauses);
  }
  const std::uint64_t leading = op.name.find_first_not_of('/');
  clauses.Effect(leading == 0  ? "POSIX.NAME.NO_LEADING_SLASH"_req
                 : leading > 1 ? "POSIX.NAME.EXTRA_LEADING_SLASHES"_req
                               : "POSIX.NAME.ANY_BYTES"_req);
  if (ShmOf(scene)->default_acl.there) clauses.Effect("ACL.DEFAULT_INHERITED"_req);
  clauses.Effect({"POSIX.OPEN.CREATE_SIZE_ZERO"_req, "POSIX.OPEN.MODE_DOES_NOT_LIMIT_CREATOR"_req,
                  "POSIX.OPEN.CLOEXEC"_req, "POSIX.OPEN.TRUNC"_req});
  if (op.flags.Has(kOnlyNewObject)) clauses.Effect("POSIX.OPEN.EXCL_WITHOUT_CREAT"_req);
}

void Apply(const PosixOpen& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::int64_t number = NewNumber(outcome);
  if (number < 0) return;
  const std::uint32_t serial = scene.call().step + 1;
  const bool unnamed = KindOf(op.name, scene) == NameKind::kUnspecified;
  if (unnamed) ForgetNames(scene, state);
  const DirectoryEntry* found = unnamed ? nullptr : FindEntry(scene, op.name);
  // Where a symbolic link leads is not known.
  if (found != nullptr && found->node == 0) found = nullptr;
  const std::uint32_t entry = found != nullptr ? found->serial : serial;
  const std::uint32_t node = found != nullptr ? found->node : MakeObject(op, scene, state);
  const Access access = AccessOf(op.flags);
  OpenFile file{.serial = serial, .node = node, .reads = access.reads, .writes = access.writes};
  file.appends = op.flags.Has(kAppend);
  if (const Mount* mount = scene.shm_mount()) {
    file.entry = entry;
    file.mount = static_cast<std::uint8_t>(mount - scene.state().mounts.data());
  }
  AddFile(state, file);
  OpenDescriptor(state, scene.process_index(), {number, serial, true});
  if (found == nullptr) return DropNode(state, node);  // the open file holds it
  if (IsUnspecified(op, scene)) return ForgetNode(state, node, scene.call().step);
  if (!op.flags.Has(kTruncate) || NodeOf(state, node).unknown) return;
  ForgetIdBits(state, node);
  OwnNode(state, node).changed_s = scene.call().when.low;
  CutNode(state, node, 0, scene.page());
}

void Describe(const PosixUnlink& op, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0,
                       {"POSIX.UNLINK.NAME_GONE"_req, "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req},
                       "the name is gone");
  const NameKind kind = KindOf(op.name, scene);
  if (kind == NameKind::kUnspecified) {
    clauses.AnyFailure();
    return clauses.Observe("a name of which nothing is said");
  }
  DescribeName(op.name, true, scene, clauses);
  if (IsNoFile(op.name)) return;
  DescribeSearch(scene, clauses);
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr) return;
  DescribeChange(scene, "POSIX.UNLINK.STICKY"_req, clauses);
  if (kind == NameKind::kRefused) return;
  const DirectoryEntry* entry = FindEntry(scene, op.name);
  clauses.Refuse(entry == nullptr, ENOENT, Force::kMust, "POSIX.UNLINK.ENOENT"_req,
                 "there is no such name");
  if (entry == nullptr) return;
  const Says may = MayRemove(scene, *system, *entry);
  // The C library may tell EACCES where the kernel tells EPERM.
  clauses.Refuse(may != Says::kYes, EPERM, ForceUnless(may), "POSIX.UNLINK.STICKY"_req,
                 "the directory is sticky, and the object belongs to somebody else");
  clauses.Refuse(may != Says::kYes, EACCES, ForceUnless(may), "POSIX.UNLINK.STICKY"_req,
                 "the directory is sticky, and the object belongs to somebody else");
}

void Apply(const PosixUnlink& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (Succeeded(outcome) && KindOf(op.name, scene) == NameKind::kUnspecified) {
    return ForgetNames(scene, state);
  }
  if (!Succeeded(outcome) || FindEntry(scene, op.name) == nullptr) return;
  RemoveEntry(state, scene.shm_mount()->file_system, PlainName(op.name));
}

void Describe(const PosixLink& op, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0, "POSIX.UNLINK.HARDLINK"_req, "the object has another name");
  if (KindOf(op.name, scene) == NameKind::kUnspecified) {
    clauses.AnyFailure();
    return clauses.Observe("a name of which nothing is said");
  }
  DescribeSearch(scene, clauses);
  if (ShmOf(scene) == nullptr) return;
  const DirectoryEntry* entry = FindEntry(scene, op.name);
  clauses.Refuse(entry == nullptr, ENOENT, Force::kMust, "POSIX.UNLINK.HARDLINK"_req,
                 "there is no such name");
  clauses.Refuse(FindEntry(scene, op.to) != nullptr, EEXIST, Force::kMust,
                 "POSIX.UNLINK.HARDLINK"_req, "the new name is taken");
  DescribeChange(scene, "POSIX.UNLINK.HARDLINK"_req, clauses);
  DescribeRoomForName(scene, clauses);
  const bool own = entry != nullptr && entry->node != 0 &&
                   NodeOf(scene.state(), entry->node).uid == scene.credentials().file_uid;
  clauses.RefuseHere(!own, EPERM, Force::kMay, {}, "fs.protected_hardlinks may forbid it");
}

void Apply(const PosixLink& op, const Scene& scene, State& state, const Outcome& outcome) {
  const DirectoryEntry* entry = FindEntry(scene, op.name);
  if (!Succeeded(outcome) || entry == nullptr) return;
  AddEntry(state, scene.shm_mount()->file_system,
           {scene.call().step + 1, std::string(PlainName(op.to)), entry->node});
}

void Describe(const PosixPlantLink&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, {}, "the name is a symbolic link");
}

void Apply(const PosixPlantLink& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome) || ShmOf(scene) == nullptr || FindEntry(scene, op.name) != nullptr)
    return;
  AddEntry(state, scene.shm_mount()->file_system,
           {scene.call().step + 1, std::string(PlainName(op.name)), 0});
}

}  // namespace shmspec::model
