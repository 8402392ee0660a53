// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A kind of backing is one overload in each part below; the compiler names those that are missing.

#include "harness/model/space/backing.h"

#include <fmt/format.h>

#include "harness/model/segment/lifetime.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

// --- a mapping is made, as a whole or by a cut

void Open(State&, const Cause&, const NoBacking&, Says) {}

void Open(State& state, const Cause& cause, const AttachBacking& attach, Says stamps) {
  OpenAttach(state, cause, attach.segment, stamps);
}

void Open(State& state, const Cause&, const NodeBacking& backing, Says) {
  HoldNode(state, backing.node);
}

void Cut(State&, const Cause&, const NoBacking&) {}

void Cut(State& state, const Cause& cause, const AttachBacking& attach) {
  CutAttach(state, cause, attach.segment);
}

void Cut(State& state, const Cause&, const NodeBacking& backing) { HoldNode(state, backing.node); }

// --- a mapping is removed

void Close(State&, const Cause&, const NoBacking&, Says, Says) {}

void Close(State& state, const Cause& cause, const AttachBacking& attach, Says counts,
           Says stamps) {
  CloseAttach(state, cause, attach.segment, counts, stamps);
}

void Close(State& state, const Cause&, const NodeBacking& backing, Says, Says) {
  DropNode(state, backing.node);
}

// --- a mapping is shown

void AddRow(const NoBacking&, const Scene&, const Mapping&, Clauses&) {}

void AddRow(const NodeBacking&, const Scene&, const Mapping&, Clauses&) {}

/// The bytes from the start of a mapping to the end of its neighbours of the same segment.
Number BytesInRow(const AttachBacking& attach, const Scene& scene, const Mapping& mapping) {
  std::uint64_t end = mapping.end;
  for (const Mapping& next : scene.space().mappings()) {
    if (next.start == end && next.attach() != nullptr && next.attach()->segment == attach.segment) {
      end = next.end;
    }
  }
  return end - mapping.start;
}

void AddRow(const AttachBacking& attach, const Scene& scene, const Mapping& mapping,
            Clauses& clauses) {
  const Requirements content{"PROC.MAPS.SYSV_NAME"_req, "SYSV.MULTI.MIXED_PROTECTION"_req};
  const Segment& segment = *FindSegment(scene.state(), attach.segment);
  const bool mergeable = scene.space().MergeablePairs(attach.segment.serial) > 0;
  Row& row = clauses.AddRow(mapping.start, mergeable ? Force::kMay : Force::kMust, content);
  const auto bind = [&](std::uint8_t field, Number low, Number high, const char* why) {
    row.Bind(field, low, high, content, why);
  };
  const Number most = mergeable ? BytesInRow(attach, scene, mapping) : mapping.size();
  bind(FieldIndex<MappingRow>("at"), mapping.start, mapping.start, "where it is mapped");
  bind(FieldIndex<MappingRow>("size"), mapping.size(), most, "the bytes mapped");
  bind(FieldIndex<MappingRow>("protection"), mapping.protection, mapping.protection,
       "the protection");
  bind(FieldIndex<MappingRow>("shared"), 1, 1, "an attach is shared");
  bind(FieldIndex<MappingRow>("offset"), mapping.offset, mapping.offset,
       "the offset in the segment");
  if (segment.id >= 0) {
    bind(FieldIndex<MappingRow>("id"), segment.id, segment.id, "the inode is the identifier");
  }
  if (!segment.created_key_known) return;
  row.name = fmt::format("/SYSV{:08x} (deleted)", static_cast<std::uint32_t>(segment.created_key));
  row.name_requirements = "PROC.MAPS.SYSV_NAME"_req;
}

}  // namespace

void OpenMapping(State& state, const Cause& cause, const Mapping& mapping, Says stamps) {
  HoldObject(state, mapping.object);
  std::visit([&](const auto& backing) { Open(state, cause, backing, stamps); }, mapping.backing);
}

void CloseMapping(State& state, const Cause& cause, const Mapping& mapping, Says counts,
                  Says stamps) {
  std::visit([&](const auto& backing) { Close(state, cause, backing, counts, stamps); },
             mapping.backing);
  DropObject(state, mapping.object);
}

void CloseAt(State& state, const Cause& cause, std::uint8_t process, std::size_t index, Says counts,
             Says stamps) {
  const Mapping removed = state.processes[process].space.Own().Remove(index);
  CloseMapping(state, cause, removed, counts, stamps);
}

void SplitMappingAt(State& state, const Cause& cause, std::uint8_t process, std::uint64_t address) {
  const Mapping* straddling = state.processes[process].space->Find(address);
  if (straddling == nullptr || straddling->start == address) return;
  const Mapping copy = *straddling;
  state.processes[process].space.Own().SplitAt(address);
  HoldObject(state, copy.object);
  std::visit([&](const auto& backing) { Cut(state, cause, backing); }, copy.backing);
}

std::size_t UnmapRange(State& state, const Cause& cause, std::uint8_t process, std::uint64_t start,
                       std::uint64_t end, std::size_t limit) {
  if (!state.processes[process].space->Overlaps(start, end)) return 0;
  SplitMappingAt(state, cause, process, start);
  SplitMappingAt(state, cause, process, end);
  std::size_t removed = 0;
  while (removed < limit) {
    const AddressSpace& space = *state.processes[process].space;
    const std::size_t index = space.FirstAfter(start);
    if (index == space.mappings().size() || space.mappings()[index].start >= end) break;
    CloseAt(state, cause, process, index, cause.profile->map.munmap_is_detach, Says::kYes);
    ++removed;
  }
  return removed;
}

void DescribeRow(const Scene& scene, const Mapping& mapping, Clauses& clauses) {
  std::visit([&](const auto& backing) { AddRow(backing, scene, mapping, clauses); },
             mapping.backing);
}

}  // namespace shmspec::model
