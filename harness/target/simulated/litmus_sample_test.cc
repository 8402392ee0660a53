// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/litmus_sample.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/oracle/oracle.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/draw.h"
#include "harness/vocabulary/plan_builder.h"
#include "harness/vocabulary/text.h"

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
    for (const model::Profile& profile : model::AllProfiles()) {
      const Trace trace = MakeSimulatedStage(profile)->Perform(plan, seed);
      const auto* histogram = std::get_if<Histogram>(&trace.steps.back().outcome);
      ASSERT_NE(histogram, nullptr) << "seed " << seed << "\n" << PrintTrace(trace);
      EXPECT_EQ(histogram->rounds, std::int64_t{kRounds});
      const Verdict verdict = Judge(trace, profile);
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
  EXPECT_TRUE(std::holds_alternative<Trouble>(trace.steps.back().outcome));
  EXPECT_EQ(Judge(trace, Linux()).kind, Verdict::Kind::kUndecided);
}

}  // namespace
}  // namespace shmspec
