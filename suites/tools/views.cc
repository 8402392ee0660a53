// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcs(1) with options, and what procfs shows of attaches and of other namespaces.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("tools.ipcs.shows_processes_times_and_creators", "TOOL.IPCS.VIEWS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment fresh = a.Get({.flags = kCreate | 0600});
  const Segment used = b.Get({.size = {5000}, .flags = kCreate | 0640});
  const Attach p = a.At(used);
  a.Detach(p).Gives(0);
  for (const IpcsView view : {IpcsView::kPids, IpcsView::kTimes, IpcsView::kCreators}) {
    a.Do(SystemIpcs{{view}}).Succeeds();
  }
  a.Remove(fresh).Gives(0);
  b.Remove(used).Gives(0);
}

SHMSPEC_CASE("tools.ipcs.summarizes_and_shows_limits", "TOOL.IPCS.VIEWS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 123 * 1024}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmall, 777}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 55}).Gives(0);
  a.Do(SystemIpcs{{IpcsView::kLimits}})
      .Expects(Record<LimitsRecord>()
                   .With("shmmax", 123 * 1024)
                   .With("shmall", 777)
                   .With("shmmni", 55)
                   .With("shmmin", 1));
  const auto expect = [&a](std::int64_t segments, std::int64_t pages) {
    a.Do(SystemIpcs{{IpcsView::kSummary}})
        .Expects(Record<UsageRecord>().With("used_ids", segments).With("shm_tot", pages));
  };
  expect(0, 0);
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0600});
  expect(1, 2);
  a.Remove(s).Gives(0);
  expect(0, 0);
}

SHMSPEC_CASE("tools.ipcs.heeds_the_last_of_several_views", "TOOL.IPCS.VIEWS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SystemIpcs{{IpcsView::kPids, IpcsView::kLimits}}).Expects(Record<LimitsRecord>());
  a.Do(SystemIpcs{{IpcsView::kLimits, IpcsView::kSummary}}).Expects(Record<UsageRecord>());
  a.Do(SystemIpcs{{IpcsView::kSummary, IpcsView::kTimes}}).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("tools.ipcs.shows_the_details_of_one", "TOOL.IPCS.BY_ID"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0640});
  const Segment other = a.Get({.flags = kCreate | 0600});
  a.At(s);
  a.Do(SystemIpcsOne{s}).Succeeds();
  a.Do(SystemIpcsOne{SegmentId(2147483647)}).Expects(Record<ToolResult>());
  a.Remove(s).Gives(0);
  a.Remove(other).Gives(0);
  a.Do(SystemIpcsOne{other}).Expects(Record<ToolResult>());
}

SHMSPEC_CASE("tools.procfs.shows_the_namespace_in_which_it_was_opened",
             "PROC.SYSVIPC.NAMESPACE_AT_OPEN"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.key = plan.NewKey(), .size = {5000}, .flags = kCreate | 0640});
  a.Fork(child);
  child.Do(SystemHoldSegments{}).Gives(0);
  child.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
  child.Do(SystemSegments{}).Succeeds();
  child.Do(SystemSegments{true}).Succeeds();
  const Segment later = a.Get({.flags = kCreate | 0600});
  const Segment own = child.Get({.flags = kCreate | 0600});
  child.Do(SystemSegments{true}).Succeeds();
  child.Do(SystemSegments{}).Succeeds();
  child.Remove(own).Gives(0);
  a.Remove(later).Gives(0);
  a.Remove(s).Gives(0);
  child.Do(SystemSegments{true}).Succeeds();
}

SHMSPEC_CASE("tools.map_files.has_attaches_for_those_with_privilege", "PROC.MAP_FILES"_req) {
  const Actor root = plan.Spawn("root");
  const Segment s = root.Get({.size = {Pages(2)}, .flags = kCreate | 0666});
  const Attach p = root.At(s);
  root.Do(MapReopen{p, {Pages(2)}});  // 0, unless it is root of a user namespace only
  root.Do(MapReopen{p, {Pages(1)}}).Fails(ENOENT);
  root.Detach(p).Gives(0);
  root.Remove(s).Gives(0);
}

SHMSPEC_CASE("tools.map_files.cannot_be_reopened_by_users", "PROC.MAP_FILES"_req) {
  const Actor user = plan.Spawn("user", User(kAlice));
  user.Do(ProcessExec{}).Gives(0);  // owns its folder in procfs from here on
  const Segment s = user.Get({.flags = kCreate | 0600});
  const Attach p = user.At(s);
  user.Do(MapReopen{p, {Pages(1)}}).Fails(EPERM);
  user.Detach(p).Gives(0);
  user.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
