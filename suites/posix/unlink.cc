// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shm_unlink(3), and what stays of an object without a name.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern Named(std::int64_t links) { return Record<FileRecord>().With("links", links); }

SHMSPEC_CASE("posix.unlink.takes_the_name_at_once", "POSIX.UNLINK.NAME_GONE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  for (int i = 0; i < 3; ++i) {
    const Descriptor d = NewObject(a, "/n0", Pages(1));
    const Descriptor open = b.Open({"/n0", kReadWrite});
    (i == 0 ? a : b).Do(PosixUnlink{"/n0"}).Gives(0);
    for (const Actor& one : {a, b}) {
      one.Do(PosixOpen{"/n0"}).Fails(ENOENT);
      one.Do(PosixOpen{"/n0", kReadWrite}).Fails(ENOENT);
      one.Do(PosixOpen{"/n0", kReadWrite | kTruncate}).Fails(ENOENT);
    }
    a.Do(FileStat{d}).Expects(OfSize(PageOffset(1)));
    b.Do(FileStat{open}).Expects(OfSize(PageOffset(1)));
  }
}

SHMSPEC_CASE("posix.unlink.finds_no_missing_name", "POSIX.UNLINK.ENOENT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kBob));
  a.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  NewObject(a, "/n0", 100);
  NewObject(a, "/n00", 100);
  a.Do(PosixUnlink{"/n"}).Fails(ENOENT);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  b.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
  a.Do(FileStat{a.Open({"/n00"})}).Expects(OfSize(100));
  a.Do(PosixUnlink{"/n00"}).Gives(0);
}

SHMSPEC_CASE("posix.unlink.leaves_mappings_and_descriptors",
             "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 4}).Gives(0);
  const Descriptor e = b.Open({"/n0", kReadWrite});
  const Mapping n = MapShared(b, e, 2);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  b.Do(MemoryChecksum{n, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 4));
  b.Store(n + 8, 42);
  a.Load(m + 8).Gives(42);
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  const Mapping more = MapShared(b, e, 1, 3, 2);
  b.Store(more, 5);
  a.Load(MapShared(a, d, 1, 3, 2)).Gives(5);
}

SHMSPEC_CASE("posix.unlink.leaves_a_descriptor_alone", "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Do(MemoryFill{m, {Pages(1)}, 6}).Gives(0);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(MemoryChecksum{MapShared(a, d, 1), {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 6));
}

SHMSPEC_CASE("posix.unlink.leaves_a_mapping_alone", "POSIX.UNLINK.CONTENTS_UNTIL_LAST_REF"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 1);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Load(m).Gives(1);
  a.Fork(c);
  c.Store(m, 2);
  a.Load(m).Gives(2);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  c.Load(m).Gives(2);
}

SHMSPEC_CASE("posix.unlink.after_the_last_close_leaves_the_contents_to_the_name",
             "POSIX.UNLINK.PERSISTS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 8}).Gives(0);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  const Descriptor e = a.Open({"/n0", kReadWrite});
  a.Do(FileStat{e}).Expects(OfSize(PageOffset(2)));
  a.Do(MemoryChecksum{MapShared(a, e, 2), {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 8));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.unlink.is_not_done_by_the_end_of_a_process", "POSIX.UNLINK.PERSISTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Actor k = plan.Forked("k");
  a.Fork(c);
  a.Fork(k);
  c.Store(MapShared(c, NewObject(c, "/n0", Pages(1)), 1), 11);
  k.Store(MapShared(k, NewObject(k, "/n1", Pages(1)), 1), 12);
  c.Exit().Expects(Exited());
  a.Kill(k);
  a.Load(MapShared(a, a.Open({"/n0", kReadWrite}), 1)).Gives(11);
  a.Load(MapShared(a, a.Open({"/n1", kReadWrite}), 1)).Gives(12);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(PosixUnlink{"/n1"}).Gives(0);
}

SHMSPEC_CASE("posix.unlink.is_not_done_by_exec", "POSIX.UNLINK.PERSISTS"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  a.Do(MemoryFill{m, {Pages(1)}, 2}).Gives(0);
  a.Do(ProcessExec{}).Gives(0);
  const Descriptor d = a.Open({"/n0", kReadWrite});
  a.Do(MemoryChecksum{MapShared(a, d, 1), {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 2));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.unlink.makes_room_for_another_object", "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Do(MemoryFill{m, {Pages(1)}, 3}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  const Descriptor e = b.Open({"/n0", kMakeObject | kReadWrite, {0600}});
  b.Do(FileStat{e}).Expects(OfSize(0));
  b.Do(FileTruncate{e, {Pages(2)}}).Gives(0);
  const Mapping n = MapShared(b, e, 2);
  b.Do(MemoryChecksum{n, {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
  b.Store(n, 9);
  a.Store(m + 8, 10);
  a.Do(MemoryChecksum{m + 16, {Pages(1) - 16}}).Succeeds();
  b.Load(n + 8).Gives(0);
  a.Do(FileStat{d}).Expects(OfSize(PageOffset(1)));
  a.Do(FileTruncate{d, {0}}).Gives(0);
  b.Load(n).Gives(9);
  b.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.unlink.of_the_new_one_leaves_the_old_one",
             "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req) {
  const Actor a = plan.Spawn("a");
  Descriptor generations[3];
  for (Descriptor& d : generations) {
    d = NewObject(a, "/n0", Pages(1));
    a.Do(PosixUnlink{"/n0"}).Gives(0);
  }
  std::uint64_t value = 0;
  for (const Descriptor& d : generations) a.Store(MapShared(a, d, 1), ++value);
  value = 0;
  for (const Descriptor& d : generations) {
    a.Load(MapShared(a, d, 1)).Gives(static_cast<std::int64_t>(++value));
    a.Do(FileStat{d}).Expects(Named(0));
  }
}

SHMSPEC_CASE("posix.unlink.shows_in_the_number_of_names", "POSIX.UNLINK.LINKS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = NewObject(a, "/n0");
  a.Do(FileStat{d}).Expects(Named(1));
  a.Open({"/n0"});
  MapShared(a, d, 1);
  a.Fork(c);
  a.Do(FileStat{d}).Expects(Named(1));
  c.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(FileStat{d}).Expects(Named(0));
  c.Do(FileStat{d}).Expects(Named(0));
}

SHMSPEC_CASE("posix.unlink.of_one_name_leaves_the_other", "POSIX.UNLINK.HARDLINK"_req,
             "POSIX.UNLINK.LINKS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  a.Store(MapShared(a, d, 1), 1);
  a.Do(PosixLink{"/n0", "/n1"}).Gives(0);
  a.Do(FileStat{d}).Expects(Named(2));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  b.Do(PosixOpen{"/n0"}).Fails(ENOENT);
  const Descriptor e = b.Open({"/n1", kReadWrite});
  b.Load(MapShared(b, e, 1)).Gives(1);
  b.Do(FileStat{e}).Expects(Named(1));
  NewObject(a, "/n0", 10);
  b.Do(FileStat{e}).Expects(Record<FileRecord>().With("links", 1).With("size", PageOffset(1)));
  a.Do(PosixLink{"/n1", "/n0"}).Fails(EEXIST);
  a.Do(PosixLink{"/n2", "/n3"}).Fails(ENOENT);
  b.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(FileStat{d}).Expects(Named(0));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_RACE("posix.unlink.and_create_make_whole_objects", 40, "POSIX.UNLINK.RACE_CREATE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  plan.Race([&] {
    for (const Actor& one : {a, b}) {
      Descriptor d;
      one.DescriptorAs(d, PosixOpen{"/n0", kNewObject}).Expects(Success() | Fails(EEXIST));
      one.Do(FileTruncate{d, {Pages(1)}}).Expects(Exactly(0) | Fails(EBADF));
      one.Do(PosixUnlink{"/n0"}).Expects(Exactly(0) | Fails(ENOENT));
    }
    Descriptor d;
    c.DescriptorAs(d, PosixOpen{"/n0", kReadWrite}).Expects(Success() | Fails(ENOENT));
    c.Do(FileStat{d}).Expects(OfSize(0) | OfSize(PageOffset(1)) | Fails(EBADF));
  });
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.unlink.shows_in_the_list_of_mappings", "PROC.MAPS.POSIX_NAME"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(3)), 2, 3, 1);
  const Mapping p = MapPrivately(a, a.Open({"/n0", kReadWrite}), 1, 1);
  // The oracle looks for the names.
  a.Do(MapShow{m}).Succeeds();
  a.Do(MapShow{p}).Succeeds();
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(MapShow{m + 8}).Succeeds();
  a.Do(MapShow{p}).Succeeds();
  NewObject(a, "/n0", Pages(1));
  a.Do(MapShow{m}).Succeeds();
  a.Do(MapShow{MapShared(a, a.Open({"/n0", kReadWrite}), 1)}).Succeeds();
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
