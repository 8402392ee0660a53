// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/litmus_sample.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/generators/draw.h"
#include "harness/oracle/oracle.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kRounds = 4096;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

/// Up to three accesses to x and y, into the register `first` and the one after it.
Program DrawBranch(Choices& choices, std::size_t first) {
  Program program;
  std::size_t loads = 0;
  for (std::uint64_t left = 1 + choices.Below(3); left > 0; --left) {
    Access access;
    access.kind = static_cast<AccessKind>(choices.Below(4));
    if (access.Loads() && loads == 2) continue;
    if (access.kind != AccessKind::kFence) {
      access.variable = static_cast<Variable>(choices.Below(2));
    }
    if (access.Loads()) access.to = static_cast<Register>(first + loads++);
    if (access.Stores()) access.value = 1 + choices.Below(2);
    program.accesses.push_back(access);
  }
  return program;
}

Plan PlanOf(const Program& first, const Program& second, const Ending& of = {},
            std::uint64_t at_least = 0) {
  PlanBuilder plan("simulated.litmus");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {LitmusLayout{kRounds}.Bytes()}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  plan.Race([&] {
    a.Do(MemoryBranch{.at = p, .program = first, .rounds = kRounds});
    b.Do(MemoryBranch{.at = q, .program = second, .rounds = kRounds});
  });
  b.Do(MemoryHistogram{q, of, at_least});
  return std::move(plan).Take();
}

TEST(SimulatedLitmus, EndsAsTheOracleAllows) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SeededChoices choices(seed);
    const Program first = DrawBranch(choices, 0);
    const Plan plan = PlanOf(first, DrawBranch(choices, 2));
    for (const model::Profile* profile : model::AllProfiles()) {
      const Trace trace = MakeSimulatedStage(*profile)->Perform(plan, seed);
      const auto* histogram = std::get_if<Histogram>(&trace.steps.back().outcome);
      ASSERT_NE(histogram, nullptr) << "seed " << seed << "\n" << PrintTrace(trace);
      EXPECT_EQ(histogram->rounds, std::int64_t{kRounds});
      const Verdict verdict = Judge(trace, *profile);
      ASSERT_EQ(verdict.kind, Verdict::Kind::kExplained)
          << "seed " << seed << ": " << verdict.message << "\n"
          << PrintTrace(trace);
    }
  }
}

TEST(SimulatedLitmus, ShowsWhatAWeakerOrderAllowsAndTheOracleRefusesIt) {
  const Plan plan = PlanOf(ProgramOf("x=1; y=1"), ProgramOf("r0=y; r1=x"), EndingOf("r0=1 r1=0"));
  const Trace sound = MakeSimulatedStage(Linux())->Perform(plan, 1);
  EXPECT_EQ(std::get<Histogram>(sound.steps.back().outcome).hits, 0);
  const model::Profile& weak = *model::FindProfile("posix");
  const Trace trace = MakeSimulatedStage(weak)->Perform(plan, 1);
  EXPECT_GT(std::get<Histogram>(trace.steps.back().outcome).hits, 0);
  EXPECT_EQ(Judge(trace, weak).kind, Verdict::Kind::kExplained);
  EXPECT_EQ(Judge(trace, Linux()).kind, Verdict::Kind::kRefuted);
}

TEST(SimulatedLitmus, ShowsEveryEndingOfASmallTest) {
  const Plan plan = PlanOf(ProgramOf("x=1; r0=y"), ProgramOf("y=1; r1=x"));
  const Trace trace = MakeSimulatedStage(Linux())->Perform(plan, 1);
  EXPECT_EQ(std::get<Histogram>(trace.steps.back().outcome).rows.size(), 4u);
}

TEST(SimulatedLitmus, IsTroubleWhereTooFewRoundsEndAsWanted) {
  const Plan plan =
      PlanOf(ProgramOf("x=1; y=1"), ProgramOf("r0=y; r1=x"), EndingOf("r0=1 r1=0"), 1);
  const Trace trace = MakeSimulatedStage(Linux())->Perform(plan, 1);
  const auto* trouble = std::get_if<Trouble>(&trace.steps.back().outcome);
  ASSERT_NE(trouble, nullptr);
  EXPECT_TRUE(trouble->lacking);
  EXPECT_EQ(Judge(trace, Linux()).kind, Verdict::Kind::kUndecided);
}

/// The plan with a search for that ending.
Plan Searching(const Program& first, const Program& second, const char* ending,
               MemoryBranch how = {}) {
  Plan plan = PlanOf(first, second, EndingOf(ending), 12);
  for (Step& step : plan.steps) {
    auto* branch = std::get_if<MemoryBranch>(&step.operation);
    if (branch == nullptr) continue;
    branch->shift = how.shift;
    branch->tuning = how.tuning;
    branch->until = EndingOf(ending);
    branch->at_least = 12;
  }
  return plan;
}

TEST(SimulatedLitmus, FindsTheTechniqueByWhichLoadsAreTorn) {
  const Program store = ProgramOf("x=0x0101010102020202");
  const Program load = ProgramOf("r0=x");
  const char* const kHalf = "r0=0x0101010100000000";
  const Plan plan = Searching(store, load, kHalf, {.shift = 60, .tuning = Tuning::kSearch});
  const Trace trace = MakeSimulatedStage(Linux())->Perform(plan, 1);
  const auto* histogram = std::get_if<Histogram>(&trace.steps.back().outcome);
  ASSERT_NE(histogram, nullptr) << PrintTrace(trace);
  EXPECT_EQ(histogram->technique, Technique::kAlternating);
  EXPECT_EQ(histogram->technique_rounds, std::int64_t{kRounds / 4});
  EXPECT_EQ(histogram->rounds, std::int64_t{kRounds});
  EXPECT_EQ(Judge(trace, Linux()).kind, Verdict::Kind::kExplained);
  // Aligned, it shows by no technique, and the trouble says what was tried.
  const Trace none = MakeSimulatedStage(Linux())->Perform(
      Searching(store, load, kHalf, {.tuning = Tuning::kSearch}), 1);
  const auto* trouble = std::get_if<Trouble>(&none.steps.back().outcome);
  ASSERT_NE(trouble, nullptr);
  EXPECT_NE(trouble->reason.find("alternating 0 of "), std::string::npos) << trouble->reason;
  EXPECT_NE(trouble->reason.find("(paced 0 of "), std::string::npos) << trouble->reason;
}

TEST(SimulatedLitmus, TearsNothingWithinWhatTheProcessorPromises) {
  const Program store = ProgramOf("x=0x01010202");
  const Program load = ProgramOf("r0=x");
  for (const std::uint64_t shift : {0u, 2u, 4u}) {
    Plan plan = Searching(store, load, "r0=0x01010000", {.shift = shift, .tuning = Tuning::kKeep});
    for (Step& step : plan.steps) {
      if (auto* branch = std::get_if<MemoryBranch>(&step.operation)) branch->width = Width::k4;
      if (auto* count = std::get_if<MemoryHistogram>(&step.operation)) count->at_least = 0;
    }
    const Trace trace = MakeSimulatedStage(Linux())->Perform(plan, 1);
    const auto* histogram = std::get_if<Histogram>(&trace.steps.back().outcome);
    ASSERT_NE(histogram, nullptr) << PrintTrace(trace);
    EXPECT_EQ(histogram->technique, Technique::kAlternating);
    EXPECT_EQ(histogram->rows.size(), 2u) << shift;
    EXPECT_EQ(Judge(trace, Linux()).kind, Verdict::Kind::kExplained);
  }
}

}  // namespace
}  // namespace shmspec
