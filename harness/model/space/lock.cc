// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// mlock(2), munlock(2) and msync(2).

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
    if (mapping->locked != locked) {
      SplitMappingAt(state, CauseOf(scene), process, at);
      SplitMappingAt(state, CauseOf(scene), process, end);
      AddressSpace& space = state.processes[process].space.Own();
      space.at(space.FirstAfter(at)).locked = locked;
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
    OwnObject(state, object).Touch(offset, size);
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

}  // namespace

namespace {

/// Whether RLIMIT_MEMLOCK holds for the caller.
bool IsLimited(const Scene& scene) {
  return (scene.credentials().caps & kCapIpcLock) == 0 || scene.credentials().nested;
}

/// How many more bytes a lock of the range locks.
std::uint64_t MoreLocked(const Scene& scene, const Pages& pages) {
  const std::uint64_t again = LockedBytes(scene.space(), {}) - LockedBytes(scene.space(), pages);
  const std::uint64_t size = pages.end - pages.start;
  return size - std::min(size, again);
}

}  // namespace

void DescribeLock(const Scene& scene, std::uint64_t size, bool locks, int error, Clauses& clauses) {
  if (!locks) return;
  const bool capable = (scene.credentials().caps & kCapIpcLock) != 0;
  const std::uint64_t limit = scene.process().memlock;
  if (!IsLimited(scene)) return;
  const bool own_limit = limit != scene.setting().actors[scene.call().actor].memlock;
  const Force force = capable ? Force::kMay : Force::kMust;
  const bool exceeds = LockedBytes(scene.space(), {}) + size > limit;
  const auto refuse = [&](bool applies, int number, const char* why) {
    if (own_limit) {
      clauses.Refuse(applies, number, force, "MMAP.MLOCK"_req, why);
    } else {
      clauses.RefuseHere(applies, number, force, "MMAP.MLOCK"_req, why, limit);
    }
  };
  refuse(limit == 0, EPERM, "RLIMIT_MEMLOCK is 0");
  refuse(limit != 0 && exceeds, error, "RLIMIT_MEMLOCK is exceeded");
}

void Describe(const MapLock& op, const Scene& scene, Clauses& clauses) {
  const Pages pages = PagesOf(op, scene);
  clauses.Refuse(pages.end < pages.start, EINVAL, Force::kMust, {}, "the range wraps around");
  clauses.ReturnsValue(0, "MMAP.MLOCK"_req, "the range is locked in memory");
  if (pages.end < pages.start) return;
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
