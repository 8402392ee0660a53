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

/// CAP_DAC_READ_SEARCH gives the rights in `searches`, CAP_DAC_OVERRIDE all of them.
template <class File>
Says ByMode(const Scene& scene, const File& file, std::uint32_t bits, std::uint32_t searches) {
  const Credentials& caller = scene.credentials();
  const int shift = caller.file_uid == file.uid ? 6 : IsInGroup(caller, file.gid) ? 3 : 0;
  if ((file.mode >> shift & bits) == bits) return Says::kYes;
  const bool search = (bits & ~searches) == 0;
  const Says reads = search ? ByCapability(scene, kCapDacReadSearch) : Says::kNo;
  return reads == Says::kYes ? reads : std::max(reads, ByCapability(scene, kCapDacOverride));
}

}  // namespace

Says MayOpen(const Scene& scene, const Node& node, std::uint32_t bits) {
  if (!node.mode_known) return Says::kSilent;
  return ByMode(scene, node, bits, kRead);
}

Says MayEnter(const Scene& scene, const FileSystem& system, std::uint32_t bits) {
  return ByMode(scene, system, bits, kRead | kExecuteBit);
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
