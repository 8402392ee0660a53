// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shm_open(3): what a new object is, and what flags do to one that is there.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kRegular = 0100000;  // of the mode that fstat shows

SHMSPEC_CASE("posix.open.makes_an_empty_object", "POSIX.OPEN.CREATE_SIZE_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0");
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("size", 0).With("blocks", 0).With("links", 1));
  const Mapping m = MapShared(a, d, 1);
  a.Load(m).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(1)}}).Gives(ChecksumOfZeros(Pages(1)));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.makes_it_empty_the_second_time_too", "POSIX.OPEN.CREATE_SIZE_ZERO"_req,
             "POSIX.UNLINK.REUSE_IS_NEW_OBJECT"_req) {
  const Actor a = plan.Spawn("a");
  for (int i = 0; i < 3; ++i) {
    const Descriptor d = NewObject(a, "/n0");
    a.Do(FileStat{d}).Expects(OfSize(0));
    a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
    const Mapping m = MapShared(a, d, 2);
    a.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfZeros(Pages(2)));
    a.Do(MemoryFill{m, {Pages(2)}, 7}).Gives(0);
    a.Do(PosixUnlink{"/n0"}).Gives(0);
  }
}

SHMSPEC_CASE("posix.open.takes_the_mask_from_the_mode", "POSIX.OPEN.MODE_UMASK"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint32_t mask : {0u, 022u, 077u, 0111u, 0777u, 0642u}) {
    a.Do(ProcessSetUmask{{mask}}).Succeeds();
    for (const std::uint32_t mode : {0u, 0400u, 0600u, 0644u, 0666u, 0777u}) {
      const Descriptor d = a.Open({"/n0", kNewObject, {mode}});
      a.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", kRegular | (mode & ~mask)));
      a.Do(DescriptorClose{d}).Gives(0);
      a.Do(PosixUnlink{"/n0"}).Gives(0);
    }
  }
}

SHMSPEC_CASE("posix.open.takes_the_mask_of_its_process", "POSIX.OPEN.MODE_UMASK"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  a.Do(ProcessSetUmask{{027}}).Succeeds();
  a.Fork(c);
  a.Do(ProcessSetUmask{{0}}).Gives(027);
  a.Do(FileStat{NewObject(a, "/n0", 0, 0666)})
      .Expects(Record<FileRecord>().With("mode", kRegular | 0666));
  c.Do(FileStat{NewObject(c, "/n1", 0, 0666)})
      .Expects(Record<FileRecord>().With("mode", kRegular | 0640));
  c.Do(ProcessExec{}).Gives(0);
  c.Do(FileStat{NewObject(c, "/n2", 0, 0777)})
      .Expects(Record<FileRecord>().With("mode", kRegular | 0750));
  for (const char* name : {"/n0", "/n1", "/n2"}) a.Do(PosixUnlink{name}).Gives(0);
}

SHMSPEC_CASE("posix.open.takes_the_mask_that_another_thread_has_set", "POSIX.OPEN.MODE_UMASK"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  a.Do(ProcessSetUmask{{022}}).Succeeds();
  a.Thread(t);
  t.Do(ProcessSetUmask{{077}}).Gives(022);
  a.Do(FileStat{NewObject(a, "/n0", 0, 0666)})
      .Expects(Record<FileRecord>().With("mode", kRegular | 0600));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.leaves_an_existing_object_as_it_is",
             "POSIX.OPEN.CREATE_KEEPS_EXISTING"_req, "POSIX.OPEN.MODE_UMASK"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(a, "/n0", Pages(1) + 1, 0640);
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {100}, 3}).Gives(0);
  for (const std::uint32_t mode : {0777u, 0u, 0600u}) {
    const Descriptor again = a.Open({"/n0", kMakeObject | kReadWrite, {mode}});
    a.Do(FileStat{again})
        .Expects(
            Record<FileRecord>().With("mode", kRegular | 0640).With("size", PageOffset(1) + 1));
    a.Do(MemoryChecksum{MapShared(a, again, 1), {100}}).Gives(ChecksumOfFill(100, 3));
  }
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.as_others_leaves_an_existing_object_as_it_is",
             "POSIX.OPEN.CREATE_KEEPS_EXISTING"_req, "POSIX.OPEN.OWNERSHIP"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor root = plan.Spawn("root");
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(a, "/n0", 100, 0666);
  root.Do(PosixOpen{"/n0", kMakeObject | kReadWrite, {0600}})
      .Expects(Success() | Fails(EACCES));  // fs.protected_regular
  root.Open({"/n0", kReadWrite});
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>()
                   .With("mode", kRegular | 0666)
                   .With("uid", kAlice)
                   .With("gid", kAlice)
                   .With("size", 100));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.may_keep_other_bits_of_the_mode", "POSIX.OPEN.EXTRA_MODE_BITS"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  for (const std::uint32_t mode : {07777u, 04700u, 01600u}) {
    a.Do(FileStat{a.Open({"/n0", kNewObject, {mode}})})
        .Expects(Record<FileRecord>().With("mode", kRegular | mode) |
                 Record<FileRecord>().With("mode", kRegular | (mode & 0777)));
    a.Do(PosixUnlink{"/n0"}).Gives(0);
  }
}

SHMSPEC_CASE("posix.open.makes_one_name_once", "POSIX.OPEN.EXCL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", 100);
  for (int i = 0; i < 2; ++i) {
    a.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
    b.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
    b.Do(PosixOpen{"/n0", kMakeObject | kOnlyNewObject}).Fails(EEXIST);
    b.Do(PosixOpen{"/n0", kNewObject | kTruncate}).Fails(EEXIST);
  }
  a.Do(FileStat{d}).Expects(OfSize(100));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  NewObject(b, "/n0", 7);
  a.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
  b.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_RACE("posix.open.makes_one_name_once_for_all_at_the_same_time", 40,
             "POSIX.OPEN.EXCL_ATOMIC"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  plan.Race([&] {
    for (const Actor& one : {a, b, c}) {
      one.Do(PosixOpen{"/n0", kNewObject}).Expects(Success() | Fails(EEXIST));
    }
  });
  a.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.ignores_exclusive_alone", "POSIX.OPEN.EXCL_WITHOUT_CREAT"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(PosixOpen{"/n0", kOnlyNewObject | kReadWrite}).Fails(ENOENT);
  NewObject(a, "/n0", 100);
  a.Do(FileStat{a.Open({"/n0", kOnlyNewObject | kReadWrite})}).Expects(OfSize(100));
  a.Do(FileStat{a.Open({"/n0", kOnlyNewObject})}).Expects(OfSize(100));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.finds_no_missing_name", "POSIX.OPEN.ENOENT"_req,
             "POSIX.OPEN.FAILURE_LEAVES_NOTHING"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kBob));
  for (const Actor& one : {a, b}) {
    for (const std::uint64_t flags :
         {std::uint64_t{0}, kReadWrite, kWriteOnly, kReadWrite | kTruncate, kReadWrite | kAppend}) {
      one.Do(PosixOpen{"/n0", flags}).Fails(ENOENT);
    }
  }
  NewObject(a, "/n1", 10);
  a.Do(PosixOpen{"/n0", kReadWrite}).Fails(ENOENT);
  a.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.open.truncates_what_is_there", "POSIX.OPEN.TRUNC"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(a, "/n0", Pages(2), 0640);
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 9}).Gives(0);
  const Descriptor cut = b.Open({"/n0", kReadWrite | kTruncate});
  b.Do(FileStat{cut})
      .Expects(
          Record<FileRecord>().With("size", 0).With("blocks", 0).With("mode", kRegular | 0640));
  a.Do(FileStat{d}).Expects(OfSize(0));
  a.Load(m).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Store(m + PageOffset(1), 1).Faults(SIGBUS, FaultCode::kBeyondObject);
  b.Do(FileTruncate{cut, {Pages(1)}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(1)}}).Gives(ChecksumOfZeros(Pages(1)));
  a.Store(m, 4);
  b.Load(MapShared(b, cut, 1)).Gives(4);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.with_create_truncates_as_well", "POSIX.OPEN.TRUNC"_req) {
  const Actor a = plan.Spawn("a");
  for (int i = 0; i < 2; ++i) {
    const Descriptor d = a.Open({"/n0", kMakeObject | kReadWrite | kTruncate, {0600}});
    a.Do(FileStat{d}).Expects(OfSize(0));
    a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
    a.Store(MapShared(a, d, 1), 5);
  }
  const Descriptor d = a.Open({"/n0", kReadWrite});
  a.Load(MapShared(a, d, 1)).Gives(5);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.truncates_only_where_it_may_write", "POSIX.OPEN.TRUNC_RDONLY"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(a, "/n0", 100, 0644);
  b.Do(PosixOpen{"/n0", kTruncate}).Fails(EACCES);
  b.Do(PosixOpen{"/n0", kTruncate | kReadWrite}).Fails(EACCES);
  a.Do(FileStat{d}).Expects(OfSize(100));
  const Descriptor cut = a.Open({"/n0", kTruncate});
  a.Do(FileStat{d}).Expects(OfSize(0));
  a.Do(FileTruncate{cut, {1}}).FailsWithOneOf({EINVAL, EBADF});
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.closes_its_descriptor_on_exec", "POSIX.OPEN.CLOEXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", 100);
  const Descriptor again = a.Open({"/n0"});
  a.Do(DescriptorGetCloseOnExec{d}).Gives(1);
  a.Do(DescriptorGetCloseOnExec{again}).Gives(1);
  Descriptor twin;
  a.DescriptorAs(twin, DescriptorDup{d}).Succeeds();
  a.Do(DescriptorGetCloseOnExec{twin}).Gives(0);
  a.Do(ProcessExec{Image::kMissing}).Fails(ENOENT);
  a.Do(FileStat{d}).Expects(OfSize(100));
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileStat{d}).Fails(EBADF);
  a.Do(FileStat{again}).Fails(EBADF);
  a.Do(FileStat{twin}).Expects(OfSize(100));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.keeps_no_mapping_over_exec", "POSIX.OPEN.CLOEXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  a.Store(m, 42);
  a.Do(ProcessExec{}).Gives(0);
  a.Load(MapShared(a, a.Open({"/n0", kReadWrite}), 1)).Gives(42);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.gives_the_lowest_number", "POSIX.OPEN.LOWEST_FD"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", 100);
  const Descriptor e = a.Open({"/n0"});
  a.Open({"/n0"});
  a.Do(DescriptorClose{e}).Gives(0);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  const Descriptor first = a.Open({"/n0", kReadWrite});
  const Descriptor second = a.Open({"/n0"});
  a.Do(FileSeek{first, {10}, Whence::kSet}).Gives(10);
  a.Do(FileSeek{second, {0}, Whence::kCurrent}).Gives(0);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.begins_at_the_start_each_time", "POSIX.OPEN.LOWEST_FD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = NewObject(a, "/n0", 100);
  a.Do(FileSeek{d, {50}, Whence::kSet}).Gives(50);
  a.Fork(c);
  const Descriptor own = c.Open({"/n0", kReadWrite});
  c.Do(FileSeek{own, {0}, Whence::kCurrent}).Gives(0);
  c.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(50);
  c.Do(FileSeek{own, {7}, Whence::kSet}).Gives(7);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(50);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.reads_or_writes_as_asked", "POSIX.OPEN.ACCESS_MODES"_req) {
  const Actor a = plan.Spawn("a");
  NewObject(a, "/n0", Pages(1));
  const Mapping m = Room(a);
  const Descriptor reading = a.Open({"/n0"});
  a.Do(FilePread{reading, m, {8}, {0}}).Gives(8);
  a.Do(FilePwrite{reading, m, {8}, {0}}).Fails(EBADF);
  a.Do(FileTruncate{reading, {1}}).FailsWithOneOf({EINVAL, EBADF});
  a.Do(MapMap{.descriptor = reading, .size = {Pages(1)}}).Fails(EACCES);
  MapShared(a, reading, 1, 1);
  const Descriptor writing = a.Open({"/n0", kWriteOnly});
  a.Do(FilePwrite{writing, m, {8}, {0}}).Gives(8);
  a.Do(FilePread{writing, m, {8}, {0}}).Fails(EBADF);
  a.Do(FileTruncate{writing, {Pages(2)}}).Gives(0);
  for (const std::uint64_t protection : {0u, 1u, 2u, 3u}) {
    a.Do(MapMap{.descriptor = writing, .size = {Pages(1)}, .protection = protection}).Fails(EACCES);
  }
  a.Do(MapMap{.descriptor = writing, .size = {Pages(1)}, .flags = kMapPrivate}).Fails(EACCES);
  MapShared(a, a.Open({"/n0", kReadWrite}), 2);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.follows_no_symbolic_link", "POSIX.OPEN.SYMLINK_REFUSED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n1", 100);
  a.Do(PosixPlantLink{"/n0", "n1"}).Gives(0);
  a.Do(PosixPlantLink{"/n2", "n3"}).Gives(0);
  for (const char* name : {"/n0", "/n2"}) {
    a.Do(PosixOpen{name}).Fails(ELOOP);
    a.Do(PosixOpen{name, kReadWrite | kTruncate}).Fails(ELOOP);
    a.Do(PosixOpen{name, kMakeObject | kReadWrite}).Fails(ELOOP);
    a.Do(PosixOpen{name, kNewObject}).Fails(EEXIST);
  }
  a.Do(FileStat{d}).Expects(OfSize(100));
  a.Do(PosixOpen{"/n3"}).Fails(ENOENT);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
  a.Do(FileStat{a.Open({"/n1"})}).Expects(OfSize(100));
  a.Do(PosixUnlink{"/n1"}).Gives(0);
  a.Do(PosixUnlink{"/n2"}).Gives(0);
}

SHMSPEC_CASE("posix.open.makes_nothing_without_a_descriptor", "POSIX.OPEN.EMFILE"_req,
             "POSIX.OPEN.FAILURE_LEAVES_NOTHING"_req) {
  const Actor a = plan.Spawn("a", {.nofile = 6});
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", 100);
  a.Open({"/n0"});
  a.Open({"/n0"});
  a.Do(PosixOpen{"/n1", kNewObject}).Fails(EMFILE);
  a.Do(PosixOpen{"/n0", kReadWrite | kTruncate}).Fails(EMFILE);
  a.Do(PosixOpen{"/n1", kMakeObject | kReadWrite}).Fails(EMFILE);
  b.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  a.Do(FileStat{d}).Expects(OfSize(100));
  a.Do(DescriptorClose{d}).Gives(0);
  NewObject(a, "/n1");
  b.Do(PosixUnlink{"/n1"}).Gives(0);
  b.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.that_fails_leaves_what_is_there", "POSIX.OPEN.FAILURE_LEAVES_NOTHING"_req,
             "POSIX.OPEN.EXCL"_req, "POSIX.OPEN.EACCES"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  a.Do(ProcessSetUmask{{0}}).Succeeds();
  const Descriptor d = NewObject(a, "/n0", Pages(1), 0444);
  const Mapping m = MapShared(a, d, 1);
  a.Do(MemoryFill{m, {Pages(1)}, 5}).Gives(0);
  b.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
  b.Do(PosixOpen{"/n0", kReadWrite | kTruncate}).Fails(EACCES);
  b.Do(PosixOpen{"/n0", kNewObject | kTruncate}).Fails(EEXIST);
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>()
                   .With("size", PageOffset(1))
                   .With("mode", kRegular | 0444)
                   .With("links", 1));
  a.Do(MemoryChecksum{m, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 5));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.open.appends_where_asked", "POSIX.OPEN.ACCESS_MODES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", 100);
  const Mapping m = Room(a);
  const Descriptor appending = a.Open({"/n0", kReadWrite | kAppend});
  a.Do(FileWrite{appending, m, {8}}).Gives(8);
  a.Do(FileStat{d}).Expects(OfSize(108));
  a.Do(FilePwrite{appending, m, {8}, {0}}).Gives(8);
  a.Do(FileStat{d}).Expects(OfSize(116));
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
