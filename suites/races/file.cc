// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files in memory whose size and bytes several processes change at the same time.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_RACE("races.file.cut_off_under_loads_shows_the_old_byte_or_sigbus", kRounds,
             "RACE.TRUNCATE_ACCESS"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(FileTruncate{two.d, {Pages(1)}}).Gives(0);
    for (int i = 0; i < 3; ++i) {
      two.b.Load(two.m + PageOffset(1)).Expects(OrCut(Exactly(2)));
      two.b.Load(two.m).Gives(1);
    }
  });
  two.a.Do(FileStat{two.d}).Expects(OfSize(PageOffset(1)));
  two.b.Load(two.m + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
  two.b.Load(two.m).Gives(1);
}

SHMSPEC_RACE("races.file.cut_off_and_grown_again_shows_old_zero_or_sigbus", kRounds,
             "RACE.TRUNCATE_ACCESS"_req, "POSIX.SIZE.GROW_ZERO"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(FileTruncate{two.d, {Pages(1)}}).Gives(0);
    two.a.Do(FileTruncate{two.d, {Pages(2)}}).Gives(0);
    for (int i = 0; i < 4; ++i) {
      two.b.Load(two.m + PageOffset(1)).Expects(OrCut(Exactly(2) | Exactly(0)));
    }
  });
  two.b.Load(two.m + PageOffset(1)).Gives(0);
  two.a.Do(FileStat{two.d}).Expects(OfSize(PageOffset(2)));
}

SHMSPEC_RACE("races.file.cut_off_under_stores_keeps_none_of_them", kRounds,
             "RACE.FILE.STORE_CUT"_req, "POSIX.SIZE.GROW_ZERO"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(FileTruncate{two.d, {Pages(1)}}).Gives(0);
    for (const std::uint64_t value : {3u, 4u}) {
      two.b.Store(two.m + PageOffset(1), value).Expects(OrCut(Success()));
    }
  });
  two.a.Do(FileTruncate{two.d, {Pages(2)}}).Gives(0);
  two.a.Load(two.m + PageOffset(1)).Gives(0);
  two.b.Load(two.m + PageOffset(1)).Gives(0);
}

SHMSPEC_RACE("races.file.grown_under_accesses_gives_zeros_once_it_is_there", kRounds,
             "RACE.TRUNCATE_ACCESS"_req, "POSIX.SIZE.REGROW_NO_REMAP"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 2);
  a.Fork(b);
  plan.Race([&] {
    a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
    for (int i = 0; i < 3; ++i) b.Load(m + PageOffset(1)).Expects(OrCut(Exactly(0)));
    b.Store(m + PageOffset(1), 42).Expects(OrCut(Success()));
  });
  a.Load(m + PageOffset(1)).Expects(Exactly(0) | Exactly(42));
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(2)));
}

SHMSPEC_RACE("races.file.cut_off_while_it_is_mapped_has_pages_or_sigbus", kRounds,
             "RACE.TRUNCATE_ACCESS"_req) {
  const Pair two(plan);
  Mapping n;
  plan.Race([&] {
    two.a.Do(FileTruncate{two.d, {0}}).Gives(0);
    two.b.MapAs(n, MapMap{.descriptor = two.d, .size = {Pages(2)}}).Succeeds();
    two.b.Load(n).Expects(OrCut(Exactly(1)));
    two.b.Do(MapUnmap{n, {Pages(2)}}).Gives(0);
  });
  two.b.Load(two.m).Faults(SIGBUS, FaultCode::kBeyondObject);
  two.a.Do(FileStat{two.d}).Expects(Record<FileRecord>().With("size", 0).With("blocks", 0));
}

SHMSPEC_RACE("races.file.sizes_set_at_the_same_time_are_set_one_after_the_other", kRounds,
             "RACE.FILE.SIZES_ORDERED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(2));
  a.Fork(b);
  a.Fork(c);
  const Pattern any = OfSize(PageOffset(1)) | OfSize(PageOffset(2)) | OfSize(PageOffset(3));
  plan.Race([&] {
    a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
    a.Do(FileStat{d}).Expects(any);
    b.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
    b.Do(FileStat{d}).Expects(any);
    c.Do(FileStat{d}).Expects(any);
    c.Do(FileStat{d}).Expects(any);
  });
  c.Do(FileStat{d}).Expects(OfSize(PageOffset(1)) | OfSize(PageOffset(3)));
}

SHMSPEC_RACE("races.file.grown_by_writes_and_allocation_has_the_largest_size", kRounds,
             "RACE.FILE.SIZES_ORDERED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0);
  const Mapping m = Room(a);
  a.Store(m, 42).Succeeds();
  a.Fork(b);
  a.Fork(c);
  plan.Race([&] {
    a.Do(FileAllocate{d, {0}, {Pages(2)}, 0}).Gives(0);
    b.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
    c.Do(FilePwrite{d, m, {8}, {Pages(2)}}).Gives(8);
  });
  a.Do(FileStat{d})
      .Expects(OfSize(PageOffset(2) + 8) | OfSize(PageOffset(2)) | OfSize(PageOffset(1)));
}

SHMSPEC_RACE("races.file.written_in_two_places_has_both", kRounds, "RACE.FILE.WRITES_KEPT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = Room(a);
  a.Store(m, 42).Succeeds();
  a.Fork(b);
  b.Store(m, 43).Succeeds();
  plan.Race([&] {
    for (const std::uint64_t at : {0u, 16u, 32u}) {
      a.Do(FilePwrite{d, m, {8}, {at}}).Gives(8);
      b.Do(FilePwrite{d, m, {8}, {at + 8}}).Gives(8);
    }
  });
  const Mapping n = MapShared(a, d, 1, 1);
  for (const std::int64_t at : {0, 16, 32}) {
    a.Load(n + at).Gives(42);
    a.Load(n + at + 8).Gives(43);
  }
  a.Load(n + 48).Gives(0);
}

SHMSPEC_RACE("races.file.written_beside_stores_keeps_both", kRounds, "RACE.FILE.WRITES_KEPT"_req,
             "POSIX.SIZE.RDWR_IO"_req) {
  const Pair two(plan);
  two.a.Store(two.room, 42).Succeeds();
  plan.Race([&] {
    for (const std::uint64_t at : {8u, 24u}) {
      two.a.Do(FilePwrite{two.d, two.room, {8}, {at}}).Gives(8);
      two.b.Store(two.m + static_cast<std::int64_t>(at) + 8, 43).Succeeds();
    }
  });
  for (const std::int64_t at : {8, 24}) {
    two.b.Load(two.m + at).Gives(42);
    two.a.Load(two.m + at + 8).Gives(43);
  }
  two.a.Load(two.m).Gives(1);
}

SHMSPEC_RACE("races.file.appended_to_by_three_has_all_of_it", kRounds, "RACE.FILE.APPENDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0);
  const Mapping m = Room(a);
  a.Fork(b);
  a.Fork(c);
  std::vector<Descriptor> ends;
  std::uint64_t value = 41;
  for (const Actor& one : {a, b, c}) {
    one.Store(m, ++value).Succeeds();
    ends.push_back(Reopen(one, d, kReadWrite | kAppend));
  }
  plan.Race([&] {
    a.Do(FileWrite{ends[0], m, {8}}).Gives(8);
    b.Do(FileWrite{ends[1], m, {8}}).Gives(8);
    c.Do(FileWrite{ends[2], m, {8}}).Gives(8);
  });
  a.Do(FileStat{d}).Expects(OfSize(24));
  const Mapping n = MapShared(a, d, 1, 1);
  // Each of three values once: they add up in whatever order they are.
  for (const std::int64_t at : {0, 8, 16}) a.Load(n + at).Expects(Between(Value{42}, Value{44}));
  a.Do(MemoryLoad{n + 24}).Gives(0);
}

SHMSPEC_RACE("races.file.read_through_one_offset_gives_each_part_once", kRounds,
             "RACE.FILE.SHARED_OFFSET"_req, "FD.DUP_SHARES_OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping room = Room(a);
  a.Fork(b);
  plan.Race([&] {
    a.Do(FileRead{d, room, {8}}).Gives(8);
    b.Do(FileRead{d, room, {8}}).Gives(8);
    a.Do(FileRead{d, room, {8}}).Gives(8);
    b.Do(FileRead{d, room, {8}}).Gives(8);
  });
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(32);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

// What memfd_create(2) opens has no lock for its offset: two reads may both begin where it was.
SHMSPEC_RACE("races.file.that_has_no_name_moves_the_offset_of_both_once_or_twice", kRounds,
             "RACE.FILE.MEMFD_OFFSET"_req, "FD.DUP_SHARES_OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping room = Room(a);
  a.Fork(b);
  plan.Race([&] {
    a.Do(FileRead{d, room, {8}}).Gives(8);
    b.Do(FileRead{d, room, {8}}).Gives(8);
  });
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Expects(Exactly(8) | Exactly(16));
}

SHMSPEC_RACE("races.file.punched_under_loads_shows_the_old_byte_or_zero", kRounds,
             "RACE.TRUNCATE_ACCESS"_req, "TMPFS.PUNCH_HOLE"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(FileAllocate{two.d, {0}, {Pages(2)}, kKeepSize | kPunchHole}).Gives(0);
    for (int i = 0; i < 2; ++i) {
      two.b.Load(two.m).Expects(Exactly(1) | Exactly(0));
      two.b.Load(two.m + PageOffset(1)).Expects(Exactly(2) | Exactly(0));
    }
  });
  two.b.Load(two.m).Gives(0);
  two.b.Load(two.m + PageOffset(1)).Gives(0);
  two.a.Do(FileStat{two.d}).Expects(OfSize(PageOffset(2)));
}

SHMSPEC_RACE("races.file.punched_under_stores_keeps_the_whole_store_or_nothing", kRounds,
             "RACE.FILE.PUNCH_STORE"_req) {
  const Pair two(plan);
  plan.Race([&] {
    two.a.Do(FileAllocate{two.d, {0}, {Pages(1)}, kKeepSize | kPunchHole}).Gives(0);
    two.b.Store(two.m + 8, 0x4242424242424242).Succeeds();
    two.b.Load(two.m + 8).Expects(Exactly(0) | Exactly(0x4242424242424242));
  });
  two.a.Load(two.m + 8).Expects(Exactly(0) | Exactly(0x4242424242424242));
  two.a.Load(two.m).Gives(0);
  two.a.Load(two.m + PageOffset(1)).Gives(2);
}

SHMSPEC_RACE("races.file.punched_again_and_again_lets_faults_end", kRounds,
             "RACE.FILE.PUNCH_PROGRESS"_req) {
  const Pair two(plan);
  plan.Race([&] {
    for (int i = 0; i < 8; ++i) {
      two.a.Do(FileAllocate{two.d, {0}, {Pages(2)}, kKeepSize | kPunchHole}).Gives(0);
    }
    for (const std::int64_t page : {0, 1, 0}) {
      two.b.Store(two.m + PageOffset(page), 5).Succeeds();
      two.b.Load(two.m + PageOffset(page)).Expects(Exactly(5) | Exactly(0));
    }
  });
  two.a.Do(FileAllocate{two.d, {0}, {Pages(2)}, kKeepSize | kPunchHole}).Gives(0);
  two.a.Do(FileStat{two.d}).Expects(Record<FileRecord>().With("blocks", 0));
}

SHMSPEC_RACE("races.file.read_while_it_is_cut_off_gives_what_was_there", kRounds,
             "RACE.TRUNCATE_ACCESS"_req) {
  const Pair two(plan);
  two.b.Store(two.room, 7).Succeeds();
  plan.Race([&] {
    two.a.Do(FileTruncate{two.d, {Pages(1)}}).Gives(0);
    two.b.Do(FilePread{two.d, two.room, {8}, {Pages(1)}}).Expects(Exactly(8) | Exactly(0));
  });
  // What was there, what was cut off meanwhile, or nothing was read.
  two.b.Load(two.room).Expects(Exactly(2) | Exactly(0) | Exactly(7));
  two.b.Do(FilePread{two.d, two.room, {8}, {Pages(1)}}).Gives(0);
}

SHMSPEC_RACE("races.file.that_is_the_buffer_of_a_call_and_is_cut_off_gives_efault", kRounds,
             "RACE.BUFFER.CUT_OFF"_req) {
  const Pair two(plan);
  const Descriptor other = two.b.Memfd(0, Pages(1));
  const Pattern moved = Between(Value{1}, Value{8}) | Fails(EFAULT);
  plan.Race([&] {
    two.a.Do(FileTruncate{two.d, {Pages(1)}}).Gives(0);
    two.b.Do(FilePread{other, two.m + PageOffset(1), {8}, {0}}).Expects(moved);
    two.b.Do(FilePwrite{other, two.m + PageOffset(1), {8}, {8}}).Expects(moved);
  });
  two.b.Do(FilePread{other, two.m + PageOffset(1), {8}, {0}}).Fails(EFAULT);
  two.b.Do(FilePwrite{other, two.m + PageOffset(1), {8}, {8}}).Fails(EFAULT);
  two.b.Load(two.m).Gives(1);
}

SHMSPEC_RACE("races.file.shown_while_it_changes_has_fields_that_it_had", kRounds,
             "RACE.FILE.STAT_FIELDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileChmod{d, {0600}}).Gives(0);
  a.Fork(b);
  plan.Race([&] {
    a.Do(FileChmod{d, {0640}}).Gives(0);
    a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
    for (int i = 0; i < 2; ++i) {
      b.Do(FileStat{d})
          .Expects(Record<FileRecord>()
                       .With("size", PageOffset(1), PageOffset(2))
                       .With("mode", 0100600, 0100640)
                       .With("links", 0));
    }
  });
  b.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(2)).With("mode", 0100640));
}

}  // namespace
}  // namespace shmspec
