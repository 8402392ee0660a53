// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Seals that are added while others do what they forbid.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern OrBusy(Pattern otherwise) { return std::move(otherwise) | Fails(EBUSY); }

/// A file that can be sealed, of one page, and three processes that have it.
struct Three {
  explicit Three(PlanBuilder& plan, std::uint64_t bytes = Pages(1))
      : a(plan.Spawn("a")),
        b(plan.Forked("b")),
        c(plan.Forked("c")),
        d(a.Memfd(kAllowSealing, bytes)),
        room(Room(a)) {
    a.Store(room, 42).Succeeds();
    a.Fork(b);
    a.Fork(c);
  }
  Actor a;
  Actor b;
  Actor c;
  Descriptor d;
  Mapping room;  // of each, with 42
};

SHMSPEC_RACE("races.seals.added_at_the_same_time_are_all_there", kRounds, "RACE.SEAL.ALL_KEPT"_req,
             "SEAL.MONOTONE"_req) {
  const Three all(plan);
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealShrink}).Gives(0);
    all.b.Do(MemfdAddSeals{all.d, kSealGrow}).Gives(0);
    all.c.Do(MemfdAddSeals{all.d, kSealFutureWrite}).Gives(0);
  });
  all.a.Do(MemfdGetSeals{all.d})
      .Gives(static_cast<std::int64_t>(kSealShrink | kSealGrow | kSealFutureWrite));
}

SHMSPEC_RACE("races.seals.closed_while_others_add_them_stay_as_they_are", 3 * kRounds,
             "RACE.SEAL.CLOSED"_req, "SEAL.SEAL_SEAL"_req) {
  const Three all(plan);
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealSeal}).Gives(0);
    all.a.Do(MemfdGetSeals{all.d}).Succeeds();
    all.b.Do(MemfdAddSeals{all.d, kSealGrow}).Expects(OrSealed(Exactly(0)));
    all.c.Do(MemfdAddSeals{all.d, kSealShrink}).Expects(OrSealed(Exactly(0)));
  });
  all.a.Do(MemfdGetSeals{all.d}).Succeeds();  // the oracle knows which
  all.b.Do(MemfdAddSeals{all.d, kSealWrite}).Fails(EPERM);
}

SHMSPEC_RACE("races.seals.against_shrinking_forbid_it_once_they_are_there", kRounds,
             "RACE.SEAL.CUT"_req, "SEAL.SHRINK"_req) {
  const Three all(plan, Pages(3));
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealShrink}).Gives(0);
    all.a.Do(FileStat{all.d})
        .Expects(Record<FileRecord>().With("size", PageOffset(1), PageOffset(3)));
    all.b.Do(FileTruncate{all.d, {Pages(2)}}).Expects(OrSealed(Exactly(0)));
    all.c.Do(FileTruncate{all.d, {Pages(1)}}).Expects(OrSealed(Exactly(0)));
  });
  all.a.Do(FileStat{all.d})
      .Expects(Record<FileRecord>().With("size", PageOffset(1), PageOffset(3)));
  all.b.Do(FileTruncate{all.d, {0}}).Fails(EPERM);
}

SHMSPEC_RACE("races.seals.against_growing_forbid_it_once_they_are_there", kRounds,
             "RACE.SEAL.CUT"_req, "SEAL.GROW"_req) {
  const Three all(plan);
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealGrow}).Gives(0);
    all.b.Do(FileTruncate{all.d, {Pages(2)}}).Expects(OrSealed(Exactly(0)));
    all.c.Do(FilePwrite{all.d, all.room, {8}, {Pages(1)}}).Expects(OrSealed(Exactly(8)));
    all.c.Do(FileAllocate{all.d, {0}, {Pages(3)}, 0}).Expects(OrSealed(Exactly(0)));
  });
  all.b.Do(FileTruncate{all.d, {Pages(4)}}).Fails(EPERM);
  all.a.Do(FileStat{all.d})
      .Expects(Record<FileRecord>().With("size", PageOffset(1), PageOffset(3)));
}

SHMSPEC_RACE("races.seals.against_writing_and_new_mappings_exclude_each_other", kRounds,
             "SEAL.WRITE_RACE_MMAP"_req) {
  const Three all(plan);
  Mapping m, n;
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealWrite}).Expects(OrBusy(Exactly(0)));
    all.b.MapAs(m, MapMap{.descriptor = all.d}).Expects(OrSealed(Success()));
    all.c.MapAs(n, MapMap{.descriptor = all.d}).Expects(OrSealed(Success()));
  });
  // The oracle knows who was first, and holds each of these against it.
  all.a.Do(MemfdGetSeals{all.d}).Succeeds();
  all.b.Store(m, 1).Expects(OrUnmapped(Success()));
  all.c.Load(n).Expects(OrUnmapped(Exactly(0) | Exactly(1)));
  all.a.Do(MapMap{.descriptor = all.d}).Expects(OrSealed(Success()));
}

SHMSPEC_RACE("races.seals.against_writing_wait_for_the_last_mapping_to_go", kRounds,
             "SEAL.WRITE_RACE_MMAP"_req, "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Three all(plan);
  const Mapping m = MapShared(all.b, all.d, 1);
  const Mapping n = MapShared(all.c, all.d, 1);
  plan.Race([&] {
    for (int i = 0; i < 2; ++i) {
      all.a.Do(MemfdAddSeals{all.d, kSealWrite}).Expects(OrBusy(Exactly(0)));
    }
    all.b.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
    all.c.Do(MapUnmap{n, {Pages(1)}}).Gives(0);
  });
  all.a.Do(MemfdAddSeals{all.d, kSealWrite}).Gives(0);
  all.b.Do(MapMap{.descriptor = all.d}).Fails(EPERM);
}

SHMSPEC_RACE("races.seals.against_writing_count_the_mappings_of_a_child_being_born", kRounds,
             "SEAL.WRITE_RACE_MMAP"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor child = plan.Forked("child");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Fork(b);
  const Mapping m = MapShared(b, d, 1);
  plan.Race([&] {
    a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
    a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
    b.Fork(child);
    b.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  });
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  child.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
}

SHMSPEC_RACE("races.seals.against_writing_freeze_what_writes_have_left", kRounds,
             "RACE.SEAL.FROZEN"_req, "SEAL.WRITE_BLOCKS_WRITES"_req) {
  const Three all(plan);
  const Mapping m = MapShared(all.a, Reopen(all.a, all.d), 1, 1);
  const Pattern either = Exactly(0) | Exactly(42);
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealWrite}).Gives(0);
    for (const std::int64_t at : {0, 8}) all.a.Load(m + at).Expects(either);
    all.b.Do(FilePwrite{all.d, all.room, {8}, {0}}).Expects(OrSealed(Exactly(8)));
    all.c.Do(FilePwrite{all.d, all.room, {8}, {8}}).Expects(OrSealed(Exactly(8)));
  });
  // The oracle knows which of the writes were there first.
  for (const std::int64_t at : {0, 8}) all.a.Load(m + at).Expects(either);
  all.b.Do(FilePwrite{all.d, all.room, {8}, {0}}).Fails(EPERM);
  all.c.Do(FilePwrite{all.d, all.room, {8}, {24}}).Fails(EPERM);
}

SHMSPEC_RACE("races.seals.against_future_writing_and_new_mappings_have_an_order", kRounds,
             "RACE.SEAL.FROZEN"_req, "SEAL.FUTURE_WRITE"_req) {
  const Three all(plan);
  Mapping m;
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealFutureWrite}).Gives(0);
    all.b.MapAs(m, MapMap{.descriptor = all.d}).Expects(OrSealed(Success()));
    all.c.Do(FilePwrite{all.d, all.room, {8}, {0}}).Expects(OrSealed(Exactly(8)));
    all.c.Do(FileAllocate{all.d, {0}, {Pages(1)}, kKeepSize | kPunchHole})
        .Expects(OrSealed(Exactly(0)));
  });
  all.b.Store(m, 1).Expects(OrUnmapped(Success()));
  all.c.Do(MapMap{.descriptor = all.d}).Fails(EPERM);
  all.c.Do(FilePwrite{all.d, all.room, {8}, {0}}).Fails(EPERM);
}

SHMSPEC_RACE("races.seals.against_future_writing_and_holes_have_an_order", kRounds,
             "RACE.SEAL.FROZEN"_req) {
  const Three all(plan, Pages(2));
  const auto punch = [&](const Actor& one, std::uint64_t page) {
    return one.Do(FileAllocate{all.d, {page * Units().page}, {Pages(1)}, kKeepSize | kPunchHole});
  };
  for (const std::uint64_t page : {0u, 1u}) {
    all.a.Do(FilePwrite{all.d, all.room, {8}, {page * Units().page}}).Gives(8);
  }
  const Mapping m = MapShared(all.a, Reopen(all.a, all.d), 2, 1);
  const Pattern either = Exactly(0) | Exactly(42);
  plan.Race([&] {
    all.a.Do(MemfdAddSeals{all.d, kSealFutureWrite}).Gives(0);
    for (const std::int64_t page : {0, 1}) all.a.Load(m + PageOffset(page)).Expects(either);
    punch(all.b, 0).Expects(OrSealed(Exactly(0)));
    punch(all.c, 1).Expects(OrSealed(Exactly(0)));
  });
  for (const std::int64_t page : {0, 1}) all.a.Load(m + PageOffset(page)).Expects(either);
  punch(all.b, 0).Fails(EPERM);
}

}  // namespace
}  // namespace shmspec
