// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2) IPC_RMID.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.remove.destroys_an_unattached_segment_at_once",
             "SYSV.RMID.UNATTACHED_IMMEDIATE"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  a.Remove(s).Gives(0);
  a.Remove(s).Fails(EINVAL);
  a.Stat(s).Fails(EINVAL);
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  a.Do(SystemSegments{}).Succeeds();  // the oracle looks for the row
}

SHMSPEC_CASE("sysv.remove.keeps_data_until_the_last_detach",
             "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Store(p, 42);
  a.Remove(s).Gives(0);
  b.Load(q).Gives(42);
  b.Store(q + 8, 43);
  a.Load(p + 8).Gives(43);
  a.Detach(p).Gives(0);
  b.Load(q).Gives(42);
  b.Stat(s).Expects(Record().With("nattch", 1));
  b.Detach(q).Gives(0);
  b.Stat(s).Fails(EINVAL);
  a.Do(SysvAttach{s}).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.remove.shows_while_it_waits", "SYSV.RMID.DEST_FLAG"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0640});
  a.At(s);
  a.Stat(s).Expects(Record().With("mode", 0640));
  a.Remove(s).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeDest | 0640).With("nattch", 1));
}

SHMSPEC_CASE("sysv.remove.frees_the_key", "SYSV.RMID.KEY_BECOMES_PRIVATE"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  a.At(s);
  a.Stat(s).Expects(Record().With("key", k));
  a.Remove(s).Gives(0);
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  a.Stat(s).Expects(Record().With("key", 0));
}

SHMSPEC_CASE("sysv.remove.lets_the_key_be_used_again", "SYSV.RMID.KEY_REUSABLE"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Remove(s).Gives(0);
  Segment next;
  a.GetAs(next, {.key = k, .flags = kCreate | kExclusive | 0600}).Expects(NotValueOf(s));
  const Attach q = a.At(next);
  a.Load(q).Gives(0);
  a.Store(q, 43);
  a.Load(p).Gives(42);
  a.Remove(next).Gives(0);
}

SHMSPEC_CASE("sysv.remove.allows_attaches_while_it_waits", "SYSV.RMID.ATTACH_BY_ID_AFTER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Remove(s).Gives(0);
  const Attach q = b.At(s);
  b.Load(q).Gives(42);
  a.Detach(p).Gives(0);
  b.Load(q).Gives(42);
  b.Stat(s).Expects(Record().With("nattch", 1));
  b.Detach(q).Gives(0);
  b.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.remove.waits_for_a_child_forked_later", "SYSV.RMID.FORK_AFTER"_req) {
  const Actor a = plan.Spawn("a");
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Remove(s).Gives(0);
  a.Fork(child);
  a.Detach(p).Gives(0);
  child.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("nattch", 1));
  child.Exit().Expects(Exited());
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.remove.may_be_repeated_while_it_waits", "SYSV.RMID.REPEAT_WHILE_PENDING"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Remove(s).Gives(0);
  a.Remove(s).Gives(0);
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("mode", kModeDest | 0600).With("nattch", 1));
}

SHMSPEC_CASE("sysv.remove.survives_a_change_of_mode", "SYSV.RMID.SET_WHILE_PENDING"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Remove(s).Gives(0);
  a.Set({s, {kAlice}, {kAlice}, {0640}}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeDest | 0640));
  a.Detach(p).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.remove.does_not_look_at_the_buffer", "SYSV.RMID.BUF_IGNORED"_req) {
  const Actor a = plan.Spawn("a");
  for (const Buffer buffer : {Buffer::kValid, Buffer::kNull, Buffer::kWild, Buffer::kUnwritable}) {
    const Segment s = a.Get({.flags = kCreate | 0600});
    a.Do(SysvRemove{s, buffer}).Gives(0);
    a.Stat(s).Fails(EINVAL);
  }
}

}  // namespace
}  // namespace shmspec
