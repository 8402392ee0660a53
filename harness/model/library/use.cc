// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments of libraries as objects of a process.

#include <algorithm>
#include <cerrno>
#include <limits>

#include "harness/model/language/operations.h"
#include "harness/model/library/library.h"
#include "harness/model/space/backing.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// How many bytes of a segment are mapped: whole pages, at least one.
std::uint64_t BytesMapped(const Scene& scene, const Node& node) {
  return std::max(RoundUp(node.size, scene.page()), scene.page());
}

/// What it shows that the size is right.
Requirements WhySize(const SegmentObject& object, const Node& node) {
  if (node.resized) return "LIB.RESIZE.CHANGES_SIZE"_req;
  if (object.made_it) return {"LIB.CREATE.SIZE_AS_ASKED"_req, "LIB.OPEN_OR_CREATE.KEEPS_SIZE"_req};
  return {"LIB.OPEN.SIZE_FROM_SYSTEM"_req, "LIB.OPEN.SIZE_NOT_FROM_CONTENTS"_req};
}

/// Whether anything of the plan may be there: segments of libraries and of the system, and names.
bool HasSegments(const State& state) {
  const auto uses = [](const Process& process) { return !process.objects->open.empty(); };
  const auto has = [](const auto& ipc) { return !ipc->segments.empty() || !ipc->objects.empty(); };
  return !state.named_segments->empty() || !state.nodes->empty() ||
         std::any_of(state.processes.begin(), state.processes.end(), uses) ||
         std::any_of(state.namespaces.begin(), state.namespaces.end(), has);
}

/// Whether the segment is still there is not known.
void DoubtNames(State& state, std::uint32_t node) {
  for (NamedSegment& one : state.named_segments.Own()) {
    if (one.node == node) one.certain = false;
  }
}

/// The attach that begins there, or null.
const Mapping* AttachAt(const Scene& scene, std::uint64_t address) {
  const Mapping* mapping = scene.space().Find(address);
  if (mapping == nullptr || mapping->start != address || mapping->node() == nullptr) return nullptr;
  return NodeOf(scene.state(), mapping->node()->node).of_library ? mapping : nullptr;
}

}  // namespace

const SegmentObject* DescribeObject(const Scene& scene, std::int64_t number, Clauses& clauses) {
  const SegmentObject* object = scene.process().objects->Find(number);
  // Adapters are asked for objects that they do not have as well, and say so.
  RefuseInAnyWords(object == nullptr, EBADF, {}, "there is no such object", clauses);
  if (object != nullptr && object->node == 0) clauses.AnyFailure();
  return object != nullptr && object->node != 0 ? object : nullptr;
}

void Describe(const SegmentSize&, const Scene& scene, Clauses& clauses) {
  clauses.Returns<Value>("LIB.CREATE.SIZE_AS_ASKED"_req, "the size of the segment");
  const auto* object = DescribeObject(scene, scene.NumberOf<&SegmentSize::segment>(), clauses);
  if (object == nullptr) return;
  const Node& node = NodeOf(scene.state(), object->node);
  if (node.unknown) return;
  const bool rounds = scene.profile().library.size_rounds_up != Says::kNo;
  const std::uint64_t most = rounds ? RoundUp(node.size, scene.page()) : node.size;
  clauses.Bind(0, static_cast<std::int64_t>(node.size), static_cast<std::int64_t>(most),
               WhySize(*object, node), "the size that the segment was made with");
}

void Describe(const SegmentResize& op, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0, {"LIB.RESIZE.CHANGES_SIZE"_req, "LIB.RESIZE.KEEPS_BYTES"_req},
                       "the segment has the size");
  const auto* object = DescribeObject(scene, scene.NumberOf<&SegmentResize::segment>(), clauses);
  clauses.RefuseHere(true, ENOSPC, Force::kMay, {}, "the system may have no room");
  const bool odd = op.size.bytes == 0 || op.size.bytes > kLargestSegmentAttach;
  if (odd || (object != nullptr && object->read_only)) clauses.AnyFailure();
}

void Apply(const SegmentResize& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* object = scene.process().objects->Find(scene.NumberOf<&SegmentResize::segment>());
  if (!Succeeded(outcome) || object == nullptr || object->node == 0) return;
  const std::uint64_t size = std::min(op.size.bytes, kLargestSegmentAttach);
  OwnNode(state, object->node).resized = true;
  const std::uint64_t before = NodeOf(state, object->node).size;
  if (size < before) return CutNode(state, object->node, size, scene.page());
  if (size > before) GrowNode(state, object->node, size, scene.page(), scene.call().step);
}

void Describe(const SegmentAttach& op, const Scene& scene, Clauses& clauses) {
  const std::uint32_t nth = scene.process().objects->attached;
  clauses.ReturnsValue(SegmentAttachAddress(nth),
                       nth == 0 ? "LIB.ATTACH.WHOLE_SIZE"_req : "LIB.ATTACH.TWICE"_req,
                       "the bytes are accessible");
  const auto* object = DescribeObject(scene, scene.NumberOf<&SegmentAttach::segment>(), clauses);
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the process may have no room");
  if (object == nullptr) return;
  const auto& names = *scene.state().named_segments;
  const bool doubtful = std::any_of(names.begin(), names.end(), [&](const NamedSegment& one) {
    return one.node == object->node && !one.certain;
  });
  if (doubtful) clauses.AnyFailure();
  const std::uint64_t size = NodeOf(scene.state(), object->node).size;
  RefuseInAnyWords(size > scene.task_size(), ENOMEM, "LIB.ATTACH.FAILED_DESTROYS_NOTHING"_req,
                   "no process has as much room", clauses);
  if (size == 0 || size >= kLargestSegmentAttach) clauses.AnyFailure();
  const bool more = object->read_only && !op.read_only;
  if (more) clauses.AnyFailure();
}

void Apply(const SegmentAttach& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* address = std::get_if<Value>(&outcome);
  if (address == nullptr) {
    const auto* tried = scene.process().objects->Find(scene.NumberOf<&SegmentAttach::segment>());
    const CopyOnWrite<std::vector<NamedSegment>> names = state.named_segments;
    for (const NamedSegment& one : *names) {
      if (tried != nullptr && tried->node != 0 && one.node == tried->node) {
        OwnHistory(state, one.name).not_attached = true;
      }
    }
    return;
  }
  const std::uint8_t process = scene.process_index();
  ++state.processes[process].objects.Own().attached;
  const auto* object = scene.process().objects->Find(scene.NumberOf<&SegmentAttach::segment>());
  if (object == nullptr || object->node == 0) return;
  const Node& node = NodeOf(state, object->node);
  const auto start = static_cast<std::uint64_t>(address->number);
  const std::uint64_t end = start + BytesMapped(scene, node);
  if (node.size > kLargestSegmentAttach || scene.space().Overlaps(start, end)) return;
  const bool ignores = scene.profile().library.open_ignores_read_only != Says::kNo;
  const bool writes = !op.read_only && (ignores || !object->read_only);
  Mapping mapping{.start = start, .end = end, .object = node.object};
  mapping.protection = writes ? kProtectRead | kProtectWrite : kProtectRead;
  mapping.backing = NodeBacking{.node = object->node, .shared = true};
  state.processes[process].space.Own().Insert(mapping);
  OpenMapping(state, CauseOf(scene), mapping, Says::kNo);
}

void Describe(const SegmentDetach&, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0, "LIB.DETACH.OTHERS_STAY"_req, "the attach is gone");
  const Mapping* attach = AttachAt(scene, scene.AddressOf<&SegmentDetach::at>());
  if (attach == nullptr) clauses.AnyFailure();
}

void Apply(const SegmentDetach&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SegmentDetach::at>();
  if (!Succeeded(outcome) || AttachAt(scene, address) == nullptr) return;
  const std::uint8_t process = scene.process_index();
  const std::size_t index = state.processes[process].space->FirstAfter(address);
  const std::uint32_t node = state.processes[process].space->mappings()[index].node()->node;
  CloseAt(state, CauseOf(scene), process, index, Says::kYes, Says::kNo);
  // Objects that are not attached may or may not hold the segment.
  if (EndsOf(scene).with_last_use && !IsMapped(state, node)) DoubtNames(state, node);
}

void Describe(const SegmentResidue&, const Scene& scene, Clauses& clauses) {
  clauses.Returns<Value>("LIB.END.NOTHING_LEFT"_req, "what the system has more of");
  const bool any = scene.call().overlapped || HasSegments(scene.state());
  clauses.Bind(0, 0, any ? std::numeric_limits<std::int64_t>::max() : 0, "LIB.END.NOTHING_LEFT"_req,
               "every segment is removed and used by nobody");
}

void Describe(const SegmentClose&, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(0, {"LIB.CLOSE.KEEPS_SEGMENT"_req, "LIB.OPEN.TWICE"_req},
                       "the object is gone");
  DescribeObject(scene, scene.NumberOf<&SegmentClose::segment>(), clauses);
}

void Apply(const SegmentClose&, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  CloseObject(state, scene.process_index(), scene.NumberOf<&SegmentClose::segment>(),
              EndsOf(scene));
}

}  // namespace shmspec::model
