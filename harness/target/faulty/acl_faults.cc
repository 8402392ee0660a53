// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that do not keep to the access control lists of files.

#include <utility>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kGroupBits = 0070;

/// What opens a file by its list sees another list.
template <void (*change)(model::Node& node)>
void ForOpening(model::State& state, const model::Call& call) {
  if (!IsOneOf<MemfdReopen>(call)) return;
  model::Node* node = OwnNodeNamed(state, call);
  if (node != nullptr && node->acl.there) change(*node);
}

void DropUser(model::Node& node) { node.acl.user = kNoEntry; }
void DropGroup(model::Node& node) { node.acl.named_group = kNoEntry; }
void FillMask(model::Node& node) { node.mode |= kGroupBits; }
void DropList(model::Node& node) { node.acl = {}; }

/// The mask caps others too.
void MaskOthers(model::Node& node) {
  const std::uint32_t mask = node.mode >> 3 & 7;
  node.mode = (node.mode & ~7u) | (node.mode & mask);
}

/// The named user has the bits of the named group.
void MixNames(model::Node& node) { std::swap(node.acl.user_bits, node.acl.named_group_bits); }

/// The owning group has the mask as its own bits.
void TakeMaskForGroup(model::Node& node) { node.acl.group = node.mode >> 3 & 7; }

/// fchmod changes the entry of the owning group and leaves the mask.
void ChmodSetsGroup(const Aftermath& a) {
  model::Node* node = IsOneOf<FileChmod>(a.call) ? OwnNodeNamed(a.after, a.call) : nullptr;
  if (node == nullptr || !node->acl.there || !a.Succeeded()) return;
  const std::uint32_t before = NodeNamed(a.before, a.call)->mode;
  node->acl.group = node->mode >> 3 & 7;
  node->mode = (node->mode & ~kGroupBits) | (before & kGroupBits);
}

void ChmodDropsList(const Aftermath& a) {
  model::Node* node = IsOneOf<FileChmod>(a.call) ? OwnNodeNamed(a.after, a.call) : nullptr;
  if (node != nullptr && a.Succeeded()) node->acl = {};
}

void LetAnyoneSet(model::State& state, const model::Call& call) {
  if (IsOneOf<FileSetAcl>(call)) OwnCredentials(state, call).caps |= kCapFowner;
}

/// Success without an effect, the second time.
void SetOnce(const Aftermath& a) {
  if (!IsOneOf<FileSetAcl>(a.call) || !a.Succeeded()) return;
  const model::Node* before = NodeNamed(a.before, a.call);
  if (!before->acl.there) return;
  OwnNodeNamed(a.after, a.call)->acl = before->acl;
  OwnNodeNamed(a.after, a.call)->mode = before->mode;
}

/// Open files lose what the list no longer grants.
void RevokeOpen(const Aftermath& a) {
  if (!IsOneOf<FileSetAcl>(a.call) || !a.Succeeded()) return;
  const std::uint32_t serial = FileNamed(a.after, a.call)->serial;
  const std::uint32_t node = FileNamed(a.after, a.call)->node;
  const std::uint32_t mode = NodeNamed(a.after, a.call)->mode;
  for (model::OpenFile& file : a.after.files.Own()) {
    if (file.node == node && file.serial != serial && (mode & kGroupBits) == 0) {
      file.reads = file.writes = false;
    }
  }
}

/// The object that the call made in a directory with a default list, or null.
model::Node* Inheriting(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !a.Succeeded()) return nullptr;
  for (model::Node& node : a.after.nodes.Own()) {
    if (node.serial != a.call.step + 1 || node.file_system == model::kNoFileSystem) continue;
    return a.after.file_systems[node.file_system]->default_acl.there ? &node : nullptr;
  }
  return nullptr;
}

void InheritNothing(const Aftermath& a) {
  if (model::Node* node = Inheriting(a)) node->acl = {};
}

void UmaskInherited(const Aftermath& a) {
  model::Node* node = Inheriting(a);
  if (node == nullptr) return;
  const std::int32_t umask = a.after.processes[ProcessOf(a.after, a.call)].umask;
  if (umask > 0) node->mode &= ~static_cast<std::uint32_t>(umask);
}

void InheritWholeMask(const Aftermath& a) {
  model::Node* node = Inheriting(a);
  if (node == nullptr) return;
  node->mode |= a.after.file_systems[node->file_system]->default_acl.mode & kGroupBits;
}

void SetNoName(const Aftermath& a) {
  const auto* set = As<SystemSetfacl>(a.call);
  if (set == nullptr || set->user.number == kNoEntry) return;
  const model::OpenFile* file = FileNamed(a.after, a.call);
  if (file != nullptr) OwnNode(a.after, file->node).acl.user = kNoEntry;
}

void KeepMask(const model::State&, model::Call&, Operation& operation) {
  auto* set = std::get_if<SystemSetfacl>(&operation);
  if (set != nullptr && set->mask == -1) set->mask = set->group;
}

void SetForAnyone(model::State& state, const model::Call& call) {
  if (IsOneOf<SystemSetfacl>(call)) OwnCredentials(state, call).ambient = ~std::uint64_t{0};
}

void HideFailure(const Aftermath& a) {
  auto* result = std::get_if<ToolResult>(&a.outcome);
  if (IsOneOf<SystemSetfacl>(a.call) && result != nullptr) *result = ToolResult{};
}

void ShowEffective(const Aftermath& a) {
  auto* record = std::get_if<AclRecord>(&a.outcome);
  if (!IsOneOf<SystemGetfacl>(a.call) || record == nullptr || record->mask < 0) return;
  for (std::int64_t* bits : {&record->user_bits, &record->group, &record->named_group_bits}) {
    *bits &= record->mask;
  }
}

void ShowMaskAlways(const Aftermath& a) {
  auto* record = std::get_if<AclRecord>(&a.outcome);
  if (IsOneOf<SystemGetfacl>(a.call) && record != nullptr && record->mask < 0) {
    record->mask = record->group;
  }
}

constexpr SeededFault kFaults[] = {
    {"acl_forgets_named_users", "ACL.NAMED_USER"_req, "entries of named users are not looked at",
     Disguise<ForOpening<DropUser>>},
    {"acl_mixes_users_and_groups", "ACL.NAMED_USER"_req,
     "a named user has the bits of the named group", Disguise<ForOpening<MixNames>>},
    {"acl_forgets_named_groups", "ACL.MASK"_req, "entries of named groups are not looked at",
     Disguise<ForOpening<DropGroup>>},
    {"acl_has_no_mask", "ACL.MASK"_req, "the mask caps nobody", Disguise<ForOpening<FillMask>>},
    {"acl_mask_caps_others", "ACL.MASK"_req, "the mask caps others as well",
     Disguise<ForOpening<MaskOthers>>},
    {"acl_mask_is_the_group", "ACL.MASK"_req, "the owning group has all bits of the mask",
     Disguise<ForOpening<TakeMaskForGroup>>},
    {"acl_is_not_looked_at", "ACL.NAMED_USER"_req, "only the mode decides who may open",
     Disguise<ForOpening<DropList>>},
    {"chmod_leaves_the_mask", "ACL.CHMOD_SETS_MASK"_req,
     "fchmod sets the entry of the owning group and not the mask", Afterwards<ChmodSetsGroup>},
    {"chmod_drops_the_acl", "ACL.CHMOD_SETS_MASK"_req, "fchmod removes the list",
     Afterwards<ChmodDropsList>},
    {"anyone_sets_acls", "ACL.ONLY_OWNER_SETS"_req, "every user may set the list",
     Disguise<LetAnyoneSet>},
    {"acl_is_set_once", "ACL.ONLY_OWNER_SETS"_req, "a second list has no effect",
     Afterwards<SetOnce>},
    {"acl_takes_open_files_back", "ACL.OPEN_FD_UNAFFECTED"_req,
     "files that are open lose the rights that a new list takes", Afterwards<RevokeOpen>},
    {"default_acl_is_not_inherited", "ACL.DEFAULT_INHERITED"_req,
     "new objects have the mode of the default list and no list", Afterwards<InheritNothing>},
    {"umask_cuts_the_default_acl", "ACL.DEFAULT_INHERITED"_req,
     "the umask applies to what is inherited", Afterwards<UmaskInherited>},
    {"mode_does_not_cut_the_default_acl", "ACL.DEFAULT_INHERITED"_req,
     "the mode of shm_open does not cap the mask that is inherited", Afterwards<InheritWholeMask>},
    {"setfacl_forgets_the_user", "TOOL.SETFACL.SETS"_req, "setfacl sets no entry of a user",
     Afterwards<SetNoName>},
    {"setfacl_makes_no_mask", "TOOL.SETFACL.SETS"_req,
     "setfacl takes the bits of the group for the mask", Rewritten<KeepMask>},
    {"setfacl_sets_for_anyone", "TOOL.SETFACL.SETS"_req, "setfacl changes files of others",
     Disguise<SetForAnyone>},
    {"setfacl_hides_its_failure", "TOOL.SETFACL.SETS"_req, "setfacl ends with 0 always",
     Afterwards<HideFailure>},
    {"getfacl_shows_effective_bits", "TOOL.GETFACL.SHOWS"_req, "getfacl shows what the mask leaves",
     Afterwards<ShowEffective>},
    {"getfacl_shows_a_mask_always", "TOOL.GETFACL.SHOWS"_req,
     "getfacl shows a mask where there is none", Afterwards<ShowMaskAlways>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
