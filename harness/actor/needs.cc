// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/needs.h"

#include <algorithm>
#include <type_traits>

#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

Abilities OfActor(const ActorSpec& spec) {
  Abilities needs;
  const auto add = [&](bool needed, Ability ability) {
    if (needed) needs = needs | Only(ability);
  };
  // Capabilities as well: a system that fakes users fakes these too.
  add(spec.uid || spec.gid || !spec.groups.empty() || spec.caps, Ability::kTwoUsers);
  add(spec.namespaces.Has(kNamespaceIpc), Ability::kIpcNamespace);
  add(spec.namespaces.Has(kNamespaceMount), Ability::kMountNamespace);
  add(spec.namespaces.Has(kNamespaceUser), Ability::kUserNamespace);
  add(spec.namespaces.Has(kNamespacePid), Ability::kPidNamespace);
  // Needed to identify namespaces and to map ids.
  add(spec.namespaces.bits != 0, Ability::kProc);
  // The process that makes a pid namespace stays outside it and ends.
  add(spec.namespaces.Has(kNamespacePid), Ability::kOrphans);
  // Its processes end with the first one in it, which has to be ended from outside.
  add(spec.namespaces.Has(kNamespacePid), Ability::kKill);
  add(spec.abi == Abi::kI386, Ability::kSharedFile);
  add(spec.cpu.has_value(), Ability::kPinning);
  return needs;
}

template <class Op>
constexpr bool IsMount =
    std::is_same_v<Op, SystemMountShm> || std::is_same_v<Op, SystemRemountShm> ||
    std::is_same_v<Op, SystemUnmountShm> || std::is_same_v<Op, SystemHideShm> ||
    std::is_same_v<Op, SystemSetDefaultAcl>;

Abilities OfOperation(const Operation& operation) {
  return std::visit(
      []<class Op>(const Op& op) -> Abilities {
        if constexpr (std::is_same_v<Op, ProcessExec>) {
          return Only(Ability::kExec) | Only(Ability::kSharedFile);
        } else if constexpr (std::is_same_v<Op, ProcessKill>) {
          return Only(Ability::kKill);
        } else if constexpr (std::is_same_v<Op, ProcessAwaitBlocked>) {
          return Only(Ability::kBlocked);
        } else if constexpr (std::is_same_v<Op, ProcessSetIdentity> ||
                             std::is_same_v<Op, ProcessDropCapability>) {
          return Only(Ability::kTwoUsers);
        } else if constexpr (std::is_same_v<Op, FileStat> || std::is_same_v<Op, FileChmod> ||
                             std::is_same_v<Op, SysvKeepsKey> || std::is_same_v<Op, FileChown>) {
          return Only(Ability::kFileOwners);
        } else if constexpr (std::is_same_v<Op, FileSetAcl> || std::is_same_v<Op, FileGetAcl>) {
          return Only(Ability::kAcl) | Only(Ability::kFileOwners);
        } else if constexpr (std::is_same_v<Op, SysvKeyMinusOne>) {
          return Only(Ability::kMountNamespace) | Only(Ability::kFileOwners);
        } else if constexpr (std::is_same_v<Op, ProcessThread>) {
          return Only(Ability::kThreads);
        } else if constexpr (std::is_same_v<Op, ProcessExit>) {
          return op.how == ExitHow::kThread ? Only(Ability::kThreadEnds) : Abilities();
        } else if constexpr (std::is_same_v<Op, SystemSetfacl> ||
                             std::is_same_v<Op, SystemGetfacl>) {
          return Only(Ability::kTools) | Only(Ability::kProc) | Only(Ability::kAcl) |
                 Only(Ability::kFileOwners);
        } else if constexpr (RunningTool<Op>) {
          return Only(Ability::kTools) | Only(Ability::kProc);
        } else if constexpr (std::is_same_v<Op, ProcessUnshare> ||
                             std::is_same_v<Op, ProcessEnterNamespace>) {
          const bool pids = op.namespaces.Has(kNamespacePid);
          return pids ? Only(Ability::kProc) | Only(Ability::kKill) : Only(Ability::kProc);
        } else if constexpr (std::is_same_v<Op, MemfdReopen> ||
                             std::is_same_v<Op, MemfdShowsName> || std::is_same_v<Op, MemfdLink> ||
                             std::is_same_v<Op, MemfdGetNoexec> ||
                             std::is_same_v<Op, MemfdSetNoexec> || std::is_same_v<Op, MapShow> ||
                             std::is_same_v<Op, ProcessResident>) {
          return Only(Ability::kProc);
        } else if constexpr (std::is_same_v<Op, SystemSetDefaultAcl>) {
          return Only(Ability::kProc) | Only(Ability::kMountNamespace) | Only(Ability::kAcl);
        } else if constexpr (IsMount<Op>) {
          return Only(Ability::kProc) | Only(Ability::kMountNamespace);
        } else if constexpr (Passing<Op>) {
          return Only(Ability::kPassing);
        } else if constexpr (std::is_same_v<Op, SysvKeyOfPath>) {
          return op.path.starts_with("/proc/") ? Only(Ability::kProc) : Abilities();
        } else {
          return {};
        }
      },
      operation);
}

/// Whether the step may end its actor, or another one.
bool MayEnd(const Operation& operation) {
  const auto* exit = std::get_if<ProcessExit>(&operation);
  return (exit != nullptr && exit->how != ExitHow::kThread) ||
         std::holds_alternative<ProcessKill>(operation);
}

/// Whether an actor that forked may be gone before the one that it forked.
bool MayLeaveOrphans(const Plan& plan) {
  bool forks = false;
  for (const Step& step : plan.steps) {
    if (forks && MayEnd(step.operation)) return true;
    forks = forks || std::holds_alternative<ProcessFork>(step.operation);
  }
  return false;
}

}  // namespace

Abilities NeedsOfSteps(const Plan& plan) {
  Abilities needs;
  for (const ActorSpec& spec : plan.actors) needs = needs | OfActor(spec);
  for (const Step& step : plan.steps) {
    if (step.timing != Timing::kJoin) needs = needs | OfOperation(step.operation);
  }
  if (MayLeaveOrphans(plan)) needs = needs | Only(Ability::kOrphans);
  return needs;
}

bool NamesObjects(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return std::visit(
        []<class Op>(const Op&) { return kFamilyOf<Op> == Family::kPosix || IsMount<Op>; },
        static_cast<const OperationVariant&>(step.operation));
  });
}

Abilities NeedsOfRequirements(const Plan& plan) {
  Abilities needs;
  for (const Requirement& requirement : plan.requirements) {
    for (const std::string_view word : requirement.text().needs) {
      const auto ability = FromName<Ability>(word);
      SHMSPEC_CHECK(ability.has_value(), "the catalogue needs an unknown ability");
      needs = needs | Only(*ability);
    }
  }
  return needs;
}

}  // namespace shmspec
