// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Parts of several segments, or of several attaches of one, side by side in one range. Linux tells
// them apart by the open file that each attach has for its own.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint64_t kPages = 4;  // of each segment

/// Stores 10 times `number` plus the page into every page.
void Mark(const Actor& actor, const Attach& attach, std::uint64_t number) {
  for (std::uint64_t page = 0; page < kPages; ++page) {
    actor.Store(attach + static_cast<std::int64_t>(Boundaries(page)), 10 * number + page);
  }
}

/// An attach within a reservation of its own, so that nothing else lies around it.
Attach Apart(const Actor& actor, const Segment& segment) {
  const Mapping room = actor.Reserve(3 * Boundaries(kPages));
  return InGap(actor, segment, room + BoundaryOffset(kPages), Boundaries(kPages));
}

/// Page 1 of `from` moves to where page 1 of `to` was.
Mapping MoveSecondPage(const Actor& actor, const Attach& from, const Attach& to) {
  Mapping moved;
  actor
      .MapAs(
          moved,
          MapRemap{
              from + BoundaryOffset(1), {Boundaries(1)}, {Boundaries(1)}, to + BoundaryOffset(1)})
      .Expects(ValueOf(to + BoundaryOffset(1)));
  return moved;
}

void ExpectCount(const Actor& actor, const Segment& segment, std::int64_t count) {
  actor.Stat(segment).Expects(Record().With("nattch", count));
}

SHMSPEC_CASE("map.fragments.of_another_segment_stay_where_a_detach_passes_them",
             "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req, "SYSV.VMA.SHMDT_REMOVES_ALL_FRAGMENTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Attach p = Apart(a, s);
  const Attach q = Apart(a, t);
  Mark(a, p, 1);
  Mark(a, q, 2);
  const Mapping moved = MoveSecondPage(a, q, p);  // at an offset that fits
  ExpectCount(a, s, 2);
  ExpectCount(a, t, 3);
  a.Detach(p).Gives(0);
  ExpectCount(a, s, 0);
  ExpectCount(a, t, 3);
  a.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(moved).Gives(21);
  a.Load(p + BoundaryOffset(2)).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Detach(q).Gives(0);
  ExpectCount(a, t, 1);
  a.Load(moved).Gives(21);
  a.Detach(p).Gives(0);  // where the rest of t would begin
  ExpectCount(a, t, 0);
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("map.fragments.of_another_attach_stay_where_a_detach_passes_them",
             "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Attach p = Apart(a, s);
  const Attach q = Apart(a, s);
  Mark(a, p, 1);
  const Mapping moved = MoveSecondPage(a, q, p);
  ExpectCount(a, s, 5);
  a.Detach(p).Gives(0);
  ExpectCount(a, s, 3);
  a.Load(moved).Gives(11);
  a.Load(p + BoundaryOffset(2)).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(q).Gives(10);
  a.Detach(q).Gives(0);
  ExpectCount(a, s, 1);
  a.Load(moved).Gives(11);
  a.Detach(p).Gives(0);
  ExpectCount(a, s, 0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.fragments.of_an_attach_in_its_hole_stay", "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req,
             "SYSV.VMA.SHMDT_REMOVES_ALL_FRAGMENTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Segment small = a.Get({.flags = kCreate | 0600});
  for (const Segment& other : {small, s}) {
    const Attach p = Apart(a, s);
    Mark(a, p, 1);
    // An attach here begins at offset 0, which fits nothing but the start.
    a.Do(MapUnmap{p + BoundaryOffset(1), {(kPages - 1) * Boundaries(1)}}).Gives(0);
    const Attach in_hole = InGap(a, other, p + BoundaryOffset(1), Boundaries(kPages));
    a.Store(in_hole + 8, 42);
    a.Detach(p).Gives(0);
    a.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
    a.Load(in_hole + 8).Gives(42);
    ExpectCount(a, s, other.handle == s.handle ? 1 : 0);
    ExpectCount(a, small, other.handle == s.handle ? 0 : 1);
    a.Detach(in_hole).Gives(0);
    ExpectCount(a, other, 0);
  }
  a.Remove(s).Gives(0);
  a.Remove(small).Gives(0);
}

SHMSPEC_CASE("map.fragments.behind_another_attach_are_detached_one_attach_at_a_time",
             "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req, "SYSV.MULTI.DETACH_ONE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Attach p = Apart(a, s);
  Mark(a, p, 1);
  a.Do(MapUnmap{p, {Boundaries(2)}}).Gives(0);
  const Attach at_start = a.At(t, p);
  a.Store(at_start, 42);
  a.Detach(p).Gives(0);  // the attach that begins there
  ExpectCount(a, t, 0);
  ExpectCount(a, s, 1);
  a.Load(p + BoundaryOffset(2)).Gives(12);
  a.Load(p + BoundaryOffset(3)).Gives(13);
  a.Detach(p).Gives(0);  // what is left of the one that began there
  ExpectCount(a, s, 0);
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("map.fragments.of_several_segments_are_protected_together",
             "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Attach p = Apart(a, s);
  const Attach q = Apart(a, t);
  Mark(a, p, 1);
  Mark(a, q, 2);
  const Mapping moved = MoveSecondPage(a, q, p);
  a.Do(MapProtect{p, {Boundaries(kPages)}, 1}).Gives(0);
  ExpectCount(a, s, 2);
  ExpectCount(a, t, 3);
  a.Store(p, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(moved, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(p + BoundaryOffset(3), 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(moved).Gives(21);
  a.Store(q + BoundaryOffset(2), 1).Succeeds();
  a.Do(MapProtect{p + BoundaryOffset(1), {Boundaries(2)}, 1 | 2}).Gives(0);
  ExpectCount(a, s, 3);
  a.Store(moved, 31).Succeeds();
  a.Store(p + BoundaryOffset(2), 32).Succeeds();
  a.Store(p + BoundaryOffset(3), 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("map.fragments.of_several_segments_are_unmapped_together",
             "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req, "SYSV.VMA.MAP_FIXED_OVER"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  for (const bool over : {false, true}) {
    const Attach p = Apart(a, s);
    const Attach q = Apart(a, t);
    Mark(a, q, 2);
    MoveSecondPage(a, q, p);
    if (over) {
      a.Do(MapPrivate{{Boundaries(kPages)}, p}).Succeeds();
    } else {
      a.Do(MapUnmap{p, {Boundaries(kPages)}}).Gives(0);
    }
    ExpectCount(a, s, 0);
    ExpectCount(a, t, 2);
    a.Load(q + BoundaryOffset(2)).Gives(22);
    a.Detach(q).Gives(0);
    ExpectCount(a, t, 0);
  }
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("map.fragments.end_with_their_process", "SYSV.LIFE.EXIT_DETACHES"_req,
             "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Actor victim = plan.Forked("victim");
  const Segment s = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Boundaries(kPages)}, .flags = kCreate | 0600});
  const Attach p = Apart(a, s);
  const Attach q = Apart(a, t);
  Mark(a, q, 2);
  const Mapping moved = MoveSecondPage(a, q, p);
  a.Fork(child);
  a.Fork(victim);
  ExpectCount(a, s, 6);
  ExpectCount(a, t, 9);
  child.Detach(p).Gives(0);
  ExpectCount(a, s, 4);
  ExpectCount(a, t, 9);
  child.Load(moved).Gives(21);
  child.Exit();
  ExpectCount(a, s, 4);
  ExpectCount(a, t, 6);
  a.Kill(victim);
  ExpectCount(a, s, 2);
  ExpectCount(a, t, 3);
  a.Load(moved).Gives(21);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

}  // namespace
}  // namespace shmspec
