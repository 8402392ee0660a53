// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One line of /proc/self/maps.

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

void Describe(const MapShow&, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapShow::at>();
  const Mapping* mapping = scene.space().Find(at);
  const NodeBacking* backing = mapping != nullptr ? mapping->node() : nullptr;
  const Node* node = backing != nullptr ? &NodeOf(scene.state(), backing->node) : nullptr;
  const bool anonymous = node != nullptr && node->anonymous;
  const Requirement shows = anonymous ? "ANON.NOT_REACHABLE_OTHERWISE"_req : "MEMFD.PROC_NAME"_req;
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
  row.name = anonymous ? "/dev/zero (deleted)" : fmt::format("/memfd:{} (deleted)", node->name);
  row.name_requirements = shows;
}

}  // namespace shmspec::model
