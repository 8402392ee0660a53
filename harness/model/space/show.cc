// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One line of /proc/self/maps.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "harness/model/language/operations.h"
#include "harness/model/space/backing.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// Whether the system may show it and a neighbour as one.
bool MayBeMerged(const Scene& scene, const Mapping& mapping) {
  const auto& mappings = scene.space().mappings();
  return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& other) {
    return other.backing == mapping.backing &&
           (other.end == mapping.start || mapping.end == other.start);
  });
}

/// The name by which the object was opened, where the caller sees it by no other; otherwise none.
std::string PathShown(const Scene& scene, const NodeBacking& backing) {
  const State& state = scene.state();
  const auto& mounts = state.mount_namespaces[scene.task().mounts].mounts;
  const bool sees = std::find(mounts.begin(), mounts.end(), backing.mount) != mounts.end();
  if (backing.entry == 0 || !sees) return "";
  const FileSystem& system = *state.file_systems[state.mounts[backing.mount].file_system];
  if (!system.names_known) return "";
  for (const DirectoryEntry& entry : system.entries) {
    if (entry.serial != backing.entry) continue;
    return "/dev/shm/" + entry.name + (entry.removed ? " (deleted)" : "");
  }
  return "";
}

std::string NameShown(const Scene& scene, const NodeBacking& backing, const Node& node) {
  if (node.anonymous) return "/dev/zero (deleted)";
  if (node.file_system != kNoFileSystem) return PathShown(scene, backing);
  return fmt::format("/memfd:{} (deleted)", node.name);
}

Requirement ShownBy(const Node* node) {
  if (node != nullptr && node->anonymous) return "ANON.NOT_REACHABLE_OTHERWISE"_req;
  const bool named = node != nullptr && node->file_system != kNoFileSystem;
  return named ? "PROC.MAPS.POSIX_NAME"_req : "MEMFD.PROC_NAME"_req;
}

}  // namespace

void Describe(const MapShow&, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapShow::at>();
  const Mapping* mapping = scene.space().Find(at);
  const NodeBacking* backing = mapping != nullptr ? mapping->node() : nullptr;
  const Node* node = backing != nullptr ? &NodeOf(scene.state(), backing->node) : nullptr;
  const Requirement shows = ShownBy(node);
  clauses.Returns<MappingTable>(shows, "what is mapped there");
  if (node == nullptr || MayBeMerged(scene, *mapping)) {
    clauses.AllowOtherRows();
    return clauses.Observe("a line that is about more than one mapping of a file");
  }
  Row& row = clauses.AddRow(mapping->start, Force::kMust, shows);
  const auto bind = [&](std::uint8_t field, Number number, const char* why) {
    row.Bind(field, number, number, shows, why);
  };
  bind(FieldIndex<MappingRow>("at"), mapping->start, "where it is mapped");
  bind(FieldIndex<MappingRow>("size"), mapping->size(), "the bytes mapped");
  bind(FieldIndex<MappingRow>("protection"), mapping->protection, "the protection");
  bind(FieldIndex<MappingRow>("shared"), backing->shared ? 1 : 0, "whether it is shared");
  bind(FieldIndex<MappingRow>("offset"), mapping->offset, "the offset in the file");
  row.name = NameShown(scene, *backing, *node);
  row.name_requirements = shows;
}

}  // namespace shmspec::model
