// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Descriptors of files in memory: duplicates, close, exec, fork, and opening again.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("memfd.descriptor.duplicates_share_the_offset", "FD.DUP_SHARES_OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  Descriptor twin;
  a.DescriptorAs(twin, DescriptorDup{d}).Succeeds();
  const Descriptor again = Reopen(a, d, kReadWrite);
  a.Do(FileSeek{d, {100}, Whence::kSet}).Gives(100);
  a.Do(FileSeek{twin, {0}, Whence::kCurrent}).Gives(100);
  a.Do(FileSeek{again, {0}, Whence::kCurrent}).Gives(0);
  const Mapping m = Room(a);
  a.Do(FileRead{twin, m, {8}}).Gives(8);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(108);
  a.Do(FilePread{d, m, {8}, {0}}).Gives(8);
  a.Do(FileSeek{twin, {0}, Whence::kCurrent}).Gives(108);
}

SHMSPEC_CASE("memfd.descriptor.fork_shares_the_offset", "FD.DUP_SHARES_OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileSeek{d, {7}, Whence::kSet}).Gives(7);
  a.Fork(c);
  c.Do(FileSeek{d, {1}, Whence::kCurrent}).Gives(8);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(8);
  c.Do(DescriptorClose{d}).Gives(0);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(8);
}

SHMSPEC_CASE("memfd.descriptor.close_leaves_duplicates_open", "FD.CLOSE_FREES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  Descriptor twin;
  a.DescriptorAs(twin, DescriptorDup{d}).Expects(NotValueOf(d));
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(DescriptorClose{d}).Fails(EBADF);
  a.Do(FileStat{d}).Fails(EBADF);
  a.Do(FileStat{twin}).Expects(Record<FileRecord>().With("size", 100));
  a.Do(DescriptorClose{twin}).Gives(0);
  a.Do(FileStat{twin}).Fails(EBADF);
}

SHMSPEC_CASE("memfd.descriptor.new_ones_have_the_lowest_number", "FD.LOWEST_NUMBER"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  const Descriptor e = a.Memfd(0);
  const Descriptor f = a.Memfd(0);
  a.Do(DescriptorClose{e}).Gives(0);
  a.Do(DescriptorClose{d}).Gives(0);
  Descriptor one;
  a.DescriptorAs(one, DescriptorDup{f}).Expects(ValueOf(d));
  Descriptor two;
  a.DescriptorAs(two, MemfdReopen{f, 0}).Expects(ValueOf(e));
  Descriptor three;
  a.DescriptorAs(three, MemfdCreate{}).Expects(NotValueOf(f));
}

SHMSPEC_CASE("memfd.descriptor.numbers_that_are_not_open_are_refused", "FD.BAD_DESCRIPTOR"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = Room(a);
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Do(DescriptorClose{d}).Gives(0);
  for (const DescriptorRef& bad : {DescriptorRef(d), DescriptorNumber(-1)}) {
    a.Do(FileTruncate{bad, {0}}).Fails(EBADF);
    a.Do(FileStat{bad}).Fails(EBADF);
    a.Do(FileChmod{bad, {0600}}).Fails(EBADF);
    a.Do(FileChown{bad}).Fails(EBADF);
    a.Do(FileRead{bad, m}).Fails(EBADF);
    a.Do(FileWrite{bad, m}).Fails(EBADF);
    a.Do(FilePread{bad, m}).Fails(EBADF);
    a.Do(FilePwrite{bad, m}).Fails(EBADF);
    a.Do(FileSeek{bad}).Fails(EBADF);
    a.Do(FileAllocate{bad, {0}, {Pages(1)}, 0}).Fails(EBADF);
    a.Do(MemfdAddSeals{bad, kSealGrow}).Fails(EBADF);
    a.Do(MemfdGetSeals{bad}).Fails(EBADF);
    a.Do(DescriptorDup{bad}).Fails(EBADF);
    a.Do(DescriptorSetCloseOnExec{bad}).Fails(EBADF);
    a.Do(DescriptorGetCloseOnExec{bad}).Fails(EBADF);
    a.Do(MapMap{.descriptor = bad}).Fails(EBADF);
  }
}

SHMSPEC_CASE("memfd.descriptor.of_another_process_is_not_open_here", "FD.BAD_DESCRIPTOR"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(0);
  b.Do(FileStat{d}).Fails(EBADF);
  b.Do(FileTruncate{d, {1}}).Fails(EBADF);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", 0));
}

SHMSPEC_CASE("memfd.descriptor.allows_what_it_was_opened_for", "FD.ACCESS_MODE"_req,
             "POSIX.SIZE.FTRUNCATE_ERRORS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Descriptor reading = Reopen(a, d);
  const Descriptor writing = Reopen(a, d, kWriteOnly);
  const Mapping m = Room(a);
  a.Do(FileWrite{reading, m}).Fails(EBADF);
  a.Do(FilePwrite{reading, m}).Fails(EBADF);
  a.Do(FileAllocate{reading, {0}, {Pages(1)}, 0}).Fails(EBADF);
  a.Do(FileTruncate{reading, {0}}).FailsWithOneOf({EINVAL, EBADF});
  a.Do(FileRead{writing, m}).Fails(EBADF);
  a.Do(FilePread{writing, m}).Fails(EBADF);
  a.Do(FileRead{reading, m}).Gives(8);
  a.Do(FileWrite{writing, m}).Gives(8);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(1)));
}

SHMSPEC_CASE("memfd.descriptor.exec_keeps_it_with_its_offset", "FD.CLOSE_ON_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Descriptor closed = a.Memfd(0, Pages(1));
  a.Do(FileSeek{d, {33}, Whence::kSet}).Gives(33);
  a.Do(DescriptorSetCloseOnExec{closed, true}).Gives(0);
  a.Do(DescriptorGetCloseOnExec{closed}).Gives(1);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(33);
  a.Do(FileSeek{closed, {0}, Whence::kCurrent}).Fails(EBADF);
}

SHMSPEC_CASE("memfd.descriptor.duplicates_are_kept_over_exec", "FD.CLOSE_ON_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kMemfdCloseOnExec, 100);
  Descriptor twin;
  a.DescriptorAs(twin, DescriptorDup{d}).Succeeds();
  a.Do(DescriptorGetCloseOnExec{twin}).Gives(0);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileStat{d}).Fails(EBADF);
  a.Do(FileStat{twin}).Expects(Record<FileRecord>().With("size", 100));
}

SHMSPEC_CASE("memfd.descriptor.close_on_exec_can_be_taken_back", "FD.CLOSE_ON_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kMemfdCloseOnExec, 100);
  a.Do(DescriptorSetCloseOnExec{d, false}).Gives(0);
  a.Do(DescriptorGetCloseOnExec{d}).Gives(0);
  a.Do(ProcessExec{Image::kMissing}).Fails(ENOENT);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", 100));
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", 100));
}

SHMSPEC_CASE("memfd.reopen.gives_another_open_file", "MEMFD.REOPEN_VIA_PROC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileSeek{d, {100}, Whence::kSet}).Gives(100);
  const Descriptor again = Reopen(a, d, kReadWrite);
  a.Do(FileSeek{again, {0}, Whence::kCurrent}).Gives(0);
  a.Store(MapShared(a, d, 1), 42).Succeeds();
  a.Do(DescriptorClose{d}).Gives(0);
  a.Load(MapShared(a, again, 1)).Gives(42);
}

SHMSPEC_CASE("memfd.reopen.reads_or_writes_as_asked", "MEMFD.REOPEN_VIA_PROC"_req,
             "MMAP.RDONLY_MAP_WRITE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Descriptor reading = Reopen(a, d);
  a.Do(MapMap{.descriptor = reading, .size = {Pages(1)}}).Fails(EACCES);
  MapShared(a, reading, 1, 1);
  const Descriptor writing = Reopen(a, reading, kReadWrite);
  a.Store(MapShared(a, writing, 1), 42).Succeeds();
  a.Load(MapShared(a, reading, 1, 1)).Gives(42);
}

SHMSPEC_CASE("memfd.reopen.can_truncate_and_append", "MEMFD.REOPEN_VIA_PROC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  const Mapping m = Room(a);
  const Descriptor appending = Reopen(a, d, kReadWrite | kAppend);
  a.Do(FileWrite{appending, m, {8}}).Gives(8);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", 108));
  a.Do(FileSeek{appending, {0}, Whence::kCurrent}).Gives(108);
  Reopen(a, d, kReadWrite | kTruncate | kOpenCloseOnExec);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", 0));
}

SHMSPEC_CASE("memfd.reopen.follows_the_mode_of_the_file", "MEMFD.REOPEN_VIA_PROC"_req,
             "FILE.CHMOD"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileChmod{d, {0400}}).Gives(0);
  Reopen(a, d);
  a.Do(MemfdReopen{d, kReadWrite}).Fails(EACCES);
  a.Do(MemfdReopen{d, kWriteOnly}).Fails(EACCES);
  a.Do(MemfdReopen{d, kTruncate}).Fails(EACCES);
  a.Do(FileChmod{d, {0077}}).Gives(0);
  a.Do(MemfdReopen{d, 0}).Fails(EACCES);
  const Mapping m = Room(a);
  a.Do(FileWrite{d, m}).Gives(8);
  a.Do(FileChmod{d, {0600}}).Gives(0);
  Reopen(a, d, kReadWrite);
}

SHMSPEC_CASE("memfd.mode.is_changed_by_its_owner_only", "FILE.CHMOD"_req, "FILE.OWNER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Fork(c);
  c.Do(AllIds(kAlice, kAlice)).Gives(0);
  c.Do(FileChmod{d, {0666}}).Fails(EPERM);
  c.Do(FileChown{d, Id(kAlice), Id(0xffffffff)}).Fails(EPERM);
  a.Do(FileChown{d, Id(kAlice), Id(0xffffffff)}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", kAlice).With("mode", 0100777));
  c.Do(FileChmod{d, {0640}}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100640));
  c.Do(FileChown{d, Id(0), Id(0xffffffff)}).Fails(EPERM);
  c.Do(FileChown{d, Id(0xffffffff), Id(kAlice)}).Gives(0);
  c.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", kAlice).With("gid", kAlice));
}

SHMSPEC_CASE("memfd.mode.follows_the_id_of_the_file_system", "FILE.CHMOD"_req, "FILE.OWNER"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  a.Do(ProcessSetIdentity{.fsuid = Id(kAlice)}).Gives(0);
  a.Do(FileChmod{d, {0600}}).Fails(EPERM);
  a.Do(FileChown{d, Id(kAlice), Id(0xffffffff)}).Fails(EPERM);
  const Descriptor own = a.Memfd(0);
  a.Do(FileStat{own}).Expects(Record<FileRecord>().With("uid", kAlice));
  a.Do(FileChmod{own, {0600}}).Gives(0);
  a.Do(ProcessSetIdentity{.fsuid = Id(0)}).Gives(0);
  a.Do(FileChmod{d, {0600}}).Gives(0);
  a.Do(FileChmod{own, {0640}}).Gives(0);
}

}  // namespace
}  // namespace shmspec
