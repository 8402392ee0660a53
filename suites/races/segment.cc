// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// System V segments, more than one call at a time. Races about one call are in suites/sysv/race.cc.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_RACE("races.segment.locked_and_removed_leaves_nothing_locked", kRounds,
             "RACE.LOCK.REMOVAL"_req, "SYSV.LOCK.RELEASED_ON_DESTROY"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Fork(b);
  a.Fork(c);
  plan.Race([&] {
    a.Remove(s).Gives(0);
    for (int i = 0; i < 2; ++i) {
      b.Do(SysvLock{s}).Expects(OrGone(Exactly(0)));
      c.Do(SysvUnlock{s}).Expects(OrGone(Exactly(0)));
    }
  });
  b.Do(SysvLock{s}).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

SHMSPEC_RACE("races.segment.of_a_key_removed_and_made_again_is_one_of_two", kRounds,
             "RACE.SYSV.KEY_REUSE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {1000}, .flags = kCreate | 0600});
  Segment next, found;
  plan.Race([&] {
    a.Remove(s).Gives(0);
    b.GetAs(next, {.key = k, .size = {2000}, .flags = kCreate | kExclusive | 0600})
        .Expects(OrTaken(Identifier()));
    b.Stat(next).Expects(OrGone(Record().With("size", 2000)));
    c.GetAs(found, {.key = k, .size = {0}, .flags = 0600}).Expects(OrMissing(Identifier()));
    c.Stat(found).Expects(OrGone(Record().With("size", 1000) | Record().With("size", 2000)));
  });
  a.Stat(s).Fails(EINVAL);
  b.Remove(next).Expects(OrGone(Exactly(0)));
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
}

SHMSPEC_RACE("races.segment.made_and_removed_by_three_leaves_nothing", kRounds,
             "RACE.NO_LEAK"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  a.Fork(b);
  a.Fork(c);
  plan.Race([&] {
    for (const Actor& one : {a, b, c}) {
      Segment s;
      one.GetAs(s, {.size = {5000}, .flags = kCreate | 0600}).Expects(Identifier());
      one.Remove(s).Gives(0);
    }
  });
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

SHMSPEC_RACE("races.segment.orphans_are_destroyed_once_whoever_leaves_last", kRounds,
             "RACE.FORCED.SWITCH"_req, "SYSV.FORCED.SWITCH_ON_DESTROYS_ORPHANS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor child = plan.Forked("child");
  a.Fork(child);
  const Segment s = child.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Fork(b);
  child.Exit().Expects(Exited());
  a.Detach(p).Gives(0);
  plan.Race([&] {
    a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Succeeds();
    b.Detach(p).Gives(0);
    b.Stat(s).Expects(OrGone(Record().With("nattch", 0)));
  });
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

SHMSPEC_RACE("races.segment.attached_as_orphans_are_destroyed_stays_until_detached", kRounds,
             "RACE.FORCED.SWITCH"_req, "SYSV.FORCED.LAST_DETACH_DESTROYS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Actor child = plan.Forked("child");
  a.Fork(b);
  a.Fork(child);
  const Segment s = child.Get({.flags = kCreate | 0600});
  child.Exit().Expects(Exited());
  Attach p;
  plan.Race([&] {
    a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Succeeds();
    b.AttachAs(p, {s}).Expects(OrGone(Success()));
    b.Store(p, 42).Expects(OrUnmapped(Success()));
    b.Load(p).Expects(OrUnmapped(Exactly(42)));
  });
  b.Detach(p).Expects(Exactly(0) | Fails(EINVAL));
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

SHMSPEC_RACE("races.segment.of_a_creator_that_ends_is_destroyed_or_kept_as_it_is_forced", kRounds,
             "RACE.FORCED.SWITCH"_req, "SYSV.FORCED.CREATOR_EXIT_DESTROYS_UNATTACHED"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  a.Fork(child);
  const Segment s = child.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Succeeds();
    child.Exit();
  });
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

SHMSPEC_RACE("races.segment.whose_mode_changes_is_opened_by_one_record", kRounds,
             "RACE.SYSV.SET_ACCESS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    a.Set({s, {kAlice}, {kAlice}, {0604}}).Gives(0);
    a.Set({s, {kAlice}, {kAlice}, {0600}}).Gives(0);
    for (int i = 0; i < 2; ++i) {
      b.Stat(s).Expects(Record().With("mode", 0600, 0604).With("uid", kAlice) | Fails(EACCES));
      b.Do(SysvAttach{s, {}, kReadOnly}).Expects(Success() | Fails(EACCES));
    }
  });
  b.Stat(s).Fails(EACCES);
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("races.segment.whose_limit_of_pages_is_raced_for_never_exceeds_it", kRounds,
             "RACE.LIMIT.PAGES"_req, "LIMIT.RACE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 3}).Gives(0);
  a.Fork(b);
  std::vector<Segment> made(4);
  plan.Race([&] {
    for (std::size_t i = 0; i < 2; ++i) {
      for (const std::size_t one : {i, i + 2}) {
        (one < 2 ? a : b)
            .GetAs(made[one], {.size = {Pages(1)}, .flags = kCreate | 0600})
            .Expects(Identifier() | Fails(ENOSPC));
      }
    }
  });
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 3).With("shm_tot", 3));
  for (const Segment& s : made) a.Remove(s).Expects(Exactly(0) | Fails(EINVAL));
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(NothingLeft());
}

}  // namespace
}  // namespace shmspec
