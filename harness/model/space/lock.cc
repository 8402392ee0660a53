// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// mlock(2), munlock(2), mlockall(2), munlockall(2) and msync(2).

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/space/backing.h"
#include "harness/model/space/mapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// A range that a call takes: whole pages.
struct Pages {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

template <class Op>
Pages PagesOf(const Op& op, const Scene& scene) {
  const std::uint64_t at = scene.AddressOf<&Op::at>();
  const std::uint64_t start = at / scene.page() * scene.page();
  return {start, start + RoundUp(op.size.bytes + (at - start), scene.page())};
}

std::uint64_t LockedBytes(const AddressSpace& space, const Pages& besides) {
  std::uint64_t locked = 0;
  for (const Mapping& mapping : space.mappings()) {
    if (!mapping.locked) continue;
    const std::uint64_t from = std::max(mapping.start, besides.start);
    const std::uint64_t to = std::min(mapping.end, besides.end);
    locked += mapping.size() - (from < to ? to - from : 0);
  }
  return locked;
}

/// The part of the range before its first hole.
Pages BeforeHole(const Scene& scene, const Pages& pages) {
  std::uint64_t end = pages.start;
  while (end < pages.end) {
    const Mapping* mapping = scene.space().Find(end);
    if (mapping == nullptr) break;
    end = std::min(pages.end, mapping->end);
  }
  return {pages.start, end};
}

/// Cuts only mappings that change.
void SetLocked(const Scene& scene, State& state, const Pages& pages, bool locked) {
  const std::uint8_t process = scene.process_index();
  for (std::uint64_t at = pages.start; at < pages.end;) {
    const Mapping* mapping = state.processes[process].space->Find(at);
    if (mapping == nullptr) return;
    const std::uint64_t end = std::min(pages.end, mapping->end);
    if (mapping->locked != locked || mapping->on_fault) {
      SplitMappingAt(state, CauseOf(scene), process, at);
      SplitMappingAt(state, CauseOf(scene), process, end);
      AddressSpace& space = state.processes[process].space.Own();
      Mapping& part = space.at(space.FirstAfter(at));
      part.locked = locked;
      part.on_fault = false;
    }
    at = end;
  }
}

/// Locked memory is there: what nobody has touched gets its pages.
void BringIn(const Scene& scene, State& state, const Pages& pages) {
  const CopyOnWrite<AddressSpace> space = state.processes[scene.process_index()].space;
  for (const Mapping& mapping : space->mappings()) {
    const std::uint64_t from = std::max(mapping.start, pages.start);
    const std::uint64_t to = std::min(mapping.end, pages.end);
    if (from >= to || mapping.protection == 0) continue;
    const std::uint64_t offset = mapping.offset + (from - mapping.start);
    const std::uint64_t object =
        mapping.node() != nullptr ? NodeOf(state, mapping.node()->node).object : mapping.object;
    const std::uint64_t limit = ObjectOf(state, object).vouched;
    const std::uint64_t size = offset < limit ? std::min(to - from, limit - offset) : 0;
    TouchShown(state, mapping, offset, size, scene.page());
    if (mapping.IsPrivateNode() && (mapping.protection & kProtectWrite) != 0) {
      CopyPages(state, mapping, offset, size, scene.page(), scene.call().step);
    }
  }
}

/// A lock that fails may have brought in pages before that.
void MayBringIn(const Scene& scene, State& state, const Pages& pages) {
  const CopyOnWrite<AddressSpace> space = state.processes[scene.process_index()].space;
  for (const Mapping& mapping : space->mappings()) {
    const std::uint64_t from = std::max(mapping.start, pages.start);
    const std::uint64_t to = std::min(mapping.end, pages.end);
    if (from >= to || mapping.protection == 0) continue;
    const std::uint64_t object =
        mapping.node() != nullptr ? NodeOf(state, mapping.node()->node).object : mapping.object;
    for (std::uint64_t at = from; at < to; at += scene.page()) {
      const std::uint64_t offset = mapping.offset + (at - mapping.start);
      if (ObjectOf(state, object).HasPage(offset, scene.page())) continue;
      OwnObject(state, object).MakeUnknown(offset, scene.page(), scene.call().step);
    }
  }
}

/// Whether every page of the range can be brought in.
bool MayFault(const Scene& scene, const Pages& pages) {
  const auto& mappings = scene.space().mappings();
  return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    if (mapping.end <= pages.start || pages.end <= mapping.start) return false;
    return mapping.protection == 0 || mapping.node() != nullptr || mapping.IsAttach();
  });
}

/// Whether RLIMIT_MEMLOCK holds for the caller, or may.
bool IsLimited(const Scene& scene) { return GloballyCapable(scene, kCapIpcLock) != Says::kYes; }

/// How many more bytes a lock of the range locks.
std::uint64_t MoreLocked(const Scene& scene, const Pages& pages) {
  const std::uint64_t again = LockedBytes(scene.space(), {}) - LockedBytes(scene.space(), pages);
  const std::uint64_t size = pages.end - pages.start;
  return size - std::min(size, again);
}

/// Refuses because of RLIMIT_MEMLOCK, by the environment unless the plan has set it.
void RefuseByLimit(const Scene& scene, bool applies, int error, Requirements requirements,
                   const char* why, Clauses& clauses) {
  const std::uint64_t limit = scene.process().memlock;
  const bool capable = (scene.credentials().caps & kCapIpcLock) != 0;
  const Force force = capable ? Force::kMay : Force::kMust;
  if (limit != scene.setting().actors[scene.call().actor].memlock) {
    clauses.Refuse(applies, error, force, requirements, why);
  } else {
    clauses.RefuseHere(applies, error, force, requirements, why, limit);
  }
}

constexpr const char* kNoLimit = "RLIMIT_MEMLOCK is 0";
constexpr const char* kExceeded = "RLIMIT_MEMLOCK is exceeded";
constexpr const char* kMayBeExceeded = "what mlockall locked may exceed RLIMIT_MEMLOCK";

}  // namespace

void DescribeLock(const Scene& scene, std::uint64_t size, bool locks, int error, Clauses& clauses) {
  if (!locks || !IsLimited(scene)) return;
  const std::uint64_t limit = scene.process().memlock;
  const bool exceeds = LockedBytes(scene.space(), {}) + size > limit;
  constexpr Requirement kLimit = "MMAP.MLOCK"_req;
  RefuseByLimit(scene, limit == 0, EPERM, kLimit, kNoLimit, clauses);
  RefuseByLimit(scene, limit != 0 && exceeds, error, kLimit, kExceeded, clauses);
  clauses.RefuseHere(!exceeds && scene.space().locks_more, error, Force::kMay, kLimit,
                     kMayBeExceeded);
}

void DescribeLockOfNew(const Scene& scene, std::uint64_t size, Clauses& clauses) {
  if (scene.space().locks_new == LocksNew::kNot || !IsLimited(scene)) return;
  const bool exceeds = LockedBytes(scene.space(), {}) + size > scene.process().memlock;
  constexpr Requirement kLimit = "MMAP.MLOCKALL_LIMIT"_req;
  RefuseByLimit(scene, exceeds, EAGAIN, kLimit, kExceeded, clauses);
  clauses.RefuseHere(!exceeds && scene.space().locks_more, EAGAIN, Force::kMay, kLimit,
                     kMayBeExceeded);
}

namespace {

/// What is locked is there, as far as there is room.
void Fill(const Scene& scene, State& state, const Mapping& mapping) {
  if (mapping.node() != nullptr) return Populate(scene, state, mapping);
  if (mapping.protection == 0) return;
  const std::uint64_t limit = ObjectOf(state, mapping.object).vouched;
  if (mapping.offset >= limit) return;
  OwnObject(state, mapping.object)
      .Touch(mapping.offset, std::min(mapping.size(), limit - mapping.offset));
}

/// Memory of huge pages is there always and is not locked.
bool IsHuge(const State& state, const Mapping& mapping) {
  if (const NodeBacking* node = mapping.node()) return NodeOf(state, node->node).huge;
  const AttachBacking* attach = mapping.attach();
  const Segment* segment = attach != nullptr ? FindSegment(state, attach->segment) : nullptr;
  return segment != nullptr && segment->huge;
}

}  // namespace

void LockNew(const Scene& scene, State& state, std::uint64_t start) {
  const CopyOnWrite<AddressSpace>& space = state.processes[scene.process_index()].space;
  const LocksNew how = space->locks_new;
  if (how == LocksNew::kNot || IsHuge(state, *space->Find(start))) return;
  AddressSpace& own = state.processes[scene.process_index()].space.Own();
  Mapping& mapping = own.at(own.FirstAfter(start));
  mapping.locked = true;
  mapping.on_fault = how == LocksNew::kOnFault;
  if (!mapping.on_fault) Fill(scene, state, Mapping(mapping));
}

void Describe(const MapLock& op, const Scene& scene, Clauses& clauses) {
  const Pages pages = PagesOf(op, scene);
  clauses.Refuse(pages.end < pages.start, EINVAL, Force::kMust, {}, "the range wraps around");
  clauses.ReturnsValue(0, "MMAP.MLOCK"_req, "the range is locked in memory");
  if (pages.end < pages.start) {
    // Linux asks first whether the caller may lock anything.
    clauses.Refuse(IsLimited(scene) && scene.process().memlock == 0, EPERM, Force::kMay,
                   "MMAP.MLOCK"_req, kNoLimit);
    return;
  }
  DescribeLock(scene, MoreLocked(scene, pages), true, ENOMEM, clauses);
  DescribeHoles(scene, pages.start, pages.end, ENOMEM, clauses);
  const bool exceeds =
      IsLimited(scene) &&
      LockedBytes(scene.space(), {}) + MoreLocked(scene, pages) > scene.process().memlock;
  clauses.Refuse(!exceeds && MayFault(scene, pages), ENOMEM, Force::kMay, "MMAP.MLOCK"_req,
                 "a page of the range cannot be brought in");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "memory may be short");
}

void Apply(const MapLock& op, const Scene& scene, State& state, const Outcome& outcome) {
  const Pages pages = PagesOf(op, scene);
  const auto* failure = std::get_if<Failure>(&outcome);
  if (pages.end <= pages.start) return;
  if (failure != nullptr && failure->error.number != ENOMEM) return;
  // The limit is looked at first. Otherwise what lies before the first hole is locked.
  const std::uint64_t locked = LockedBytes(scene.space(), {}) + MoreLocked(scene, pages);
  if (failure != nullptr && IsLimited(scene) && locked > scene.process().memlock) return;
  const Pages reached = BeforeHole(scene, pages);
  SetLocked(scene, state, reached, true);
  if (failure == nullptr) {
    BringIn(scene, state, reached);
  } else {
    MayBringIn(scene, state, reached);
  }
}

void Describe(const MapUnlock& op, const Scene& scene, Clauses& clauses) {
  const Pages pages = PagesOf(op, scene);
  clauses.Refuse(pages.end < pages.start, EINVAL, Force::kMust, {}, "the range wraps around");
  clauses.ReturnsValue(0, "MMAP.MLOCK"_req, "the range is no longer locked");
  if (pages.end >= pages.start) DescribeHoles(scene, pages.start, pages.end, ENOMEM, clauses);
}

void Apply(const MapUnlock& op, const Scene& scene, State& state, const Outcome& outcome) {
  const Pages pages = PagesOf(op, scene);
  const auto* failure = std::get_if<Failure>(&outcome);
  if (failure != nullptr && failure->error.number != ENOMEM) return;
  if (pages.end > pages.start) SetLocked(scene, state, BeforeHole(scene, pages), false);
}

namespace {

// The least that a process has mapped: a program and its stack.
constexpr std::uint64_t kLeastProcess = 65536;

std::uint64_t MappedBytes(const AddressSpace& space) {
  std::uint64_t bytes = 0;
  for (const Mapping& mapping : space.mappings()) bytes += mapping.size();
  return bytes;
}

}  // namespace

void Describe(const MapLockAll& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kLimit = "MMAP.MLOCKALL_LIMIT"_req;
  constexpr std::uint64_t kKnown = kLockCurrent | kLockFuture | kLockOnFault;
  const bool nothing = (op.flags.bits & (kLockCurrent | kLockFuture)) == 0;
  clauses.Refuse(nothing || (op.flags.bits & ~kKnown) != 0, EINVAL, Force::kMust,
                 "MMAP.MLOCKALL_FLAGS"_req, "the flags lock nothing, or are unknown");
  clauses.ReturnsValue(0, {"MMAP.MLOCKALL_CURRENT"_req, "MMAP.MLOCKALL_FUTURE"_req},
                       "the memory is locked");
  if (!IsLimited(scene)) return;
  const std::uint64_t limit = scene.process().memlock;
  RefuseByLimit(scene, limit == 0, EPERM, kLimit, kNoLimit, clauses);
  if (!op.flags.Has(kLockCurrent) || limit == 0) return;
  const bool exceeds = kLeastProcess + MappedBytes(scene.space()) > limit;
  RefuseByLimit(scene, exceeds, ENOMEM, kLimit, kExceeded, clauses);
  clauses.RefuseHere(!exceeds, ENOMEM, Force::kMay, kLimit, "the process may have more than that");
}

void Apply(const MapLockAll& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const bool on_fault = op.flags.Has(kLockOnFault);
  AddressSpace& space = state.processes[scene.process_index()].space.Own();
  space.locks_new = !op.flags.Has(kLockFuture) ? LocksNew::kNot
                    : on_fault                 ? LocksNew::kOnFault
                                               : LocksNew::kFilled;
  space.locks_more = true;
  if (!op.flags.Has(kLockCurrent)) return;
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    if (IsHuge(state, space.at(i))) continue;
    space.at(i).locked = true;
    space.at(i).on_fault = on_fault;
    if (!on_fault) Fill(scene, state, Mapping(space.at(i)));
  }
}

void Describe(const MapUnlockAll&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, {"MMAP.MLOCKALL_CURRENT"_req, "MMAP.MLOCKALL_FUTURE"_req},
                       "nothing of the process is locked");
}

void Apply(const MapUnlockAll&, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  AddressSpace& space = state.processes[scene.process_index()].space.Own();
  space.locks_new = LocksNew::kNot;
  space.locks_more = false;
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    space.at(i).locked = space.at(i).on_fault = false;
  }
}

void Describe(const MapSync& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kSync = "MMAP.MSYNC"_req;
  const std::uint64_t at = scene.AddressOf<&MapSync::at>();
  const std::uint64_t end = at + RoundUp(op.size.bytes, scene.page());
  constexpr std::uint64_t kKnown = kSyncAsync | kSyncInvalidate | kSyncSync;
  clauses.Refuse(!scene.IsPageAligned(at), EINVAL, Force::kMust, kSync,
                 "the address is not aligned");
  clauses.Refuse((op.flags.bits & ~kKnown) != 0, EINVAL, Force::kMust, kSync,
                 "a flag has no meaning");
  clauses.Refuse(op.flags.Has(kSyncAsync | kSyncSync), EINVAL, Force::kMust, kSync,
                 "the flags contradict each other");
  clauses.Refuse(end < at, ENOMEM, Force::kMust, kSync, "the range wraps around");
  clauses.ReturnsValue(0, kSync, "the memory is what is in the object");
  if (end <= at) return;
  DescribeHoles(scene, at, end, ENOMEM, clauses);
  const auto& mappings = scene.space().mappings();
  const bool locked = std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    return mapping.locked && mapping.start < end && at < mapping.end;
  });
  clauses.Refuse(locked && op.flags.Has(kSyncInvalidate), EBUSY, Force::kMust, kSync,
                 "a page to be invalidated is locked");
}

void Apply(const MapSync& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome) || !op.flags.Has(kSyncSync)) return;
  const std::uint64_t at = scene.AddressOf<&MapSync::at>();
  const std::uint64_t end = at + RoundUp(op.size.bytes, scene.page());
  for (const Mapping& mapping : scene.space().mappings()) {
    const NodeBacking* backing = mapping.node();
    if (backing == nullptr || !backing->shared || mapping.start < at || end < mapping.end) continue;
    Node& node = OwnNode(state, backing->node);
    node.changed_s = std::max(node.changed_s, node.stored_s);
  }
}

}  // namespace shmspec::model
