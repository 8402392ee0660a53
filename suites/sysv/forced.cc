// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The sysctl shm_rmid_forced.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.forced.is_off_and_takes_only_zero_and_one", "SYSV.FORCED.DEFAULT_OFF"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlRead{Sysctl::kRmidForced}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 2}).Fails(EINVAL);
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, -1}).Fails(EINVAL);
  a.Do(SystemSysctlRead{Sysctl::kRmidForced}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  a.Do(SystemSysctlRead{Sysctl::kRmidForced}).Gives(1);
}

SHMSPEC_CASE("sysv.forced.destroys_orphans_when_switched_on",
             "SYSV.FORCED.SWITCH_ON_DESTROYS_ORPHANS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  const Segment own = a.Get({.flags = kCreate | 0600});
  a.Fork(child);
  const Segment orphan = child.Get({.flags = kCreate | 0600});
  const Segment attached = child.Get({.flags = kCreate | 0600});
  const Attach p = a.At(attached);
  child.Exit().Expects(Exited());
  a.Stat(orphan).Expects(Record().With("cpid", child));
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  a.Stat(orphan).Fails(EINVAL);
  a.Stat(own).Expects(Record().With("nattch", 0));
  a.Stat(attached).Expects(Record().With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Remove(own).Gives(0);
}

SHMSPEC_CASE("sysv.forced.destroys_at_the_last_detach", "SYSV.FORCED.LAST_DETACH_DESTROYS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = a.At(s);
  a.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1));
  a.Detach(q).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.forced.destroys_what_an_attach_fails_to_map",
             "SYSV.FORCED.FAILED_ATTACH_DESTROYS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Mapping m = a.Reserve(Boundaries(4));
  const Segment before = a.Get({.flags = kCreate | 0600});
  a.Do(SysvAttach{before, m, {}}).Fails(EINVAL);
  a.Stat(before).Expects(Record().With("nattch", 0));
  a.Remove(before).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  const Segment early = a.Get({.flags = kCreate | 0600});
  a.Do(SysvAttach{early, m + 1, {}}).Fails(EINVAL);
  a.Stat(early).Expects(Record().With("nattch", 0));
  const Segment late = a.Get({.flags = kCreate | 0600});
  a.Do(SysvAttach{late, m, {}}).Fails(EINVAL);
  a.Stat(late).Fails(EINVAL);
  a.Remove(early).Gives(0);
}

SHMSPEC_CASE("sysv.forced.leaves_flag_and_key_alone", "SYSV.FORCED.NO_DEST_FLAG"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Stat(s).Expects(Record().With("mode", 0600).With("key", k));
  a.Do(SysvGet{k, {0}, 0}).Expects(ValueOf(s));
  a.Detach(p).Gives(0);
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
}

SHMSPEC_CASE("sysv.forced.destroys_unattached_segments_when_their_creator_exits",
             "SYSV.FORCED.CREATOR_EXIT_DESTROYS_UNATTACHED"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  a.Fork(child);
  const Segment unattached = child.Get({.flags = kCreate | 0600});
  const Segment attached = child.Get({.flags = kCreate | 0600});
  const Attach p = a.At(attached);
  child.Do(ProcessExec{}).Gives(0);
  a.Stat(unattached).Expects(Record().With("nattch", 0));
  child.Exit().Expects(Exited());
  a.Stat(unattached).Fails(EINVAL);
  a.Stat(attached).Expects(Record().With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Stat(attached).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.forced.takes_the_creating_thread_for_the_creator",
             "SYSV.FORCED.CREATOR_EXIT_DESTROYS_UNATTACHED"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor t = plan.Threaded("t");
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  a.Thread(t);
  const Segment s = t.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("cpid", a));
  t.Exit(ExitHow::kThread);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.forced.holds_in_its_own_namespace_only", "SYSV.FORCED.PER_NAMESPACE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Spawn("b", Alone());
  const Segment s = b.Get({.flags = kCreate | 0600});
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  b.Do(SystemSysctlRead{Sysctl::kRmidForced}).Gives(0);
  const Attach p = b.At(s);
  b.Detach(p).Gives(0);
  b.Stat(s).Expects(Record().With("nattch", 0));
  b.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
