// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/abilities_inside.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/host/clocks.h"
#include "harness/host/readable.h"
#include "harness/sandbox/case_process.h"
#include "harness/vocabulary/form/wire_codec.h"

namespace shmspec {
namespace {

/// All trials together take some milliseconds, under an emulator a second.
constexpr std::uint64_t kGiveUp_ns = 60'000'000'000;

constexpr std::string_view kMissing = "no (";

std::string NameOfFact(Ability ability) {
  std::string name = "ability." + std::string(NameOf(ability));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

Result<FoundAbilities> TryAbilitiesInside(Isolation isolation, const std::string& program) {
  Result<CaseProcess> process = CaseProcess::Start([&] {
    std::string bytes;
    if (const auto entered = EnterIsolation(isolation); !entered.ok()) return bytes;
    wire::Append(bytes, TryAbilities(program));
    return bytes;
  });
  if (!process.ok()) return process.error();
  const std::uint64_t until_ns = MonotonicNs() + kGiveUp_ns;
  while (!process->Receive()) {
    if (MonotonicNs() > until_ns) {
      process->Kill();
      return Error{"what this system offers cannot be tried: the trial does not end", true};
    }
    pollfd result{process->result_fd(), POLLIN, 0};
    AwaitReadable({&result, 1}, 1000);
  }
  const auto bytes = process->Finish();
  if (!bytes) return Error{"what this system offers cannot be tried: " + process->HowEnded()};
  FoundAbilities found;
  std::string_view rest = *bytes;
  if (!wire::Read(rest, found) || !rest.empty()) {
    return Error{"what this system offers cannot be tried: the isolation was refused", true};
  }
  return found;
}

std::vector<Fact> FactsOf(const FoundAbilities& abilities) {
  std::vector<Fact> facts;
  for (const AbilityEntry& entry : AbilityTable()) {
    facts.push_back({NameOfFact(entry.ability), "yes", "tried at the start"});
  }
  for (const MissingAbility& one : abilities.missing) {
    const auto index = static_cast<std::size_t>(one.ability);
    const std::string_view instead = AbilityTable()[index].instead;
    facts[index].value =
        fmt::format("{}{}){}{}", kMissing, one.why, instead.empty() ? "" : ", instead ", instead);
  }
  const Users& users = abilities.users;
  const bool real = Has(abilities.there, Ability::kTwoUsers);
  facts.push_back({"users.ids", fmt::format("{} to {}", users.first, users.last()),
                   "nobody's, chosen at the start", false});
  facts.push_back({"users.kind",
                   real                 ? "real"
                   : users.make_believe ? "make-believe"
                                        : "none",
                   "tried at the start"});
  return facts;
}

Abilities AbilitiesIn(const std::vector<Fact>& facts) {
  Abilities there = kEveryAbility;
  for (const AbilityEntry& entry : AbilityTable()) {
    if (ValueOf(facts, NameOfFact(entry.ability)).starts_with(kMissing)) {
      there = Without(there, Only(entry.ability));
    }
  }
  return there;
}

}  // namespace shmspec
