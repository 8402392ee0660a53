// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// mremap(2), always with MREMAP_MAYMOVE; with MREMAP_FIXED when a target address is given.

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/language/stride.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/fresh_address.h"
#include "harness/model/space/mapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

struct Move {
  std::uint64_t from = 0;
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  std::uint64_t to = 0;
  bool fixed = false;
};

Move MoveOf(const MapRemap& op, const Scene& scene) {
  const std::uint64_t page = scene.page();
  return {scene.AddressOf<&MapRemap::at>(), RoundUp(op.size.bytes, page),
          RoundUp(op.new_size.bytes, page), scene.AddressOf<&MapRemap::to>(),
          scene.AddressOf<&MapRemap::to>() != 0};
}

void DescribeTarget(const Move& move, const Scene& scene, Clauses& clauses) {
  const std::uint64_t end = move.to + move.new_size;
  clauses.Refuse(!scene.IsPageAligned(move.to), EINVAL, Force::kMust, {},
                 "the target is not aligned");
  clauses.Refuse(end < move.to || end > scene.task_size(), EINVAL, Force::kMust, {},
                 "the target ends above the user range");
  clauses.Refuse(move.to < move.from + move.old_size && move.from < end, EINVAL, Force::kMust, {},
                 "the target overlaps the source");
  clauses.Refuse(move.to < scene.system().mmap_min_addr, EPERM, Force::kMay, {},
                 "the target is below mmap_min_addr");
  DescribeSeals(scene, move.to, end, clauses);
  clauses.ReturnsValue(static_cast<std::int64_t>(move.to), "SYSV.VMA.MREMAP_MOVE"_req,
                       "the mapping is where it was moved to");
}

void DescribeSource(const Move& move, const Scene& scene, const Mapping* source, Clauses& clauses) {
  if (source == nullptr) {
    const bool free = scene.space().IsKnownFree(move.from, move.from + scene.page());
    clauses.Refuse(true, EFAULT, free ? Force::kMust : Force::kMay, {}, "nothing is mapped there");
    // Mappings of the process itself may be there and refused in other ways.
    for (const int error : {EINVAL, ENOMEM, EPERM}) {
      clauses.Refuse(!free, error, Force::kMay, {}, "the process may have something there");
    }
    return;
  }
  clauses.Refuse(move.old_size == 0 && !source->IsShared(), EINVAL, Force::kMust,
                 "SYSV.VMA.MREMAP_DUPLICATE"_req, "private memory cannot be duplicated");
  // A call that only shrinks in place may cover several mappings, or holes.
  const bool shrinks = move.old_size >= move.new_size && !move.fixed;
  const bool beyond = move.from + move.old_size > source->end && !shrinks;
  // Since Linux 6.17 a move without a change of size may span several mappings.
  clauses.Refuse(beyond, EFAULT, move.old_size == move.new_size ? Force::kMay : Force::kMust, {},
                 "the range is more than one mapping");
}

/// A copy of the object of a mapping in which all is zero from `size` bytes on.
std::uint64_t CopyWithout(const Scene& scene, State& state, const Mapping& mapping,
                          std::uint64_t size) {
  const std::uint64_t serial = (std::uint64_t{scene.call().step} + 1) << 8;
  MemoryObject object = ObjectOf(state, mapping.object);
  const std::uint64_t from = mapping.offset + size;
  object.Zero(from, MemoryObject::kEnd - from);
  object.references = 1;
  AddObject(state, serial, object.vouched, object.limit);
  OwnObject(state, serial) = std::move(object);
  return serial;
}

/// Maps what the call moves or duplicates at its new place.
void MapCopy(const Scene& scene, State& state, const Mapping& source, const Move& move,
             std::uint64_t to) {
  Mapping copy = source;
  copy.offset += move.from - source.start;
  copy.start = to;
  copy.end = to + move.new_size;
  // What private memory grows by is not what lay behind the part that moves.
  const bool parts =
      !source.IsShared() && move.new_size > move.old_size && move.from + move.old_size < source.end;
  if (parts) copy.object = CopyWithout(scene, state, copy, move.old_size);
  state.processes[scene.process_index()].space.Own().Insert(copy);
  OpenMapping(state, CauseOf(scene), copy, scene.profile().map.split_updates_stamps);
  if (parts) DropObject(state, copy.object);
}

}  // namespace

void Describe(const MapRemap& op, const Scene& scene, Clauses& clauses) {
  const Move move = MoveOf(op, scene);
  clauses.Refuse(!scene.IsPageAligned(move.from), EINVAL, Force::kMust, {},
                 "the address is not aligned");
  clauses.Refuse(move.new_size == 0, EINVAL, Force::kMust, {}, "a mapping has at least one byte");
  const bool too_large = move.new_size > scene.task_size();
  clauses.Refuse(too_large, ENOMEM, Force::kMust, {}, "larger than the address space");
  clauses.Refuse(too_large, EINVAL, Force::kMay, {}, "larger than the address space");
  if (move.new_size > move.old_size) {
    DescribeRoomInLimit(scene, move.new_size, Force::kMay, clauses);
  }
  clauses.RefuseHere(move.new_size > move.old_size && move.new_size > (1ull << 40), ENOMEM,
                     Force::kMay, {}, "memory may be short");
  const Mapping* source = scene.space().Find(move.from);
  clauses.Refuse(source != nullptr && source->locked && move.new_size > move.old_size, EAGAIN,
                 Force::kMay, "MMAP.MLOCK"_req, "RLIMIT_MEMLOCK may be exceeded");
  DescribeSeals(scene, move.from, move.from + std::max(move.old_size, scene.page()), clauses);
  DescribeSource(move, scene, source, clauses);
  if (move.old_size == 0) clauses.Effect("SYSV.VMA.MREMAP_DUPLICATE"_req);
  if (move.fixed) {
    DescribeTarget(move, scene, clauses);
    return;
  }
  const bool in_place = move.old_size != 0 && move.new_size <= move.old_size;
  if (in_place) {
    clauses.ReturnsValue(static_cast<std::int64_t>(move.from), "SYSV.VMA.MREMAP_MOVE"_req,
                         "the mapping stays where it is");
    return;
  }
  clauses.Returns<Value>("SYSV.VMA.MREMAP_GROW_BEYOND"_req, "the mapping grows, or moves to grow");
  const bool whole = source != nullptr && move.from + move.old_size == source->end;
  const bool room = whole && !scene.space().Overlaps(source->end, move.from + move.new_size);
  const bool stays = move.old_size != 0 && room;
  clauses.Picks(FreshAddress(move.new_size, stays ? static_cast<std::int64_t>(move.from) : -1),
                "SYSV.VMA.MREMAP_MOVE"_req);
}

namespace {

/// The mapping is where it moves to, and still where it was.
void BeginMove(const Scene& scene, State& state, const Move& move, const Mapping& source,
               std::uint64_t to) {
  const std::uint8_t process = scene.process_index();
  const Cause cause = CauseOf(scene);
  UnmapRange(state, cause, process, to, to + move.new_size);
  if (move.old_size > move.new_size) {
    UnmapRange(state, cause, process, move.from + move.new_size, move.from + move.old_size);
  }
  MapCopy(scene, state, source, move, to);
}

void EndMove(const Scene& scene, State& state, const Move& move) {
  if (move.old_size == 0) return;
  UnmapRange(state, CauseOf(scene), scene.process_index(), move.from,
             move.from + std::min(move.old_size, move.new_size));
}

void ChangeInPlace(const Scene& scene, State& state, const Move& move) {
  if (move.new_size < move.old_size) {
    UnmapRange(state, CauseOf(scene), scene.process_index(), move.from + move.new_size,
               move.from + move.old_size);
  } else if (move.new_size > move.old_size) {
    AddressSpace& space = state.processes[scene.process_index()].space.Own();
    Mapping grown = space.Remove(space.FirstAfter(move.from));
    grown.end = move.from + move.new_size;
    space.Insert(grown);
  }
}

}  // namespace

void Apply(const MapRemap& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  const Move move = MoveOf(op, scene);
  const Mapping* found = scene.space().Find(move.from);
  if (value == nullptr || found == nullptr) return;
  const auto to = static_cast<std::uint64_t>(value->number);
  if (to == move.from) return ChangeInPlace(scene, state, move);
  const Mapping source = *found;
  BeginMove(scene, state, move, source, to);
  EndMove(scene, state, move);
}

void Advance(const MapRemap& op, Stride& stride) {
  const Scene& scene = stride.scene();
  const Move move = MoveOf(op, scene);
  if (stride.progress().phase != 0) {
    Next& next = stride.Add();
    EndMove(stride.In(next), next.state, move);
    return stride.End(next);
  }
  const auto* value = stride.seen() != nullptr ? std::get_if<Value>(stride.seen()) : nullptr;
  const Mapping* found = scene.space().Find(move.from);
  const bool moves = value != nullptr && found != nullptr &&
                     static_cast<std::uint64_t>(value->number) != move.from;
  if (stride.call().Alone() || !moves) return stride.Whole();
  const Mapping source = *found;
  Next* next = stride.Resume();
  if (next == nullptr) return;
  BeginMove(stride.In(*next), next->state, move, source, static_cast<std::uint64_t>(value->number));
}

}  // namespace shmspec::model
