// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What leaves the offset, the bytes and the descriptors alone.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern Sized(std::int64_t size) { return Record<FileRecord>().With("size", size); }

SHMSPEC_CASE("memfd.offset.is_moved_by_reading_writing_and_seeking_only", "FD.OFFSET_UNMOVED"_req,
             "POSIX.SIZE.RDWR_IO"_req, "POSIX.SIZE.FTRUNCATE_SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  const auto at = [&](std::int64_t offset) {
    a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(offset);
  };
  at(0);
  const Mapping m = Room(a);
  a.Do(FileWrite{d, m, {100}}).Gives(100);
  a.Do(FileTruncate{d, {10}}).Gives(0);
  at(100);
  a.Do(FileAllocate{d, {0}, {Pages(2)}, 0}).Gives(0);
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kKeepSize | kPunchHole}).Gives(0);
  a.Do(FilePwrite{d, m, {8}, {Pages(3)}}).Gives(8);
  a.Do(FilePread{d, m, {8}, {0}}).Gives(8);
  MapShared(a, d, 1);
  at(100);
  a.Do(FileTruncate{d, {50}}).Gives(0);
  a.Do(FileRead{d, m, {8}}).Gives(0);
  at(100);
  a.Do(FileWrite{d, m, {8}}).Gives(8);
  at(108);
  a.Do(FileStat{d}).Expects(Sized(108));
  a.Do(FileSeek{d, {static_cast<std::uint64_t>(-109)}, Whence::kCurrent}).Fails(EINVAL);
  a.Do(FileSeek{d, {static_cast<std::uint64_t>(-108)}, Whence::kCurrent}).Gives(0);
  a.Do(FileSeek{d, {5}, Whence::kEnd}).Gives(113);
  a.Do(FileSeek{d, {static_cast<std::uint64_t>(-109)}, Whence::kEnd}).Fails(EINVAL);
  at(113);
}

SHMSPEC_CASE("memfd.offset.appending_ignores_it", "FD.APPEND"_req, "MEMFD.REOPEN_VIA_PROC"_req,
             "POSIX.SIZE.RDWR_IO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  const Descriptor appending = Reopen(a, d, kReadWrite | kAppend);
  const Mapping m = Room(a);
  a.Store(m, 42).Succeeds();
  a.Do(FileSeek{appending, {10}, Whence::kSet}).Gives(10);
  a.Do(FileWrite{appending, m, {8}}).Gives(8);
  a.Do(FileSeek{appending, {0}, Whence::kCurrent}).Gives(108);
  a.Do(FileWrite{d, m, {8}}).Gives(8);
  a.Do(FileWrite{appending, m, {8}}).Gives(8);
  a.Do(FileStat{d}).Expects(Sized(116));
  a.Do(FilePread{d, m + 64, {8}, {108}}).Gives(8);
  a.Load(m + 64).Gives(42);
}

SHMSPEC_CASE("memfd.offset.writing_nothing_changes_nothing", "POSIX.SIZE.RDWR_IO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  const Mapping m = Room(a);
  a.Do(FilePwrite{d, m, {0}, {Pages(2)}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(100));
  a.Do(FileSeek{d, {Pages(2)}, Whence::kSet}).Gives(PageOffset(2));
  a.Do(FileWrite{d, m, {0}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(100));
  a.Do(FileTruncate{d, {100}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(100));
}

SHMSPEC_CASE("memfd.size.the_same_size_leaves_the_bytes_alone", "POSIX.SIZE.FTRUNCATE_SETS"_req,
             "POSIX.SIZE.GROW_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 5}).Gives(0);
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
  a.Do(FileTruncate{d, {Pages(4)}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
  a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(2)}}).Gives(ChecksumOfFill(Pages(2), 5));
  a.Do(FileTruncate{d, {Pages(1) + 8}}).Gives(0);
  a.Do(MemoryChecksum{m, {Pages(1) + 8}}).Gives(ChecksumOfFill(Pages(1) + 8, 5));
  a.Do(MemoryChecksum{m + PageOffset(1) + 8, {Pages(1) - 8}}).Gives(ChecksumOfZeros(Pages(1) - 8));
}

SHMSPEC_CASE("memfd.size.a_second_shrinking_zeroes_again", "POSIX.SIZE.TAIL_BYTES_ZERO"_req,
             "POSIX.SIZE.REGROW_NO_REMAP"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  for (const std::uint64_t value : {5u, 6u, 7u}) {
    a.Do(MemoryFill{m, {Pages(2)}, value}).Gives(0);
    a.Do(FileTruncate{d, {100}}).Gives(0);
    a.Load(m + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
    a.Do(FileTruncate{d, {Pages(2)}}).Gives(0);
    a.Do(MemoryChecksum{m, {100}}).Gives(ChecksumOfFill(100, value));
    a.Do(MemoryChecksum{m + 100, {Pages(2) - 100}}).Gives(ChecksumOfZeros(Pages(2) - 100));
  }
}

SHMSPEC_CASE("memfd.hole.punching_leaves_private_copies_alone", "TMPFS.PUNCH_HOLE"_req,
             "MMAP.PRIVATE_ISOLATED"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping shared = MapShared(a, d, 2);
  a.Do(MemoryFill{shared, {Pages(2)}, 5}).Gives(0);
  const Mapping own = MapPrivately(a, d, 2);
  a.Store(own, 9).Succeeds();
  a.Do(FileAllocate{d, {0}, {Pages(1)}, kKeepSize | kPunchHole}).Gives(0);
  a.Load(own).Gives(9);
  a.Load(shared).Gives(0);
  a.Do(MemoryChecksum{shared + PageOffset(1), {Pages(1)}}).Expects(Success());
  a.Store(shared, 6).Succeeds();
  a.Load(own).Gives(9);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(2)));
}

SHMSPEC_CASE("memfd.descriptor.what_is_opened_after_fork_is_ones_own", "FD.TABLE_COPIED"_req,
             "FD.LOWEST_NUMBER"_req, "FD.BAD_DESCRIPTOR"_req, "FD.CLOSE_FREES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, 100);
  const Descriptor e = a.Memfd(0, 200);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Fork(c);
  Descriptor f;
  c.DescriptorAs(f, MemfdCreate{}).Succeeds();
  c.Do(FileTruncate{f, {300}}).Gives(0);
  Descriptor g;
  a.DescriptorAs(g, MemfdCreate{}).Expects(ValueOf(d));
  a.Do(FileStat{g}).Expects(Sized(0));
  c.Do(DescriptorClose{e}).Gives(0);
  c.Do(FileStat{e}).Fails(EBADF);
  a.Do(FileStat{e}).Expects(Sized(200));
  a.Do(DescriptorSetCloseOnExec{e, true}).Gives(0);
  c.Do(FileStat{f}).Expects(Sized(300));
}

SHMSPEC_CASE("memfd.descriptor.close_on_exec_is_of_one_process", "FD.TABLE_COPIED"_req,
             "FD.CLOSE_ON_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(kMemfdCloseOnExec, 100);
  const Descriptor e = a.Memfd(0, 200);
  a.Fork(c);
  c.Do(DescriptorGetCloseOnExec{d}).Gives(1);
  c.Do(DescriptorSetCloseOnExec{d, false}).Gives(0);
  c.Do(DescriptorSetCloseOnExec{e, true}).Gives(0);
  a.Do(DescriptorGetCloseOnExec{d}).Gives(1);
  a.Do(DescriptorGetCloseOnExec{e}).Gives(0);
  c.Do(ProcessExec{}).Gives(0);
  c.Do(FileStat{d}).Expects(Sized(100));
  c.Do(FileStat{e}).Fails(EBADF);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileStat{d}).Fails(EBADF);
  a.Do(FileStat{e}).Expects(Sized(200));
}

SHMSPEC_CASE("memfd.mode.gives_the_group_of_the_file_system", "FILE.OWNER"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetIdentity{.fsgid = Id(kBob)}).Gives(0);
  const Descriptor d = a.Memfd(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", 0).With("gid", kBob));
}

SHMSPEC_CASE("memfd.mode.the_group_opens_as_the_group", "MEMFD.REOPEN_VIA_PROC"_req,
             "FILE.CHMOD"_req) {
  const Actor a = plan.Spawn("a");
  ActorSpec spec = User(kBob);
  spec.groups = {Id(kAlice)};
  const Actor b = plan.Spawn("b", spec);
  const Actor c = plan.Spawn("c", User(kCarol));
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileChown{d, Id(0xffffffff), Id(kAlice)}).Gives(0);
  a.Do(FileChmod{d, {0640}}).Gives(0);
  for (int i = 0; i < 2; ++i) a.Do(DescriptorSend{d}).Gives(1);
  Descriptor e;
  b.DescriptorAs(e, DescriptorReceive{}).Succeeds();
  Descriptor f;
  c.DescriptorAs(f, DescriptorReceive{}).Succeeds();
  Reopen(b, e);
  b.Do(MemfdReopen{e, kReadWrite}).Fails(EACCES);
  c.Do(MemfdReopen{f, 0}).Fails(EACCES);
  a.Do(FileChmod{d, {0604}}).Gives(0);
  b.Do(MemfdReopen{e, 0}).Fails(EACCES);
  Reopen(c, f);
  a.Do(FileChmod{d, {0062}}).Gives(0);
  Reopen(b, e, kReadWrite);
  c.Do(MemfdReopen{f, 0}).Fails(EACCES);
  Reopen(c, f, kWriteOnly);
}

SHMSPEC_CASE("memfd.seals.write_is_possible_once_others_are_gone",
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Actor e = plan.Forked("e");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Fork(c);
  a.Fork(e);
  a.Do(MapUnmap{m, {Pages(2)}}).Gives(0);
  c.Do(MapProtect{m, {Pages(2)}, 1}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  c.Do(ProcessExec{}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  a.Kill(e);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  a.Do(MemfdAddSeals{d, kSealWrite}).Gives(0);
  c.Do(MemfdGetSeals{d}).Gives(kSealWrite);
  c.Do(FilePwrite{d, Room(c), {1}, {0}}).Fails(EPERM);
}

SHMSPEC_CASE("memfd.seals.every_pair_forbids_what_each_forbids", "SEAL.SHRINK"_req, "SEAL.GROW"_req,
             "SEAL.WRITE_BLOCKS_WRITES"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = Room(a);
  for (const std::uint64_t seals : {kSealShrink | kSealGrow, kSealShrink | kSealWrite,
                                    kSealGrow | kSealWrite, kSealSeal | kSealShrink}) {
    const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
    a.Do(MemfdAddSeals{d, seals}).Gives(0);
    const auto expect = [&](std::uint64_t seal, Operation operation, std::int64_t value) {
      const auto step = a.Do(std::move(operation));
      (seals & seal) != 0 ? step.Fails(EPERM) : step.Gives(value);
    };
    expect(kSealWrite, FilePwrite{d, m, {8}, {8}}, 8);
    expect(kSealWrite, FileAllocate{d, {0}, {Pages(1)}, kKeepSize | kPunchHole}, 0);
    expect(kSealGrow, FileTruncate{d, {Pages(3)}}, 0);
    expect(kSealGrow, FileAllocate{d, {0}, {Pages(4)}, 0}, 0);
    expect(kSealShrink, FileTruncate{d, {Pages(1)}}, 0);
    expect(kSealSeal, MemfdAddSeals{d, kSealFutureWrite}, 0);
    a.Do(FilePread{d, m, {8}, {0}}).Gives(8);
  }
}

}  // namespace
}  // namespace shmspec
