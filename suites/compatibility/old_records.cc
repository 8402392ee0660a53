// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records from before IPC_64, which 32-bit callers can still ask for.

#include <cerrno>
#include <cstdint>
#include <limits>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::int64_t kOverflowId = 65534;

ActorSpec WithOldRecords() { return {.abi = Abi::kIa32Old}; }

SHMSPEC_CASE("compatibility.old_records.tell_the_same", "COMPAT.STAT_FIELDS"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor old = plan.Spawn("old", WithOldRecords());
  const Key k = plan.NewKey();
  const Segment s = wide.Get({.key = k, .size = {5000}, .flags = kCreate | 0640});
  const Attach p = wide.At(s);
  old.Stat(s).Expects(Record()
                          .With("key", k)
                          .With("mode", 0640)
                          .With("size", 5000)
                          .With("nattch", 1)
                          .With("dtime", 0));
  old.Do(SysvStatIndex{s}).Expects(Record().With("key", k).With("nattch", 1));
  old.Do(SysvStatAny{s}).Expects(Record().With("key", k).With("nattch", 1));
  const Attach q = old.At(s);
  old.Store(q + PageOffset(1), 5, Width::k4).Succeeds();
  wide.Load(p + PageOffset(1), Width::k4).Gives(5);
  old.Remove(s).Gives(0);
  old.Stat(s).Expects(Record().With("key", 0).With("mode", 0640 | kModeDest).With("nattch", 2));
}

SHMSPEC_CASE("compatibility.old_records.set_owner_and_mode", "SYSV.SET.FIELDS"_req) {
  const Actor wide = plan.Spawn("wide");
  const Actor old = plan.Spawn("old", WithOldRecords());
  const Segment s = old.Get({.flags = kCreate | 0600});
  old.Set({s, {1}, {2}, {0604}}).Gives(0);
  wide.Stat(s).Expects(Record().With("uid", 1).With("gid", 2).With("mode", 0604));
  wide.Set({s, {3}, {4}, {0640}}).Gives(0);
  old.Stat(s).Expects(Record().With("uid", 3).With("gid", 4).With("mode", 0640));
  old.Remove(s);
}

SHMSPEC_CASE("compatibility.old_records.show_large_ids_as_the_overflow_id",
             "COMPAT.OLD_RECORD_IDS"_req) {
  constexpr std::uint32_t kLargeUser = 0x10000 + 1;
  constexpr std::uint32_t kLargeGroup = 0x20000 + 2;
  const Actor wide = plan.Spawn("wide");
  const Actor old = plan.Spawn("old", WithOldRecords());
  const Segment s = wide.Get({.flags = kCreate | 0600});
  wide.Set({s, {kLargeUser}, {kLargeGroup}, {0600}}).Gives(0);
  wide.Stat(s).Expects(Record().With("uid", kLargeUser).With("gid", kLargeGroup));
  old.Stat(s).Expects(Record().With("uid", kOverflowId).With("gid", kOverflowId));
  wide.Remove(s);
}

SHMSPEC_CASE("compatibility.old_records.cap_the_largest_size", "COMPAT.INFO_CAPPED"_req) {
  const Actor old = plan.Spawn("old", {.namespaces = kNamespaceIpc, .abi = Abi::kIa32Old});
  const auto expect = [&old](std::int64_t shmmax) {
    old.Do(SysvInfo{SegmentId(0)}).Expects(Record<LimitsRecord>().With("shmmax", shmmax));
  };
  expect(std::numeric_limits<std::int32_t>::max());
  old.Do(SystemSysctlWrite{Sysctl::kShmmax, 8192}).Gives(0);
  expect(8192);
}

SHMSPEC_CASE("compatibility.old_records.need_a_buffer_too", "SYSV.STAT.BAD_BUFFER"_req,
             "SYSV.SET.BAD_BUFFER_FIRST"_req, "SYSV.INFO.BAD_BUFFER"_req) {
  const Actor old = plan.Spawn("old", WithOldRecords());
  const Segment s = old.Get({.flags = kCreate | 0600});
  for (const Buffer bad : {Buffer::kNull, Buffer::kWild, Buffer::kUnwritable}) {
    old.Do(SysvStat{s, bad}).Fails(EFAULT);
    old.Do(SysvInfo{SegmentId(0), bad}).Fails(EFAULT);
    old.Do(SysvShmInfo{SegmentId(0), bad}).Fails(EFAULT);
  }
  old.Set({s, {0}, {0}, {0640}, Buffer::kWild}).Fails(EFAULT);
  old.Stat(s).Expects(Record().With("mode", 0600));
  old.Remove(s);
}

}  // namespace
}  // namespace shmspec
