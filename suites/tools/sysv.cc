// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The command line tools and the listing in procfs. The oracle compares the rows of a listing with
// what there is; a case states the rest.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// A tool that ended with this status.
Pattern Ends(std::int64_t status) { return Record<ToolResult>().With("status", status); }

SHMSPEC_CASE("tools.ipcs.lists_what_there_is_to_everybody", "TOOL.IPCS.LISTS_ALL"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0000});
  const Segment t = b.Get({.key = plan.NewKey(), .flags = kCreate | 0640});
  b.At(t);
  a.Do(SystemIpcs{}).Succeeds();
  b.Do(SystemIpcs{}).Succeeds();
  a.Remove(s).Gives(0);
  b.Remove(t).Gives(0);
}

SHMSPEC_CASE("tools.ipcs.shows_removal_and_locks", "TOOL.IPCS.STATUS"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SysvLock{s}).Gives(0);
  a.Do(SystemIpcs{}).Succeeds();
  a.Do(SysvUnlock{s}).Gives(0);
  a.At(s);
  a.Remove(s).Gives(0);
  a.Do(SystemIpcs{}).Succeeds();
}

SHMSPEC_CASE("tools.lsipc.lists_what_ipcs_lists", "TOOL.LSIPC.JSON"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.key = plan.NewKey(), .size = {5000}, .flags = kCreate | 0640});
  const Segment t = a.Get({.flags = kCreate | 0600});
  a.At(t);
  a.Do(SystemLsipc{}).Succeeds();
  a.Do(SystemIpcs{}).Succeeds();
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("tools.ipcrm.removes_by_identifier", "SEED.IPCRM_M_ID"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Segment other = a.Get({.flags = kCreate | 0600});
  a.Do(SystemIpcrm{s}).Expects(Ends(0));
  a.Stat(s).Fails(EINVAL);
  a.Stat(other).Expects(Record().With("nattch", 0));
  a.Remove(other).Gives(0);
}

SHMSPEC_CASE("tools.ipcrm.removes_by_key", "TOOL.IPCRM.BY_KEY"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  a.Do(SystemIpcrmKey{k}).Expects(Ends(0));
  a.Stat(s).Fails(EINVAL);
  a.Do(SystemIpcrmKey{k}).Expects(Ends(1));
  a.Do(SystemIpcrmKey{PrivateKey()}).Expects(Ends(1));
}

SHMSPEC_CASE("tools.ipcrm.refuses_what_it_may_not_remove", "TOOL.IPCRM.ERRORS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0666});
  b.Do(SystemIpcrm{s}).Expects(Record<ToolResult>().With("status", 1, 255));
  b.Do(SystemIpcrm{SegmentId(2147483647)}).Expects(Record<ToolResult>().With("status", 1, 255));
  a.Stat(s).Expects(Record().With("mode", 0666));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("tools.ipcrm.waits_for_the_last_detach", "TOOL.IPCRM.ATTACHED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  b.Do(SystemIpcrm{s}).Expects(Ends(0));
  b.Do(SystemIpcs{}).Succeeds();
  a.Load(p).Gives(42);
  a.Stat(s).Expects(Record().With("mode", kModeDest | 0600).With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("tools.ipcmk.creates_what_it_is_asked_for", "TOOL.IPCMK.CREATE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  Segment s;
  a.MakeAs(s, {{5000}, {0600}}).Expects(Identifier());
  a.Stat(s).Expects(
      Record().With("size", 5000).With("mode", 0600).With("uid", kAlice).With("nattch", 0));
  a.Remove(s).Gives(0);
  a.Do(SystemIpcmk{{0}, {0600}}).Expects(Record<ToolResult>().With("status", 1, 255));
}

SHMSPEC_CASE("tools.all.act_in_their_own_namespace", "TOOL.NAMESPACE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Spawn("b", Alone());
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0666});
  b.Do(SystemIpcs{}).Succeeds();
  b.Do(SystemIpcrmKey{k}).Expects(Ends(1));
  a.Stat(s).Expects(Record().With("mode", 0666));
  a.Do(SystemIpcrmKey{k}).Expects(Ends(0));
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("tools.procfs.agrees_with_the_records", "PROC.SYSVIPC.SHM_COLUMNS"_req,
             "PROC.SYSVIPC.AGREES_WITH_STAT"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.key = plan.NewKey(), .size = {5000}, .flags = kCreate | 0640});
  const Segment t = b.Get({.flags = kCreate | 0600});
  const Attach p = b.At(s);
  a.At(t);
  b.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 0).With("lpid", b).With("size", 5000));
  a.Stat(t).Expects(Record().With("cpid", b).With("lpid", a).With("nattch", 1));
  b.Do(SystemSegments{}).Succeeds();
  a.Remove(s).Gives(0);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("tools.procfs.shows_signed_keys_and_states", "PROC.SYSVIPC.FORMAT"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.key = KeyNumber(-559038737), .flags = kCreate | 0600});
  const Segment t = a.Get({.flags = kCreate | 0640});
  a.Do(SysvLock{s}).Gives(0);
  a.At(t);
  a.Remove(t).Gives(0);
  a.Do(SystemSegments{}).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("tools.procfs.is_open_to_everybody", "PROC.SYSVIPC.WORLD_READABLE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0000});
  b.Stat(s).Fails(EACCES);
  b.Do(SystemSegments{}).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("tools.maps.name_attaches_by_key_and_identifier", "PROC.MAPS.SYSV_NAME"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.key = plan.NewKey(), .flags = kCreate | 0600});
  a.At(s);
  a.At(s, {}, kReadOnly);
  a.Do(MapLayout{}).Succeeds();
  a.Remove(s).Gives(0);
  a.Do(MapLayout{}).Succeeds();
}

}  // namespace
}  // namespace shmspec
