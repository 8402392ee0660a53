// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/rights/file_permission.h"

#include <algorithm>
#include <cerrno>

#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint32_t kStays = 0xffffffff;

/// A capability in a user namespace of its own may not reach the node.
Says ByCapability(const Scene& scene, std::uint64_t capability) {
  const Credentials& caller = scene.credentials();
  if ((caller.caps & capability) == 0) return Says::kNo;
  return caller.nested ? Says::kSilent : Says::kYes;
}

bool IsInGroup(const Credentials& caller, std::uint32_t gid) {
  return caller.file_gid == gid ||
         std::find(caller.groups.begin(), caller.groups.end(), gid) != caller.groups.end();
}

bool Grants(std::uint32_t granted, std::uint32_t bits) { return (granted & bits) == bits; }

/// Whether the access control list lets the caller open it: "Access check algorithm" of acl(5).
bool ByAcl(const Credentials& caller, const Node& node, std::uint32_t bits) {
  const Acl& acl = node.acl;
  const std::uint32_t mask = node.mode >> 3 & 7;
  if (caller.file_uid == node.uid) return Grants(node.mode >> 6, bits);
  if (acl.user != kNoEntry && caller.file_uid == acl.user) {
    return Grants(acl.user_bits & mask, bits);
  }
  const bool owning = IsInGroup(caller, node.gid);
  const bool named = acl.named_group != kNoEntry && IsInGroup(caller, acl.named_group);
  if (!owning && !named) return Grants(node.mode, bits);
  return (owning && Grants(acl.group & mask, bits)) ||
         (named && Grants(acl.named_group_bits & mask, bits));
}

/// Whether the mode alone lets the caller use it.
template <class File>
bool ByMode(const Credentials& caller, const File& file, std::uint32_t bits) {
  const int shift = caller.file_uid == file.uid ? 6 : IsInGroup(caller, file.gid) ? 3 : 0;
  return Grants(file.mode >> shift, bits);
}

/// Against the mode, CAP_DAC_READ_SEARCH gives the rights in `searches`, CAP_DAC_OVERRIDE all.
Says ByPrivilege(const Scene& scene, std::uint32_t bits, std::uint32_t searches) {
  const bool search = (bits & ~searches) == 0;
  const Says reads = search ? ByCapability(scene, kCapDacReadSearch) : Says::kNo;
  return reads == Says::kYes ? reads : std::max(reads, ByCapability(scene, kCapDacOverride));
}

}  // namespace

Says MayOpen(const Scene& scene, const Node& node, std::uint32_t bits) {
  if (!node.mode_known) return Says::kSilent;
  const Credentials& caller = scene.credentials();
  const bool granted = node.acl.there ? ByAcl(caller, node, bits) : ByMode(caller, node, bits);
  if (granted) return Says::kYes;
  // Linux does not look at the list when the mask is empty.
  if (node.acl.there && (node.mode & 0070) == 0 && ByMode(caller, node, bits)) {
    return Says::kSilent;
  }
  return ByPrivilege(scene, bits, kRead);
}

Says MayEnter(const Scene& scene, const FileSystem& system, std::uint32_t bits) {
  if (ByMode(scene.credentials(), system, bits)) return Says::kYes;
  return ByPrivilege(scene, bits, kRead | kExecuteBit);
}

namespace {

/// What decides whether the caller may open the node.
Requirement DecidingOf(const Scene& scene, const Node& node) {
  const Credentials& caller = scene.credentials();
  const bool owns = caller.file_uid == node.uid;
  if ((caller.caps & kCapDacOverride) != 0) return "PERM.FILE.CAP_DAC_OVERRIDE"_req;
  if ((caller.caps & kCapDacReadSearch) != 0) return "PERM.FILE.CAP_DAC_READ_SEARCH"_req;
  if (caller.file_uid != caller.uid) return "PERM.FILE.FILE_SYSTEM_ID"_req;
  if (caller.caps != 0 || (caller.uid == 0 && !owns)) return "PERM.FILE.OTHER_CAPS"_req;
  if (node.acl.there) return "ACL.MASK"_req;
  if (!owns && caller.file_gid != node.gid && IsInGroup(caller, node.gid)) {
    return "PERM.FILE.SUPPLEMENTARY_GROUPS"_req;
  }
  return "PERM.FILE.CLASS_SELECTION"_req;
}

}  // namespace

void DescribeOpening(const Scene& scene, const Node& node, std::uint32_t bits,
                     Requirement requirement, Clauses& clauses) {
  const Says may = MayOpen(scene, node, bits);
  const Requirement deciding = DecidingOf(scene, node);
  clauses.Refuse(may != Says::kYes, EACCES, ForceUnless(may), {requirement, deciding},
                 "the mode of the file does not permit it");
  clauses.Effect(deciding);
}

Says MayChangeMode(const Scene& scene, const Node& node) {
  if (scene.credentials().file_uid == node.uid) return Says::kYes;
  return ByCapability(scene, kCapFowner);
}

Says MayGive(const Scene& scene, const Node& node, std::uint32_t uid, std::uint32_t gid) {
  const Credentials& caller = scene.credentials();
  const bool owns = caller.file_uid == node.uid;
  const bool user = uid == kStays || (owns && uid == node.uid);
  const bool group = gid == kStays || (owns && (gid == node.gid || IsInGroup(caller, gid)));
  if (user && group) return Says::kYes;
  return ByCapability(scene, kCapChown);
}

}  // namespace shmspec::model
