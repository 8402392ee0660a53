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
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(8 * kPage);
  const Attach p = InGap(a, s, m, 3 * kPage);
  b.At(s);
  a.Stat(s).Expects(Record().With("nattch", 2).With("lpid", b).With("dtime", 0));
  a.Do(MapUnmap{p, {3 * kPage}}).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 1).With("lpid", a).With("dtime", 1, kMost));
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.unmap.of_one_end_leaves_one_attach", "SYSV.VMA.MUNMAP_PART_KEEPS_ATTACH"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::int64_t unmapped : {0, 2}) {
    const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
    const Mapping m = a.Reserve(8 * kPage);
    const Attach p = InGap(a, s, m + 2 * kPage, 3 * kPage);
    a.Store(p + kPage, 42);
    a.Do(MapUnmap{p + unmapped * 4096, {kPage}}).Gives(0);
    a.Stat(s).Expects(Record().With("nattch", 1));
    a.Load(p + kPage).Gives(42);
    a.Load(p + unmapped * 4096).Faults(SIGSEGV, FaultCode::kUnmapped);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("map.unmap.of_the_middle_leaves_two_attaches",
             "SYSV.VMA.MUNMAP_PART_KEEPS_ATTACH"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(8 * kPage);
  const Attach p = InGap(a, s, m + 2 * kPage, 3 * kPage);
  a.Store(p, 41);
  a.Store(p + 2 * kPage, 43);
  a.Do(MapUnmap{p + kPage, {kPage}}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Load(p).Gives(41);
  a.Load(p + 2 * kPage).Gives(43);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.unmap.fragments_are_detached_together",
             "SYSV.VMA.SHMDT_REMOVES_ALL_FRAGMENTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {5 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(10 * kPage);
  const Attach p = InGap(a, s, m + 2 * kPage, 5 * kPage);
  a.Do(MapUnmap{p, {kPage}}).Gives(0);
  a.Do(MapUnmap{p + 2 * kPage, {kPage}}).Gives(0);
  a.Do(MapProtect{p + 4 * kPage, {kPage}, 1}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  for (const std::int64_t page : {1, 3, 4}) {
    a.Load(p + page * 4096).Faults(SIGSEGV, FaultCode::kUnmapped);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.unmap.fragments_are_not_detached_by_their_own_address",
             "SYSV.VMA.SHMDT_FRAGMENT_ADDRESS_EINVAL"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(8 * kPage);
  const Attach p = InGap(a, s, m + 2 * kPage, 3 * kPage);
  a.Do(MapUnmap{p, {kPage}}).Gives(0);
  a.Detach(p + kPage).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.protect.of_a_part_counts_each_part", "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(8 * kPage);
  const Attach p = InGap(a, s, m + 2 * kPage, 3 * kPage);
  a.Do(MapProtect{p + kPage, {kPage}, 1}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Store(p + kPage, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(p, 1).Succeeds();
  a.Do(MapProtect{p + kPage, {kPage}, 1 | 2}).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1, 3));
  a.Store(p + kPage, 1).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.protect.of_a_part_stamps_as_an_attach_does", "SYSV.VMA.SPLIT_UPDATES_ATIME"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(8 * kPage);
  const Attach p = InGap(a, s, m, 3 * kPage);
  b.At(s);
  a.Stat(s).Expects(Record().With("lpid", b));
  a.Do(MapProtect{p, {kPage}, 1}).Gives(0);
  a.Stat(s).Expects(Record().With("lpid", a).With("nattch", 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.times.move_with_parts_and_wholes", "SYSV.VMA.SPLIT_UPDATES_ATIME"_req,
             "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment parted = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Segment unmapped = a.Get({.flags = kCreate | 0600});
  for (const Segment& segment : {parted, unmapped}) a.Detach(a.At(segment)).Gives(0);
  const Attach p = a.At(parted);
  const Attach q = a.At(unmapped);
  a.Stat(parted).Expects(Record().With("nattch", 1).With("dtime", 1, kMost));
  a.Do(SystemNextSecond{}).Gives(0);
  a.Do(MapProtect{p, {kPage}, 1}).Gives(0);
  a.Stat(parted).Expects(Record().With("nattch", 2));
  a.Do(MapUnmap{q, {kPage}}).Gives(0);
  a.Stat(unmapped).Expects(Record().With("nattch", 0));
  a.Remove(parted).Gives(0);
  a.Remove(unmapped).Gives(0);
}

SHMSPEC_CASE("map.remap.moves_an_attach", "SYSV.VMA.MREMAP_MOVE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {2 * kPage}, .flags = kCreate | 0600});
  const Mapping from = a.Reserve(6 * kPage);
  const Mapping to = a.Reserve(6 * kPage);
  const Attach p = InGap(a, s, from + 2 * kPage, 2 * kPage);
  a.Store(p, 42);
  Mapping moved;
  a.MapAs(moved, MapRemap{p, {2 * kPage}, {2 * kPage}, to}).Expects(ValueOf(to));
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
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping from = a.Reserve(6 * kPage);
  const Mapping to = a.Reserve(10 * kPage);
  const Attach p = InGap(a, s, from, 3 * kPage);
  Mapping grown;
  a.MapAs(grown, MapRemap{p, {3 * kPage}, {6 * kPage}, to}).Expects(ValueOf(to));
  a.Store(grown + 2 * kPage, 42).Succeeds();
  a.Load(grown + 4 * kPage).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Detach(grown).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Load(grown + 4 * kPage).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.remap.of_no_bytes_duplicates_an_attach", "SYSV.VMA.MREMAP_DUPLICATE"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Mapping m = a.Reserve(4 * kPage);
  a.Store(p, 42);
  Mapping twin;
  a.MapAs(twin, MapRemap{p, {0}, {kPage}, m}).Expects(ValueOf(m));
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
  const Segment s = a.Get({.size = {3 * kPage}, .flags = kCreate | 0600});
  const Mapping from = a.Reserve(8 * kPage);
  const Mapping to = a.Reserve(8 * kPage);
  const Attach p = InGap(a, s, from + 2 * kPage, 3 * kPage);
  a.Store(p + kPage, 42);
  const Mapping place = to + 4 * kPage;
  Mapping moved;
  a.MapAs(moved, MapRemap{p + kPage, {kPage}, {kPage}, place}).Expects(ValueOf(place));
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Detach(moved).Fails(EINVAL);
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(moved).Gives(42);
  a.Detach(moved - kPage).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.private.over_an_attach_detaches_it", "SYSV.VMA.MAP_FIXED_OVER"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {2 * kPage}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(6 * kPage);
  const Attach p = InGap(a, s, m + 2 * kPage, 2 * kPage);
  a.Store(p, 41);
  a.Store(p + kPage, 42);
  a.Do(MapPrivate{{kPage}, p}).Succeeds();
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Load(p).Gives(0);
  a.Load(p + kPage).Gives(42);
  a.Do(MapPrivate{{2 * kPage}, p}).Succeeds();
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.advise.dontneed_loses_no_data", "SYSV.VMA.MADV_DONTNEED_KEEPS_DATA"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {2 * kPage}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Do(MemoryFill{p, {2 * kPage}, 3}).Gives(0);
  a.Do(MapAdvise{p, {2 * kPage}, Advice::kDontNeed}).Gives(0);
  a.Do(MemoryChecksum{p, {2 * kPage}}).Gives(ChecksumOfFill(2 * kPage, 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.advise.remove_makes_all_attaches_read_zero", "SYSV.VMA.MADV_REMOVE_ZEROES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {2 * kPage}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  const Attach readable = b.At(s, {}, kReadOnly);
  a.Store(p, 41);
  a.Store(p + kPage, 42);
  b.Do(MapAdvise{readable, {kPage}, Advice::kRemove}).Fails(EACCES);
  b.Load(q).Gives(41);
  a.Do(MapAdvise{p, {kPage}, Advice::kRemove}).Gives(0);
  b.Load(q).Gives(0);
  b.Load(readable).Gives(0);
  b.Load(q + kPage).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("map.advise.dontfork_keeps_an_attach_from_children", "SYSV.VMA.MADV_DONTFORK"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment inherited = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(4 * kPage);
  const Attach p = InGap(a, s, m + kPage, kPage);
  const Attach q = a.At(inherited);
  a.Do(MapAdvise{p, {kPage}, Advice::kDontFork}).Gives(0);
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
