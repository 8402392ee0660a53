// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// munmap, mprotect, mremap, MAP_FIXED and madvise on attaches of System V segments.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("map.unmap.of_a_whole_attach_detaches", "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m, Boundaries(3));
  b.At(s);
  a.Stat(s).Expects(Record().With("nattch", 2).With("lpid", b).With("dtime", 0));
  a.Do(MapUnmap{p, {Boundaries(3)}}).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 1).With("lpid", a).With("dtime", 1, kMost));
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.unmap.of_one_end_leaves_one_attach", "SYSV.VMA.MUNMAP_PART_KEEPS_ATTACH"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::int64_t unmapped : {0, 2}) {
    const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
    const Mapping m = a.Reserve(Boundaries(8));
    const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(3));
    a.Store(p + BoundaryOffset(1), 42);
    a.Do(MapUnmap{p + BoundaryOffset(unmapped), {Boundaries(1)}}).Gives(0);
    a.Stat(s).Expects(Record().With("nattch", 1));
    a.Load(p + BoundaryOffset(1)).Gives(42);
    a.Load(p + BoundaryOffset(unmapped)).Faults(SIGSEGV, FaultCode::kUnmapped);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("map.unmap.of_the_middle_leaves_two_attaches",
             "SYSV.VMA.MUNMAP_PART_KEEPS_ATTACH"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(3));
  a.Store(p, 41);
  a.Store(p + BoundaryOffset(2), 43);
  a.Do(MapUnmap{p + BoundaryOffset(1), {Boundaries(1)}}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Load(p).Gives(41);
  a.Load(p + BoundaryOffset(2)).Gives(43);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.unmap.fragments_are_detached_together",
             "SYSV.VMA.SHMDT_REMOVES_ALL_FRAGMENTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(5)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(10));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(5));
  a.Do(MapUnmap{p, {Boundaries(1)}}).Gives(0);
  a.Do(MapUnmap{p + BoundaryOffset(2), {Boundaries(1)}}).Gives(0);
  a.Do(MapProtect{p + BoundaryOffset(4), {Boundaries(1)}, 1}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  for (const std::int64_t page : {1, 3, 4}) {
    a.Load(p + BoundaryOffset(page)).Faults(SIGSEGV, FaultCode::kUnmapped);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.unmap.fragments_are_not_detached_by_their_own_address",
             "SYSV.VMA.SHMDT_FRAGMENT_ADDRESS_EINVAL"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(3));
  a.Do(MapUnmap{p, {Boundaries(1)}}).Gives(0);
  a.Detach(p + BoundaryOffset(1)).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.protect.of_a_part_counts_each_part", "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(3));
  a.Do(MapProtect{p + BoundaryOffset(1), {Boundaries(1)}, 1}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Store(p + BoundaryOffset(1), 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(p, 1).Succeeds();
  a.Do(MapProtect{p + BoundaryOffset(1), {Boundaries(1)}, 1 | 2}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1, 3));
  a.Store(p + BoundaryOffset(1), 1).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.protect.of_a_part_stamps_as_an_attach_does", "SYSV.VMA.SPLIT_UPDATES_ATIME"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m, Boundaries(3));
  b.At(s);
  a.Stat(s).Expects(Record().With("lpid", b));
  a.Do(MapProtect{p, {Boundaries(1)}, 1}).Gives(0);
  a.Stat(s).Expects(Record().With("lpid", a).With("nattch", 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.times.move_with_parts_and_wholes", "SYSV.VMA.SPLIT_UPDATES_ATIME"_req,
             "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment parted = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Segment unmapped = a.Get({.flags = kCreate | 0600});
  for (const Segment& segment : {parted, unmapped}) a.Detach(a.At(segment)).Gives(0);
  const Attach p = a.At(parted);
  const Attach q = a.At(unmapped);
  a.Stat(parted).Expects(Record().With("nattch", 1).With("dtime", 1, kMost));
  a.Do(SystemNextSecond{}).Gives(0);
  a.Do(MapProtect{p, {Pages(1)}, 1}).Gives(0);
  a.Stat(parted).Expects(Record().With("nattch", 2));
  a.Do(MapUnmap{q, {Pages(1)}}).Gives(0);
  a.Stat(unmapped).Expects(Record().With("nattch", 0));
  a.Remove(parted).Gives(0);
  a.Remove(unmapped).Gives(0);
}

SHMSPEC_CASE("map.remap.moves_an_attach", "SYSV.VMA.MREMAP_MOVE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Mapping from = a.Reserve(Boundaries(6));
  const Mapping to = a.Reserve(Boundaries(6));
  const Attach p = InGap(a, s, from + BoundaryOffset(2), Boundaries(2));
  a.Store(p, 42);
  Mapping moved;
  a.MapAs(moved, MapRemap{p, {Boundaries(2)}, {Boundaries(2)}, to}).Expects(ValueOf(to));
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(moved).Gives(42);
  a.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Detach(p).Fails(EINVAL);
  a.Detach(moved).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.remap.beyond_the_segment_faults_there", "SYSV.VMA.MREMAP_GROW_BEYOND"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping from = a.Reserve(Boundaries(6));
  const Mapping to = a.Reserve(Boundaries(10));
  const Attach p = InGap(a, s, from, Boundaries(3));
  Mapping grown;
  a.MapAs(grown, MapRemap{p, {Boundaries(3)}, {Boundaries(6)}, to}).Expects(ValueOf(to));
  a.Store(grown + BoundaryOffset(2), 42).Succeeds();
  a.Load(grown + BoundaryOffset(4)).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Detach(grown).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Load(grown + BoundaryOffset(4)).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.remap.of_no_bytes_duplicates_an_attach", "SYSV.VMA.MREMAP_DUPLICATE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Mapping m = a.Reserve(Boundaries(4));
  a.Store(p, 42);
  Mapping twin;
  a.MapAs(twin, MapRemap{p, {0}, {Boundaries(1)}, m}).Expects(ValueOf(m));
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Load(twin).Gives(42);
  a.Store(twin + 8, 43);
  a.Load(p + 8).Gives(43);
  a.Detach(p).Gives(0);
  a.Load(twin).Gives(42);
  a.Detach(twin).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.remap.of_the_middle_makes_it_detachable_by_its_offset",
             "SYSV.VMA.MREMAP_MIDDLE_PAGE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(3)}, .flags = kCreate | 0600});
  const Mapping from = a.Reserve(Boundaries(8));
  const Mapping to = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, from + BoundaryOffset(2), Boundaries(3));
  a.Store(p + BoundaryOffset(1), 42);
  const Mapping place = to + BoundaryOffset(4);
  Mapping moved;
  a.MapAs(moved, MapRemap{p + BoundaryOffset(1), {Boundaries(1)}, {Boundaries(1)}, place})
      .Expects(ValueOf(place));
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Detach(moved).Fails(EINVAL);
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(moved).Gives(42);
  a.Detach(moved - BoundaryOffset(1)).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.private.over_an_attach_detaches_it", "SYSV.VMA.MAP_FIXED_OVER"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(6));
  const Attach p = InGap(a, s, m + BoundaryOffset(2), Boundaries(2));
  a.Store(p, 41);
  a.Store(p + BoundaryOffset(1), 42);
  a.Do(MapPrivate{{Boundaries(1)}, p}).Succeeds();
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(p).Gives(0);
  a.Load(p + BoundaryOffset(1)).Gives(42);
  a.Do(MapPrivate{{Boundaries(2)}, p}).Succeeds();
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.advise.dontneed_loses_no_data", "SYSV.VMA.MADV_DONTNEED_KEEPS_DATA"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MemoryFill{p, {Pages(2)}, 3}).Gives(0);
  a.Do(MapAdvise{p, {Pages(2)}, Advice::kDontNeed}).Gives(0);
  a.Do(MemoryChecksum{p, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.advise.remove_makes_all_attaches_read_zero", "SYSV.VMA.MADV_REMOVE_ZEROES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  const Attach readable = b.At(s, {}, kReadOnly);
  a.Store(p, 41);
  a.Store(p + PageOffset(1), 42);
  b.Do(MapAdvise{readable, {Pages(1)}, Advice::kRemove}).Fails(EACCES);
  b.Load(q).Gives(41);
  a.Do(MapAdvise{p, {Pages(1)}, Advice::kRemove}).Gives(0);
  b.Load(q).Gives(0);
  b.Load(readable).Gives(0);
  b.Load(q + PageOffset(1)).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.advise.dontfork_keeps_an_attach_from_children", "SYSV.VMA.MADV_DONTFORK"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment inherited = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(4));
  const Attach p = InGap(a, s, m + BoundaryOffset(1), Boundaries(1));
  const Attach q = a.At(inherited);
  a.Do(MapAdvise{p, {Pages(1)}, Advice::kDontFork}).Gives(0);
  a.Fork(child);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Stat(inherited).Expects(Record().With("nattch", 2));
  child.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  child.Load(q).Gives(0);
  child.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
  a.Remove(inherited).Gives(0);
}

}  // namespace
}  // namespace shmspec
