// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Descriptors that are passed, copied and closed at the same time.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern OrNone(Pattern otherwise) { return std::move(otherwise) | Fails(EAGAIN); }

SHMSPEC_RACE("races.descriptor.in_flight_keeps_the_object_that_is_unlinked_and_closed", kRounds,
             "RACE.FD.IN_FLIGHT"_req, "FD.IN_FLIGHT_KEEPS_ALIVE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 42).Succeeds();
  Descriptor e;
  Mapping n;
  plan.Race([&] {
    a.Do(DescriptorSend{d}).Gives(1);
    a.Do(DescriptorClose{d}).Gives(0);
    a.Do(PosixUnlink{"/n0"}).Gives(0);
    a.Do(MapUnmap{m, {Pages(1)}}).Gives(0);
    b.DescriptorAs(e, DescriptorReceive{}).Expects(OrNone(Success()));
    b.MapAs(n, MapMap{.descriptor = e}).Expects(OrClosed(Success()));
    b.Load(n).Expects(OrUnmapped(Exactly(42)));
  });
  Descriptor late;
  b.DescriptorAs(late, DescriptorReceive{}).Expects(OrNone(Success()));
  b.Load(n).Expects(OrUnmapped(Exactly(42)));
  b.Do(FileStat{late})
      .Expects(OrClosed(Record<FileRecord>().With("size", PageOffset(1)).With("links", 0)));
}

SHMSPEC_RACE("races.descriptor.sent_once_arrives_at_one_of_two", kRounds,
             "RACE.FD.RECEIVED_ONCE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Descriptor e = a.Memfd(0, Pages(2));
  Descriptor first, second;
  const Pattern sizes = OfSize(PageOffset(1)) | OfSize(PageOffset(2));
  plan.Race([&] {
    a.Do(DescriptorSend{d}).Gives(1);
    a.Do(DescriptorSend{e}).Gives(1);
    b.DescriptorAs(first, DescriptorReceive{}).Expects(OrNone(Success()));
    b.Do(FileStat{first}).Expects(OrClosed(sizes));
    c.DescriptorAs(second, DescriptorReceive{}).Expects(OrNone(Success()));
    c.Do(FileStat{second}).Expects(OrClosed(sizes));
  });
  // What is left, as many as were not received.
  for (int i = 0; i < 2; ++i) b.Do(DescriptorDiscard{}).Expects(OrNone(Exactly(1)));
  b.Do(DescriptorDiscard{}).Fails(EAGAIN);
}

SHMSPEC_RACE("races.descriptor.closed_while_it_is_copied_is_copied_or_not_open", kRoundsOfThreads,
             "RACE.FD.COPY_CLOSE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 42).Succeeds();
  a.Thread(t);
  Descriptor twin;
  plan.Race([&] {
    a.Do(DescriptorClose{d}).Gives(0);
    t.DescriptorAs(twin, DescriptorDup{d}).Expects(OrClosed(Success()));
    t.Do(FileStat{d}).Expects(OrClosed(OfSize(PageOffset(1))));
  });
  a.Do(FileStat{twin}).Expects(OrClosed(OfSize(PageOffset(1))));
  a.Load(m).Gives(42);
}

SHMSPEC_RACE("races.descriptor.closed_by_two_threads_is_closed_once", kRoundsOfThreads,
             "RACE.FD.CLOSE_ONCE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Thread(t);
  plan.Race([&] {
    a.Do(DescriptorClose{d}).Expects(OrClosed(Exactly(0)));
    t.Do(DescriptorClose{d}).Expects(OrClosed(Exactly(0)));
  });
  a.Do(FileStat{d}).Fails(EBADF);
}

SHMSPEC_RACE("races.descriptor.taken_from_one_who_closes_it_is_whole_or_not_there", kRounds,
             "RACE.FD.COPY_CLOSE"_req, "FD.PIDFD_GETFD"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Store(MapShared(a, d, 1), 42).Succeeds();
  Descriptor taken;
  Mapping m;
  plan.Race([&] {
    a.Do(DescriptorClose{d}).Gives(0);
    b.DescriptorAs(taken, DescriptorGetFrom{a, d}).Expects(OrClosed(Success()));
  });
  b.MapAs(m, MapMap{.descriptor = taken}).Expects(OrClosed(Success()));
  b.Load(m).Expects(OrUnmapped(Exactly(42)));
}

SHMSPEC_RACE("races.descriptor.opened_by_two_threads_has_two_numbers", kRoundsOfThreads,
             "RACE.FD.TWO_NUMBERS"_req, "FD.LOWEST_NUMBER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  a.Thread(t);
  Descriptor d, e;
  plan.Race([&] {
    a.DescriptorAs(d, MemfdCreate{}).Succeeds();
    a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
    t.DescriptorAs(e, MemfdCreate{}).Succeeds();
    t.Do(FileTruncate{e, {Pages(2)}}).Gives(0);
  });
  t.Do(FileStat{d}).Expects(OfSize(PageOffset(1)));
  a.Do(FileStat{e}).Expects(OfSize(PageOffset(2)));
}

}  // namespace
}  // namespace shmspec
