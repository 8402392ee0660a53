// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// clone(2) of a child that is no actor, and setns(2).

#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/process/process.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/space/backing.h"
#include "harness/model/sysv/attach.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// The plan knows of the child only what it does.
Cause ChildOf(const Scene& scene) {
  Cause child = CauseOf(scene);
  child.process = kForeignProcess;
  return child;
}

}  // namespace

void Describe(const ProcessClone& op, const Scene& scene, Clauses& clauses) {
  const bool new_ipc = op.shares.Has(kNewIpc);
  clauses.Refuse(new_ipc && op.shares.Has(kShareSemaphoreUndo), EINVAL, Force::kMust,
                 "NS.IPC.CLONE_SYSVSEM_CONFLICT"_req,
                 "semaphore undos cannot be shared across IPC namespaces");
  const bool may = (scene.credentials().caps & kCapSysAdmin) != 0;
  clauses.RefuseHere(new_ipc && !may, EPERM, Force::kMust, "NS.IPC.UNSHARE_NEEDS_CAP"_req,
                     "a namespace needs CAP_SYS_ADMIN");
  clauses.RefuseHere(new_ipc, ENOSPC, Force::kMay, {}, "the number of namespaces is limited");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the limit of processes may be reached");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  if (scene.AddressOf<&ProcessClone::detach>() != 0)
    Describe(SysvDetach{op.detach}, scene, clauses);
  const bool shares = op.shares.Has(kShareMemory);
  clauses.ReturnsValue(
      0, shares ? "SYSV.LIFE.VFORK_SHARES"_req : "SYSV.LIFE.ZOMBIE_ALREADY_DETACHED"_req,
      "the child does what it was told and ends");
}

void Apply(const ProcessClone& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint8_t process = scene.process_index();
  const Cause child = ChildOf(scene);
  if (op.shares.Has(kShareMemory)) {
    if (scene.AddressOf<&ProcessClone::detach>() == 0 || !Succeeded(outcome)) return;
    // The same as if the parent had done it, except for the process id.
    Detachment detachment;
    while (DetachOne(state, child, process, scene.AddressOf<&ProcessClone::detach>(), scene.page(),
                     detachment)) {
    }
    return;
  }
  const auto* failure = std::get_if<Failure>(&outcome);
  const bool born = failure == nullptr || (failure->error.number == EINVAL &&
                                           !op.shares.Has(kShareSemaphoreUndo | kNewIpc));
  if (!born) return StampFailedFork(scene, state, false);
  // The child copies the mappings, and removes its copies when it ends.
  const CopyOnWrite<AddressSpace> space = state.processes[process].space;
  for (const Mapping& mapping : space->mappings()) {
    if (!mapping.IsShared() || mapping.skipped_by_fork) continue;
    OpenMapping(state, CauseOf(scene), mapping, scene.profile().process.fork_updates_stamps);
    CloseMapping(state, child, mapping, Says::kYes, scene.profile().process.exit_updates_stamps);
  }
}

void Describe(const ProcessEnterNamespace& op, const Scene& scene, Clauses& clauses) {
  const Task& other = scene.state().tasks[op.actor.index];
  const Credentials& mine = scene.credentials();
  clauses.Refuse(other.life != Life::kAlive, ESRCH, Force::kMust, {}, "the process is gone");
  const bool ipc_only = op.namespaces.bits == kNamespaceIpc;
  clauses.Refuse(op.namespaces.bits == 0, EINVAL, Force::kMust, {}, "no namespace is named");
  const bool able = (mine.caps & kCapSysAdmin) != 0;
  const bool owns = able && scene.state().namespaces[other.ipc]->owner == mine.user_namespace;
  clauses.RefuseHere(ipc_only && !able, EPERM, Force::kMust, "NS.IPC.SETNS"_req,
                     "entering a namespace needs CAP_SYS_ADMIN");
  clauses.RefuseHere(ipc_only && able && !owns, EPERM, Force::kMay, "NS.IPC.SETNS"_req,
                     "the namespace belongs to another user namespace");
  if (!ipc_only) {
    clauses.AnyFailure();
    clauses.Observe("entering namespaces of other kinds");
  }
  clauses.ReturnsValue(0, "NS.IPC.SETNS"_req, "the process is in the other's namespace");
}

void Apply(const ProcessEnterNamespace& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  if (op.namespaces.Has(kNamespacePid)) {
    const std::uint8_t pids = state.processes[state.tasks[op.actor.index].process].pids;
    state.processes[scene.process_index()].child_pids = pids;
  }
  const std::uint8_t self = scene.call().actor;
  if (op.namespaces.Has(kNamespaceMount)) {
    state.tasks[self].mounts = state.tasks[op.actor.index].mounts;
  }
  if (!op.namespaces.Has(kNamespaceIpc)) return;
  const std::uint8_t left = scene.ipc_index();
  const std::uint8_t entered = state.tasks[op.actor.index].ipc;
  ForgetCreator(state, CauseOf(scene), left, self);
  state.tasks[self].ipc = entered;
}

}  // namespace shmspec::model
