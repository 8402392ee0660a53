// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include "harness/actor/foreign.h"
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
                             std::is_same_v<Op, ProcessResident> ||
                             std::is_same_v<Op, ProcessPriority> ||
                             std::is_same_v<Op, ProcessSetRealtime>) {
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

namespace {

/// Whether the process itself performs it, and not its adapter.
bool IsOfProcess(const Operation& operation) {
  const Family family = FamilyOf(operation);
  return family == Family::kProcess || family == Family::kSystem || family == Family::kIpc;
}

/// Whether it needs a process that is a copy of another one, or looks into one.
bool NeedsCopies(const Operation& operation) {
  return std::holds_alternative<ProcessFork>(operation) ||
         std::holds_alternative<ProcessThread>(operation) ||
         std::holds_alternative<ProcessExec>(operation) ||
         std::holds_alternative<ProcessClone>(operation) ||
         std::holds_alternative<ProcessResident>(operation) ||
         std::holds_alternative<ProcessAwaitBlocked>(operation) ||
         std::holds_alternative<ProcessEnterNamespace>(operation) ||
         std::holds_alternative<DescriptorGetFrom>(operation) ||
         std::holds_alternative<SystemSetfacl>(operation) ||
         std::holds_alternative<SystemGetfacl>(operation) ||
         std::holds_alternative<SystemHoldSegments>(operation);
}

/// Whether it changes the process, which an adapter that runs already would not notice.
bool ChangesProcess(const Operation& operation) {
  return FamilyOf(operation) == Family::kProcess && !NeedsCopies(operation) &&
         !std::holds_alternative<ProcessExit>(operation) &&
         !std::holds_alternative<ProcessKill>(operation);
}

}  // namespace

bool UsesLibrary(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return FamilyOf(step.operation) == Family::kSegment; });
}

std::optional<std::string> WhyNoAdapter(const Plan& plan, std::uint32_t offers) {
  for (const ActorSpec& spec : plan.actors) {
    if (spec.abi != Abi::kNative) return "adapters make no 32-bit calls";
    if (spec.nofile) return "adapters have files of their own";
    if (StartsAtOnce(offers) && spec.namespaces.Has(kNamespacePid)) {
      return "an adapter is not the first process of its pid namespace";
    }
    if (spec.start != Start::kSpawn) return "adapters neither fork nor start threads for a plan";
  }
  std::array<bool, ActorRef::kLimit> at_work{};
  at_work.fill(StartsAtOnce(offers));
  for (const Step& step : plan.steps) {
    if (step.timing == Timing::kJoin) continue;
    const std::string_view name = OperationName(step.operation);
    const Family family = FamilyOf(step.operation);
    const bool offered = (offers >> static_cast<unsigned>(family) & 1) != 0;
    if (NeedsCopies(step.operation) || (!offered && !IsOfProcess(step.operation))) {
      return fmt::format("the adapter does not offer {}", name);
    }
    bool& begun = at_work[step.actor.index];
    if (begun && ChangesProcess(step.operation)) {
      return fmt::format("an adapter cannot be changed by {} once it runs", name);
    }
    begun = begun || offered;
  }
  return std::nullopt;
}

bool NamesObjects(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return std::visit(
        []<class Op>(const Op&) {
          return kFamilyOf<Op> == Family::kPosix || IsMount<Op> ||
                 std::is_same_v<Op, SyncSemOpen> || std::is_same_v<Op, SyncSemUnlink>;
        },
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
