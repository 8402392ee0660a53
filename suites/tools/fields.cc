// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Listings that could show one field of a segment in the place of another. The oracle compares
// every column with what there is.

#include "suites/varied.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("tools.procfs.tells_all_columns_apart", "PROC.SYSVIPC.SHM_COLUMNS"_req,
             "PROC.SYSVIPC.AGREES_WITH_STAT"_req) {
  const Varied varied = MakeVaried(plan);
  varied.reader.Do(SystemSegments{}).Succeeds();
  varied.Remove();
}

SHMSPEC_CASE("tools.ipcs.tells_all_columns_apart", "TOOL.IPCS.LISTS_ALL"_req, "TOOL.IPCS.VIEWS"_req,
             "TOOL.IPCS.BY_ID"_req) {
  const Varied varied = MakeVaried(plan);
  varied.reader.Do(SystemIpcs{}).Succeeds();
  for (const IpcsView view : {IpcsView::kPids, IpcsView::kTimes, IpcsView::kCreators}) {
    varied.reader.Do(SystemIpcs{{view}}).Succeeds();
  }
  varied.reader.Do(SystemIpcsOne{varied.first}).Succeeds();
  varied.reader.Do(SystemIpcsOne{varied.second}).Succeeds();
  varied.Remove();
}

SHMSPEC_CASE("tools.lsipc.tells_all_columns_apart", "TOOL.LSIPC.JSON"_req) {
  const Varied varied = MakeVaried(plan);
  varied.reader.Do(SystemLsipc{}).Succeeds();
  varied.Remove();
}

SHMSPEC_CASE("tools.maps.tell_parts_of_attaches_apart", "PROC.MAPS.SYSV_NAME"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.key = plan.NewKey(), .size = {Boundaries(6)}, .flags = kCreate | 0600});
  const Segment t = a.Get({.key = plan.NewKey(), .size = {Boundaries(2)}, .flags = kCreate | 0600});
  const Mapping m = a.Reserve(Boundaries(8));
  const Attach p = InGap(a, s, m + BoundaryOffset(1), Boundaries(6));
  a.At(t);
  a.At(t, {}, kReadOnly);
  a.Do(MapUnmap{p + BoundaryOffset(1), {Boundaries(1)}}).Gives(0);
  a.Do(MapProtect{p + BoundaryOffset(5), {Boundaries(1)}, 1}).Gives(0);
  a.Do(MapLayout{}).Succeeds();
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("tools.ipcs.adds_up_the_memory_of_all_segments", "TOOL.IPCS.VIEWS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0600});
  const Segment t = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = a.At(t);
  const auto expect = [&a](std::int64_t segments, std::int64_t pages, std::int64_t resident) {
    a.Do(SystemIpcs{{IpcsView::kSummary}})
        .Expects(Record<UsageRecord>()
                     .With("used_ids", segments)
                     .With("shm_tot", pages)
                     .With("shm_rss", resident));
  };
  expect(2, 5, 0);
  a.Store(p, 1);
  a.Store(q + PageOffset(1), 1);
  a.Store(q + PageOffset(2), 1);
  expect(2, 5, 3);
  a.Remove(s).Gives(0);
  a.Detach(q).Gives(0);
  expect(2, 5, 3);
  a.Detach(p).Gives(0);
  expect(1, 3, 2);
  a.Remove(t).Gives(0);
  expect(0, 0, 0);
}

}  // namespace
}  // namespace shmspec
