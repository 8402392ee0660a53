// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Entering and leaving IPC namespaces, and what users are in other user namespaces.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("namespaces.ipc.can_be_entered", "NS.IPC.SETNS"_req) {
  const Actor host = plan.Spawn("host", Alone());
  const Actor guest = plan.Spawn("guest", Alone());
  const Key k = plan.NewKey();
  const Segment s = host.Get({.key = k, .flags = kCreate | 0600});
  const Attach p = host.At(s);
  guest.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  guest.Do(ProcessEnterNamespace{host, kNamespaceIpc}).Gives(0);
  guest.Do(SysvGet{k, {0}, 0}).Expects(ValueOf(s));
  const Attach q = guest.At(s);
  host.Store(p, 42);
  guest.Load(q).Gives(42);
  guest.Store(q, 43);
  host.Load(p).Gives(43);
  guest.Remove(s).Gives(0);
}

SHMSPEC_CASE("namespaces.ipc.are_closed_to_users", "NS.IPC.SETNS"_req) {
  const Actor host = plan.Spawn("host", Alone());
  const Actor user = plan.Spawn("user", User(kAlice));
  const Actor powerless = plan.Spawn("powerless", UserWith(kBob, 0));
  user.Do(ProcessEnterNamespace{host, kNamespaceIpc}).Fails(EPERM);
  powerless.Do(ProcessEnterNamespace{host, kNamespaceIpc}).Fails(EPERM);
}

SHMSPEC_CASE("namespaces.ipc.cannot_share_semaphore_undos", "NS.IPC.CLONE_SYSVSEM_CONFLICT"_req) {
  const Actor a = plan.Spawn("a", Alone());
  a.Do(ProcessClone{kNewIpc | kShareSemaphoreUndo}).Fails(EINVAL);
  a.Do(ProcessClone{kNewIpc}).Gives(0);
  a.Do(ProcessClone{kShareSemaphoreUndo}).Gives(0);
}

SHMSPEC_CASE("namespaces.user.of_equal_number_are_different_owners", "NS.USER.ID_MAPPING"_req) {
  constexpr std::uint32_t kOverflow = 65534;  // what an id without a mapping looks like
  const Actor root = plan.Spawn("root");
  const Actor inner = plan.Spawn("inner", User(kAlice));
  const Segment s = root.Get({.flags = kCreate | 0604});
  root.Set({s, {kOverflow}, {kOverflow}, {0604}}).Gives(0);
  inner.Do(ProcessUnshare{kNamespaceUser}).Gives(0);
  // To itself it is user 65534 now, and so is the owner.
  inner.Stat(s).Expects(Record().With("uid", kOverflow).With("mode", 0604));
  inner.Do(SysvAttach{s}).Fails(EACCES);
  inner.Set({s, {kOverflow}, {kOverflow}, {0666}}).FailsWithOneOf({EPERM, EINVAL});
  inner.Remove(s).Fails(EPERM);
  root.Stat(s).Expects(Record().With("mode", 0604).With("nattch", 0));
  root.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
