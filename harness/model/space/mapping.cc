// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// munmap(2), mprotect(2), mmap(2) of private memory, and /proc/self/maps. Other mappings are in
// map.cc and move.cc, locks in lock.cc, advice in advise.cc.

#include "harness/model/space/mapping.h"

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/language/stride.h"
#include "harness/model/rights/permission.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/fresh_address.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kLarge = 1ull << 40;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max() / 2;

void DescribeRoom(const Scene& scene, std::uint64_t size, Clauses& clauses) {
  clauses.Refuse(size == 0, EINVAL, Force::kMust, {}, "a mapping has at least one byte");
  clauses.Refuse(size > scene.task_size(), ENOMEM, Force::kMust, {},
                 "the mapping is larger than the address space");
  DescribeRoomInLimit(scene, size, Force::kMay, clauses);
  DescribeLockOfNew(scene, RoundUp(size, scene.page()), clauses);
  clauses.RefuseHere(size >= kLarge, ENOMEM, Force::kMay, {}, "memory may be short");
}

void AddPrivate(const Scene& scene, State& state, std::uint64_t start, std::uint64_t size,
                std::uint8_t protection) {
  const std::uint8_t process = scene.process_index();
  const std::uint64_t end = start + RoundUp(size, scene.page());
  UnmapRange(state, CauseOf(scene), process, start, end);
  Mapping mapping;
  mapping.start = start;
  mapping.end = end;
  mapping.object = (std::uint64_t{scene.call().step} + 1) << 8;
  mapping.protection = protection;
  state.processes[process].space.Own().Insert(mapping);
  AddObject(state, mapping.object, kNoLimit, kNoLimit);
  LockNew(scene, state, start);
}

/// The part of [start, end) from its start on that is mapped without a hole, up to the first
/// mapping for which `stops` is true.
template <class Stops>
std::uint64_t EndOfRun(const AddressSpace& space, std::uint64_t start, std::uint64_t end,
                       Stops stops) {
  std::uint64_t at = start;
  while (at < end) {
    const Mapping* mapping = space.Find(at);
    if (mapping == nullptr || stops(*mapping)) break;
    at = std::min(end, mapping->end);
  }
  return at;
}

bool NeverStops(const Mapping&) { return false; }

}  // namespace

void DescribeRoomInLimit(const Scene& scene, std::uint64_t size, Force beyond, Clauses& clauses) {
  constexpr Requirement kLimit = "SYSV.SHMAT.RLIMIT_AS"_req;
  const std::uint64_t limit = scene.process().as;
  if (limit >= scene.task_size()) return;
  const Force force = size > limit ? beyond : Force::kMay;
  if (limit == scene.setting().actors[scene.call().actor].as) {
    clauses.RefuseHere(true, ENOMEM, force, kLimit, "RLIMIT_AS leaves too little room", limit);
  } else {
    clauses.Refuse(
        true, ENOMEM, force, kLimit,
        size > limit ? "the mapping alone exceeds RLIMIT_AS" : "RLIMIT_AS may be used up");
  }
}

void DescribeHoles(const Scene& scene, std::uint64_t start, std::uint64_t end, int error,
                   Clauses& clauses) {
  const AddressSpace& space = scene.space();
  std::uint64_t at = start;
  while (at < end) {
    at = EndOfRun(space, at, end, NeverStops);
    if (at >= end) break;
    const std::size_t next = space.FirstAfter(at);
    const std::uint64_t hole_end =
        next < space.mappings().size() ? std::min(end, space.mappings()[next].start) : end;
    const bool free = space.IsKnownFree(at, std::min(hole_end, at + scene.page()));
    clauses.Refuse(true, error, free ? Force::kMust : Force::kMay, {}, "part of the range is free");
    at = hole_end;
  }
}

void Describe(const MapReserve& op, const Scene& scene, Clauses& clauses) {
  DescribeRoom(scene, op.size.bytes, clauses);
  clauses.Returns<Value>({}, "inaccessible memory is mapped somewhere free");
  clauses.Picks(FreshAddress(op.size.bytes), {});
}

void Apply(const MapReserve& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  AddPrivate(scene, state, static_cast<std::uint64_t>(value->number), op.size.bytes, 0);
}

void Describe(const MapPrivate& op, const Scene& scene, Clauses& clauses) {
  DescribeRoom(scene, op.size.bytes, clauses);
  const std::uint64_t at = scene.AddressOf<&MapPrivate::at>();
  if (at == 0) {
    clauses.Returns<Value>({}, "zeroed memory is mapped somewhere free");
    clauses.Picks(FreshAddress(op.size.bytes), {});
    return;
  }
  const std::uint64_t end = at + op.size.bytes;
  clauses.Refuse(!scene.IsPageAligned(at), EINVAL, Force::kMust, {}, "the address is not aligned");
  const bool outside = end < at || end > scene.task_size();
  clauses.Refuse(outside, ENOMEM, Force::kMust, {}, "the range ends above the user range");
  clauses.Refuse(outside, EINVAL, Force::kMay, {}, "the range ends above the user range");
  // Linux takes an address in the last page of all for the negative of an errno.
  constexpr std::uint64_t kLargestErrno = 4095;
  clauses.Refuse(0 - at <= kLargestErrno, static_cast<int>(0 - at), Force::kMay, {},
                 "the address is taken for an errno");
  clauses.Refuse(at < scene.system().first_address, EINVAL, Force::kMust, {},
                 "no process has this address");
  if (at < scene.system().mmap_min_addr) {
    clauses.RefuseUnless(GloballyCapable(scene, kCapSysRawio), EPERM, {},
                         "the address is below mmap_min_addr");
  }
  DescribeSeals(scene, at, end, clauses);
  clauses.ReturnsValue(static_cast<std::int64_t>(at), "SYSV.VMA.MAP_FIXED_OVER"_req,
                       "zeroed memory replaces what was mapped there");
}

void Apply(const MapPrivate& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  AddPrivate(scene, state, static_cast<std::uint64_t>(value->number), op.size.bytes,
             kProtectRead | kProtectWrite);
}

void Describe(const MapUnmap& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapUnmap::at>();
  clauses.Refuse(!scene.IsPageAligned(at), EINVAL, Force::kMust, {}, "the address is not aligned");
  clauses.Refuse(op.size.bytes == 0, EINVAL, Force::kMust, "MMAP.LEN_ZERO"_req,
                 "the range is empty");
  const std::uint64_t top = scene.task_size();
  clauses.Refuse(at > top || op.size.bytes > top - at, EINVAL, Force::kMust, {},
                 "the range ends above the user range");
  DescribeSeals(scene, at, at + RoundUp(op.size.bytes, scene.page()), clauses);
  clauses.ReturnsValue(0, {"SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req, "MMAP.MUNMAP_PARTIAL"_req},
                       "nothing is mapped there any more");
  if (scene.space().Overlaps(at, at + op.size.bytes)) {
    clauses.Effect({"SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req, "SYSV.VMA.MUNMAP_PART_KEEPS_ATTACH"_req});
  }
}

void Apply(const MapUnmap& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const std::uint64_t at = scene.AddressOf<&MapUnmap::at>();
  UnmapRange(state, CauseOf(scene), scene.process_index(), at,
             at + RoundUp(op.size.bytes, scene.page()));
}

namespace {

/// The requirement by which a mapping cannot be made writable.
Requirement WhyReadOnly(const Scene& scene, const Mapping& mapping) {
  const NodeBacking* node = mapping.node();
  if (node == nullptr) return "SYSV.SHMAT.RDONLY_NOT_UPGRADABLE"_req;
  if (!node->by_writer) return "MMAP.MPROTECT_UPGRADE_EACCES"_req;
  const bool future = (NodeOf(scene.state(), node->node).seals & kSealFutureWrite) != 0;
  return future ? "SEAL.FUTURE_WRITE_NO_UPGRADE"_req : "SEAL.WRITE_READONLY_SHARED_MAP"_req;
}

}  // namespace

void Describe(const MapProtect& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t at = scene.AddressOf<&MapProtect::at>();
  const std::uint64_t end = at + RoundUp(op.size.bytes, scene.page());
  clauses.Refuse(!scene.IsPageAligned(at), EINVAL, Force::kMust, {}, "the address is not aligned");
  clauses.Refuse((op.protection.bits & ~7ull) != 0, EINVAL, Force::kMay, {},
                 "the protection has bits without a meaning");
  clauses.ReturnsValue(0, {}, "the range has the protection");
  if (end < at || end > scene.task_size()) {
    clauses.Refuse(true, ENOMEM, Force::kMust, {}, "the range ends above the user range");
    return;
  }
  DescribeHoles(scene, at, end, ENOMEM, clauses);
  DescribeSeals(scene, at, end, clauses);
  const auto& mappings = scene.space().mappings();
  for (std::size_t i = scene.space().FirstAfter(at); i < mappings.size(); ++i) {
    if (mappings[i].start >= end) break;
    if ((op.protection.bits & ~std::uint64_t{mappings[i].max_protection} & 7) == 0) continue;
    const bool writes = (op.protection.bits & ~std::uint64_t{mappings[i].max_protection} & 2) != 0;
    clauses.Refuse(true, EACCES, Force::kMust,
                   writes ? WhyReadOnly(scene, mappings[i]) : "TMPFS.NOEXEC"_req,
                   writes ? "memory that was mapped only for reading cannot be made writable"
                          : "nothing on a mount with noexec can be executed");
    break;
  }
  // Only mappings of files can be refused by the environment.
  const bool files = std::any_of(mappings.begin(), mappings.end(),
                                 [](const Mapping& mapping) { return mapping.node() != nullptr; });
  clauses.RefuseHere(files && op.protection.Has(kProtectExecute), EACCES, Force::kMay, {},
                     "the environment may forbid to execute memory");
  if (files) clauses.Effect({"MMAP.MPROTECT_ENFORCED"_req, "MMAP.MPROTECT_UPGRADE_EACCES"_req});
  if (op.protection.Has(kProtectExecute)) clauses.Effect("SYSV.SHMAT.EXEC_VIA_MPROTECT"_req);
  clauses.Effect({"SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req, "SYSV.VMA.SPLIT_UPDATES_ATIME"_req});
}

void Apply(const MapProtect& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t at = scene.AddressOf<&MapProtect::at>();
  const std::uint64_t end = at + RoundUp(op.size.bytes, scene.page());
  const auto* failure = std::get_if<Failure>(&outcome);
  const bool partly =
      failure != nullptr && (failure->error.number == ENOMEM || failure->error.number == EACCES ||
                             failure->error.number == EPERM);
  if ((!Succeeded(outcome) && !partly) || end <= at) return;
  const auto protection = static_cast<std::uint8_t>(op.protection.bits & 7);
  const Cause cause = CauseOf(scene);
  const std::uint8_t process = scene.process_index();
  // The mappings before the first obstacle change even when the call fails.
  for (std::uint64_t from = at; from < end;) {
    const Mapping* found = state.processes[process].space->Find(from);
    if (found == nullptr && partly) return;
    if (found == nullptr) {
      from += scene.page();
      continue;
    }
    if (found->sealed || (protection & ~found->max_protection) != 0) return;
    const std::uint64_t to = std::min(end, found->end);
    if (found->protection != protection) {
      SplitMappingAt(state, cause, process, from);
      SplitMappingAt(state, cause, process, to);
      AddressSpace& space = state.processes[process].space.Own();
      Mapping& mapping = space.at(space.FirstAfter(from));
      const bool wrote = (mapping.protection & kProtectWrite) != 0;
      mapping.protection = protection;
      // Locked memory that can be written now has its own pages.
      if (mapping.locked && mapping.IsPrivateNode() && !wrote &&
          (protection & kProtectWrite) != 0) {
        Populate(scene, state, Mapping(mapping));
      }
    }
    from = to;
  }
}

void Describe(const MapLayout&, const Scene& scene, Clauses& clauses) {
  clauses.Returns<MappingTable>("PROC.MAPS.SYSV_NAME"_req, "the attaches of the process");
  for (const Mapping& mapping : scene.space().mappings()) DescribeRow(scene, mapping, clauses);
}

namespace {

/// Cuts the attach that straddles the address, which others may count before anything else happens.
/// False when none does.
bool CutAttachAt(const Stride& stride, State& state, std::uint64_t address) {
  const Mapping* mapping = state.processes[stride.process()].space->Find(address);
  if (mapping == nullptr || mapping->start == address || !mapping->IsAttach()) return false;
  SplitMappingAt(state, stride.cause(), stride.process(), address);
  return true;
}

}  // namespace

void Advance(const MapUnmap& op, Stride& stride) {
  Next* next = stride.Resume();
  if (next == nullptr) return;
  const std::uint64_t start = stride.scene().AddressOf<&MapUnmap::at>();
  const std::uint64_t end = start + RoundUp(op.size.bytes, stride.scene().page());
  if (!stride.call().Alone() && CutAttachAt(stride, next->state, start)) return;
  if (!stride.call().Alone() && CutAttachAt(stride, next->state, end)) return;
  UnmapRange(next->state, stride.cause(), stride.process(), start, end, 1);
  if (!next->state.processes[stride.process()].space->Overlaps(start, end)) stride.End(*next);
}

// Attaches are cut in two before any of it is protected. Keeps whether all is cut.
void Advance(const MapProtect& op, Stride& stride) {
  const std::uint64_t start = stride.scene().AddressOf<&MapProtect::at>();
  const std::uint64_t end = start + RoundUp(op.size.bytes, stride.scene().page());
  const bool alone = stride.call().Alone();
  const auto differs = [&](std::uint64_t address) {
    const Mapping* mapping = stride.scene().space().Find(address);
    return mapping != nullptr && mapping->IsAttach() &&
           mapping->protection != static_cast<std::uint8_t>(op.protection.bits & 7);
  };
  const bool cuts = end > start && (differs(start) || differs(end - 1));
  if (stride.progress().phase == 0 && (alone || !cuts)) return stride.Whole();
  Next* next = stride.Resume();
  if (next == nullptr) return;
  if (differs(start) && CutAttachAt(stride, next->state, start)) return;
  if (differs(end - 1) && CutAttachAt(stride, next->state, end)) return;
  Apply(op, stride.In(*next), next->state, Value{0});
  stride.End(*next);
}

}  // namespace shmspec::model
