// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What /proc/self/maps shows of the mapping at an address.

#include <algorithm>
#include <string>

#include "harness/model/language/operations.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// The path of the name by which the object was opened; empty when the caller may see another one.
std::string PathShown(const Scene& scene, const NodeBacking& backing) {
  const State& state = scene.state();
  const auto& mounts = state.mount_namespaces[scene.task().mounts].mounts;
  if (backing.entry == 0 ||
      std::find(mounts.begin(), mounts.end(), backing.mount) == mounts.end()) {
    return "";
  }
  const FileSystem& system = *state.file_systems[state.mounts[backing.mount].file_system];
  for (const DirectoryEntry& entry : system.entries) {
    if (entry.serial != backing.entry) continue;
    return "/dev/shm/" + entry.name + (entry.removed ? " (deleted)" : "");
  }
  return "";
}

}  // namespace

void Describe(const MapName&, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kName = "PROC.MAPS.POSIX_NAME"_req;
  clauses.Returns<MappingTable>(kName, "the mapping at the address");
  clauses.AllowOtherRows();
  const std::uint64_t at = scene.AddressOf<&MapName::at>();
  const Mapping* mapping = scene.space().Find(at);
  if (mapping == nullptr) return;
  Row& row = clauses.AddRow(at, Force::kMust, kName);
  row.Bind(FieldIndex<MappingRow>("at"), at, at, kName, "the address");
  row.Bind(FieldIndex<MappingRow>("protection"), mapping->protection, mapping->protection, kName,
           "the protection");
  row.Bind(FieldIndex<MappingRow>("shared"), mapping->IsShared() ? 1 : 0,
           mapping->IsShared() ? 1 : 0, kName, "whether it is shared");
  if (mapping->node() == nullptr) return;
  row.name = PathShown(scene, *mapping->node());
  row.name_requirements = kName;
}

}  // namespace shmspec::model
