// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Ownership and capabilities.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("permissions.owner.controls_whatever_the_mode",
             "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req) {
  const Actor creator = plan.Spawn("creator", User(kAlice));
  const Actor owner = plan.Spawn("owner", User(kBob));
  const Segment s = creator.Get({.flags = kCreate | 0600});
  creator.Set({s, {kBob}, {kBob}, {0000}}).Gives(0);
  creator.Set({s, {kBob}, {kBob}, {0000}}).Gives(0);
  owner.Set({s, {kBob}, {kBob}, {0000}}).Gives(0);
  owner.Remove(s).Gives(0);
  const Segment t = creator.Get({.flags = kCreate | 0600});
  creator.Set({t, {kBob}, {kBob}, {0000}}).Gives(0);
  creator.Remove(t).Gives(0);
}

SHMSPEC_CASE("permissions.stranger.does_not_control_what_it_may_write",
             "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor member = plan.Spawn("member", {.uid = kBob, .gid = kAlice});
  const Actor stranger = plan.Spawn("stranger", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0666});
  for (const Actor& actor : {member, stranger}) {
    actor.At(s);
    actor.Set({s, {kBob}, {kBob}, {0666}}).Fails(EPERM);
    actor.Remove(s).Fails(EPERM);
  }
  a.Stat(s).Expects(Record().With("uid", kAlice).With("mode", 0666));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.sys_admin.controls_but_does_not_attach", "PERM.SYSV.CAP_SYS_ADMIN"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor admin = plan.Spawn("admin", UserWith(kBob, kCapSysAdmin));
  const Segment s = a.Get({.flags = kCreate | 0600});
  admin.Do(SysvAttach{s, {}, kReadOnly}).Fails(EACCES);
  admin.Stat(s).Fails(EACCES);
  admin.Do(SysvLock{s}).Fails(EPERM);
  admin.Set({s, {kAlice}, {kAlice}, {0640}}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0640));
  admin.Remove(s).Gives(0);
  a.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("permissions.ipc_owner.attaches_but_does_not_control", "PERM.SYSV.CAP_IPC_OWNER"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", UserWith(kBob, kCapIpcOwner));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  b.Do(SysvGet{k, {4096}, 0600}).Expects(ValueOf(s));
  const Attach p = b.At(s);
  b.Store(p, 42).Succeeds();
  b.Stat(s).Expects(Record().With("nattch", 1).With("lpid", b));
  b.Set({s, {kBob}, {kBob}, {0666}}).Fails(EPERM);
  b.Remove(s).Fails(EPERM);
  b.Do(SysvLock{s}).Fails(EPERM);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.root.is_nobody_without_capabilities", "PERM.SYSV.ROOT_WITHOUT_CAPS"_req) {
  const Actor root = plan.Spawn("root", {.uid = 0, .gid = 0, .caps = Capabilities()});
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment own = root.Get({.flags = kCreate | 0000});
  const Segment other = a.Get({.flags = kCreate | 0600});
  root.Do(SysvAttach{own}).Fails(EACCES);
  root.Do(SysvAttach{other}).Fails(EACCES);
  root.Remove(other).Fails(EPERM);
  root.Remove(own).Gives(0);
  a.Remove(other).Gives(0);
}

SHMSPEC_CASE("permissions.root.loses_its_rights_with_its_capabilities",
             "PERM.SYSV.ROOT_WITHOUT_CAPS"_req) {
  const Actor root = plan.Spawn("root");
  const Actor a = plan.Spawn("a", User(kAlice));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = root.At(s);
  root.Detach(p).Gives(0);
  root.Do(ProcessDropCapability{kCapIpcOwner}).Gives(0);
  root.Do(SysvAttach{s}).Fails(EACCES);
  root.Do(ProcessDropCapability{kCapSysAdmin}).Gives(0);
  root.Remove(s).Fails(EPERM);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("permissions.capabilities.of_a_child_namespace_do_not_count",
             "PERM.SYSV.CAPS_RELATIVE_TO_NS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.Do(ProcessUnshare{kNamespaceUser}).Gives(0);
  b.Do(SysvAttach{s}).Fails(EACCES);
  b.Stat(s).Fails(EACCES);
  b.Do(SysvLock{s}).Fails(EPERM);
  b.Remove(s).Fails(EPERM);
  a.Stat(s).Expects(Record().With("nattch", 0).With("mode", 0600));
  a.Remove(s).Gives(0);
}

// The mode stays the same here: that a call is judged by the mode of one record and the owner of
// the next is something Linux does.
SHMSPEC_RACE("permissions.race.of_giving_away_and_using_has_an_order", 50,
             "PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  plan.Race([&] {
    for (int i = 0; i < 2; ++i) {
      a.Set({s, {kBob}, {kBob}, {0600}}).Gives(0);
      a.Set({s, {kAlice}, {kAlice}, {0600}}).Gives(0);
      b.Do(SysvAttach{s}).Expects(Success() | Fails(EACCES));
      b.Do(SysvUnlock{s}).Expects(Exactly(0) | Fails(EPERM));
    }
  });
  b.Do(SysvAttach{s}).Fails(EACCES);
  b.Remove(s).Fails(EPERM);
  a.Remove(s).Gives(0);
}

// Removal asks for nothing but ownership, so here every call has one whole record to go by.
SHMSPEC_RACE("permissions.race.of_giving_away_and_removing_has_an_order", 50,
             "PERM.SYSV.SET_RMID_RACE"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Segment s = a.Get({.flags = kCreate | 0600});
  const auto or_gone = [](Pattern pattern) { return pattern | Fails(EINVAL) | Fails(EIDRM); };
  plan.Race([&] {
    a.Set({s, {kBob}, {kBob}, {0600}}).Expects(Exactly(0));
    a.Set({s, {kAlice}, {kAlice}, {0600}}).Expects(or_gone(Exactly(0)));
    b.Remove(s).Expects(Exactly(0) | Fails(EPERM));
  });
  a.Remove(s).Expects(or_gone(Exactly(0)));
}

}  // namespace
}  // namespace shmspec
