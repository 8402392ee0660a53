// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// IPC namespaces.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("namespaces.ipc.have_their_own_keys_and_identifiers", "NS.IPC.ISOLATES_KEYS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Spawn("b", Alone());
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0666});
  b.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  b.Stat(s).Fails(EINVAL);
  b.Do(SysvAttach{s}).Fails(EINVAL);
  const Segment t = b.Get({.key = k, .size = {8192}, .flags = kCreate | kExclusive | 0666});
  const Attach p = a.At(s);
  const Attach q = b.At(t);
  a.Store(p, 1);
  b.Load(q).Gives(0);
  a.Stat(s).Expects(Record().With("size", 4096).With("key", k));
  b.Stat(t).Expects(Record().With("size", 8192).With("key", k));
  a.Remove(s).Gives(0);
  b.Stat(t).Expects(Record().With("nattch", 1).With("mode", 0666));
  b.Remove(t).Gives(0);
}

SHMSPEC_CASE("namespaces.ipc.start_empty_with_default_limits", "NS.IPC.FRESH_LIMITS"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Do(SystemSysctlWrite{Sysctl::kShmmni, 7}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 8192}).Gives(0);
  a.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Gives(0);
  a.Fork(child);
  child.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
  child.Do(SystemSysctlRead{Sysctl::kShmmni}).Gives(4096);
  child.Do(SystemSysctlRead{Sysctl::kRmidForced}).Gives(0);
  child.Do(SysvShmInfo{SegmentId(0)})
      .Expects(Record<UsageRecord>().With("used_ids", 0).With("shm_tot", 0));
  child.Do(SystemSysctlWrite{Sysctl::kShmmni, 9}).Gives(0);
  a.Do(SystemSysctlRead{Sysctl::kShmmni}).Gives(7);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("namespaces.ipc.attaches_survive_a_move", "NS.IPC.ATTACH_SURVIVES_SWITCH"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Fork(child);
  child.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);
  child.Stat(s).Fails(EINVAL);
  child.Load(p).Gives(42);
  child.Store(p, 43).Succeeds();
  a.Load(p).Gives(43);
  a.Stat(s).Expects(Record().With("nattch", 2));
  child.Detach(p).Gives(0);
  a.Stat(s).Expects(Record().With("nattch", 1).With("lpid", child));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("namespaces.ipc.memory_stays_while_it_is_mapped",
             "NS.IPC.MAPPING_PINS_NAMESPACE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Do(ProcessUnshare{kNamespaceIpc}).Gives(0);  // nobody else is in the old one
  a.Load(p).Gives(42);
  a.Store(p, 43).Succeeds();
  a.Load(p).Gives(43);
  a.Detach(p).Gives(0);
}

// The lock of a segment counts for its user until the segment is gone. Namespaces are torn down in
// the background, which a busy system delays: the first wait may be over at once, the second is a
// whole second.
SHMSPEC_CASE("namespaces.ipc.end_with_their_last_member", "NS.IPC.DESTROYED_WITH_LAST_MEMBER"_req) {
  const auto locker = [](std::uint32_t namespaces) {
    ActorSpec spec = User(Id::User(21).number);
    spec.namespaces = namespaces;
    spec.memlock = Pages(2);
    return spec;
  };
  const Actor a = plan.Spawn("a", locker(kNamespaceIpc));
  const Actor b = plan.Spawn("b", locker(0));
  const Segment s = a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  a.Do(SysvLock{s}).Gives(0);
  const Segment t = b.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  b.Do(SysvLock{t}).Fails(ENOMEM);
  a.Exit().Expects(Exited());
  for (int waits = 0; waits < 2; ++waits) b.Do(SystemNextSecond{}).Gives(0);
  b.Do(SysvLock{t}).Gives(0);
  b.Remove(t).Gives(0);
}

SHMSPEC_CASE("namespaces.ipc.need_a_capability", "NS.IPC.UNSHARE_NEEDS_CAP"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  a.Do(ProcessUnshare{kNamespaceIpc}).Fails(EPERM);
  a.Do(ProcessUnshare{kNamespaceUser | kNamespaceIpc}).Gives(0);
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Load(p).Gives(42);
}

SHMSPEC_CASE("namespaces.ipc.limits_are_not_for_users", "NS.IPC.SYSCTL_OWNER"_req) {
  const Actor user = plan.Spawn("user", User(kAlice));
  user.Do(SystemSysctlWrite{Sysctl::kShmmax, 8192}).Fails(EACCES);
  user.Do(SystemSysctlWrite{Sysctl::kRmidForced, 1}).Fails(EACCES);
  user.Do(SystemSysctlRead{Sysctl::kRmidForced}).Gives(0);
}

SHMSPEC_CASE("namespaces.user.root_sets_the_limits_of_its_own", "NS.IPC.SYSCTL_OWNER"_req) {
  const Actor a = plan.Spawn("a", {.namespaces = kNamespaceUser | kNamespaceIpc});
  a.Do(SystemSysctlWrite{Sysctl::kShmmax, 8192}).Gives(0);
  a.Do(SysvGet{PrivateKey(), {8193}, kCreate | 0600}).Fails(EINVAL);
}

}  // namespace
}  // namespace shmspec
