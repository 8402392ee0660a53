// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Descriptors that one process gets from another: over a socket, and by pidfd_getfd(2).

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// What was sent first.
Descriptor Received(const Actor& actor, bool close_on_exec = false) {
  Descriptor received;
  actor.DescriptorAs(received, DescriptorReceive{close_on_exec}).Succeeds();
  return received;
}

void Send(const Actor& actor, DescriptorRef file) { actor.Do(DescriptorSend{file}).Gives(1); }

Descriptor Taken(const Actor& actor, const Actor& from, DescriptorRef file) {
  Descriptor taken;
  actor.DescriptorAs(taken, DescriptorGetFrom{from, file}).Succeeds();
  return taken;
}

Pattern Sized(std::int64_t size) { return Record<FileRecord>().With("size", size); }

SHMSPEC_CASE("memfd.pass.gives_the_same_file", "FD.SCM_RIGHTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(0, Pages(2) + 7);
  const Mapping m = MapShared(a, d, 2);
  a.Store(m + PageOffset(1), 41).Succeeds();
  Send(a, d);
  const Descriptor e = Received(b);
  b.Do(FileStat{e}).Expects(Sized(PageOffset(2) + 7));
  const Mapping n = MapShared(b, e, 2);
  b.Load(n + PageOffset(1)).Gives(41);
  b.Store(n, 42).Succeeds();
  a.Load(m).Gives(42);
  b.Do(FileTruncate{e, {Pages(1)}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1)));
  a.Load(m + PageOffset(1)).Faults(SIGBUS, FaultCode::kBeyondObject);
}

SHMSPEC_CASE("memfd.pass.shares_the_offset", "FD.SCM_RIGHTS"_req, "FD.DUP_SHARES_OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileSeek{d, {7}, Whence::kSet}).Gives(7);
  Send(a, d);
  const Descriptor e = Received(b);
  b.Do(FileSeek{e, {0}, Whence::kCurrent}).Gives(7);
  b.Do(FileRead{e, Room(b), {100}}).Gives(100);
  a.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(107);
  a.Do(FileSeek{d, {0}, Whence::kSet}).Gives(0);
  b.Do(FileSeek{e, {1}, Whence::kCurrent}).Gives(1);
}

SHMSPEC_CASE("memfd.pass.keeps_what_the_file_was_opened_for", "FD.SCM_RIGHTS"_req,
             "FD.ACCESS_MODE"_req, "MMAP.RDONLY_MAP_WRITE_EACCES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  Send(a, Reopen(a, d));
  Send(a, Reopen(a, d, kWriteOnly));
  Send(a, Reopen(a, d, kReadWrite | kAppend));
  const Descriptor reading = Received(b);
  const Descriptor writing = Received(b);
  const Descriptor appending = Received(b);
  const Mapping m = Room(b);
  b.Do(FilePwrite{reading, m}).Fails(EBADF);
  b.Do(MemfdAddSeals{reading, kSealGrow}).Fails(EPERM);
  b.Do(MapMap{.descriptor = reading, .size = {Pages(1)}}).Fails(EACCES);
  const Mapping low = MapShared(b, reading, 1, 1);
  b.Do(MapProtect{low, {Pages(1)}, 1 | 2}).Fails(EACCES);
  b.Do(FilePread{writing, m}).Fails(EBADF);
  b.Do(FilePwrite{writing, m, {8}, {8}}).Gives(8);
  b.Do(MapMap{.descriptor = writing, .size = {Pages(1)}, .protection = 1}).Fails(EACCES);
  b.Do(FileWrite{appending, m, {8}}).Gives(8);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1) + 8));
}

SHMSPEC_CASE("memfd.pass.closes_on_exec_as_the_receiver_asks", "FD.SCM_RIGHTS"_req,
             "FD.CLOSE_ON_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor kept = a.Memfd(kMemfdCloseOnExec, 100);
  const Descriptor closed = a.Memfd(0, 200);
  Send(a, kept);
  Send(a, closed);
  const Descriptor e = Received(b);
  const Descriptor f = Received(b, true);
  b.Do(DescriptorGetCloseOnExec{e}).Gives(0);
  b.Do(DescriptorGetCloseOnExec{f}).Gives(1);
  a.Do(DescriptorGetCloseOnExec{kept}).Gives(1);
  a.Do(DescriptorGetCloseOnExec{closed}).Gives(0);
  b.Do(ProcessExec{}).Gives(0);
  b.Do(FileStat{e}).Expects(Sized(100));
  b.Do(FileStat{f}).Fails(EBADF);
  a.Do(FileStat{closed}).Expects(Sized(200));
}

SHMSPEC_CASE("memfd.pass.keeps_the_file_while_it_is_on_its_way", "FD.IN_FLIGHT_KEEPS_ALIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2));
  const Mapping m = Room(a, 2);
  a.Do(MemoryFill{m, {Pages(2)}, 5}).Gives(0);
  a.Do(FileWrite{d, m, {Pages(1) + 1}}).Gives(PageOffset(1) + 1);
  a.Do(MemfdAddSeals{d, kSealGrow}).Gives(0);
  Send(a, d);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Exit().Expects(Exited());
  const Descriptor e = Received(b);
  b.Do(FileStat{e}).Expects(Sized(PageOffset(2)));
  b.Do(FileSeek{e, {0}, Whence::kCurrent}).Gives(PageOffset(1) + 1);
  b.Do(MemfdGetSeals{e}).Gives(kSealGrow);
  b.Do(MemoryChecksum{MapShared(b, e, 1), {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 5));
}

SHMSPEC_CASE("memfd.pass.outlives_a_sender_that_is_killed", "FD.IN_FLIGHT_KEEPS_ALIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Store(MapShared(a, d, 1), 42).Succeeds();
  Send(a, d);
  b.Kill(a);
  b.Load(MapShared(b, Received(b), 1)).Gives(42);
}

SHMSPEC_CASE("memfd.pass.outlives_an_exec_of_the_sender", "FD.IN_FLIGHT_KEEPS_ALIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(kMemfdCloseOnExec, 100);
  Send(a, d);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileStat{d}).Fails(EBADF);
  b.Do(FileStat{Received(b)}).Expects(Sized(100));
  Send(a, a.Memfd(0, 200));
  b.Do(FileStat{Received(b)}).Expects(Sized(200));
}

SHMSPEC_CASE("memfd.pass.arrives_in_order_and_as_often_as_it_was_sent", "FD.PASSED_IN_ORDER"_req,
             "FD.SCM_RIGHTS"_req, "FD.LOWEST_NUMBER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor low = b.Memfd(0);
  const Descriptor high = b.Memfd(0);
  const Descriptor d = a.Memfd(0, 100);
  const Descriptor e = a.Memfd(0, 200);
  for (const Descriptor& one : {d, e, d}) Send(a, one);
  b.Do(DescriptorClose{high}).Gives(0);
  b.Do(DescriptorClose{low}).Gives(0);
  Descriptor first;
  b.DescriptorAs(first, DescriptorReceive{}).Expects(ValueOf(low));
  Descriptor second;
  b.DescriptorAs(second, DescriptorReceive{}).Expects(ValueOf(high));
  Descriptor third;
  b.DescriptorAs(third, DescriptorReceive{}).Expects(NotValueOf(second));
  b.Do(FileStat{first}).Expects(Sized(100));
  b.Do(FileStat{second}).Expects(Sized(200));
  b.Do(FileStat{third}).Expects(Sized(100));
  b.Do(FileSeek{third, {5}, Whence::kSet}).Gives(5);
  b.Do(FileSeek{first, {0}, Whence::kCurrent}).Gives(5);
  b.Do(FileSeek{second, {0}, Whence::kCurrent}).Gives(0);
}

SHMSPEC_CASE("memfd.pass.needs_a_descriptor_that_is_open", "FD.SCM_RIGHTS"_req,
             "FD.BAD_DESCRIPTOR"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  a.Do(DescriptorReceive{}).Fails(EAGAIN);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(DescriptorSend{d}).Fails(EBADF);
  a.Do(DescriptorSend{DescriptorNumber(-1)}).Fails(EBADF);
  a.Do(DescriptorReceive{}).Fails(EAGAIN);
  a.Do(DescriptorDiscard{}).Fails(EAGAIN);
  Descriptor e;
  a.DescriptorAs(e, MemfdCreate{}).Expects(ValueOf(d));
}

SHMSPEC_CASE("memfd.pass.can_be_lost_on_the_way", "FD.IN_FLIGHT_KEEPS_ALIVE"_req,
             "FD.LOWEST_NUMBER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor place = b.Memfd(0);
  const Descriptor d = a.Memfd(0, 100);
  const Descriptor e = a.Memfd(0, 200);
  Send(a, d);
  Send(a, e);
  b.Do(DescriptorClose{place}).Gives(0);
  b.Do(DescriptorDiscard{}).Gives(1);
  Descriptor received;
  b.DescriptorAs(received, DescriptorReceive{}).Expects(ValueOf(place));
  b.Do(FileStat{received}).Expects(Sized(200));
  b.Do(DescriptorReceive{}).Fails(EAGAIN);
  a.Do(FileStat{d}).Expects(Sized(100));
  a.Do(FileTruncate{d, {300}}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(300));
}

SHMSPEC_CASE("memfd.pass.to_oneself_makes_a_duplicate", "FD.SCM_RIGHTS"_req, "FD.CLOSE_FREES"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  Send(a, d);
  const Descriptor e = Received(a);
  a.Do(FileSeek{d, {3}, Whence::kSet}).Gives(3);
  a.Do(FileSeek{e, {0}, Whence::kCurrent}).Gives(3);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(FileStat{d}).Fails(EBADF);
  a.Do(FileStat{e}).Expects(Sized(100));
}

SHMSPEC_CASE("memfd.pass.reaches_children_and_parents", "FD.SCM_RIGHTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  a.Fork(c);
  Send(a, a.Memfd(0, 100));
  c.Do(FileStat{Received(c)}).Expects(Sized(100));
  Send(c, c.Memfd(0, 200));
  c.Exit().Expects(Exited());
  a.Do(FileStat{Received(a)}).Expects(Sized(200));
}

SHMSPEC_CASE("memfd.pass.closing_one_end_leaves_the_other", "FD.SCM_RIGHTS"_req,
             "FD.CLOSE_FREES"_req, "MMAP.CLOSE_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  Send(a, d);
  const Descriptor e = Received(b);
  const Mapping n = MapShared(b, e, 1);
  b.Do(DescriptorClose{e}).Gives(0);
  a.Do(FileStat{d}).Expects(Sized(PageOffset(1)));
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
  b.Store(n, 42).Succeeds();
  b.Load(n).Gives(42);
}

SHMSPEC_CASE("memfd.pass.seals_are_those_of_the_file", "FD.SCM_RIGHTS"_req, "SEAL.PER_INODE"_req,
             "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  Send(a, d);
  a.Do(MemfdAddSeals{d, kSealShrink}).Gives(0);
  const Descriptor e = Received(b);
  b.Do(MemfdGetSeals{e}).Gives(kSealShrink);
  b.Do(FileTruncate{e, {0}}).Fails(EPERM);
  const Mapping n = MapShared(b, e, 1);
  a.Do(MemfdAddSeals{d, kSealWrite}).Fails(EBUSY);
  b.Do(MapUnmap{n, {Pages(1)}}).Gives(0);
  // A descriptor on its way writes nothing.
  Send(b, e);
  b.Do(MemfdAddSeals{e, kSealWrite}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealShrink | kSealWrite);
  a.Do(MapMap{.descriptor = Received(a), .size = {Pages(1)}}).Fails(EPERM);
}

SHMSPEC_CASE("memfd.pass.gives_other_users_what_the_descriptor_allows", "FD.SCM_RIGHTS"_req,
             "FD.PERMISSION_AT_OPEN"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kAlice));
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileChmod{d, {0}}).Gives(0);
  Send(a, d);
  const Descriptor e = Received(b);
  b.Do(MemfdReopen{e, 0}).Fails(EACCES);
  b.Do(MemfdReopen{e, kReadWrite}).Fails(EACCES);
  b.Do(FileChmod{e, {0666}}).Fails(EPERM);
  const Mapping m = Room(b);
  b.Store(m, 42).Succeeds();
  b.Do(FileWrite{e, m, {8}}).Gives(8);
  b.Do(FilePread{e, m + 8, {8}, {0}}).Gives(8);
  b.Load(m + 8).Gives(42);
  const Mapping n = MapShared(b, e, 1);
  b.Store(n + 16, 43).Succeeds();
  a.Load(MapShared(a, d, 1) + 16).Gives(43);
  b.Do(FileTruncate{e, {0}}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", 0).With("uid", 0));
}

SHMSPEC_CASE("memfd.pass.a_later_mode_takes_nothing_away", "FD.PERMISSION_AT_OPEN"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kBob));
  const Descriptor d = a.Memfd(0, Pages(1));
  Send(a, Reopen(a, d));
  const Descriptor reading = Received(b);
  const Descriptor writing = Reopen(b, reading, kReadWrite);
  const Mapping m = MapShared(b, writing, 1, 1);
  a.Do(FileChmod{d, {0600}}).Gives(0);
  b.Do(MemfdReopen{reading, 0}).Fails(EACCES);
  b.Do(FilePread{reading, Room(b), {8}, {0}}).Gives(8);
  b.Do(FilePwrite{writing, Room(b), {8}, {0}}).Gives(8);
  b.Do(MapProtect{m, {Pages(1)}, 1 | 2}).Gives(0);
  b.Store(m, 42).Succeeds();
  a.Load(MapShared(a, d, 1)).Gives(42);
}

SHMSPEC_CASE("memfd.get_from.gives_the_same_open_file", "FD.PIDFD_GETFD"_req,
             "FD.DUP_SHARES_OFFSET"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = b.Memfd(0, Pages(1));
  b.Do(FileSeek{d, {7}, Whence::kSet}).Gives(7);
  const Descriptor e = Taken(a, b, d);
  a.Do(FileSeek{e, {1}, Whence::kCurrent}).Gives(8);
  b.Do(FileSeek{d, {0}, Whence::kCurrent}).Gives(8);
  a.Store(MapShared(a, e, 1), 42).Succeeds();
  b.Load(MapShared(b, d, 1)).Gives(42);
  a.Do(DescriptorGetCloseOnExec{e}).Gives(1);
  b.Do(DescriptorGetCloseOnExec{d}).Gives(0);
  b.Exit().Expects(Exited());
  a.Do(FileStat{e}).Expects(Sized(PageOffset(1)));
}

SHMSPEC_CASE("memfd.get_from.gives_the_lowest_number", "FD.PIDFD_GETFD"_req,
             "FD.LOWEST_NUMBER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = b.Memfd(0, 100);
  const Descriptor place = a.Memfd(0);
  const Descriptor other = a.Memfd(0);
  a.Do(DescriptorClose{place}).Gives(0);
  Descriptor taken;
  a.DescriptorAs(taken, DescriptorGetFrom{b, d}).Expects(ValueOf(place));
  Descriptor again;
  a.DescriptorAs(again, DescriptorGetFrom{b, d}).Expects(NotValueOf(other));
  a.Do(FileStat{again}).Expects(Sized(100));
}

SHMSPEC_CASE("memfd.get_from.keeps_what_the_file_was_opened_for", "FD.PIDFD_GETFD"_req,
             "FD.ACCESS_MODE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kAlice));
  const Descriptor d = b.Memfd(0, Pages(1));
  const Descriptor e = Taken(a, b, Reopen(b, d));
  a.Do(FilePwrite{e, Room(a)}).Fails(EBADF);
  a.Do(MapMap{.descriptor = e, .size = {Pages(1)}}).Fails(EACCES);
  a.Load(MapShared(a, e, 1, 1)).Gives(0);
  a.Do(FileStat{e}).Expects(Record<FileRecord>().With("uid", kAlice));
}

SHMSPEC_CASE("memfd.get_from.needs_the_right_to_trace", "FD.PIDFD_GETFD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kAlice));
  const Actor c = plan.Spawn("c", User(kBob));
  const Descriptor d = a.Memfd(0);
  const Descriptor e = b.Memfd(0);
  b.Do(DescriptorGetFrom{a, d}).Fails(EPERM);
  c.Do(DescriptorGetFrom{b, e}).Fails(EPERM);
  c.Do(DescriptorGetFrom{a, d}).Fails(EPERM);
  Descriptor first;
  b.DescriptorAs(first, DescriptorGetFrom{b, e}).Succeeds();
  b.Do(FileStat{first}).Expects(Sized(0));
}

SHMSPEC_CASE("memfd.get_from.needs_a_process_with_that_descriptor", "FD.PIDFD_GETFD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = b.Memfd(0);
  a.Do(DescriptorGetFrom{b, DescriptorNumber(-1)}).Fails(EBADF);
  b.Do(DescriptorClose{d}).Gives(0);
  a.Do(DescriptorGetFrom{b, d}).Fails(EBADF);
  const Descriptor again = b.Memfd(0);
  b.Exit().Expects(Exited());
  a.Do(DescriptorGetFrom{b, again}).Fails(ESRCH);
}

}  // namespace
}  // namespace shmspec
