// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Names of POSIX objects that several processes make, open and remove at the same time.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_RACE("races.object.is_made_by_one_of_four", kRounds, "POSIX.OPEN.EXCL_ATOMIC"_req) {
  std::vector<Actor> all;
  for (const char* name : {"a", "b", "c", "d"}) all.push_back(plan.Spawn(name));
  plan.Race([&] {
    for (const Actor& one : all) {
      Descriptor d;
      one.DescriptorAs(d, PosixOpen{"/n0", kNewObject}).Expects(OrTaken(Success()));
      one.Do(FileStat{d}).Expects(OrClosed(Linked(1)));
    }
  });
  const Descriptor d = all[0].Open({"/n0", kReadWrite});
  all[0].Do(FileStat{d}).Expects(Linked(1));
  all[1].Do(PosixUnlink{"/n0"}).Gives(0);
  all[2].Do(PosixUnlink{"/n0"}).Fails(ENOENT);
}

SHMSPEC_RACE("races.object.is_made_once_by_those_who_share_it", kRounds,
             "RACE.POSIX.CREATE_SAME"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  std::vector<Descriptor> opened(3);
  plan.Race([&] {
    for (std::size_t i = 0; i < 3; ++i) {
      const Actor& one = i == 0 ? a : i == 1 ? b : c;
      one.DescriptorAs(opened[i], PosixOpen{"/n0", kMakeObject | kReadWrite}).Succeeds();
      one.Do(FileTruncate{opened[i], {Pages(1)}}).Gives(0);
    }
  });
  a.Store(MapShared(a, opened[0], 1), 42).Succeeds();
  b.Load(MapShared(b, opened[1], 1)).Gives(42);
  c.Load(MapShared(c, opened[2], 1)).Gives(42);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  c.Do(FileStat{opened[2]}).Expects(Linked(0));
}

SHMSPEC_RACE("races.object.is_removed_by_one_of_three", kRounds, "RACE.POSIX.UNLINK_ONCE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  NewObject(a, "/n1");
  plan.Race([&] {
    for (const Actor& one : {a, b, c}) {
      one.Do(PosixUnlink{"/n0"}).Expects(OrMissing(Exactly(0)));
      one.Do(PosixUnlink{"/n1"}).Expects(OrMissing(Exactly(0)));
    }
  });
  a.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  b.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  a.Do(FileStat{d}).Expects(Linked(0));
}

SHMSPEC_RACE("races.object.removed_meanwhile_is_opened_whole_or_not_at_all", kRounds,
             "RACE.POSIX.OPEN_UNLINK"_req, "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  a.Store(MapShared(a, NewObject(a, "/n0", Pages(1)), 1), 42).Succeeds();
  Descriptor e, f;
  Mapping m, n;
  plan.Race([&] {
    a.Do(PosixUnlink{"/n0"}).Gives(0);
    b.DescriptorAs(e, PosixOpen{"/n0", kReadWrite}).Expects(OrMissing(Success()));
    b.Do(FileStat{e}).Expects(OrClosed(OfSize(PageOffset(1))));
    c.DescriptorAs(f, PosixOpen{"/n0"}).Expects(OrMissing(Success()));
    c.Do(FileStat{f}).Expects(OrClosed(OfSize(PageOffset(1))));
  });
  b.MapAs(m, MapMap{.descriptor = e, .size = {Pages(1)}}).Expects(OrClosed(Success()));
  b.Load(m).Expects(Exactly(42) | Record<Fault>());
  c.MapAs(n, MapMap{.descriptor = f, .size = {Pages(1)}, .protection = 1})
      .Expects(OrClosed(Success()));
  c.Load(n).Expects(Exactly(42) | Record<Fault>());
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_RACE("races.object.opened_or_made_anew_is_one_or_the_other", kRounds,
             "RACE.POSIX.OPEN_UNLINK"_req, "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor old = NewObject(a, "/n0", Pages(2));
  Descriptor d;
  plan.Race([&] {
    a.Do(PosixUnlink{"/n0"}).Gives(0);
    b.DescriptorAs(d, PosixOpen{"/n0", kMakeObject | kReadWrite, {0600}}).Succeeds();
    b.Do(FileStat{d}).Expects(OfSize(PageOffset(2)) | OfSize(0));
  });
  // The oracle knows which: the new one has the name.
  b.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("size", PageOffset(2)).With("links", 0) |
               Record<FileRecord>().With("size", 0).With("links", 1));
  a.Do(FileStat{old}).Expects(Linked(0));
  a.Do(PosixUnlink{"/n0"}).Expects(OrMissing(Exactly(0)));
  b.Do(FileStat{d}).Expects(Linked(0));
}

SHMSPEC_RACE("races.object.generations_of_one_name_never_mix", kRounds,
             "POSIX.UNLINK.RACE_CREATE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  NewObject(a, "/n0", Pages(1));
  plan.Race([&] {
    a.Do(PosixUnlink{"/n0"}).Gives(0);
    Descriptor next;
    a.DescriptorAs(next, PosixOpen{"/n0", kNewObject}).Succeeds();
    a.Do(FileTruncate{next, {Pages(2)}}).Gives(0);
    for (const Actor& one : {b, c}) {
      Descriptor d;
      one.DescriptorAs(d, PosixOpen{"/n0", kReadWrite}).Expects(OrMissing(Success()));
      one.Do(FileStat{d})
          .Expects(OrClosed(OfSize(PageOffset(1)) | OfSize(0) | OfSize(PageOffset(2))));
      one.Do(FileStat{d})
          .Expects(OrClosed(OfSize(PageOffset(1)) | OfSize(0) | OfSize(PageOffset(2))));
    }
  });
  a.Do(FileStat{a.Open({"/n0"})}).Expects(OfSize(PageOffset(2)));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_RACE("races.object.opened_before_it_has_its_size_shows_none_of_it", kRounds,
             "RACE.POSIX.SIZE_LATER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  plan.Race([&] {
    Descriptor d, e;
    Mapping m, n;
    a.DescriptorAs(d, PosixOpen{"/n0", kNewObject}).Succeeds();
    a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
    a.MapAs(m, MapMap{.descriptor = d, .size = {Pages(1)}}).Succeeds();
    a.Store(m, 42).Succeeds();
    b.DescriptorAs(e, PosixOpen{"/n0", kReadWrite}).Expects(OrMissing(Success()));
    b.Do(FileStat{e}).Expects(OrClosed(OfSize(0) | OfSize(PageOffset(1))));
    b.MapAs(n, MapMap{.descriptor = e, .size = {Pages(1)}}).Expects(OrClosed(Success()));
    b.Load(n).Expects(Exactly(0) | Exactly(42) | Record<Fault>());
  });
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_RACE("races.object.is_never_seen_before_it_has_its_owner_and_mode", kRounds,
             "RACE.POSIX.WHOLE_AT_ONCE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Actor c = plan.Spawn("c");
  Descriptor d, e, f;
  plan.Race([&] {
    a.DescriptorAs(d, PosixOpen{"/n0", kNewObject, {0600}}).Succeeds();
    // Bob must never get a descriptor of what only Alice may read.
    b.DescriptorAs(e, PosixOpen{"/n0", kReadWrite}).FailsWithOneOf({ENOENT, EACCES});
    c.DescriptorAs(f, PosixOpen{"/n0"}).Expects(OrMissing(Success()));
    c.Do(FileStat{f})
        .Expects(OrClosed(Record<FileRecord>()
                              .With("mode", 0100600)
                              .With("uid", kAlice)
                              .With("gid", kAlice)
                              .With("links", 1)));
  });
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_RACE("races.object.linked_and_unlinked_counts_its_names", kRounds,
             "RACE.POSIX.LINK_COUNT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Descriptor e = c.Open({"/n0"});
  plan.Race([&] {
    a.Do(PosixLink{"/n0", "/n1"}).Expects(OrMissing(Exactly(0)));
    a.Do(PosixLink{"/n0", "/n2"}).Expects(OrMissing(Exactly(0)));
    b.Do(PosixUnlink{"/n0"}).Gives(0);
    b.Do(PosixUnlink{"/n1"}).Expects(OrMissing(Exactly(0)));
    c.Do(FileStat{e}).Expects(Record<FileRecord>().With("links", 0, 3));
    c.Do(FileStat{e}).Expects(Record<FileRecord>().With("links", 0, 3));
  });
  // The oracle knows how many names are left.
  a.Do(FileStat{d}).Succeeds();
  for (const char* name : {"/n0", "/n1", "/n2"}) {
    a.Do(PosixUnlink{name}).Expects(OrMissing(Exactly(0)));
  }
  a.Do(FileStat{d}).Expects(Linked(0));
}

SHMSPEC_RACE("races.object.emptied_as_it_is_opened_has_one_size_at_a_time", kRounds,
             "RACE.POSIX.TRUNC_ORDER"_req, "POSIX.OPEN.TRUNC"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  Descriptor e;
  plan.Race([&] {
    a.Do(FileStat{d}).Expects(OfSize(0) | OfSize(PageOffset(2)));
    a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
    a.Do(FileStat{d}).Expects(OfSize(0) | OfSize(PageOffset(1)));
    b.DescriptorAs(e, PosixOpen{"/n0", kReadWrite | kTruncate}).Succeeds();
    b.Do(FileStat{e}).Expects(OfSize(0) | OfSize(PageOffset(1)));
  });
  a.Do(FileStat{d}).Expects(OfSize(0) | OfSize(PageOffset(1)));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_RACE("races.object.removed_by_one_keeps_the_size_another_gives_it", kRounds,
             "RACE.POSIX.OPEN_UNLINK"_req, "POSIX.SIZE.FTRUNCATE_SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Descriptor e = b.Open({"/n0", kReadWrite});
  plan.Race([&] {
    a.Do(PosixUnlink{"/n0"}).Gives(0);
    a.Do(DescriptorClose{d}).Gives(0);
    b.Do(FileTruncate{e, {Pages(3)}}).Gives(0);
    b.Do(FileStat{e}).Expects(OfSize(PageOffset(3)));
  });
  const Mapping m = MapShared(b, e, 3);
  b.Store(m + PageOffset(2), 42).Succeeds();
  b.Do(FileStat{e})
      .Expects(Record<FileRecord>().With("size", PageOffset(3)).With("links", 0).With("blocks", 8));
}

SHMSPEC_RACE("races.object.whose_mode_changes_is_opened_by_one_mode", kRounds,
             "RACE.POSIX.WHOLE_AT_ONCE"_req, "FILE.CHMOD"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  plan.Race([&] {
    a.Do(FileChmod{d, {0606}}).Gives(0);
    a.Do(FileChmod{d, {0600}}).Gives(0);
    Descriptor e;
    b.DescriptorAs(e, PosixOpen{"/n0", kReadWrite}).Expects(Success() | Fails(EACCES));
    b.Do(FileStat{e}).Expects(OrClosed(OfSize(PageOffset(1))));
  });
  b.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
