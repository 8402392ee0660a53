// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Sharing is live and works both ways, for every kind of attach: one side stores, the other loads
// it at once and answers.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// Each side stores where the other looks, on both pages of what it sees.
void ExpectBothWays(const Actor& a, Address at_a, const Actor& b, Address at_b,
                    std::uint64_t first_value) {
  const auto moved = [](Address place, std::int64_t bytes) {
    place.offset += bytes;
    return place;
  };
  for (const std::int64_t offset : {std::int64_t{0}, static_cast<std::int64_t>(Pages(1)) + 8}) {
    const std::uint64_t value = first_value + static_cast<std::uint64_t>(offset);
    a.Store(moved(at_a, offset), value).Succeeds();
    b.Load(moved(at_b, offset)).Gives(static_cast<std::int64_t>(value));
    b.Store(moved(at_b, offset), value + 1).Succeeds();
    a.Load(moved(at_a, offset)).Gives(static_cast<std::int64_t>(value + 1));
  }
}

SHMSPEC_CASE("memory.live.sharing_does_not_depend_on_how_an_address_was_asked_for",
             "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req, "SYSV.SHMAT.RND_ROUNDS_DOWN"_req,
             "SYSV.SHMAT.REMAP_REPLACES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Mapping room = b.Reserve(Boundaries(16));
  const Attach chosen = b.At(s);
  ExpectBothWays(a, p, b, chosen, 100);
  const Attach replacing = b.At(s, room, kRemap);
  ExpectBothWays(a, p, b, replacing, 200);
  b.Do(MapUnmap{room + BoundaryOffset(8), {Boundaries(2)}}).Gives(0);
  const Attach rounded = b.At(s, room + (BoundaryOffset(8) + 123), kRound);
  ExpectBothWays(a, p, b, rounded, 300);
  ExpectBothWays(b, chosen, b, rounded, 400);
  b.Do(MapUnmap{room + BoundaryOffset(12), {Boundaries(2)}}).Gives(0);
  const Attach exact = b.At(s, room + BoundaryOffset(12));
  ExpectBothWays(b, exact, a, p, 500);
  a.Stat(s).Expects(Record().With("nattch", 5));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.live.sharing_reaches_attaches_that_cannot_be_written",
             "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req, "SYSV.MULTI.MIXED_PROTECTION"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0700});
  const Attach p = a.At(s);
  const Attach read_only = a.At(s, {}, kReadOnly);
  const Attach executable = a.At(s, {}, kExecute);
  for (std::uint64_t value = 1; value < 4; ++value) {
    a.Store(p + PageOffset(1), value).Succeeds();
    a.Load(read_only + PageOffset(1)).Gives(static_cast<std::int64_t>(value));
  }
  ExpectBothWays(a, p, a, executable, 100);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.live.sharing_survives_fork_moves_and_splits",
             "SYSV.LIFE.FORK_SHARED_NOT_COPIED"_req, "SYSV.VMA.MREMAP_MOVE"_req,
             "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.size = {Boundaries(4)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Mapping room = a.Reserve(Boundaries(8));
  a.Fork(child);
  ExpectBothWays(a, p, child, p, 100);
  Mapping moved;
  a.MapAs(moved, MapRemap{p, {Boundaries(4)}, {Boundaries(4)}, room}).Succeeds();
  ExpectBothWays(a, moved, child, p, 200);
  child.Do(MapUnmap{p, {Boundaries(1)}}).Gives(0);
  child.Do(MapProtect{p + BoundaryOffset(3), {Boundaries(1)}, Protection(1)}).Gives(0);
  ExpectBothWays(a, moved + BoundaryOffset(1), child, p + BoundaryOffset(1), 300);
  a.Store(moved + BoundaryOffset(3), 42).Succeeds();
  child.Load(p + BoundaryOffset(3)).Gives(42);
  child.Exit().Expects(Exited());
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.buffers.of_system_calls_may_lie_in_attaches",
             "SYSV.DATA.SYSCALL_BUFFERS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  constexpr std::uint64_t kBytes = 5000;
  Mapping own;
  a.MapAs(own, MapPrivate{{Pages(2)}}).Succeeds();
  a.Do(MemoryFill{own, {kBytes}, 9}).Gives(0);
  a.Do(MemoryTransfer{own, p + 100, {kBytes}}).Gives(kBytes);
  b.Do(MemoryChecksum{q + 100, {kBytes}}).Gives(ChecksumOfFill(kBytes, 9));
  b.Do(MemoryTransfer{q + 100, q + PageOffset(2), {kBytes}}).Gives(kBytes);
  a.Do(MemoryChecksum{p + PageOffset(2), {kBytes}}).Gives(ChecksumOfFill(kBytes, 9));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.buffers.of_system_calls_obey_the_protection",
             "SYSV.DATA.SYSCALL_BUFFERS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach read_only = a.At(s, {}, kReadOnly);
  a.Store(p, 42).Succeeds();
  a.Do(MemoryTransfer{p, read_only, {8}}).Fails(EFAULT);
  a.Do(MemoryTransfer{read_only, p + 8, {8}}).Gives(8);
  a.Load(p + 8).Gives(42);
  a.Detach(read_only).Gives(0);
  a.Do(MemoryTransfer{read_only, p + 16, {8}}).Fails(EFAULT);
  a.Load(p + 16).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.accounts.return_to_where_they_were", "SYSV.INFO.SHM_INFO_COUNTERS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  const auto expect = [&a](std::int64_t segments, std::int64_t pages) {
    a.Do(SysvShmInfo{SegmentId(0)})
        .Expects(Record<UsageRecord>().With("used_ids", segments).With("shm_tot", pages));
  };
  expect(0, 0);
  const Segment s = a.Get({.size = {Pages(5)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {1}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.At(s, {}, kReadOnly);
  const Attach q = a.At(t);
  a.Do(MemoryFill{p, {Pages(5)}, 1}).Gives(0);
  a.Fork(child);
  a.Do(MapUnmap{p + PageOffset(1), {Pages(1)}}).Gives(0);
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
  expect(2, 6);
  a.Do(ProcessExec{}).Gives(0);
  expect(2, 6);
  child.Detach(q).Gives(0);
  expect(1, 5);
  child.Exit().Expects(Exited());
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>()
                   .With("used_ids", 0)
                   .With("shm_tot", 0)
                   .With("shm_rss", 0)
                   .With("shm_swp", 0));
  a.Do(SystemSegments{}).Succeeds();
}

}  // namespace
}  // namespace shmspec
