// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Processes that begin, change their image and end while others change what they have.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_RACE("races.process.forked_while_the_segment_is_removed_has_it_attached", kRounds,
             "RACE.PROCESS.FORK_REMOVAL"_req, "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42).Succeeds();
  plan.Race([&] {
    a.Fork(child);
    a.Detach(p).Gives(0);
    b.Remove(s).Gives(0);
  });
  child.Load(p).Gives(42);
  b.Stat(s).Expects(Record().With("nattch", 1).With("key", 0));
  child.Detach(p).Gives(0);
  b.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("races.process.ends_of_three_and_a_removal_destroy_once", kRounds,
             "RACE.PROCESS.ENDS"_req, "SYSV.RMID.RACE_LAST_DETACH"_req, "RACE.NO_LEAK"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Actor d = plan.Forked("d");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  for (const Actor& one : {b, c, d}) a.Fork(one);
  a.Detach(p).Gives(0);
  plan.Race([&] {
    a.Remove(s).Gives(0);
    b.Exit();
    c.Detach(p).Gives(0);
    d.Do(ProcessExec{});
  });
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

SHMSPEC_RACE("races.process.ends_and_attaches_leave_those_that_live", kRounds,
             "RACE.NATTCH_CONSERVATION"_req, "SYSV.LIFE.EXIT_DETACHES"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  b.At(s);
  plan.Race([&] {
    b.Exit();
    c.At(s);
    a.At(s);
    a.Stat(s).Expects(Record().With("nattch", 1, 5));
    c.Stat(s).Expects(Record().With("nattch", 1, 5));
  });
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.process.forks_of_two_are_both_counted", kRounds, "RACE.NATTCH_CONSERVATION"_req,
             "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Forked("c");
  const Actor d = plan.Forked("d");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  a.At(s);
  b.At(s);
  plan.Race([&] {
    a.Fork(c);
    b.Fork(d);
    a.Stat(s).Expects(Record().With("nattch", 5, 6));
  });
  a.Stat(s).Expects(Record().With("nattch", 6).With("key", 0));
  a.Kill(c);
  d.Exit();
  a.Stat(s).Expects(Record().With("nattch", 3));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.process.killed_while_it_maps_and_unmaps_leaves_the_object_whole", kRounds,
             "RACE.PROCESS.KILL_OBJECT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Descriptor d = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 1);
  a.Store(m, 42).Succeeds();
  const Descriptor e = b.Open({"/n0", kReadWrite});
  plan.Race([&] {
    a.Kill(b);
    Mapping n;
    b.MapAs(n, MapMap{.descriptor = e});
    b.Store(n + 8, 43);
    b.Do(PosixUnlink{"/n0"});
    b.Do(MapUnmap{n, {Pages(1)}});
  });
  a.Load(m).Gives(42);
  a.Load(m + 8).Expects(Exactly(0) | Exactly(43));
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(1)).With("links", 0, 1));
  a.Do(PosixUnlink{"/n0"}).Expects(OrMissing(Exactly(0)));
  a.Do(FileStat{d}).Expects(Linked(0));
}

SHMSPEC_RACE("races.process.killed_while_it_seals_has_sealed_or_not", kRounds,
             "RACE.PROCESS.KILL_OBJECT"_req, "SEAL.MONOTONE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(kAllowSealing, Pages(1));
  a.Fork(b);
  plan.Race([&] {
    a.Kill(b);
    b.Do(MemfdAddSeals{d, kSealGrow});
    b.Do(MemfdAddSeals{d, kSealWrite});
  });
  a.Do(MemfdGetSeals{d})
      .Expects(Exactly(0) | Exactly(static_cast<std::int64_t>(kSealGrow)) |
               Exactly(static_cast<std::int64_t>(kSealGrow | kSealWrite)));
  a.Do(MemfdAddSeals{d, kSealGrow | kSealWrite}).Gives(0);
}

SHMSPEC_RACE("races.process.executed_while_others_attach_has_none_of_its_own", kRounds,
             "SYSV.LIFE.EXEC_DETACHES"_req, "RACE.NATTCH_CONSERVATION"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  b.At(s);
  plan.Race([&] {
    b.Do(ProcessExec{}).Succeeds();
    const Attach p = a.At(s);
    a.Stat(s).Expects(Record().With("nattch", 1, 3));
    a.Detach(p).Gives(0);
  });
  a.Stat(s).Expects(Record().With("nattch", 0));
  b.At(s);
  a.Stat(s).Expects(Record().With("nattch", 1).With("lpid", b));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.process.leaving_its_namespace_ends_what_nobody_else_sees", kRounds,
             "RACE.NS.LEAVING"_req, "NS.IPC.ATTACH_SURVIVES_SWITCH"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Fork(b);
  const Attach p = b.At(s);
  b.Store(p, 42).Succeeds();
  plan.Race([&] {
    b.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
    b.Stat(s).FailsWithOneOf({EINVAL, EIDRM});
    b.Load(p).Gives(42);
    a.Stat(s).Expects(Record().With("nattch", 1));
    a.Remove(s).Gives(0);
    a.Stat(s).Expects(Record().With("nattch", 1).With("key", 0));
  });
  b.Load(p).Gives(42);
  b.Detach(p).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("races.process.leaves_a_namespace_to_its_end_while_the_memory_stays", kRounds,
             "RACE.NS.LEAVING"_req, "NS.IPC.MAPPING_PINS_NAMESPACE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42).Succeeds();
  a.Fork(b);
  plan.Race([&] {
    a.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
    a.Load(p).Gives(42);
    b.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
    b.Store(p + 8, 43).Succeeds();
    b.Load(p).Gives(42);
  });
  a.Load(p + 8).Gives(43);
  a.Detach(p).Gives(0);
  b.Load(p).Gives(42);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("used_ids", 0));
}

}  // namespace
}  // namespace shmspec
