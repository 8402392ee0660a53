// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of state.h about the room in file systems.

#include <algorithm>

#include "harness/model/state/state.h"

namespace shmspec::model {

Usage PagesUsed(const State& state, std::uint8_t file_system, std::uint64_t page) {
  Usage usage;
  for (const Node& node : *state.nodes) {
    if (node.file_system != file_system) continue;
    const MemoryObject& object = ObjectOf(state, node.object);
    const std::uint64_t touched = object.PagesTouched(page);
    const bool known = object.IsKnown(0, MemoryObject::kEnd);
    usage.low += node.unknown ? 0 : touched;
    // A call that failed may have made pages, also behind the end.
    usage.high += known && !node.unknown ? touched : MemoryObject::kEnd / page;
  }
  return usage;
}

Usage PagesLeft(const State& state, const Node& node, std::uint64_t page) {
  if (!HasPageLimit(state, node)) return {MemoryObject::kEnd, MemoryObject::kEnd};
  const std::uint64_t limit = state.file_systems[node.file_system]->pages;
  const Usage used = PagesUsed(state, node.file_system, page);
  return {limit - std::min(limit, used.high), limit - std::min(limit, used.low)};
}

bool HasPageLimit(const State& state, const Node& node) {
  return node.file_system != kNoFileSystem && state.file_systems[node.file_system]->HasPageLimit();
}

std::uint64_t InodesUsed(const State& state, std::uint8_t file_system) {
  std::uint64_t used = 1;  // the directory
  for (const DirectoryEntry& entry : state.file_systems[file_system]->entries) {
    if (!entry.removed && entry.node == 0) ++used;
  }
  for (const Node& node : *state.nodes) {
    if (node.file_system != file_system) continue;
    // Linux counts a further name as an inode.
    used += static_cast<std::uint64_t>(std::max(node.links, 1));
  }
  return used;
}

Fitting FitPages(const State& state, const Node& node, std::uint64_t offset, std::uint64_t size,
                 std::uint64_t page, const MemoryObject* own) {
  Fitting fitting{size, size};
  if (size == 0 || !HasPageLimit(state, node)) return fitting;
  Usage left = PagesLeft(state, node, page);
  const MemoryObject& object = ObjectOf(state, node.object);
  for (std::uint64_t at = offset / page * page; at < offset + size; at += page) {
    if (object.HasPage(at, page) || (own != nullptr && own->HasPage(at, page))) continue;
    const std::uint64_t before = std::max(at, offset) - offset;
    const bool known = object.IsKnown(at, page);
    if (left.low == 0) fitting.sure = std::min(fitting.sure, before);
    if (left.high == 0 && known) return {fitting.sure, before};
    if (left.low > 0) --left.low;
    if (left.high > 0 && known) --left.high;
  }
  return fitting;
}

}  // namespace shmspec::model
