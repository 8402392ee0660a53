// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/segment/lifetime.h"

#include <algorithm>

namespace shmspec::model {
namespace {

constexpr std::size_t kStaleRemembered = 32;

Interval Hull(Interval a, Interval b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

void Stamp(Interval& time, ProcessSet& last, const Cause& cause, Says says) {
  if (says == Says::kNo) return;
  time = says == Says::kYes ? cause.when : Hull(time, cause.when);
  last = says == Says::kYes ? cause.process : last | cause.process;
}

bool IsMapped(const State& state, SegmentName name) {
  return std::any_of(state.processes.begin(), state.processes.end(), [&](const Process& process) {
    const auto& mappings = process.space->mappings();
    return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
      return mapping.IsAttach() && mapping.attach()->segment == name;
    });
  });
}

/// One mapping less. Where a profile does not say what counts, a record may have shown fewer
/// attaches than there are mappings; no count goes below zero.
void CountLess(Segment& segment, Says counts) {
  if (segment.nattch > 0) {
    --segment.nattch;
    if (counts != Says::kYes) ++segment.nattch_doubt;
  } else if (counts == Says::kYes && segment.nattch_doubt > 0) {
    --segment.nattch_doubt;
  }
}

void Destroy(State& state, const Cause& cause, SegmentName name) {
  IpcNamespace& ipc = state.namespaces[name.ipc].Own();
  const auto found = std::find_if(ipc.segments.begin(), ipc.segments.end(),
                                  [&](const Segment& s) { return s.serial == name.serial; });
  const std::uint64_t object = found->object;
  // Both in an order of their own: which of two segments went first makes no other state.
  if (cause.in_flight != 0) {
    const Tombstone tombstone{name.ipc, found->id, cause.in_flight};
    state.tombstones.insert(
        std::lower_bound(state.tombstones.begin(), state.tombstones.end(), tombstone,
                         [](const Tombstone& a, const Tombstone& b) {
                           return std::pair(a.ipc, a.id) < std::pair(b.ipc, b.id);
                         }),
        tombstone);
  }
  ipc.stale.insert(std::lower_bound(ipc.stale.begin(), ipc.stale.end(), found->id), found->id);
  if (ipc.stale.size() > kStaleRemembered) ipc.stale.erase(ipc.stale.begin());
  ipc.pages -= found->pages;
  ipc.segments.erase(found);
  DropObject(state, object);
}

}  // namespace

void OpenAttach(State& state, const Cause& cause, SegmentName name, Says stamps) {
  Segment& segment = OwnSegment(state, name);
  ++segment.nattch;
  Stamp(segment.atime, segment.lpid, cause, stamps);
}

void CutAttach(State& state, const Cause& cause, SegmentName name) {
  OpenAttach(state, cause, name, cause.profile->map.split_updates_stamps);
  if (Certainly(cause.profile->map.munmap_is_detach)) return;
  // Whether a cut counts as another attach is not said.
  Segment& segment = OwnSegment(state, name);
  --segment.nattch;
  ++segment.nattch_doubt;
}

void CloseAttach(State& state, const Cause& cause, SegmentName name, Says counts, Says stamps) {
  Segment& segment = OwnSegment(state, name);
  CountLess(segment, counts);
  Stamp(segment.dtime, segment.lpid, cause, stamps);
  ReapSegment(state, cause, name);
}

void HoldSegment(State& state, SegmentName name) { ++OwnSegment(state, name).nattch; }

void ReleaseSegment(State& state, const Cause& cause, SegmentName name) {
  --OwnSegment(state, name).nattch;
  ReapSegment(state, cause, name);
}

void RemoveSegment(State& state, const Cause& cause, SegmentName name) {
  Segment& segment = OwnSegment(state, name);
  segment.dest = true;
  segment.may_stay = false;
  segment.dest_known = Certainly(cause.profile->sysv.removal_waits_for_detach) &&
                       Certainly(cause.profile->sysv.control_after_remove);
  if (Certainly(cause.profile->sysv.remove_clears_key)) {
    segment.key = 0;
    segment.key_known = true;
  } else {
    segment.key_known = false;
  }
  if (!Certainly(cause.profile->sysv.remove_keeps_ctime))
    segment.ctime = Hull(segment.ctime, cause.when);
  ReapSegment(state, cause, name);
}

void DoubtSegment(State& state, SegmentName name) {
  // Also when it was never marked, because shm_rmid_forced marks nothing.
  Segment& doubtful = OwnSegment(state, name);
  doubtful.dest = true;
  doubtful.dest_known = false;
  doubtful.may_stay = true;
  doubtful.key_known = false;
}

void ReapSegment(State& state, const Cause& cause, SegmentName name) {
  const Segment* segment = FindSegment(state, name);
  if (segment->nattch != 0 || !(segment->dest || state.namespaces[name.ipc]->rmid_forced)) return;
  const bool may_stay = segment->may_stay && !state.namespaces[name.ipc]->rmid_forced;
  if (may_stay || segment->nattch_doubt != 0 || IsMapped(state, name)) {
    DoubtSegment(state, name);
    return;
  }
  Destroy(state, cause, name);
}

void ForgetCreator(State& state, const Cause& cause, std::uint8_t ipc, std::uint8_t task) {
  std::vector<std::uint32_t> created;
  for (const Segment& segment : state.namespaces[ipc]->segments) {
    if (segment.creator == task) created.push_back(segment.serial);
  }
  for (const std::uint32_t serial : created) {
    OwnSegment(state, {ipc, serial}).creator = kNobody;
    if (state.namespaces[ipc]->rmid_forced) ReapSegment(state, cause, {ipc, serial});
  }
}

void DestroyOrphans(State& state, const Cause& cause, std::uint8_t ipc) {
  std::vector<std::uint32_t> orphans;
  for (const Segment& segment : state.namespaces[ipc]->segments) {
    if (segment.creator == kNobody && segment.nattch == 0) orphans.push_back(segment.serial);
  }
  for (const std::uint32_t serial : orphans) ReapSegment(state, cause, {ipc, serial});
}

}  // namespace shmspec::model
