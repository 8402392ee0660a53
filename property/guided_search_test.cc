// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Fuzzing on simulated systems: recipes are plans that can be performed, a sound system has nothing
// to find, and a fault is found by the same plan again.

#include "property/guided_search.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include "harness/target/faulty/fault.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/page.h"

namespace shmspec {
namespace {

const model::Profile& Linux() { return *model::FindProfile("linux"); }

constexpr LikelyWeights kKinds[] = {{.simulated = true},
                                    {.files = 9, .simulated = true},
                                    {.calls = 1, .controls = 0, .sync = 9, .simulated = true}};

TEST(Recipe, IsTheSameAfterATripThroughBytes) {
  SeededChoices choices(1);
  for (std::size_t steps = 0; steps <= Recipe::kMostSteps; ++steps) {
    const Recipe recipe = DrawRecipe(choices, std::size(kKinds), steps);
    EXPECT_EQ(RecipeOf(BytesOf(recipe)), recipe);
  }
  const Recipe most = DrawRecipe(choices, 1, Recipe::kMostSteps + 1);
  EXPECT_EQ(RecipeOf(BytesOf(most)).steps.size(), Recipe::kMostSteps);
}

TEST(Recipe, IsAPlanWithoutAFlawAfterAnyChanges) {
  SeededChoices choices(1);
  Recipe recipe = DrawRecipe(choices, std::size(kKinds), 5);
  std::set<std::size_t> operations;
  for (int i = 0; i < 3000; ++i) {
    if (i % 10 == 0) recipe = Cross(recipe, DrawRecipe(choices, std::size(kKinds), 5), choices);
    Change(recipe, choices, kKinds);
    Extend(recipe, choices, kKinds);
    if (recipe.steps.size() > 30) recipe.steps.resize(10);
    const Plan plan = PlanOf(recipe, kKinds);
    const auto flaw = FindFlaw(plan);
    ASSERT_FALSE(flaw.has_value()) << flaw->message << "\n" << PrintPlan(plan);
    for (const Step& step : plan.steps) operations.insert(step.operation.index());
  }
  EXPECT_GT(operations.size(), 100u);
}

TEST(Fuzzing, FindsNothingInASoundSystem) {
  SetMemoryUnits({});
  const char* const asked = std::getenv("SHMSPEC_EXECUTIONS");
  const std::uint64_t executions = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 3000;
  for (const bool guided : {true, false}) {
    const auto stage = MakeSimulatedStage(Linux());
    const auto found = FuzzPlans(*stage, Linux(), 1, kKinds, {executions, guided});
    if (found) {
      ADD_FAILURE() << found->verdict.message << "\n"
                    << PrintTrace(found->trace) << "after " << found->executions;
    }
  }
}

/// A simulated system that notes how many plans go on from the first steps of an earlier one.
class WatchedStage : public Stage {
 public:
  std::string_view name() const override { return stage_->name(); }
  Trace Perform(const Plan& plan, std::uint64_t seed) override {
    constexpr std::size_t kAlike = 5;
    if (plan.steps.size() >= kAlike) {
      Plan first = plan;
      first.steps.resize(kAlike);
      if (!firsts_.insert(PrintPlan(first)).second) ++again_;
    }
    return stage_->Perform(plan, seed);
  }
  int again() const { return again_; }

 private:
  std::unique_ptr<Stage> stage_ = MakeSimulatedStage(Linux());
  std::set<std::string> firsts_;
  int again_ = 0;
};

TEST(Fuzzing, GoesOnFromPlansThatShowedSomethingNewOnlyWhenItIsGuided) {
  SetMemoryUnits({});
  const auto again = [](bool guided) {
    WatchedStage stage;
    // Plans with locks all begin alike.
    EXPECT_FALSE(FuzzPlans(stage, Linux(), 1, std::span(kKinds).first(2), {500, guided}));
    return stage.again();
  };
  EXPECT_GT(again(true), 100);
  EXPECT_LT(again(false), 10);
}

TEST(Fuzzing, FindsAFaultByTheSamePlanAgain) {
  SetMemoryUnits({});
  const auto faults = AllFaults();
  const auto fault = std::find_if(faults.begin(), faults.end(), [](const SeededFault& one) {
    return one.id == "removal_destroys_at_once";
  });
  ASSERT_NE(fault, faults.end());
  for (const bool guided : {true, false}) {
    std::optional<Finding> first;
    for (int again = 0; again < 2; ++again) {
      const auto stage = MakeFaultyStage(*fault, Linux());
      auto found = FuzzPlans(*stage, Linux(), 7, kKinds, {20'000, guided});
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->verdict.kind, Verdict::Kind::kRefuted);
      if (first) {
        EXPECT_EQ(found->executions, first->executions);
        EXPECT_EQ(found->recipe, first->recipe);
      }
      first = std::move(found);
    }
  }
}

}  // namespace
}  // namespace shmspec
