// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What shmctl(2) does to its buffers. Before each call a pattern fills them and the bytes around
// them; a byte that changed where the call may not write is an outcome of its own, which the oracle
// refuses.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.buffers.are_only_read_by_ipc_set", "SYSV.SET.READS_ONLY"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0644});
  const Segment gone = a.Get({.flags = kCreate | 0600});
  a.Remove(gone).Gives(0);
  a.Set({s, {kAlice}, {kAlice}, {0604}}).Gives(0);
  a.Set({s, {kAlice}, {kAlice}, {0640}, Buffer::kUnwritable}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0640).With("size", 5000));
  b.Set({s, {kBob}, {kBob}, {0600}}).Fails(EPERM);
  a.Set({s, {0xffffffff}, {kAlice}, {0600}}).Fails(EINVAL);
  a.Set({gone, {kAlice}, {kAlice}, {0600}}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.buffers.are_not_touched_by_removal", "SYSV.RMID.BUF_IGNORED"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.At(t);
  b.Do(SysvRemove{s, Buffer::kValid}).Fails(EPERM);
  a.Do(SysvRemove{s, Buffer::kValid}).Gives(0);
  a.Do(SysvRemove{s, Buffer::kValid}).Fails(EINVAL);
  a.Do(SysvRemove{t, Buffer::kValid}).Gives(0);
  a.Do(SysvRemove{t, Buffer::kUnwritable}).Gives(0);
}

SHMSPEC_CASE("sysv.buffers.hold_the_record_and_no_more", "SYSV.STAT.WRITES_RECORD_ONLY"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0640});
  a.Stat(s).Expects(Record().With("mode", 0640).With("size", 5000));
  a.Do(SysvStatIndex{s}).Expects(Record().With("mode", 0640).With("size", 5000));
  a.Do(SysvStatAny{s}).Expects(Record().With("mode", 0640).With("size", 5000));
  a.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("shmmin", 1));
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("used_ids", 1, kMost));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.buffers.are_left_alone_by_calls_that_fail",
             "SYSV.STAT.FAILURE_WRITES_NOTHING"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment gone = a.Get({.flags = kCreate | 0600});
  a.Remove(gone).Gives(0);
  b.Stat(s).Fails(EACCES);
  b.Do(SysvStatIndex{s}).Fails(EACCES);
  a.Stat(gone).Fails(EINVAL);
  a.Do(SysvStatIndex{SegmentId(-1)}).Fails(EINVAL);
  a.Do(SysvStatAny{SegmentId(-1)}).Fails(EINVAL);
  a.Do(SysvInfo{SegmentId(-1)}).Fails(EINVAL);
  a.Do(SysvShmInfo{SegmentId(-1)}).Fails(EINVAL);
  for (const std::int32_t command : {99, -1, 4}) a.Do(SysvControl{s, command}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.buffers.have_zeros_in_reserved_fields", "SYSV.STAT.RESERVED_ZERO"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.At(s);
  a.Stat(s).Expects(Record().With("reserved", 0));
  a.Do(SysvStatIndex{s}).Expects(Record().With("reserved", 0));
  a.Do(SysvStatAny{s}).Expects(Record().With("reserved", 0));
  a.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("reserved", 0));
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("reserved", 0));
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
