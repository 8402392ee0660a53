// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The three time stamps of a record. The oracle knows in which seconds each of them may have been
// taken, and holds every record against that; a case makes the calls that may or may not take one.
// Cases that wait for the next second also show whether a stamp that was set before moved.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.times.of_change_are_set_by_ipc_set", "SYSV.SET.CTIME"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("ctime", 1, kMost));
  a.Set({s, {kAlice}, {kAlice}, {0640}}).Gives(0);
  a.Stat(s).Expects(Record().With("ctime", 1, kMost).With("atime", 0).With("dtime", 0));
  a.Set({s, {kAlice}, {kAlice}, {0640}}).Gives(0);
  a.Stat(s).Expects(Record().With("ctime", 1, kMost));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.times.of_change_are_left_alone_by_removal", "SYSV.RMID.NO_CTIME"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Stat(s).Succeeds();
  a.Remove(s).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeDest | 0600).With("ctime", 1, kMost));
  a.Remove(s).Gives(0);
  a.Stat(s).Succeeds();
  a.Detach(p).Gives(0);
}

SHMSPEC_CASE("sysv.times.of_change_are_left_alone_by_attaches_and_locks",
             "SYSV.STAT.ATTACH_NO_CTIME"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Succeeds();
  const Attach p = a.At(s);
  a.Stat(s).Succeeds();
  a.Do(SysvLock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeLocked | 0600));
  a.Do(SysvUnlock{s}).Gives(0);
  a.Stat(s).Succeeds();
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0).With("ctime", 1, kMost));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.times.of_change_move_with_ipc_set", "SYSV.SET.CTIME"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment changed = a.Get({.flags = kCreate | 0600});
  const Segment left = a.Get({.flags = kCreate | 0600});
  a.Set({changed, {kAlice}, {kAlice}, {0640}}).Gives(0);
  a.Do(SystemNextSecond{}).Gives(0);
  for (const Segment& segment : {s, changed}) {
    a.Set({segment, {kBob}, {kBob}, {0640}}).Gives(0);
    a.Stat(segment).Expects(Record().With("uid", kBob).With("ctime", 1, kMost).With("atime", 0));
  }
  a.Stat(left).Expects(Record().With("mode", 0600).With("ctime", 1, kMost));
  for (const Segment& segment : {s, changed, left}) a.Remove(segment).Gives(0);
}

SHMSPEC_CASE("sysv.times.of_attaches_and_detaches_move_with_each", "SYSV.SHMAT.SUCCESS_UPDATES"_req,
             "SYSV.SHMDT.UPDATES"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  Attach kept;
  for (const Segment& segment : {s, t}) {
    kept = a.At(segment);
    a.Detach(a.At(segment)).Gives(0);
    a.Stat(segment).Expects(Record().With("nattch", 1).With("dtime", 1, kMost));
  }
  a.Do(SystemNextSecond{}).Gives(0);
  const Attach p = a.At(s);
  a.Stat(s).Expects(Record().With("nattch", 2));
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(kept).Gives(0);
  a.Stat(t).Expects(Record().With("nattch", 0));
  a.At(t);
  a.Stat(t).Expects(Record().With("nattch", 1));
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("sysv.times.stay_with_all_other_calls", "SYSV.STAT.ATTACH_NO_CTIME"_req,
             "SYSV.RMID.NO_CTIME"_req, "SYSV.STAT.NO_SIDE_EFFECT"_req,
             "SYSV.SHMAT.FAILURE_NO_EFFECT"_req) {
  const Actor a = plan.Spawn("a", UserWith(kAlice, kCapIpcLock));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Detach(a.At(s)).Gives(0);
  a.Do(SystemNextSecond{}).Gives(0);
  a.Store(p, 42).Succeeds();
  a.Load(p).Gives(42);
  a.Do(SysvLock{s}).Gives(0);
  a.Do(SysvUnlock{s}).Gives(0);
  b.Do(SysvAttach{s, {}, {}}).Fails(EACCES);
  a.Do(SysvAttach{s, p + 1, {}}).Fails(EINVAL);
  a.Detach(p + 1).Fails(EINVAL);
  a.Set({s, {0xffffffff}, {kAlice}, {0640}}).Fails(EINVAL);
  for (int i = 0; i < 2; ++i) {
    a.Stat(s).Expects(Record().With("mode", 0600).With("nattch", 1).With("dtime", 1, kMost));
  }
  a.Remove(s).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeDest | 0600).With("nattch", 1));
  a.At(s);
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
}

SHMSPEC_CASE("sysv.times.of_attaches_stay_with_ipc_set", "SYSV.SET.FIELDS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  a.Detach(a.At(s)).Gives(0);
  a.Do(SystemNextSecond{}).Gives(0);
  a.Set({s, {kAlice}, {kAlice}, {0640}}).Gives(0);
  a.Stat(s).Expects(Record().With("uid", kAlice).With("nattch", 1).With("dtime", 1, kMost));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.times.never_go_back", "SYSV.STAT.TIMES_MONOTONE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  for (const Actor& actor : {a, b}) {
    const Attach p = actor.At(s);
    actor.Stat(s).Expects(Record().With("atime", 1, kMost));
    actor.Detach(p).Gives(0);
    actor.Stat(s).Expects(Record().With("atime", 1, kMost).With("dtime", 1, kMost));
  }
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
