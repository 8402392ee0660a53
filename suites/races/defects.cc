// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Races that systems have lost: one case for each, with the number of the report.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

// CVE-2013-7026, first workload: removal against attach and detach, by those who have it attached.
SHMSPEC_RACE("races.defects.removed_segment_is_attached_and_detached_by_many", kRounds,
             "RACE.SYSV.REMOVED_IN_USE"_req, "SYSV.RMID.RACE_ATTACH"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Fork(b);
  a.Fork(c);
  plan.Race([&] {
    a.Remove(s).Gives(0);
    for (const Actor& one : {b, c}) {
      Attach p;
      one.AttachAs(p, {s}).Expects(OrGone(Success()));
      one.Store(p, 42).Expects(OrUnmapped(Success()));
      one.Detach(p).Expects(Exactly(0) | Fails(EINVAL));
    }
  });
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

// CVE-2013-7026, second workload: locks and unlocks of a segment whose last attach goes.
SHMSPEC_RACE("races.defects.removed_segment_is_locked_as_its_last_attach_goes", kRounds,
             "RACE.SYSV.REMOVED_IN_USE"_req, "RACE.LOCK.REMOVAL"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Fork(b);
  a.Remove(s).Gives(0);
  b.Detach(p).Gives(0);
  plan.Race([&] {
    a.Detach(p).Gives(0);
    for (int i = 0; i < 2; ++i) {
      b.Do(SysvLock{s}).Expects(OrGone(Exactly(0)));
      b.Do(SysvUnlock{s}).Expects(OrGone(Exactly(0)));
    }
  });
  b.Do(SysvLock{s}).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

// CVE-2013-7026, third workload: IPC_STAT, IPC_SET and the listing, while the last attach goes.
SHMSPEC_RACE("races.defects.removed_segment_is_shown_and_set_as_its_last_attach_goes", kRounds,
             "RACE.SYSV.REMOVED_IN_USE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Fork(b);
  a.Fork(c);
  a.Remove(s).Gives(0);
  b.Detach(p).Gives(0);
  plan.Race([&] {
    a.Detach(p).Gives(0);
    c.Exit();
    b.Stat(s).Expects(OrGone(Record().With("nattch", 0, 2).With("key", 0)));
    b.Set({s, {0}, {0}, {0640}}).Expects(OrGone(Exactly(0)));
    b.Do(SystemSegments{}).Succeeds();
    b.Remove(s).Expects(OrGone(Exactly(0)));
  });
  b.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

// Linux b9a53227: others found a segment before its owner and mode were set.
SHMSPEC_RACE("races.defects.new_segment_is_never_seen_without_owner_and_mode", kRounds,
             "RACE.SYSV.WHOLE_AT_ONCE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Actor c = plan.Spawn("c");
  const Key k = plan.NewKey();
  Segment s, t, u;
  plan.Race([&] {
    a.GetAs(s, {.key = k, .size = {5000}, .flags = kCreate | 0600}).Expects(Identifier());
    b.GetAs(t, {.key = k, .size = {0}, .flags = 0600}).FailsWithOneOf({ENOENT, EACCES});
    c.GetAs(u, {.key = k, .size = {0}}).Expects(OrMissing(Identifier()));
    c.Stat(u).Expects(OrGone(Record()
                                 .With("uid", kAlice)
                                 .With("cuid", kAlice)
                                 .With("mode", 0600)
                                 .With("size", 5000)
                                 .With("cpid", a)
                                 .With("nattch", 0)));
  });
  a.Remove(s).Gives(0);
}

// CVE-2004-0114: an attach that failed kept the segment, so that its count went round.
SHMSPEC_RACE("races.defects.failing_attaches_leave_no_count_beside_a_removal", kRounds,
             "SYSV.SHMAT.FAILURE_NO_EFFECT"_req, "RACE.NATTCH_CONSERVATION"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(2));
  a.Fork(b);
  plan.Race([&] {
    for (int i = 0; i < 3; ++i) b.Do(SysvAttach{s, m, {}}).FailsWithOneOf({EINVAL, EIDRM});
    a.Stat(s).Expects(Record().With("nattch", 0, 1));
    a.Remove(s).Gives(0);
  });
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

// CVE-2025-38212: orphans were destroyed without a lock that attaches wait for.
SHMSPEC_RACE("races.defects.orphans_go_once_while_segments_come_and_go", kRounds,
             "RACE.FORCED.SWITCH"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  a.Fork(b);
  a.Fork(c);
  const Segment orphan = c.Get({.flags = kCreate | 0600});
  c.Exit().Expects(Exited());
  plan.Race([&] {
    a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Succeeds();
    a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 0}).Succeeds();
    Segment own;
    b.GetAs(own, {.flags = kCreate | 0600}).Expects(Identifier());
    b.Remove(own).Gives(0);
    b.Remove(orphan).Expects(OrGone(Exactly(0)));
  });
  a.Stat(orphan).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

// Linux fc0c8f90: merging mappings lost a close, and the count stayed too high.
SHMSPEC_RACE("races.defects.split_and_merged_attach_goes_back_to_one", kRoundsOfThreads,
             "RACE.NATTCH_CONSERVATION"_req, "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Thread(t);
  plan.Race([&] {
    a.Do(MapProtect{p, {Pages(1)}, 1}).Gives(0);
    a.Do(MapProtect{p, {Pages(1)}, 1 | 2}).Gives(0);
    t.Do(MapProtect{p + PageOffset(1), {Pages(1)}, 1}).Gives(0);
    t.Do(MapProtect{p + PageOffset(1), {Pages(1)}, 1 | 2}).Gives(0);
  });
  a.Stat(s).Expects(Record().With("nattch", 1, 2));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0));
  a.Remove(s).Gives(0);
}

// CVE-2021-29626 (FreeBSD): a mapping stayed in use after its pages had gone to others.
SHMSPEC_RACE("races.defects.memory_of_a_child_being_born_is_that_of_its_parent", kRoundsOfThreads,
             "RACE.PROCESS.FORK_BYTES"_req, "SYSV.LIFE.FORK_SHARED_NOT_COPIED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Thread(t);
  plan.Race([&] {
    a.Fork(child);
    for (const std::uint64_t value : {1u, 2u, 3u}) t.Store(p, value).Succeeds();
  });
  child.Load(p).Gives(3);
  child.Store(p, 4).Succeeds();
  a.Load(p).Gives(4);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
