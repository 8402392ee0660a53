// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The table of abilities (harness/vocabulary/plan/ability.h): what each is for, what takes its
// place, how it is tried. Each is tried once, in the environment and with the identity in which
// plans are performed.
//
//   const FoundAbilities found = TryAbilities("/proc/self/exe");
//   if (!Has(found.there, Ability::kExec)) Print(found.WhyNot(Ability::kExec));

#ifndef SHMSPEC_HARNESS_ACTOR_ABILITIES_H_
#define SHMSPEC_HARNESS_ACTOR_ABILITIES_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/plan/ability.h"
#include "harness/vocabulary/plan/users.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

struct AbilityEntry {
  Ability ability;
  /// "waking each other by futex(2)"
  std::string_view what;
  /// What is done without it: "yielding until the word changes"; empty: the plans and requirements
  /// that need it are UNSUPPORTED.
  std::string_view instead;
  Result<void> (*attempt)(const std::string& program);
};

/// Every ability, in the order of its enumeration.
std::span<const AbilityEntry> AbilityTable();

/// One that is not there, and why.
struct MissingAbility {
  static constexpr std::string_view kName = "missing";
  Ability ability = Ability::kFutex;
  std::string why;
  static constexpr auto kFields =
      Fields(Field{"ability", &MissingAbility::ability}, Field{"why", &MissingAbility::why});
};

struct FoundAbilities {
  static constexpr std::string_view kName = "abilities";
  Abilities there = kEveryAbility;
  std::vector<MissingAbility> missing;
  Users users;  // who they are here; without kTwoUsers, whether the system fakes them
  static constexpr auto kFields =
      Fields(Field{"there", &FoundAbilities::there}, Field{"missing", &FoundAbilities::missing},
             Field{"users", &FoundAbilities::users});

  /// One line: what is missing, and why.
  std::string WhyNot(Ability ability) const;
};

/// Tries all of them in the calling process and its children; takes some milliseconds and leaves
/// nothing. `program` as in ProcessStageOptions. The caller has called RunAsActor before.
FoundAbilities TryAbilities(const std::string& program);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_ABILITIES_H_
