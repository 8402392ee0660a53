// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/rights/file_permission.h"

#include <algorithm>

#include "harness/model/rights/permission.h"

namespace shmspec::model {
namespace {

constexpr std::uint64_t kCapChown = 1ull << 0;
constexpr std::uint64_t kCapDacOverride = 1ull << 1;
constexpr std::uint64_t kCapDacReadSearch = 1ull << 2;
constexpr std::uint64_t kCapFowner = 1ull << 3;
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

bool Grants(std::int64_t granted, std::uint32_t bits) {
  return (static_cast<std::uint64_t>(granted) & bits) == bits;
}

/// Whether the mode alone lets the caller open it.
bool ByMode(const Credentials& caller, const Node& node, std::uint32_t bits) {
  const int shift = caller.file_uid == node.uid ? 6 : IsInGroup(caller, node.gid) ? 3 : 0;
  return Grants(node.mode >> shift, bits);
}

/// Whether the access control list lets the caller open it: "Access check algorithm" of acl(5).
bool ByAcl(const Credentials& caller, const Node& node, std::uint32_t bits) {
  const Acl& acl = node.acl;
  const std::uint32_t mask = node.mode >> 3 & 7;
  if (caller.file_uid == node.uid) return Grants(node.mode >> 6, bits);
  if (acl.user != Acl::kNoName && caller.file_uid == acl.user) {
    return Grants(acl.user_bits & mask, bits);
  }
  const bool owning = IsInGroup(caller, node.gid);
  const bool named = acl.named_group != Acl::kNoName && IsInGroup(caller, acl.named_group);
  if (!owning && !named) return Grants(node.mode, bits);
  return (owning && Grants(acl.group & mask, bits)) ||
         (named && Grants(acl.named_group_bits & mask, bits));
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
  const Says reads = bits == kRead ? ByCapability(scene, kCapDacReadSearch) : Says::kNo;
  return reads == Says::kYes ? reads : std::max(reads, ByCapability(scene, kCapDacOverride));
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
