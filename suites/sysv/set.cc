// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2) IPC_SET.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.set.changes_owner_and_mode_only", "SYSV.SET.FIELDS"_req,
             "SYSV.SET.CREATOR_IMMUTABLE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {5000}, .flags = kCreate | 0600});
  a.At(s);
  a.Set({s, {kBob}, {kCarol}, {0466}}).Gives(0);
  a.Stat(s).Expects(Record()
                        .With("key", k)
                        .With("uid", kBob)
                        .With("gid", kCarol)
                        .With("mode", 0466)
                        .With("cuid", kAlice)
                        .With("cgid", kAlice)
                        .With("size", 5000)
                        .With("cpid", a)
                        .With("lpid", a)
                        .With("nattch", 1)
                        .With("dtime", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.set.by_root_keeps_the_creator", "SYSV.SET.CREATOR_IMMUTABLE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor root = plan.Spawn("root");
  const Segment s = a.Get({.flags = kCreate | 0644});
  root.Set({s, {kBob}, {kBob}, {0644}}).Gives(0);
  a.Stat(s).Expects(
      Record().With("uid", kBob).With("gid", kBob).With("cuid", kAlice).With("cgid", kAlice));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.set.ignores_mode_bits_above_the_low_nine", "SYSV.SET.MODE_MASK"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Set({s, {kAlice}, {kAlice}, {07777}}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0777));
  a.Do(SysvLock{s}).Gives(0);
  a.Set({s, {kAlice}, {kAlice}, {05640}}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", kModeLocked | 0640));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.set.lets_an_owner_give_a_segment_away", "SYSV.SET.GIVE_AWAY"_req) {
  const Actor creator = plan.Spawn("creator", User(kAlice));
  const Actor owner = plan.Spawn("owner", User(kBob));
  const Segment s = creator.Get({.flags = kCreate | 0600});
  creator.Set({s, {kBob}, {kBob}, {0600}}).Gives(0);
  owner.Set({s, {kCarol}, {kCarol}, {0604}}).Gives(0);
  owner.Stat(s).Expects(Record().With("uid", kCarol).With("gid", kCarol));
  owner.Set({s, {kBob}, {kBob}, {0600}}).Fails(EPERM);
  creator.Set({s, {kAlice}, {kAlice}, {0600}}).Gives(0);
  creator.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.set.refuses_ids_that_name_nobody", "SYSV.SET.INVALID_ID_VALUES"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  constexpr std::uint32_t kNobody = 0xffffffff;
  a.Set({s, {kNobody}, {kAlice}, {0640}}).Fails(EINVAL);
  a.Set({s, {kAlice}, {kNobody}, {0640}}).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("uid", kAlice).With("gid", kAlice).With("mode", 0600));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.set.refuses_ids_without_a_mapping", "SYSV.SET.INVALID_ID_VALUES"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.Do(ProcessUnshare{kNamespaceUser}).Gives(0);
  b.Set({s, {kAlice}, {kAlice}, {0640}}).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("uid", kAlice).With("mode", 0600));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.set.reads_the_buffer_first", "SYSV.SET.BAD_BUFFER_FIRST"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment gone = a.Get({.flags = kCreate | 0600});
  a.Remove(gone).Gives(0);
  for (const Buffer buffer : {Buffer::kNull, Buffer::kWild}) {
    a.Set({s, {0}, {0}, {0640}, buffer}).Fails(EFAULT);
    a.Set({gone, {0}, {0}, {0640}, buffer}).Fails(EFAULT);
  }
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
