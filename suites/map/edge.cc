// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Where ranges begin and end: calls work on whole pages, up to the first obstacle or around it.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// Stores 1 in the first page of a mapping, 2 in the second, and so on.
void Number(const Actor& actor, const Mapping& m, std::int64_t pages) {
  for (std::int64_t page = 0; page < pages; ++page) {
    actor.Store(m + PageOffset(page), static_cast<std::uint64_t>(page) + 1).Succeeds();
  }
}

SHMSPEC_CASE("map.edge.mprotect_changes_whole_pages", "MMAP.RANGE_WHOLE_PAGES"_req,
             "MMAP.MPROTECT_ENFORCED"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(4)), 4);
  Number(a, m, 4);
  a.Do(MapProtect{m + PageOffset(1), {Pages(1) + 1}, 1}).Gives(0);
  a.Store(m + PageOffset(1) - 8, 7).Succeeds();
  a.Store(m + PageOffset(1), 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(m + PageOffset(3) - 8, 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(m + PageOffset(3), 7).Succeeds();
  a.Load(m + PageOffset(1)).Gives(2);
  a.Load(m + PageOffset(2)).Gives(3);
  a.Do(MapProtect{m + 1, {Pages(1)}, 1 | 2}).Fails(EINVAL);
  a.Do(MapProtect{m + PageOffset(1), {0}, 1 | 2}).Gives(0);
  a.Store(m + PageOffset(1), 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Do(MapProtect{m + PageOffset(1), {1}, 1 | 2}).Gives(0);
  a.Store(m + PageOffset(1), 7).Succeeds();
  a.Store(m + PageOffset(2), 7).Faults(SIGSEGV, FaultCode::kAccess);
}

SHMSPEC_CASE("map.edge.mprotect_stops_at_a_hole", "MMAP.RANGE_HOLES"_req,
             "MMAP.MPROTECT_ENFORCED"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(3)), 3);
  a.Do(MapUnmap{m + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Do(MapProtect{m, {Pages(3)}, 1}).Fails(ENOMEM);
  a.Store(m, 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(m + PageOffset(2), 7).Succeeds();
}

SHMSPEC_CASE("map.edge.mprotect_stops_at_what_cannot_be_written",
             "MMAP.MPROTECT_UPGRADE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping m = MapShared(a, d, 3, 1);
  a.Do(MapMap{.descriptor = Reopen(a, d),
              .size = {Pages(1)},
              .offset = {Pages(1)},
              .protection = 1,
              .flags = kMapShared | kMapFixed,
              .at = m + PageOffset(1)})
      .Expects(ValueOf(m + PageOffset(1)));
  a.Do(MapProtect{m, {Pages(3)}, 1 | 2}).Fails(EACCES);
  a.Store(m, 7).Succeeds();
  a.Store(m + PageOffset(1), 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(m + PageOffset(2), 7).Faults(SIGSEGV, FaultCode::kAccess);
}

SHMSPEC_CASE("map.edge.private_maps_can_be_written_whatever_the_descriptor",
             "MMAP.RDONLY_MAP_WRITE_EACCES"_req, "MMAP.MPROTECT_UPGRADE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapPrivately(a, Reopen(a, d), 2, 1);
  a.Store(m, 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Do(MapProtect{m, {Pages(1)}, 1 | 2}).Gives(0);
  a.Store(m, 7).Succeeds();
  a.Store(m + PageOffset(1), 7).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(MapShared(a, d, 1)).Gives(0);
  a.Do(MapProtect{m, {Pages(1)}, 0}).Gives(0);
  a.Do(MapProtect{m, {Pages(1)}, 1}).Gives(0);
  a.Load(m).Gives(7);
}

SHMSPEC_CASE("map.edge.munmap_takes_whole_pages", "MMAP.RANGE_WHOLE_PAGES"_req,
             "MMAP.MUNMAP_PARTIAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping m = MapShared(a, d, 4);
  Number(a, m, 4);
  a.Do(MapUnmap{m + 8, {Pages(1)}}).Fails(EINVAL);
  a.Do(MapUnmap{m + PageOffset(1), {1}}).Gives(0);
  a.Load(m).Gives(1);
  a.Load(m + PageOffset(1)).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(m + PageOffset(2)).Gives(3);
  a.Do(MapUnmap{m + PageOffset(2), {Pages(1) + 1}}).Gives(0);
  a.Load(m + PageOffset(3)).Faults(SIGSEGV, FaultCode::kUnmapped);
  a.Load(m).Gives(1);
  Number(a, MapShared(a, d, 4), 4);
}

SHMSPEC_CASE("map.edge.munmap_is_of_one_process", "MMAP.MUNMAP_PARTIAL"_req,
             "MMAP.FORK_RETAINS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  const Mapping own = MapPrivately(a, d, 2);
  a.Store(own + PageOffset(1), 5).Succeeds();
  a.Fork(c);
  a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  a.Do(MapUnmap{own, {Pages(2)}}).Gives(0);
  c.Store(m + PageOffset(1), 42).Succeeds();
  c.Load(own + PageOffset(1)).Gives(5);
  a.Load(MapShared(a, d, 2) + PageOffset(1)).Gives(42);
}

SHMSPEC_CASE("map.edge.fixed_maps_over_mappings_and_holes", "MMAP.FIXED_REPLACES"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(6)), 6);
  Number(a, m, 6);
  const Descriptor other = a.Memfd(0, Pages(4));
  const Mapping n = MapShared(a, other, 4);
  for (const std::int64_t page : {0, 1, 2, 3})
    a.Store(n + PageOffset(page), static_cast<std::uint64_t>(50 + page)).Succeeds();
  a.Do(MapUnmap{m + PageOffset(2), {Pages(1)}}).Gives(0);
  a.Do(MapProtect{m + PageOffset(3), {Pages(1)}, 1}).Gives(0);
  a.Do(MapMap{.descriptor = other,
              .size = {Pages(3) + 1},
              .flags = kMapShared | kMapFixed,
              .at = m + PageOffset(1)})
      .Expects(ValueOf(m + PageOffset(1)));
  a.Load(m).Gives(1);
  for (const std::int64_t page : {0, 1, 2, 3}) {
    a.Load(m + PageOffset(1 + page)).Gives(50 + page);
    a.Store(m + PageOffset(1 + page), 60).Succeeds();
    a.Load(n + PageOffset(page)).Gives(60);
  }
  a.Load(m + PageOffset(5)).Gives(6);
}

SHMSPEC_CASE("map.edge.private_stores_copy_the_pages_they_reach", "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Mapping shared = MapShared(a, d, 3);
  a.Do(MemoryFill{shared, {Pages(3)}, 5}).Gives(0);
  const Mapping own = MapPrivately(a, d, 3);
  a.Store(own + PageOffset(1) - 4, 0).Succeeds();
  a.Do(MemoryChecksum{shared, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 5));
  a.Do(MemoryChecksum{own, {Pages(1) - 4}}).Gives(ChecksumOfFill(Pages(1) - 4, 5));
  a.Load(own + PageOffset(1) - 4).Gives(0);
  // Both pages are copies now, the third is not.
  a.Do(MemoryFill{shared, {Pages(2)}, 9}).Gives(0);
  a.Do(MemoryChecksum{own, {Pages(1) - 4}}).Gives(ChecksumOfFill(Pages(1) - 4, 5));
  a.Load(own + PageOffset(1) - 4).Gives(0);
  a.Do(MemoryFill{own, {Pages(3)}, 1}).Gives(0);
  a.Do(MemoryChecksum{own, {Pages(3)}}).Gives(ChecksumOfFill(Pages(3), 1));
  a.Do(MemoryChecksum{shared, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 9));
}

SHMSPEC_CASE("map.edge.copies_of_maps_keep_their_rights", "MMAP.MPROTECT_UPGRADE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, Reopen(a, d), 2, 1);
  Mapping copy;
  a.MapAs(copy, MapRemap{m, {0}, {Pages(2)}, {}}).Succeeds();
  a.Do(MapProtect{copy, {Pages(1)}, 1 | 2}).Fails(EACCES);
  Mapping moved;
  a.MapAs(moved, MapRemap{m, {Pages(2)}, {Pages(4)}, {}}).Succeeds();
  a.Do(MapProtect{moved, {Pages(1)}, 1 | 2}).Fails(EACCES);
  a.Store(moved, 1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Store(MapShared(a, d, 2), 42).Succeeds();
  a.Load(moved).Gives(42);
  a.Load(copy).Gives(42);
}

SHMSPEC_CASE("map.edge.windows_lie_above_four_gigabytes", "MMAP.LARGE_OFFSETS"_req,
             "MMAP.OFFSET"_req, "POSIX.SIZE.RDWR_IO"_req) {
  constexpr std::uint64_t kFar = std::uint64_t{1} << 33;
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  a.Do(FileTruncate{d, {kFar + Pages(2)}}).Gives(0);
  const Mapping far =
      a.Map({.descriptor = d, .size = {Pages(2)}, .offset = {kFar}, .flags = kMapShared});
  a.Store(far + PageOffset(1), 42).Succeeds();
  const Mapping m = Room(a);
  a.Do(FilePread{d, m, {8}, {kFar + Pages(1)}}).Gives(8);
  a.Load(m).Gives(42);
  a.Do(FilePread{d, m, {8}, {Pages(1)}}).Gives(8);
  a.Load(m).Gives(0);
  a.Store(m, 43).Succeeds();
  a.Do(FilePwrite{d, m, {8}, {kFar}}).Gives(8);
  a.Load(far).Gives(43);
  a.Do(FileSeek{d, {kFar}, Whence::kData}).Gives(static_cast<std::int64_t>(kFar));
  a.Do(FileSeek{d, {kFar + 9}, Whence::kSet}).Gives(static_cast<std::int64_t>(kFar) + 9);
  a.Do(FileSeek{d, {kFar}, Whence::kHole}).Gives(static_cast<std::int64_t>(kFar) + PageOffset(2));
  a.Do(FileAllocate{d, {kFar}, {Pages(1)}, kKeepSize | kPunchHole}).Gives(0);
  a.Load(far).Gives(0);
  a.Load(far + PageOffset(1)).Gives(42);
  a.Do(FileTruncate{d, {kFar + 1}}).Gives(0);
  a.Load(far + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
}

}  // namespace
}  // namespace shmspec
