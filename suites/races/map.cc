// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mappings that threads and processes change while others use the memory.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_RACE("races.map.unmapped_under_a_thread_gives_the_byte_or_sigsegv", kRoundsOfThreads,
             "RACE.MAP.UNMAP_ACCESS"_req, "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(3));
  const Attach p = InGap(a, s, m + BoundaryOffset(1), Pages(1));
  a.Store(p, 42).Succeeds();
  a.Thread(t);
  plan.Race([&] {
    a.Do(MapUnmap{p, {Pages(1)}}).Gives(0);
    for (int i = 0; i < 3; ++i) t.Load(p).Expects(OrUnmapped(Exactly(42)));
    t.Store(p, 43).Expects(OrUnmapped(Success()));
  });
  t.Load(p).Faults(SIGSEGV, FaultCode::kUnmapped);
  const Attach q = a.At(s);
  a.Load(q).Expects(Exactly(42) | Exactly(43));
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.map.protected_under_a_thread_lets_it_store_before_and_not_after",
             kRoundsOfThreads, "RACE.MAP.PROTECT_ACCESS"_req, "MMAP.MPROTECT_ENFORCED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Thread(t);
  const Pattern stored =
      Success() | RecordPattern<Fault>()
                      .With("signal", SIGSEGV)
                      .With("code", static_cast<std::int64_t>(FaultCode::kAccess));
  plan.Race([&] {
    a.Do(MapProtect{m, {Pages(1)}, 1}).Gives(0);
    for (const std::uint64_t value : {1u, 2u, 3u}) t.Store(m, value).Expects(stored);
    t.Load(m).Expects(Between(Value{0}, Value{3}));
  });
  t.Store(m, 4).Faults(SIGSEGV, FaultCode::kAccess);
  a.Load(m).Expects(Between(Value{0}, Value{3}));
}

SHMSPEC_RACE("races.map.moved_under_a_thread_is_at_one_place_or_the_other", kRoundsOfThreads,
             "RACE.MAP.UNMAP_ACCESS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping room = a.Reserve(Pages(8));
  a.Do(MapUnmap{room + PageOffset(2), {Pages(1)}}).Gives(0);
  Mapping m;
  a.MapAs(m, MapMap{.descriptor = d, .at = room + PageOffset(2)})
      .Expects(ValueOf(room + PageOffset(2)));
  a.Store(m, 42).Succeeds();
  a.Do(MapUnmap{room + PageOffset(5), {Pages(1)}}).Gives(0);
  a.Thread(t);
  plan.Race([&] {
    a.Do(MapRemap{m, {Pages(1)}, {Pages(1)}, room + PageOffset(5)}).Succeeds();
    t.Load(m).Expects(OrUnmapped(Exactly(42)));
    t.Load(room + PageOffset(5)).Expects(OrUnmapped(Exactly(42)));
    t.Load(m).Expects(OrUnmapped(Exactly(42)));
  });
  t.Load(room + PageOffset(5)).Gives(42);
  t.Load(m).Faults(SIGSEGV, FaultCode::kUnmapped);
}

SHMSPEC_RACE("races.map.made_by_two_threads_lies_at_two_places", kRoundsOfThreads,
             "RACE.MAP.NO_OVERLAP"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Descriptor d = a.Memfd(0, Pages(4));
  const Mapping whole = MapShared(a, d, 4);
  a.Thread(t);
  std::vector<Mapping> made(4);
  plan.Race([&] {
    for (std::size_t i = 0; i < 4; ++i) {
      (i % 2 == 0 ? a : t)
          .MapAs(made[i], MapMap{.descriptor = d, .offset = {i * Pages(1)}})
          .Succeeds();
    }
  });
  for (std::size_t i = 0; i < 4; ++i) a.Store(made[i], i + 1).Succeeds();
  for (std::int64_t i = 0; i < 4; ++i) t.Load(whole + PageOffset(i)).Gives(i + 1);
}

SHMSPEC_RACE("races.map.of_others_stays_when_one_unmaps", kRounds, "RACE.MAP.OTHERS_KEEP"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(MapUnmap{two.m, {Pages(2)}}).Gives(0);
    two.a.Do(DescriptorClose{two.d}).Gives(0);
    two.b.Load(two.m).Gives(1);
    two.b.Store(two.m, 3).Succeeds();
    two.b.Load(two.m + PageOffset(1)).Gives(2);
    two.b.Load(two.m).Gives(3);
  });
  two.b.Do(FileStat{two.d}).Expects(OfSize(PageOffset(2)));
  two.b.Load(two.m).Gives(3);
}

SHMSPEC_RACE("races.map.advice_of_one_keeps_the_bytes_of_all", kRounds, "RACE.MAP.OTHERS_KEEP"_req,
             "MMAP.SHARED_WRITES_VISIBLE"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(MapAdvise{two.m, {Pages(2)}, Advice::kDontNeed}).Gives(0);
    two.a.Load(two.m).Expects(Exactly(1) | Exactly(3));
    two.a.Do(MapSync{two.m, {Pages(2)}}).Gives(0);
    two.b.Store(two.m, 3).Succeeds();
    two.b.Load(two.m + PageOffset(1)).Gives(2);
    two.b.Do(MapAdvise{two.m, {Pages(2)}, Advice::kDontNeed}).Gives(0);
    two.b.Load(two.m).Gives(3);
  });
  two.a.Load(two.m).Gives(3);
  two.a.Load(two.m + PageOffset(1)).Gives(2);
}

SHMSPEC_RACE("races.map.bytes_removed_by_advice_are_old_or_zero_for_others", kRounds,
             "RACE.TRUNCATE_ACCESS"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(MapAdvise{two.m, {Pages(1)}, Advice::kRemove}).Gives(0);
    two.b.Load(two.m).Expects(Exactly(1) | Exactly(0));
    two.b.Load(two.m).Expects(Exactly(1) | Exactly(0));
    two.b.Load(two.m + PageOffset(1)).Gives(2);
  });
  two.b.Load(two.m).Gives(0);
  two.a.Load(two.m + PageOffset(1)).Gives(2);
}

SHMSPEC_RACE("races.map.additions_beside_fork_and_sync_are_all_kept", kRounds,
             "RACE.MAP.ADDITIONS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Fork(b);
  plan.Race([&] {
    a.Do(MemoryFetchAdd{p, Width::k8, 1}).Succeeds();
    a.Fork(child);
    a.Do(MemoryFetchAdd{p, Width::k8, 1}).Succeeds();
    for (int i = 0; i < 3; ++i) b.Do(MemoryFetchAdd{p, Width::k8, 1}).Succeeds();
    b.Do(MapSync{p, {Pages(1)}}).Gives(0);
    b.Do(MemoryFetchAdd{p, Width::k8, 1}).Succeeds();
  });
  child.Load(p).Gives(6);
  child.Do(MemoryFetchAdd{p, Width::k8, 1}).Gives(6);
  a.Load(p).Gives(7);
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.map.split_by_one_and_counted_by_another_has_every_piece", kRounds,
             "RACE.NATTCH_CONSERVATION"_req, "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  plan.Race([&] {
    a.Do(MapProtect{p + PageOffset(1), {Pages(1)}, 1}).Gives(0);
    a.Do(MapUnmap{p, {Pages(1)}}).Gives(0);
    for (int i = 0; i < 3; ++i) b.Stat(s).Expects(Record().With("nattch", 1, 3));
  });
  b.Stat(s).Expects(Record().With("nattch", 2));
  a.Detach(p + PageOffset(1)).Fails(EINVAL);
  a.Do(MapUnmap{p + PageOffset(1), {Pages(2)}}).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 0));
  b.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.map.locked_while_its_segment_is_removed_stays_until_it_is_unlocked", kRounds,
             "RACE.LOCK.REMOVAL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42).Succeeds();
  plan.Race([&] {
    b.Remove(s).Gives(0);
    a.Do(MapLock{p, {Pages(1)}}).Gives(0);
    a.Load(p).Gives(42);
    a.Do(MapUnlock{p, {Pages(1)}}).Gives(0);
  });
  a.Load(p).Gives(42);
  a.Detach(p).Gives(0);
  b.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("races.map.a_buffer_unmapped_by_a_thread_gives_efault_or_the_bytes", kRoundsOfThreads,
             "RACE.BUFFER.UNMAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping around = a.Reserve(Pages(3));
  a.Do(MapUnmap{around + PageOffset(1), {Pages(1)}}).Gives(0);
  Mapping m;
  a.MapAs(m, MapPrivate{{Pages(1)}, around + PageOffset(1)}).Succeeds();
  a.Store(m, 42).Succeeds();
  a.Thread(t);
  plan.Race([&] {
    a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
    t.Do(FilePwrite{d, m, {8}, {0}}).Expects(Between(Value{1}, Value{8}) | Fails(EFAULT));
    t.Do(FilePread{d, m, {8}, {8}}).Expects(Between(Value{1}, Value{8}) | Fails(EFAULT));
  });
  t.Do(FilePwrite{d, m, {8}, {16}}).Fails(EFAULT);
  const Mapping n = MapShared(a, d, 1);
  a.Load(n).Expects(Between(Value{0}, Value{42}));
  a.Load(n + 16).Gives(0);
}

}  // namespace
}  // namespace shmspec
