// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls of System V shared memory at the same time.

#include <cerrno>
#include <utility>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// The outcomes of a call whose segment may have been removed meanwhile.
Pattern OrGone(Pattern otherwise) { return std::move(otherwise) | Fails(EINVAL) | Fails(EIDRM); }

/// The outcomes of an access at the address of an attach that may have failed.
Pattern OrFault(std::int64_t value) { return Exactly(value) | Record<Fault>(); }

SHMSPEC_RACE("sysv.race.removal_against_attach_gives_the_segment_or_nothing", 100,
             "SYSV.RMID.RACE_ATTACH"_req, "SYSV.ID.EIDRM_WINDOW"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Detach(p).Gives(0);
  Attach q;
  plan.Race([&] {
    a.Remove(s).Gives(0);
    b.AttachAs(q, {s}).Expects(OrGone(Success()));
  });
  b.Load(q).Expects(OrFault(42));
  b.Detach(q).Expects(Exactly(0) | Fails(EINVAL));
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("sysv.race.removal_against_attach_and_a_new_segment_never_mixes_them", 100,
             "SYSV.RMID.RACE_ATTACH"_req, "SYSV.ID.STALE_NOT_REBOUND_SOON"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {1}, .flags = kCreate | 0600});
  Segment next;
  Attach q;
  plan.Race([&] {
    a.Remove(s).Gives(0);
    a.GetAs(next, {.size = {8192}, .flags = kCreate | 0600}).Expects(NotValueOf(s));
    b.AttachAs(q, {s}).Expects(OrGone(Success()));
    b.Stat(s).Expects(OrGone(Record().With("size", 1)));
  });
  a.Stat(next).Expects(Record().With("size", 8192).With("nattch", 0));
  a.Remove(next).Gives(0);
}

SHMSPEC_RACE("sysv.race.removal_against_control_calls_reports_a_missing_segment", 100,
             "SYSV.ID.EIDRM_WINDOW"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    a.Remove(s).Gives(0);
    b.Stat(s).Expects(OrGone(Record().With("mode", 0600, 0640).With("nattch", 0)));
    b.Stat(s).Expects(OrGone(Record().With("mode", 0600, 0640).With("nattch", 0)));
    c.Set({s, {0}, {0}, {0640}}).Expects(OrGone(Exactly(0)));
  });
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("sysv.race.removal_against_removal_succeeds_once", 100,
             "SYSV.RMID.UNATTACHED_IMMEDIATE"_req, "SYSV.ID.EIDRM_WINDOW"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    a.Remove(s).Expects(OrGone(Exactly(0)));
    b.Remove(s).Expects(OrGone(Exactly(0)));
  });
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("sysv.race.removal_against_the_last_detach_destroys_once", 100,
             "SYSV.RMID.RACE_LAST_DETACH"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Fork(b);
  const Attach p = b.At(s);
  plan.Race([&] {
    a.Remove(s).Gives(0);
    b.Detach(p).Gives(0);
  });
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 0).With("shm_tot", 0));
}

SHMSPEC_RACE("sysv.race.exclusive_creation_has_one_winner", 100,
             "SYSV.SHMGET.EXCL_RACE_ONE_WINNER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Key k = plan.NewKey();
  Segment s, t, found;
  plan.Race([&] {
    a.GetAs(s, {.key = k, .flags = kCreate | kExclusive | 0600})
        .Expects(Identifier() | Fails(EEXIST));
    b.GetAs(t, {.key = k, .flags = kCreate | kExclusive | 0600})
        .Expects(Identifier() | Fails(EEXIST));
  });
  a.GetAs(found, {.key = k, .flags = 0600}).Expects(ValueOf(s) | ValueOf(t));
  a.Remove(found).Gives(0);
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  // The loser has no identifier, so nothing is left to remove.
  a.Remove(s).Fails(EINVAL);
  b.Remove(t).Fails(EINVAL);
}

SHMSPEC_RACE("sysv.race.creation_without_exclusive_gives_one_segment", 100,
             "SYSV.SHMGET.CREAT_RACE_SAME_ID"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Key k = plan.NewKey();
  Segment s, t;
  plan.Race([&] {
    a.GetAs(s, {.key = k, .flags = kCreate | 0600}).Expects(Identifier());
    b.GetAs(t, {.key = k, .flags = kCreate | 0600}).Expects(Identifier());
  });
  a.Do(SysvGet{k, {4096}, 0600}).Expects(ValueOf(s));
  b.Do(SysvGet{k, {4096}, 0600}).Expects(ValueOf(t));
  a.Remove(s).Gives(0);
  b.Stat(t).Fails(EINVAL);
}

SHMSPEC_RACE("sysv.race.private_creation_never_shares", 50, "SEED.SHMID_UNIQUE"_req,
             "SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  Segment s, t;
  plan.Race([&] {
    a.GetAs(s, {.size = {1000}, .flags = kCreate | 0600}).Expects(Identifier());
    b.GetAs(t, {.size = {2000}, .flags = kCreate | 0600}).Expects(Identifier());
  });
  a.Stat(s).Expects(Record().With("size", 1000).With("cpid", a));
  a.Stat(t).Expects(Record().With("size", 2000).With("cpid", b));
  a.Remove(s).Gives(0);
  b.Remove(t).Gives(0);
}

SHMSPEC_RACE("sysv.race.attaches_and_detaches_are_all_counted", 100,
             "SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req, "RACE.NATTCH_CONSERVATION"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    for (const Actor& actor : {a, b}) {
      const Attach p = actor.At(s);
      actor.At(s);
      actor.Detach(p).Gives(0);
      actor.At(s);
    }
  });
  a.Stat(s).Expects(Record().With("nattch", 4));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("sysv.race.stat_sees_a_count_that_was_possible", 100,
             "SYSV.STAT.SNAPSHOT_CONSISTENT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  plan.Race([&] {
    const Attach p = a.At(s);
    a.Detach(p).Gives(0);
    // An attach in progress may count twice for a moment. Only a may be named.
    for (int i = 0; i < 3; ++i) {
      b.Stat(s).Expects(Record().With("nattch", 1, 3).With("lpid", a).With("mode", 0600));
    }
  });
  b.Stat(s).Expects(Record().With("nattch", 1).With("lpid", a));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("sysv.race.threads_detach_one_address_once", 100, "SYSV.SHMDT.RACE_SAME_ADDRESS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Actor u = plan.Threaded("u");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  const Attach p = a.At(s);
  a.Thread(t);
  a.Thread(u);
  plan.Race([&] {
    t.Detach(p).Expects(Exactly(0) | Fails(EINVAL));
    u.Detach(p).Expects(Exactly(0) | Fails(EINVAL));
  });
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(p).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("sysv.race.kill_against_attach_leaves_no_count", 50, "SYSV.LIFE.SIGKILL_DETACHES"_req,
             "RACE.SIGNAL_INTERRUPTION"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  plan.Race([&] {
    a.Kill(b);
    for (int i = 0; i < 3; ++i) {
      Attach p;
      b.AttachAs(p, {s});
      b.Detach(p);
    }
  });
  a.Stat(s).Expects(Record().With("nattch", 0).With("lpid", b));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("sysv.race.kill_against_removal_leaves_nothing", 50, "SYSV.LIFE.SIGKILL_DETACHES"_req,
             "SYSV.RMID.RACE_LAST_DETACH"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor c = plan.Spawn("c");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.At(s);
  plan.Race([&] {
    a.Kill(b);
    c.Remove(s).Gives(0);
  });
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_RACE("sysv.race.fork_against_detach_counts_both", 50, "RACE.NATTCH_CONSERVATION"_req,
             "SYSV.LIFE.FORK_INHERITS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  const Attach q = b.At(s);
  plan.Race([&] {
    a.Fork(child);
    b.Detach(q).Gives(0);
  });
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Remove(s).Gives(0);
}

SHMSPEC_RACE("sysv.race.sets_do_not_mix", 50, "SYSV.SET.FIELDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    a.Set({s, {kAlice}, {kAlice}, {0640}}).Gives(0);
    b.Set({s, {kBob}, {kBob}, {0604}}).Gives(0);
  });
  alice.Stat(s).Expects(Record().With("uid", kAlice).With("gid", kAlice).With("mode", 0640) |
                        Record().With("uid", kBob).With("gid", kBob).With("mode", 0604));
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
