// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/histograms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kRounds = 8;

/// A plan of one actor that runs branches, one after the other.
class HistogramTest : public testing::Test {
 protected:
  Segment NewSegment() {
    return a_.Get({.size = {LitmusLayout{kRounds}.Bytes() + 4096}, .flags = kCreate | 0600});
  }
  void Branch(MemoryBranch branch, const char* program) {
    branch.program = ProgramOf(program);
    branch.rounds = kRounds;
    branch.branches = 1;
    a_.Do(branch).Succeeds();
  }
  void Count(Address at) { a_.Do(MemoryHistogram{.at = at}); }
  Trace Performed() {
    return MakeSimulatedStage(*model::FindProfile("linux"))->Perform(plan_.plan(), 1);
  }
  std::vector<LitmusHistogram> Histograms() { return HistogramsOf(Performed()); }

  PlanBuilder plan_{"runner.counted.plan"};
  Actor a_ = plan_.Spawn("a");
};

/// A test whose 8 rounds all ended in one way.
LitmusHistogram Paced(const std::string& test, const std::string& ending) {
  return {test, 8, {{ending, 8}}, {{8, 0}}, Primes::kNone, Technique::kPaced, {}};
}

TEST_F(HistogramTest, AreOfTheBranchesBeforeThem) {
  const Attach p = a_.At(NewSegment());
  for (const char* program : {"x=1; r0=x", "y=2"}) {
    Branch({.at = p}, program);
    Count(p);
  }
  EXPECT_THAT(Histograms(), ElementsAre(Paced("x=1; r0=x", "r0=1 x=1"), Paced("y=2", "y=2")));
}

TEST_F(HistogramTest, AreOfTheSameBranchesWhenCountedTwice) {
  const Attach p = a_.At(NewSegment());
  Branch({.at = p}, "y=2");
  Count(p);
  Count(p);
  Trace trace = Performed();
  trace.steps.back() = trace.steps.end()[-2];
  const LitmusHistogram counted = Paced("y=2", "y=2");
  EXPECT_THAT(HistogramsOf(trace), ElementsAre(counted, counted));
}

TEST_F(HistogramTest, AreOfNoLitmusTestWithoutABranch) {
  Count(a_.At(NewSegment()));
  Trace trace = Performed();
  trace.steps.back().returned = true;
  trace.steps.back().outcome = Histogram{.rounds = 8, .hits = 8, .rows = {}};
  EXPECT_THAT(HistogramsOf(trace), IsEmpty());
}

TEST_F(HistogramTest, SayHowWideAccessesWereAndHowFarFromAligned) {
  const Attach p = a_.At(NewSegment());
  Branch({.at = p + 60, .width = Width::k4}, "x=1");
  Count(p + 60);
  const std::vector<LitmusHistogram> histograms = Histograms();
  ASSERT_EQ(histograms.size(), 1u);
  EXPECT_THAT(histograms[0].branches, ElementsAre(LitmusBranch{4, 4}));
}

TEST_F(HistogramTest, SayByWhichTechniqueTheyShowedWhatWasSought) {
  const Attach p = a_.At(NewSegment());
  Branch({.at = p, .shift = 3, .tuning = Tuning::kSearch, .until = EndingOf("x=1"), .at_least = 2},
         "x=1");
  a_.Do(MemoryHistogram{.at = p, .of = EndingOf("x=1"), .at_least = 2});
  Trace trace = Performed();
  std::vector<LitmusHistogram> histograms = HistogramsOf(trace);
  ASSERT_EQ(histograms.size(), 1u);
  EXPECT_THAT(histograms[0].branches, ElementsAre(LitmusBranch{8, 3}));
  EXPECT_EQ(histograms[0].technique, Technique::kPaced);
  EXPECT_EQ(histograms[0].sought, (SoughtEnding{"x=1", 2, 2}));
  auto& seen = std::get<Histogram>(trace.steps.back().outcome);
  seen.technique = Technique::kAlternating;
  seen.technique_rounds = 5;
  histograms = HistogramsOf(trace);
  EXPECT_EQ(histograms[0].technique, Technique::kAlternating);
  EXPECT_EQ(histograms[0].sought, (SoughtEnding{"x=1", 2, 5}));
}

TEST_F(HistogramTest, SayWhetherPrimesAreTheSameMemory) {
  Segment s = NewSegment();
  const Attach p = a_.At(s);
  const Attach q = a_.At(s);
  const Attach other = a_.At(NewSegment());
  a_.Remove(s);
  a_.GetAs(s, {.size = {LitmusLayout{kRounds}.Bytes() + 4096}, .flags = kCreate | 0600});
  const Attach later = a_.At(s);  // of another segment by the same handle
  const std::pair<Address, Primes> alsos[] = {{q, Primes::kSame},
                                              {q + 8, Primes::kOther},
                                              {other, Primes::kOther},
                                              {later, Primes::kOther}};
  for (const auto& [also, primes] : alsos) {
    Branch({.at = p, .also = also}, "x=1; r0=x'");
    Count(p);
  }
  Branch({.at = p, .also = other}, "x=1");
  Count(p);
  const std::vector<LitmusHistogram> histograms = Histograms();
  ASSERT_EQ(histograms.size(), std::size(alsos) + 1);
  for (std::size_t i = 0; i < std::size(alsos); ++i) {
    EXPECT_EQ(histograms[i].primes, alsos[i].second) << i;
  }
  EXPECT_EQ(histograms.back().primes, Primes::kNone);
}

}  // namespace
}  // namespace shmspec
