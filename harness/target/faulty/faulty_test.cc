// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/generators/likely_plan.h"
#include "harness/target/faulty/fault.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

const model::Profile& Linux() { return *model::FindProfile("linux"); }

std::unique_ptr<Stage> StageOf(const SeededFault& fault) {
  auto stage = MakeFaultyStage(fault.id, Linux());
  SHMSPEC_CHECK(stage.ok(), "a fault of the list has no stage");
  return std::move(stage).value();
}

std::vector<Outcome> OutcomesOf(const Trace& trace) {
  std::vector<Outcome> outcomes;
  for (const Performed& performed : trace.steps) outcomes.push_back(performed.outcome);
  return outcomes;
}

TEST(Faults, AreSortedAndUnique) {
  const auto all = AllFaults();
  EXPECT_GE(all.size(), 48u);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].id, all[i].id);
}

TEST(Faults, AreFoundByTheirId) {
  for (const SeededFault& fault : AllFaults()) {
    EXPECT_EQ(FindFault(fault.id), &fault);
    EXPECT_EQ(StageOf(fault)->name(), "faulty:" + std::string(fault.id));
    EXPECT_FALSE(fault.description.empty());
  }
}

TEST(Faults, ThatDoNotExistSuggestOthers) {
  const auto stage = MakeFaultyStage("round_is_ignore", Linux());
  ASSERT_FALSE(stage.ok());
  EXPECT_THAT(stage.error().message, testing::HasSubstr("did you mean round_is_ignored"));
}

TEST(Faults, LeaveAloneWhatTheyAreNotAbout) {
  const Result<Plan> plan = ParsePlan(
      "plan test.untouched\n"
      "actor a\n"
      "actor b start=fork\n"
      "a: m0 = map.private size=4096\n"
      "a: memory.store at=m0 width=4 value=42\n"
      "a: process.fork child=b\n"
      "b: memory.load at=m0 width=4\n"
      "a: sysv.detach at=null\n"
      "a: system.sysctl_read name=shmmax\n",
      "test");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const Trace sound = MakeSimulatedStage(Linux())->Perform(*plan, 1);
  for (const SeededFault& fault : AllFaults()) {
    if (fault.id == "detach_of_anything_succeeds") continue;  // that one is about it
    EXPECT_EQ(OutcomesOf(StageOf(fault)->Perform(*plan, 1)), OutcomesOf(sound)) << fault.id;
  }
}

TEST(Faults, LeaveStatesThatTheModelCanGoOnFrom) {
  for (const SeededFault& fault : AllFaults()) {
    const auto stage = StageOf(fault);
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const Plan plan = LikelySequence(seed, 60);
      EXPECT_EQ(stage->Perform(plan, seed).steps.size(), plan.steps.size()) << fault.id;
      const Plan race = LikelyRace(seed, 2, 4);
      EXPECT_EQ(stage->Perform(race, seed).steps.size(), race.steps.size()) << fault.id;
    }
  }
}

/// Every fault shows in some plan: a fault that never shows breaks nothing.
TEST(Faults, AreNotAllTheSame) {
  std::size_t shown = 0;
  for (const SeededFault& fault : AllFaults()) {
    bool differs = false;
    for (std::uint64_t seed = 1; seed <= 20 && !differs; ++seed) {
      const Plan plan = LikelySequence(seed, 80);
      differs = OutcomesOf(StageOf(fault)->Perform(plan, seed)) !=
                OutcomesOf(MakeSimulatedStage(Linux())->Perform(plan, seed));
    }
    shown += differs ? 1 : 0;
  }
  EXPECT_GE(shown, AllFaults().size() / 2);
}

}  // namespace
}  // namespace shmspec
