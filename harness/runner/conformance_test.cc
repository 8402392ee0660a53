// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/conformance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/runner/abilities_inside.h"

namespace shmspec {
namespace {

using namespace shmspec::literals;  // NOLINT
using enum Status;

constexpr Requirement kMustHold = "SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req;
constexpr Requirement kShouldHold = "HUGE.ALIGNMENT"_req;
constexpr Requirement kOfIntel = "ORDER.TEAR.LINE_NEVER"_req;

RunResult ResultOf(const std::vector<std::pair<Requirement, Status>>& requirements) {
  static const Case one{"sysv.get.two", {kMustHold}};
  RunResult result;
  CaseResult of_case;
  for (const auto& [requirement, status] : requirements) {
    of_case.requirements.push_back({requirement, status});
  }
  result.cases.push_back({&one, {of_case}, {}});
  return result;
}

TEST(Conformance, IsSaidOfWhatMustHold) {
  EXPECT_EQ(ConformanceOf(ResultOf({{kMustHold, kPass}, {kShouldHold, kFail}})), "yes");
  EXPECT_EQ(ConformanceOf(ResultOf({{kMustHold, kFail}, {kOfIntel, kPass}})), "no");
  EXPECT_EQ(ConformanceOf(ResultOf({{kShouldHold, kPass}})), "undetermined");
  EXPECT_EQ(ConformanceOf(ResultOf({})), "undetermined");
}

TEST(Conformance, IsNotSaidOfARunThatWasStopped) {
  RunResult stopped = ResultOf({{kMustHold, kPass}});
  stopped.complete = false;
  EXPECT_EQ(ConformanceOf(stopped), "undetermined");
}

TEST(Conformance, IsUndeterminedWhileARequirementHasNoVerdict) {
  for (const Status status : {kUnsupported, kUnresolved, kUntested}) {
    const RunResult result = ResultOf({{kMustHold, status}, {kOfIntel, kPass}});
    EXPECT_EQ(ConformanceOf(result), "undetermined") << NameOf(status);
    EXPECT_THAT(UndecidedOf(result), testing::ElementsAre(kMustHold)) << NameOf(status);
  }
}

TEST(Conformance, IsIndependentOfWhatOtherProcessorsPromise) {
  RunResult result = ResultOf({{kMustHold, kPass}, {kOfIntel, kUnsupported}});
  EXPECT_EQ(ConformanceOf(result), "undetermined");  // on one that promises it
  result.abilities = Without(kEveryAbility, Only(Ability::kIntel));
  EXPECT_EQ(ConformanceOf(result), "yes");
  result.cases[0].attempts[0].requirements[1].status = kFail;
  EXPECT_EQ(ConformanceOf(result), "no");
}

TEST(Conformance, KnowsAbilitiesByTheFactsOfTheRecord) {
  EXPECT_EQ(AbilitiesIn({}), kEveryAbility);
  EXPECT_EQ(AbilitiesIn(FactsOf({})), kEveryAbility);
  for (const AbilityEntry& entry : AbilityTable()) {
    const FoundAbilities found{Without(kEveryAbility, Only(entry.ability)), {{entry.ability, "?"}}};
    EXPECT_EQ(AbilitiesIn(FactsOf(found)), found.there) << NameOf(entry.ability);
  }
}

}  // namespace
}  // namespace shmspec
