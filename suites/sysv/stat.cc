// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2) IPC_STAT and unknown commands.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.stat.needs_read_permission_of_the_owner_too", "SYSV.STAT.NEEDS_READ"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0200});
  a.Stat(s).Fails(EACCES);
  a.Set({s, {kAlice}, {kAlice}, {0600}}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0600));
  b.Stat(s).Fails(EACCES);
  a.Set({s, {kAlice}, {kAlice}, {0004}}).Gives(0);
  b.Stat(s).Expects(Record().With("mode", 0004));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.stat.looks_at_the_buffer_last", "SYSV.STAT.BAD_BUFFER"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment hidden = a.Get({.flags = kCreate | 0200});
  const Segment gone = a.Get({.flags = kCreate | 0600});
  a.Remove(gone).Gives(0);
  for (const Buffer buffer : {Buffer::kNull, Buffer::kWild, Buffer::kUnwritable}) {
    a.Do(SysvStat{s, buffer}).Fails(EFAULT);
    a.Do(SysvStat{hidden, buffer}).Fails(EACCES);
    a.Do(SysvStat{gone, buffer}).Fails(EINVAL);
  }
  a.Remove(s).Gives(0);
  a.Remove(hidden).Gives(0);
}

SHMSPEC_CASE("sysv.stat.returns_zero_and_not_the_identifier", "SYSV.STAT.ZERO_RETURN"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("returned", 0));
  a.Stat(t).Expects(Record().With("returned", 0));
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("sysv.stat.shows_the_key", "SYSV.STAT.SEQ_AND_KEY"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  const Segment hidden = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("key", k));
  a.Stat(hidden).Expects(Record().With("key", 0));
  a.Remove(s).Gives(0);
  a.Remove(hidden).Gives(0);
}

SHMSPEC_CASE("sysv.stat.changes_nothing", "SYSV.STAT.NO_SIDE_EFFECT"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  a.Fork(b);
  for (int i = 0; i < 2; ++i) {
    b.Stat(s).Expects(Record()
                          .With("nattch", 0)
                          .With("lpid", 0)
                          .With("atime", 0)
                          .With("dtime", 0)
                          .With("cpid", a));
    a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("shm_rss", 0));
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.stat.shows_process_ids_as_its_reader_sees_them",
             "SYSV.STAT.PID_TRANSLATION"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", {.namespaces = kNamespacePid});
  const Segment outer = a.Get({.flags = kCreate | 0600});
  const Segment inner = b.Get({.flags = kCreate | 0600});
  a.At(outer);
  b.At(inner);
  b.Stat(outer).Expects(Record().With("cpid", 0).With("lpid", 0));
  b.Stat(inner).Expects(Record().With("cpid", 1).With("lpid", 1));
  a.Stat(inner).Expects(Record().With("cpid", b).With("lpid", b));
  a.Remove(outer).Gives(0);
  a.Remove(inner).Gives(0);
}

SHMSPEC_CASE("sysv.stat.shows_users_as_its_reader_sees_them", "SYSV.STAT.UID_TRANSLATION"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0604});
  b.Stat(s).Expects(Record().With("uid", kAlice).With("cgid", kAlice));
  b.Do(ProcessUnshare{kNamespaceUser}).Gives(0);
  b.Stat(s).Expects(
      Record().With("uid", 65534).With("gid", 65534).With("cuid", 65534).With("cgid", 65534));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.control.knows_no_other_commands", "SYSV.STAT.BAD_CMD"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  for (const std::int32_t command : {4, 5, 6, 10, 16, 17, 99, 255, 2147483647}) {
    a.Do(SysvControl{s, command}).Fails(EINVAL);
  }
  for (const std::int32_t command : {-1, -2147483647 - 1}) {
    a.Do(SysvControl{s, command}).Fails(EINVAL);
    a.Do(SysvControl{SegmentId(-1), command}).Fails(EINVAL);
  }
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.control.inspects_changes_and_removes", "SEED.SHMCTL_CONTROLS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.size = {6000}, .flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("uid", kAlice).With("mode", 0600).With("size", 6000));
  a.Set({s, {kAlice}, {kBob}, {0644}}).Gives(0);
  a.Stat(s).Expects(Record()
                        .With("uid", kAlice)
                        .With("gid", kBob)
                        .With("cgid", kAlice)
                        .With("mode", 0644)
                        .With("size", 6000));
  a.Remove(s).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

}  // namespace
}  // namespace shmspec
