// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Access control lists of files: acl(5).

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/file/directory.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/file_permission.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::int32_t kMostBits = 7;
constexpr std::uint32_t kExecuteBits = 0111;

template <class Op>
bool HasNames(const Op& op) {
  return op.user.number != kNoEntry || op.named_group.number != kNoEntry;
}

template <class Op>
bool IsValid(const Op& op) {
  std::array bits{op.owner, op.group, op.other, std::max(op.mask, 0), 0, 0};
  if (op.user.number != kNoEntry) bits[4] = op.user_bits;
  if (op.named_group.number != kNoEntry) bits[5] = op.named_group_bits;
  const bool sound = std::all_of(bits.begin(), bits.end(),
                                 [](std::int32_t b) { return b >= 0 && b <= kMostBits; });
  return sound && op.mask >= -1 && (op.mask >= 0 || !HasNames(op));
}

/// The permission bits of the mode once the list is set.
template <class Op>
std::uint32_t PermissionsOf(const Op& op) {
  const std::int32_t group = op.mask >= 0 ? op.mask : op.group;
  return static_cast<std::uint32_t>(op.owner) << 6 | static_cast<std::uint32_t>(group) << 3 |
         static_cast<std::uint32_t>(op.other);
}

/// What the list has besides these.
template <class Op>
Acl EntriesOf(const Op& op) {
  Acl acl;
  acl.there = op.mask >= 0;
  if (!acl.there) return acl;
  const auto bits = [](std::int32_t number) { return static_cast<std::uint32_t>(number); };
  acl.group = bits(op.group);
  acl.user = op.user.number;
  acl.user_bits = op.user.number != kNoEntry ? bits(op.user_bits) : 0;
  acl.named_group = op.named_group.number;
  acl.named_group_bits = op.named_group.number != kNoEntry ? bits(op.named_group_bits) : 0;
  return acl;
}

template <class Op>
void SetList(const Op& op, Node& node) {
  node.mode = (node.mode & ~0777u) | PermissionsOf(op);
  node.mode_known = node.mode_known && (node.mode & S_ISGID) == 0;
  node.acl = EntriesOf(op);
}

/// Whether the list is one of another mode for execution than a sealed file has.
template <class Op>
bool BreaksSeal(const Op& op, const Node& node) {
  return (node.seals & kSealExec) != 0 && ((PermissionsOf(op) ^ node.mode) & kExecuteBits) != 0;
}

template <class Op>
bool IsNameless(const Op& op, const Scene& scene) {
  return (op.user.number != kNoEntry && MayLackUser(scene, op.user.number)) ||
         (op.named_group.number != kNoEntry && MayLackGroup(scene, op.named_group.number));
}

/// Adds the error for an id that has no name in the user namespace of the caller.
template <class Op>
void DescribeNames(const Op& op, const Scene& scene, Clauses& clauses) {
  clauses.Refuse(IsNameless(op, scene), EINVAL, Force::kMay, {},
                 "the user namespace has no name for the id");
}

}  // namespace

void Describe(const SystemSetDefaultAcl& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kDefault = "ACL.DEFAULT_INHERITED"_req;
  clauses.Refuse(!IsValid(op), EINVAL, Force::kMust, {}, "no such list is valid");
  clauses.RefuseHere(true, EOPNOTSUPP, Force::kMay, {}, "the file system may have no lists");
  clauses.ReturnsValue(0, kDefault, "new objects begin with the list");
  const FileSystem* system = ShmOf(scene);
  if (system == nullptr) return clauses.AnyFailure("there is no /dev/shm");
  clauses.Refuse(system->read_only, EROFS, Force::kMust, "TMPFS.READONLY_MOUNT"_req,
                 "the file system is read-only");
  DescribeNames(op, scene, clauses);
  const bool owns = scene.credentials().file_uid == system->uid;
  clauses.Refuse(!owns, EPERM, Force::kMay, "ACL.ONLY_OWNER_SETS"_req,
                 "the directory belongs to somebody else");
}

void Apply(const SystemSetDefaultAcl& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  const Mount* mount = scene.shm_mount();
  if (!Succeeded(outcome) || mount == nullptr) return;
  state.file_systems[mount->file_system].Own().default_acl = {true, PermissionsOf(op),
                                                              EntriesOf(op)};
}

void Describe(const FileSetAcl& op, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileSetAcl::descriptor>(), clauses);
  clauses.Refuse(!IsValid(op), EINVAL, Force::kMust, {}, "no such list is valid");
  clauses.RefuseHere(true, EOPNOTSUPP, Force::kMay, {}, "the file system may have no lists");
  clauses.ReturnsValue(0, {"ACL.NAMED_USER"_req, "ACL.MASK"_req, "ACL.CHMOD_SETS_MASK"_req},
                       "the file has the list");
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown) return clauses.AnyFailure("nothing is known of the file");
  const Says may = MayChangeMode(scene, node);
  clauses.Refuse(may != Says::kYes, EPERM, ForceUnless(may), "ACL.ONLY_OWNER_SETS"_req,
                 "the file belongs to somebody else");
  clauses.Refuse(BreaksSeal(op, node), EPERM, Force::kMay, {},
                 "the file is sealed against a change of who may execute it");
  DescribeNames(op, scene, clauses);
}

void Apply(const FileSetAcl& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&FileSetAcl::descriptor>());
  if (file != nullptr && Succeeded(outcome)) SetList(op, OwnNode(state, file->node));
}

namespace {

/// What is shown of a list, or of the mode where that says it all.
void BindList(const Node& node, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kSet = "ACL.NAMED_USER"_req;
  constexpr Requirement kMask = "ACL.CHMOD_SETS_MASK"_req;
  const Acl& acl = node.acl;
  const auto bind = [&](std::uint8_t field, std::int64_t number, Requirement requirement,
                        const char* why) { clauses.Bind(field, number, number, requirement, why); };
  const auto name = [&](std::uint8_t field, std::uint32_t id) {
    if (id == kNoEntry) return bind(field, kNoEntry, kSet, "no such entry");
    // Here an id that has no name is -1, and not the one that stands for such ids elsewhere.
    const SeenId seen = SeenAs(scene, id);
    const std::uint32_t shown = seen.id == id ? id : kNoEntry;
    Bound& bound = clauses.Bind(field, shown, shown, kSet, "who has an entry");
    bound.has_other = seen.or_overflow || seen.id != id;
    bound.other = seen.or_overflow ? kNoEntry : kOverflowId;
  };
  const std::int64_t middle = node.mode >> 3 & 7;
  if (node.mode_known) {
    bind(FieldIndex<AclRecord>("owner"), node.mode >> 6 & 7, kMask, "the mode of the owner");
    bind(FieldIndex<AclRecord>("mask"), acl.there ? middle : -1, kMask,
         "the group bits of the mode");
    bind(FieldIndex<AclRecord>("other"), node.mode & 7, kMask, "the mode of others");
    if (!acl.there) bind(FieldIndex<AclRecord>("group"), middle, kMask, "the mode of the group");
  }
  if (acl.there) {
    bind(FieldIndex<AclRecord>("group"), acl.group, kMask,
         "the bits of the group as they were set");
  }
  name(FieldIndex<AclRecord>("user"), acl.there ? acl.user : kNoEntry);
  name(FieldIndex<AclRecord>("named_group"), acl.there ? acl.named_group : kNoEntry);
  bind(FieldIndex<AclRecord>("user_bits"), acl.there ? acl.user_bits : 0, kSet,
       "the bits as they were set");
  bind(FieldIndex<AclRecord>("named_group_bits"), acl.there ? acl.named_group_bits : 0, kSet,
       "the bits as they were set");
}

/// The list as setfacl completes it.
SystemSetfacl Completed(SystemSetfacl op) {
  if (op.mask != -1 || !HasNames(op)) return op;
  op.mask = op.group;
  if (op.user.number != kNoEntry) op.mask |= op.user_bits;
  if (op.named_group.number != kNoEntry) op.mask |= op.named_group_bits;
  return op;
}

/// Whether setfacl is able to do what it is asked for.
Says Sets(const SystemSetfacl& op, const OpenFile* file, const Scene& scene) {
  if (file == nullptr || !IsValid(op)) return Says::kNo;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown || BreaksSeal(op, node)) return Says::kSilent;
  const State after = AsTool(scene);
  const Scene tool(scene.setting(), after, scene.call());
  return IsNameless(op, tool) ? Says::kSilent : MayChangeMode(tool, node);
}

}  // namespace

void Describe(const FileGetAcl&, const Scene& scene, Clauses& clauses) {
  const OpenFile* file = DescribeFile(scene, scene.NumberOf<&FileGetAcl::descriptor>(), clauses);
  clauses.RefuseHere(true, EOPNOTSUPP, Force::kMay, {}, "the file system may have no lists");
  constexpr Requirement kSet = "ACL.NAMED_USER"_req;
  clauses.Returns<AclRecord>(kSet, "the list of the file");
  if (file == nullptr) return;
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown) return clauses.AnyFailure("nothing is known of the file");
  clauses.Refuse(!node.acl.there, ENODATA, Force::kMust, kSet, "the mode says it all");
  BindList(node, scene, clauses);
}

void Describe(const SystemSetfacl& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kSets = "TOOL.SETFACL.SETS"_req;
  constexpr auto kStatus = FieldIndex<ToolResult>("status");
  constexpr int kHighestStatus = 255;
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&SystemSetfacl::descriptor>());
  const Says sets = Sets(Completed(op), file, scene);
  clauses.Returns<ToolResult>(kSets, "the tool sets the list or says why it cannot");
  clauses.Bind(kStatus, sets == Says::kNo ? 1 : 0, sets == Says::kYes ? 0 : kHighestStatus, kSets,
               "0 when the file has the list");
}

void Apply(const SystemSetfacl& op, const Scene& scene, State& state, const Outcome& outcome) {
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&SystemSetfacl::descriptor>());
  const auto* result = std::get_if<ToolResult>(&outcome);
  if (file == nullptr || result == nullptr || result->status != 0) return;
  SetList(Completed(op), OwnNode(state, file->node));
}

void Describe(const SystemGetfacl&, const Scene& scene, Clauses& clauses) {
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&SystemGetfacl::descriptor>());
  clauses.Returns<AclRecord>("TOOL.GETFACL.SHOWS"_req, "the list of the file");
  if (file == nullptr) return clauses.AnyFailure("the descriptor is not open");
  const Node& node = NodeOf(scene.state(), file->node);
  if (node.unknown) return clauses.AnyFailure("nothing is known of the file");
  BindList(node, scene, clauses);
}

}  // namespace shmspec::model
