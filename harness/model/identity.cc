// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Ids, capabilities, namespaces and limits of a process, as credentials(7), capabilities(7) and
// namespaces(7) rule them.

#include <algorithm>
#include <cerrno>

#include "harness/model/lifetime.h"
#include "harness/model/operations.h"
#include "harness/model/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kCapSetgid = 1ull << 6;
constexpr std::uint64_t kCapSetuid = 1ull << 7;
constexpr std::uint64_t kAllCapabilities = (1ull << 41) - 1;
constexpr std::uint64_t kSyntheticNamespace = 1ull << 63;
constexpr std::uint32_t kUnchanged = ~std::uint32_t{0};

bool HasId(const Credentials& c, std::uint32_t uid) {
  return uid == c.uid || uid == c.real_uid || uid == c.saved_uid;
}

bool HasRoot(const Credentials& c) { return HasId(c, 0); }

/// Capabilities follow the effective id, and go for good when no id is root any more.
void FollowIds(Credentials& now, const Credentials& before) {
  if (HasRoot(before) && !HasRoot(now)) now.permitted = now.caps = 0;
  if (before.uid == 0 && now.uid != 0) now.caps = 0;
  if (before.uid != 0 && now.uid == 0) now.caps = now.permitted;
}

template <class Change>
void ChangeCredentials(const Scene& scene, State& state, bool whole_process, Change change) {
  const std::uint8_t process = scene.process_index();
  const std::uint8_t self = scene.call().actor;
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    Task& task = state.tasks[i];
    if (task.life != Life::kAlive || task.process != process) continue;
    if (i == self || whole_process) change(task.credentials.Own());
  }
}

bool IsThreaded(const Scene& scene) {
  const auto& tasks = scene.state().tasks;
  return std::count_if(tasks.begin(), tasks.end(), [&](const Task& task) {
           return task.life == Life::kAlive && task.process == scene.process_index();
         }) > 1;
}

}  // namespace

void Describe(const ProcessSetIdentity& op, const Scene& scene, Clauses& clauses) {
  const Credentials& mine = scene.credentials();
  const bool setgid = (mine.caps & kCapSetgid) != 0;
  const bool setuid = (mine.caps & kCapSetuid) != 0;
  clauses.RefuseHere(mine.unmapped, EPERM, Force::kMust, {},
                     "groups cannot be set where no group has a name");
  clauses.RefuseHere(!setuid && !HasId(mine, op.uid.number), EPERM, Force::kMust, {},
                     "the caller may not take on this uid");
  clauses.RefuseHere(!setgid && (op.gid.number != mine.gid || op.groups != mine.groups), EPERM,
                     Force::kMust, {}, "the caller may not take on these groups");
  clauses.RefuseHere(!setgid && op.gid.number == mine.gid && op.groups == mine.groups, EPERM,
                     Force::kMay, {}, "setting groups may need privilege");
  const bool odd = op.uid.number == kUnchanged || op.gid.number == kUnchanged || mine.nested;
  clauses.RefuseHere(odd, EINVAL, Force::kMay, {}, "the id may have no mapping");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "RLIMIT_NPROC may be reached");
  clauses.ReturnsValue(0, "PERM.SYSV.EFFECTIVE_UID"_req, "the process has the identity");
}

void Apply(const ProcessSetIdentity& op, const Scene& scene, State& state, const Outcome& outcome) {
  const bool success = Succeeded(outcome);
  const Credentials& mine = scene.credentials();
  const bool setgid = (mine.caps & kCapSetgid) != 0 && !mine.unmapped;
  ChangeCredentials(scene, state, true, [&](Credentials& credentials) {
    const Credentials before = credentials;
    // Groups come first and stay when the uid is refused.
    if (success || setgid) {
      credentials.groups = op.groups;
      if (op.gid.number != kUnchanged) credentials.gid = credentials.file_gid = op.gid.number;
    }
    if (!success) return;
    if (op.uid.number != kUnchanged) {
      credentials.uid = credentials.real_uid = credentials.saved_uid = op.uid.number;
    }
    FollowIds(credentials, before);
  });
}

void Describe(const ProcessSetEffective& op, const Scene& scene, Clauses& clauses) {
  const Credentials& mine = scene.credentials();
  const bool may = (mine.caps & kCapSetuid) != 0 || HasId(mine, op.uid.number);
  clauses.RefuseHere(!may && op.uid.number != kUnchanged, EPERM, Force::kMust, {},
                     "the caller may not take on this uid");
  clauses.RefuseHere(op.uid.number == kUnchanged || mine.nested, EINVAL,
                     mine.unmapped ? Force::kMust : Force::kMay, {}, "the id may have no mapping");
  clauses.ReturnsValue(0, "PERM.SYSV.EFFECTIVE_UID"_req, "the process has the effective uid");
}

void Apply(const ProcessSetEffective& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome) || op.uid.number == kUnchanged) return;
  ChangeCredentials(scene, state, true, [&](Credentials& credentials) {
    const Credentials before = credentials;
    credentials.uid = op.uid.number;
    FollowIds(credentials, before);
  });
}

void Describe(const ProcessDropCapability&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, "PERM.SYSV.ROOT_WITHOUT_CAPS"_req, "the capabilities are gone");
}

void Apply(const ProcessDropCapability& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  ChangeCredentials(scene, state, false, [&](Credentials& credentials) {
    credentials.caps &= ~op.capabilities.bits;
    credentials.permitted &= ~op.capabilities.bits;
  });
}

void Describe(const ProcessUnshare& op, const Scene& scene, Clauses& clauses) {
  const Credentials& mine = scene.credentials();
  const bool user = op.namespaces.Has(kNamespaceUser);
  const bool others = (op.namespaces.bits & ~kNamespaceUser) != 0;
  const bool may = user || !others || (mine.caps & kCapSysAdmin) != 0;
  clauses.RefuseHere(!may, EPERM, Force::kMust, "NS.IPC.UNSHARE_NEEDS_CAP"_req,
                     "a namespace needs CAP_SYS_ADMIN");
  clauses.Refuse(user && IsThreaded(scene), EINVAL, Force::kMust, {},
                 "a process with threads cannot leave its user namespace");
  clauses.RefuseHere(user, EPERM, Force::kMay, {}, "user namespaces may be forbidden");
  clauses.RefuseHere(op.namespaces.bits != 0, ENOSPC, Force::kMay, "NS.IPC.UNSHARE_NEEDS_CAP"_req,
                     "the number of namespaces is limited");
  clauses.ReturnsValue(0, "NS.IPC.ISOLATES_KEYS"_req, "the process is in new namespaces");
  if (op.namespaces.Has(kNamespaceIpc)) {
    clauses.Effect({"NS.IPC.FRESH_LIMITS"_req, "NS.IPC.ATTACH_SURVIVES_SWITCH"_req,
                    "SYSV.FORCED.DEFAULT_OFF"_req});
  }
}

void Apply(const ProcessUnshare& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const std::uint64_t inode = kSyntheticNamespace | (std::uint64_t{scene.call().step} + 1);
  if (op.namespaces.Has(kNamespaceUser)) {
    ChangeCredentials(scene, state, false, [&](Credentials& credentials) {
      credentials.user_namespace = inode;
      credentials.nested = true;
      credentials.unmapped = true;
      credentials.caps = credentials.permitted = kAllCapabilities;
    });
  }
  if (op.namespaces.Has(kNamespacePid)) {
    state.processes[scene.process_index()].leads_pids = true;
    state.processes[scene.process_index()].first_child = kNobody;
  }
  if (!op.namespaces.Has(kNamespaceIpc)) return;
  const std::uint8_t self = scene.call().actor;
  ForgetCreator(state, ActorOf(scene), scene.ipc_index(), self);
  const SystemFacts defaults;
  IpcNamespace ipc;
  ipc.inode = inode;
  ipc.owner = state.tasks[self].credentials->user_namespace;
  ipc.shmmax = defaults.shmmax;
  ipc.shmall = defaults.shmall;
  ipc.shmmni = defaults.shmmni;
  state.namespaces.emplace_back(std::move(ipc));
  state.tasks[self].ipc = static_cast<std::uint8_t>(state.namespaces.size() - 1);
}

void Describe(const ProcessSetFileGroup& op, const Scene& scene, Clauses& clauses) {
  const Credentials& mine = scene.credentials();
  const bool may =
      (mine.caps & kCapSetgid) != 0 || op.gid.number == mine.gid || op.gid.number == mine.file_gid;
  clauses.RefuseHere(!may, EPERM, Force::kMust, {}, "the caller may not take on this group");
  clauses.RefuseHere(op.gid.number == kUnchanged || mine.nested, EPERM, Force::kMay, {},
                     "the id may have no mapping");
  clauses.ReturnsValue(0, "PERM.SYSV.FSGID"_req, "rights are taken from the group");
}

void Apply(const ProcessSetFileGroup& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  ChangeCredentials(scene, state, false,
                    [&](Credentials& credentials) { credentials.file_gid = op.gid.number; });
}

void Describe(const ProcessSetLimit&, const Scene& scene, Clauses& clauses) {
  clauses.RefuseHere(GloballyCapable(scene, kCapSysResource) != Says::kYes, EPERM, Force::kMay, {},
                     "raising a hard limit needs CAP_SYS_RESOURCE");
  clauses.ReturnsValue(0, {}, "the limit is set");
}

void Apply(const ProcessSetLimit& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  Process& process = state.processes[scene.process_index()];
  if (op.limit == Limit::kMemlock) process.memlock = op.value;
  if (op.limit == Limit::kAddressSpace) process.as = op.value;
}

void Describe(const ProcessSetUmask&, const Scene& scene, Clauses& clauses) {
  const std::int32_t old = scene.process().umask;
  clauses.Returns<Value>("SYSV.SHMGET.UMASK_IGNORED"_req, "the mask that was set before");
  clauses.Bind(0, old < 0 ? 0 : old, old < 0 ? 0777 : old, {}, "the mask that was set before");
}

void Apply(const ProcessSetUmask& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  state.processes[scene.process_index()].umask = static_cast<std::int32_t>(op.mask.bits & 0777);
}

void Describe(const ProcessPin&, const Scene&, Clauses& clauses) {
  clauses.RefuseHere(true, EINVAL, Force::kMay, {}, "the processor may not exist");
  clauses.ReturnsValue(0, "SEED.UNIPROCESSOR"_req, "the process stays on one processor");
}

}  // namespace shmspec::model
