// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/language/scene.h"

#include <algorithm>

namespace shmspec::model {
namespace {

/// The namespace of that inode number, made with the defaults of a new one when it is unknown.
std::uint8_t NamespaceOf(State& state, const Setting& setting, std::uint64_t inode, bool own,
                         std::uint64_t user_namespace) {
  for (std::size_t i = 0; i < state.namespaces.size(); ++i) {
    if (state.namespaces[i]->inode == inode) return static_cast<std::uint8_t>(i);
  }
  IpcNamespace ipc;
  ipc.inode = inode;
  ipc.made = own;
  ipc.shmmax = own ? setting.system.FreshLimit() : setting.system.shmmax;
  ipc.shmall = own ? setting.system.FreshLimit() : setting.system.shmall;
  ipc.shmmni = own ? SystemFacts().shmmni : setting.system.shmmni;
  ipc.crowded = !own && !setting.system.private_ipc;
  ipc.owner = own ? user_namespace : setting.system.user_namespace_of_ipc;
  state.namespaces.emplace_back(std::move(ipc));
  return static_cast<std::uint8_t>(state.namespaces.size() - 1);
}

/// The mount namespace of that inode number, made with what the plan begins with at /dev/shm.
std::uint8_t MountNamespaceOf(State& state, std::uint64_t inode) {
  for (std::size_t i = 0; i < state.mount_namespaces.size(); ++i) {
    if (state.mount_namespaces[i].inode == inode) return static_cast<std::uint8_t>(i);
  }
  if (state.file_systems.empty()) state.file_systems.emplace_back(FileSystem{});
  state.mounts.push_back({0, false});
  const auto mount = static_cast<std::uint8_t>(state.mounts.size() - 1);
  state.mount_namespaces.push_back({inode, false, {mount}});
  return static_cast<std::uint8_t>(state.mount_namespaces.size() - 1);
}

Credentials CredentialsOf(const ActorFacts& facts, const ActorSpec& spec) {
  Credentials credentials;
  credentials.uid = facts.uid;
  credentials.real_uid = facts.real_uid;
  credentials.saved_uid = facts.saved_uid;
  credentials.file_uid = facts.file_uid;
  credentials.gid = facts.gid;
  credentials.real_gid = facts.real_gid;
  credentials.saved_gid = facts.saved_gid;
  credentials.file_gid = facts.file_gid;
  credentials.groups = facts.groups;
  credentials.caps = credentials.permitted = facts.caps.bits;
  if (spec.caps) credentials.ambient = facts.caps.bits;
  credentials.user_namespace = facts.user_namespace;
  credentials.nested = spec.namespaces.Has(kNamespaceUser);
  return credentials;
}

}  // namespace

State InitialState(const Setting& setting, const Plan& plan) {
  State state;
  state.tasks.resize(plan.actors.size());
  state.processes.resize(plan.actors.size());
  state.pid_namespaces[0].noexec = setting.system.memfd_noexec;
  for (std::size_t i = 0; i < plan.actors.size() && i < setting.actors.size(); ++i) {
    const ActorSpec& spec = plan.actors[i];
    if (spec.start != Start::kSpawn) continue;
    const ActorFacts& facts = setting.actors[i];
    Task& task = state.tasks[i];
    task.life = Life::kAlive;
    task.process = static_cast<std::uint8_t>(i);
    task.credentials = CopyOnWrite<Credentials>(CredentialsOf(facts, spec));
    Process& process = state.processes[i];
    task.ipc = NamespaceOf(state, setting, facts.ipc_namespace, spec.namespaces.Has(kNamespaceIpc),
                           facts.user_namespace);
    process.memlock = facts.memlock;
    process.as = facts.as;
    process.umask = facts.umask;
    process.descriptor_limit = spec.nofile.value_or(0);
    task.mounts = MountNamespaceOf(state, facts.mount_namespace);
    if (spec.namespaces.Has(kNamespacePid)) {
      process.pids = process.child_pids = AddPidNamespace(state, 0);
    }
  }
  return state;
}

std::int64_t Scene::PidSeen(std::uint8_t process) const {
  if (process >= setting_->actors.size()) return 0;
  const ActorFacts& reader = setting_->actors[call_->actor];
  const ActorFacts& other = setting_->actors[process];
  if (reader.pid_namespace == other.pid_namespace) return other.inner_pid;
  // A reader whose own id is the same inside and outside lives in the harness's namespace, from
  // which the others descend.
  return reader.pid == reader.inner_pid ? other.pid : 0;
}

Cause CauseOf(const Scene& scene) {
  return {&scene.profile(), OnlyProcess(scene.process_index()), scene.call().when,
          scene.call().in_flight};
}

}  // namespace shmspec::model
