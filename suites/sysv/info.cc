// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2) IPC_INFO, SHM_INFO, SHM_STAT and SHM_STAT_ANY.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.info.gives_the_limits_of_the_namespace", "SYSV.INFO.IPC_INFO_LIMITS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 123456}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 777}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 55}).Gives(0);
  a.Do(SysvInfo{SegmentId(0)})
      .Expects(Record<LimitsRecord>()
                   .With("shmmax", 123456)
                   .With("shmall", 777)
                   .With("shmmni", 55)
                   .With("shmmin", 1)
                   .With("shmseg", 55));
}

SHMSPEC_CASE("sysv.info.returns_the_highest_index_in_use", "SYSV.INFO.RETURNS_MAX_INDEX"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const auto expect_index = [&a](std::int64_t index) {
    a.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("returned", index));
    a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("returned", index));
  };
  expect_index(0);
  const Segment s = a.Get({.flags = kCreate | 0600});
  expect_index(0);
  const Segment t = a.Get({.flags = kCreate | 0600});
  const Segment u = a.Get({.flags = kCreate | 0600});
  expect_index(2);
  a.Remove(t).Gives(0);
  expect_index(2);
  a.Remove(u).Gives(0);
  expect_index(0);
  a.Remove(s).Gives(0);
  expect_index(0);
}

SHMSPEC_CASE("sysv.info.counts_segments_and_pages", "SYSV.INFO.SHM_INFO_COUNTERS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const auto expect = [&a](std::int64_t segments, std::int64_t pages, std::int64_t resident) {
    a.Do(SysvShmInfo{SegmentId(0)})
        .Expects(Record<UsageRecord>()
                     .With("used_ids", segments)
                     .With("shm_tot", pages)
                     .With("shm_rss", resident));
  };
  expect(0, 0, 0);
  const Segment s = a.Get({.size = {Pages(1) + 904}, .flags = kCreate | 0600});
  expect(1, 2, 0);
  const Segment t = a.Get({.size = {1}, .flags = kCreate | 0600});
  expect(2, 3, 0);
  const Attach p = a.At(s);
  a.Store(p + PageOffset(1), 1);
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 2).With("shm_tot", 3));
  a.Remove(s).Gives(0);
  a.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 2).With("shm_tot", 3));
  a.Detach(p).Gives(0);
  expect(1, 1, 0);
  a.Remove(t).Gives(0);
  expect(0, 0, 0);
}

SHMSPEC_CASE("sysv.info.adds_up_the_memory_of_all_segments", "SYSV.INFO.SHM_INFO_COUNTERS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const auto expect = [&a](std::int64_t segments, std::int64_t pages, std::int64_t resident) {
    a.Do(SysvShmInfo{SegmentId(0)})
        .Expects(Record<UsageRecord>()
                     .With("used_ids", segments)
                     .With("shm_tot", pages)
                     .With("shm_rss", resident));
  };
  const Segment s = a.Get({.size = {Pages(1) + 904}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Segment u = a.Get({.size = {1}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = a.At(t);
  const Attach r = a.At(u);
  expect(3, 6, 0);
  a.Store(q, 1);
  a.Store(q + PageOffset(2), 1);
  expect(3, 6, 2);
  a.Store(p, 1);
  a.Store(r, 1);
  expect(3, 6, 4);
  a.Detach(q).Gives(0);  // memory that nobody is attached to stays
  expect(3, 6, 4);
  a.Remove(s).Gives(0);  // so does that of a segment that waits for its last detach
  expect(3, 6, 4);
  a.Remove(t).Gives(0);
  expect(2, 3, 2);
  a.Detach(p).Gives(0);
  expect(1, 1, 1);
  a.Remove(u).Gives(0);
  a.Detach(r).Gives(0);
  expect(0, 0, 0);
}

SHMSPEC_CASE("sysv.info.counts_a_page_that_was_only_read", "SYSV.INFO.READ_FAULT_ALLOCATES"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s, {}, kReadOnly);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("shm_rss", 0));
  a.Load(p).Gives(0);
  a.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("shm_rss", 1));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.info.is_open_to_everybody", "SYSV.INFO.NO_PERMISSION_FOR_SUMMARY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0000});
  b.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("shmmin", 1));
  b.Do(SysvShmInfo{SegmentId(0)}).Expects(Record<UsageRecord>().With("used_ids", 1, kMost));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.info.needs_a_buffer", "SYSV.INFO.BAD_BUFFER"_req) {
  const Actor a = plan.Spawn("a");
  for (const Buffer buffer : {Buffer::kNull, Buffer::kWild, Buffer::kUnwritable}) {
    a.Do(SysvInfo{SegmentId(0), buffer}).Fails(EFAULT);
    a.Do(SysvShmInfo{SegmentId(0), buffer}).Fails(EFAULT);
  }
}

SHMSPEC_CASE("sysv.index.leads_to_the_identifier", "SYSV.INFO.SHM_STAT_INDEX"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {5000}, .flags = kCreate | 0640});
  a.Do(SysvStatIndex{s})
      .Expects(Record().With("returned", s).With("key", k).With("size", 5000).With("mode", 0640));
  a.Do(SysvStatIndex{SegmentId(0)}).Expects(Record().With("returned", s));
  a.Do(SysvStatIndex{SegmentId(1)}).Fails(EINVAL);
  a.Do(SysvStatAny{SegmentId(1)}).Fails(EINVAL);
  a.Remove(s).Gives(0);
  a.Do(SysvStatIndex{SegmentId(0)}).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.index.is_all_that_is_looked_at_in_an_identifier",
             "SYSV.INFO.SHM_STAT_MASKS_ID"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SysvStatIndex{SegmentId(5 * 32768)}).Expects(Record().With("returned", s));
  a.Do(SysvStatAny{SegmentId(77 * 32768)}).Expects(Record().With("returned", s));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.index.needs_read_permission_unless_any_is_asked_for",
             "SYSV.INFO.SHM_STAT_PERMISSION"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.Do(SysvStatIndex{s}).Fails(EACCES);
  b.Do(SysvStatAny{s}).Expects(Record().With("returned", s).With("uid", kAlice).With("mode", 0600));
  a.Do(SysvStatIndex{s}).Expects(Record().With("returned", s));
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
