// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a system may offer besides shared memory: abilities that the harness uses where they exist,
// and abilities that plans and requirements need. The words are those of `needs` in
// suites/requirements.yaml.
//
//   if (!Has(facts.abilities, Ability::kExec)) return Trouble{true, "..."};
//
// How each ability is tried, what uses it and what replaces it: harness/actor/abilities.h.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_ABILITY_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_ABILITY_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

enum class Ability : std::uint8_t {
  // Abilities of the harness itself.
  kFutex,
  kGroups,
  kKill,
  kOrphans,
  kSharedFile,
  kExec,
  kThreads,
  kThreadEnds,
  kFaultStack,
  kPinning,
  kProc,
  kCoarseClock,
  kTools,
  kBlocked,
  // Abilities that requirements need.
  kTwoProcesses,
  kTwoUsers,
  kFileOwners,
  kRoot,
  kIpcLock,
  kIpcNamespace,
  kMountNamespace,
  kPidNamespace,
  kUserNamespace,
  kPtrace,
  kTwoCpus,
  kFourCpus,
  kX8664,
  kIntel,
  k32Bit,
  kHugePages,
  kSwap,
  kAcl,
  kCheckpointRestore,
  kPassing,
};

template <>
struct NamesOf<Ability> {
  static constexpr std::array kNames{
      Named<Ability>{"futex", Ability::kFutex},
      Named<Ability>{"process-groups", Ability::kGroups},
      Named<Ability>{"kill", Ability::kKill},
      Named<Ability>{"orphans", Ability::kOrphans},
      Named<Ability>{"shared-file", Ability::kSharedFile},
      Named<Ability>{"exec", Ability::kExec},
      Named<Ability>{"threads", Ability::kThreads},
      Named<Ability>{"thread-ends", Ability::kThreadEnds},
      Named<Ability>{"fault-stack", Ability::kFaultStack},
      Named<Ability>{"pinning", Ability::kPinning},
      Named<Ability>{"proc", Ability::kProc},
      Named<Ability>{"coarse-clock", Ability::kCoarseClock},
      Named<Ability>{"tools", Ability::kTools},
      Named<Ability>{"blocked", Ability::kBlocked},
      Named<Ability>{"two-processes", Ability::kTwoProcesses},
      Named<Ability>{"two-users", Ability::kTwoUsers},
      Named<Ability>{"file-owners", Ability::kFileOwners},
      Named<Ability>{"root", Ability::kRoot},
      Named<Ability>{"cap_ipc_lock", Ability::kIpcLock},
      Named<Ability>{"ipcns", Ability::kIpcNamespace},
      Named<Ability>{"mountns", Ability::kMountNamespace},
      Named<Ability>{"pidns", Ability::kPidNamespace},
      Named<Ability>{"userns", Ability::kUserNamespace},
      Named<Ability>{"ptrace", Ability::kPtrace},
      Named<Ability>{"two-cpus", Ability::kTwoCpus},
      Named<Ability>{"four-cpus", Ability::kFourCpus},
      Named<Ability>{"x86-64", Ability::kX8664},
      Named<Ability>{"intel", Ability::kIntel},
      Named<Ability>{"32bit", Ability::k32Bit},
      Named<Ability>{"hugetlb", Ability::kHugePages},
      Named<Ability>{"swap", Ability::kSwap},
      Named<Ability>{"acl", Ability::kAcl},
      Named<Ability>{"checkpoint-restore", Ability::kCheckpointRestore},
      Named<Ability>{"descriptor-passing", Ability::kPassing}};
};

/// A set of them: bit N for the Nth.
struct AbilitiesTag {
  static constexpr auto kNames = [] {
    std::array<Named<std::uint64_t>, NamesOf<Ability>::kNames.size()> names{};
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto& [name, ability] = NamesOf<Ability>::kNames[i];
      names[i] = {name, std::uint64_t{1} << static_cast<unsigned>(ability)};
    }
    return names;
  }();
};
using Abilities = Flags<AbilitiesTag>;

constexpr Abilities Only(Ability ability) {
  return Abilities(std::uint64_t{1} << static_cast<unsigned>(ability));
}
constexpr bool Has(Abilities abilities, Ability ability) {
  return abilities.Has(Only(ability).bits);
}
/// Those of `some` that are not among `others`.
constexpr Abilities Without(Abilities some, Abilities others) {
  return Abilities(some.bits & ~others.bits);
}
inline constexpr Abilities kEveryAbility =
    Abilities((std::uint64_t{1} << NamesOf<Ability>::kNames.size()) - 1);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_ABILITY_H_
