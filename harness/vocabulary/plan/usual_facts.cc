// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/plan/usual_facts.h"

namespace shmspec {
namespace {

constexpr std::int64_t kFirstPid = 101;
constexpr std::uint64_t kFirstUserNamespace = 0xeffffffd;
constexpr std::uint64_t kFirstIpcNamespace = 0xefffffff;
constexpr std::uint64_t kFirstPidNamespace = 0xeffffffc;
constexpr std::uint64_t kFirstMountNamespace = 0xeffffff8;
constexpr std::uint64_t kFirstOwnNamespace = 0xf0000000;
constexpr std::uint64_t kEveryCapability = (1ull << 41) - 1;
constexpr std::uint64_t kUsualMemlock = 8ull << 20;

}  // namespace

SystemFacts UsualSystem() {
  SystemFacts facts;
  facts.user_namespace_of_ipc = kFirstUserNamespace;
  return facts;
}

ActorFacts UsualFacts(const ActorSpec& spec, std::size_t index) {
  ActorFacts facts;
  const std::uint64_t own = kFirstOwnNamespace + 4 * index;
  const auto number = [&](std::uint64_t kind, std::uint64_t usual, std::uint64_t offset) {
    return spec.namespaces.Has(kind) ? own + offset : usual;
  };
  facts.pid = facts.inner_pid = kFirstPid + static_cast<std::int64_t>(index);
  if (spec.namespaces.Has(kNamespacePid)) facts.inner_pid = 1;
  facts.ipc_namespace = number(kNamespaceIpc, kFirstIpcNamespace, 0);
  facts.user_namespace = number(kNamespaceUser, kFirstUserNamespace, 1);
  facts.pid_namespace = number(kNamespacePid, kFirstPidNamespace, 2);
  facts.mount_namespace = number(kNamespaceMount, kFirstMountNamespace, 3);
  facts.SetUser(spec.uid.value_or(0).number);
  facts.SetGroup(spec.gid.value_or(0).number);
  for (const Id group : spec.groups) facts.groups.push_back(group.number);
  facts.caps = spec.caps.value_or(Capabilities(facts.uid == 0 ? kEveryCapability : 0));
  facts.memlock = spec.memlock.value_or(kUsualMemlock);
  facts.as = spec.as.value_or(~std::uint64_t{0});
  facts.abi = spec.abi;
  if (spec.abi == Abi::kI386) facts.task_size = ActorFacts::kTaskSize32;
  return facts;
}

namespace internal {

std::vector<Birth> BirthsOf(const Plan& plan) {
  std::vector<Birth> births;
  for (const Step& step : plan.steps) {
    if (step.timing == Timing::kJoin) continue;
    if (const auto* fork = std::get_if<ProcessFork>(&step.operation)) {
      births.push_back({step.actor.index, fork->child.index, false});
    } else if (const auto* thread = std::get_if<ProcessThread>(&step.operation)) {
      births.push_back({step.actor.index, thread->child.index, true});
    }
  }
  return births;
}

ActorFacts UsualChild(const Birth& birth, const ActorFacts& parent) {
  ActorFacts facts = parent;
  if (birth.thread) return facts;
  const bool shares_ids = parent.pid == parent.inner_pid;
  facts.pid = kFirstPid + static_cast<std::int64_t>(birth.child);
  facts.inner_pid = shares_ids ? facts.pid : facts.pid + 1;
  return facts;
}

}  // namespace internal
}  // namespace shmspec
