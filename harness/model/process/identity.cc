// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Ids, capabilities, namespaces and limits of a process, as credentials(7), capabilities(7) and
// namespaces(7) define them.

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <vector>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kAllCapabilities = (1ull << 41) - 1;
constexpr std::uint64_t kSyntheticNamespace = 1ull << 63;
constexpr std::uint32_t kUnchanged = ~std::uint32_t{0};

/// The ids of one kind: of the user, or of the group.
struct Ids {
  std::uint32_t Credentials::*real;
  std::uint32_t Credentials::*effective;
  std::uint32_t Credentials::*saved;
  std::uint32_t Credentials::*file;
  std::uint64_t capability;  // to take on any
};
constexpr Ids kUserIds{&Credentials::real_uid, &Credentials::uid, &Credentials::saved_uid,
                       &Credentials::file_uid, kCapSetuid};
constexpr Ids kGroupIds{&Credentials::real_gid, &Credentials::gid, &Credentials::saved_gid,
                        &Credentials::file_gid, kCapSetgid};

/// What is asked for of one kind. kUnchanged where nothing is, as for setresuid(2).
struct Wanted {
  std::uint32_t real;
  std::uint32_t effective;
  std::uint32_t saved;
  std::optional<std::uint32_t> file;

  bool AnyOfThree() const {
    return real != kUnchanged || effective != kUnchanged || saved != kUnchanged;
  }
};

Wanted WantedOf(const std::optional<Id>& real, const std::optional<Id>& effective,
                const std::optional<Id>& saved, const std::optional<Id>& file) {
  const auto number = [](const std::optional<Id>& id) { return id ? id->number : kUnchanged; };
  Wanted wanted{number(real), number(effective), number(saved), std::nullopt};
  if (file) wanted.file = file->number;
  return wanted;
}
Wanted UsersOf(const ProcessSetIdentity& op) {
  return WantedOf(op.ruid, op.euid, op.suid, op.fsuid);
}
Wanted GroupsOf(const ProcessSetIdentity& op) {
  return WantedOf(op.rgid, op.egid, op.sgid, op.fsgid);
}

bool HasId(const Credentials& c, const Ids& ids, std::uint32_t id) {
  return id == c.*ids.real || id == c.*ids.effective || id == c.*ids.saved;
}

bool HasRoot(const Credentials& c) { return HasId(c, kUserIds, 0); }

/// Capabilities follow the effective id, and are lost for good when the last id that is root goes.
void FollowIds(Credentials& now, const Credentials& before) {
  if (HasRoot(before) && !HasRoot(now)) now.permitted = now.ambient = now.caps = 0;
  if (before.uid == 0 && now.uid != 0) now.caps = 0;
  if (before.uid != 0 && now.uid == 0) now.caps = now.permitted;
}

/// One after the other, as the calls are made. The C library makes them in every thread of the
/// process, except those for the file system.
class IdentityChange {
 public:
  /// `asks`: whether it is the thread that makes the calls. The others need no check: they have the
  /// rights of the first, or the C library ends the process.
  IdentityChange(const Credentials& before, bool asks) : after_(before), asks_(asks) {}

  /// 0, or the error of the first that must fail; those before it have taken effect.
  int Make(const ProcessSetIdentity& op) {
    int error = op.groups ? SetGroups(*op.groups) : 0;
    if (error == 0) error = Set(GroupsOf(op), kGroupIds);
    if (error == 0) error = Set(UsersOf(op), kUserIds);
    return error;
  }
  const Credentials& after() const { return after_; }

 private:
  bool May(const Ids& ids) const { return !asks_ || (after_.caps & ids.capability) != 0; }

  int SetGroups(const std::vector<Id>& groups) {
    // Groups cannot be set where no group has a name.
    if (!May(kGroupIds) || after_.unmapped) return EPERM;
    if (std::find(groups.begin(), groups.end(), Id(kUnchanged)) != groups.end()) return EINVAL;
    after_.groups.clear();
    for (const Id group : groups) after_.groups.push_back(group.number);
    return 0;
  }

  int Set(const Wanted& wanted, const Ids& ids) {
    if (wanted.AnyOfThree()) {
      if (const int error = SetThree(wanted, ids); error != 0) return error;
    }
    return wanted.file && asks_ && !SetFile(*wanted.file, ids) ? EPERM : 0;
  }

  int SetThree(const Wanted& wanted, const Ids& ids) {
    if (after_.unmapped) return EINVAL;
    for (const std::uint32_t id : {wanted.real, wanted.effective, wanted.saved}) {
      if (id != kUnchanged && !May(ids) && !HasId(after_, ids, id)) return EPERM;
    }
    const Credentials before = after_;
    const auto set = [&](std::uint32_t Credentials::*member, std::uint32_t id) {
      if (id != kUnchanged) after_.*member = id;
    };
    set(ids.real, wanted.real);
    set(ids.effective, wanted.effective);
    set(ids.saved, wanted.saved);
    // A call that changes nothing leaves that of the file system alone; the thread that asks makes
    // one more for it.
    if (wanted.effective != kUnchanged || !(after_ == before)) {
      after_.*ids.file = after_.*ids.effective;
    } else if (asks_) {
      MoveFile(after_.*ids.effective, ids);
    }
    if (&ids == &kUserIds) FollowIds(after_, before);
    return 0;
  }

  bool SetFile(std::uint32_t id, const Ids& ids) {
    if (after_.unmapped || id == kUnchanged) return false;
    if (!May(ids) && !HasId(after_, ids, id) && id != after_.*ids.file) return false;
    MoveFile(id, ids);
    return true;
  }

  /// Capabilities about files follow the id of the file system.
  void MoveFile(std::uint32_t id, const Ids& ids) {
    constexpr std::uint64_t kOfFiles = 0x10800021f;
    const std::uint32_t before = after_.*ids.file;
    after_.*ids.file = id;
    if (&ids != &kUserIds) return;
    if (before == 0 && id != 0) after_.caps &= ~kOfFiles;
    if (before != 0 && id == 0) after_.caps |= after_.permitted & kOfFiles;
  }

  Credentials after_;
  const bool asks_;
};

/// Whether an id may have no name in the user namespace of the caller.
bool MayLackNames(const ProcessSetIdentity& op, const Scene& scene) {
  const auto lacks_user = [&](const std::optional<Id>& id) {
    return id && id->number != kUnchanged && MayLackUser(scene, id->number);
  };
  const auto lacks_group = [&](const std::optional<Id>& id) {
    return id && id->number != kUnchanged && MayLackGroup(scene, id->number);
  };
  const std::vector<Id> groups = op.groups.value_or(std::vector<Id>());
  return lacks_user(op.ruid) || lacks_user(op.euid) || lacks_user(op.suid) ||
         lacks_user(op.fsuid) || lacks_group(op.rgid) || lacks_group(op.egid) ||
         lacks_group(op.sgid) || lacks_group(op.fsgid) ||
         std::any_of(groups.begin(), groups.end(), lacks_group);
}

/// Calls change(credentials, whether they are the caller's own).
template <class Change>
void ChangeCredentials(const Scene& scene, State& state, bool whole_process, Change change) {
  const std::uint8_t process = scene.process_index();
  const std::uint8_t self = scene.call().actor;
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    Task& task = state.tasks[i];
    if (task.life != Life::kAlive || task.process != process) continue;
    if (i == self || whole_process) change(task.credentials.Own(), i == self);
  }
}

bool IsThreaded(const Scene& scene) {
  const auto& tasks = scene.state().tasks;
  return std::count_if(tasks.begin(), tasks.end(), [&](const Task& task) {
           return task.life == Life::kAlive && task.process == scene.process_index();
         }) > 1;
}

/// A new mount namespace has mounts of its own, of the same file systems.
void CopyMounts(State& state, MountNamespace& copy) {
  for (std::uint8_t& mount : copy.mounts) {
    const Mount same = state.mounts[mount];
    state.mounts.push_back(same);
    mount = static_cast<std::uint8_t>(state.mounts.size() - 1);
  }
}

}  // namespace

void Describe(const ProcessSetIdentity& op, const Scene& scene, Clauses& clauses) {
  const int error = IdentityChange(scene.credentials(), true).Make(op);
  clauses.RefuseHere(error != 0, error, Force::kMust, {}, "the caller may not take on these ids");
  const bool nameless = error == 0 && MayLackNames(op, scene);
  clauses.RefuseHere(nameless, EINVAL, Force::kMay, {}, "an id may have no mapping");
  clauses.RefuseHere(nameless, EPERM, Force::kMay, {}, "an id may have no mapping");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "RLIMIT_NPROC may be reached");
  clauses.ReturnsValue(0, "PERM.SYSV.EFFECTIVE_UID"_req, "the process has the identity");
}

void Apply(const ProcessSetIdentity& op, const Scene& scene, State& state, const Outcome& outcome) {
  IdentityChange mine(scene.credentials(), true);
  // A call that fails although nothing in the model makes it fail met an id without a name, which
  // is looked up first.
  if (mine.Make(op) == 0 && !Succeeded(outcome)) return;
  ChangeCredentials(scene, state, true, [&](Credentials& credentials, bool own) {
    IdentityChange change(credentials, own);
    change.Make(op);
    credentials = change.after();
  });
}

void Describe(const ProcessDropCapability&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, "PERM.SYSV.ROOT_WITHOUT_CAPS"_req, "the capabilities are gone");
}

void Apply(const ProcessDropCapability& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  ChangeCredentials(scene, state, false, [&](Credentials& credentials, bool) {
    credentials.caps &= ~op.capabilities.bits;
    credentials.permitted &= ~op.capabilities.bits;
    credentials.ambient &= ~op.capabilities.bits;
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
    ChangeCredentials(scene, state, false, [&](Credentials& credentials, bool) {
      credentials.user_namespace = inode;
      credentials.nested = true;
      credentials.unmapped = true;
      credentials.caps = credentials.permitted = kAllCapabilities;
      credentials.ambient = 0;
    });
  }
  if (op.namespaces.Has(kNamespacePid)) {
    Process& process = state.processes[scene.process_index()];
    process.child_pids = AddPidNamespace(state, process.pids);
    process.leads_pids = true;
    process.first_child = kNobody;
  }
  const std::uint8_t self = scene.call().actor;
  if (op.namespaces.Has(kNamespaceMount)) {
    MountNamespace copy = state.mount_namespaces[state.tasks[self].mounts];
    copy.inode = inode;
    CopyMounts(state, copy);
    state.mount_namespaces.push_back(std::move(copy));
    state.tasks[self].mounts = static_cast<std::uint8_t>(state.mount_namespaces.size() - 1);
  }
  if (!op.namespaces.Has(kNamespaceIpc)) return;
  ForgetCreator(state, CauseOf(scene), scene.ipc_index(), self);
  IpcNamespace ipc;
  ipc.inode = inode;
  ipc.made = true;
  ipc.owner = state.tasks[self].credentials->user_namespace;
  ipc.shmmax = ipc.shmall = scene.system().FreshLimit();
  ipc.shmmni = SystemFacts().shmmni;
  state.namespaces.emplace_back(std::move(ipc));
  state.tasks[self].ipc = static_cast<std::uint8_t>(state.namespaces.size() - 1);
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
  if (op.limit == Limit::kFiles) process.descriptor_limit = op.value;
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

void Describe(const ProcessResident&, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kCounts = "PROC.STATUS.RSS_SHMEM"_req;
  clauses.RefuseHere(true, ENOENT, Force::kMay, {}, "this system does not show it");
  clauses.Returns<Value>(kCounts, "the shared memory that the process has in use");
  std::uint64_t locked = 0;
  for (const Mapping& mapping : scene.space().mappings()) {
    if (!mapping.locked || mapping.on_fault) continue;
    if (!mapping.IsShared() || mapping.protection == 0) continue;
    const std::uint64_t limit = ObjectOf(scene.state(), mapping.object).vouched;
    const std::uint64_t there = limit - std::min(limit, mapping.offset);
    locked += std::min(mapping.size(), there);
  }
  // What is locked is in use for certain; each processor may count for itself for a while.
  clauses.Bind(0, locked / 2, std::numeric_limits<std::int64_t>::max(), kCounts,
               "at least half of what is locked");
}

}  // namespace shmspec::model
