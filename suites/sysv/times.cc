// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The three time stamps of a record. The oracle knows in which seconds each of them may have been
// taken, and holds every record against that; a case does what may or may not take one.

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
