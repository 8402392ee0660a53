// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/litmus/litmus_search.h"

#include <gtest/gtest.h>

#include <array>

namespace shmspec {
namespace {

constexpr TechniqueSet kAll = 0b11111;
constexpr TechniqueSet kThree = 0b111;

TEST(LitmusSearch, GivesEachTechniqueATurnBeforeAnyHasASecond) {
  LitmusSearch search(1024, 1, kAll);
  for (const std::uint64_t rounds : {256u, 512u, 1024u, 1024u}) {
    for (const auto& [name, technique] : NamesOf<Technique>::kNames) {
      const auto turn = search.Next();
      ASSERT_EQ(turn, (LitmusTurn{technique, rounds})) << name;
      search.Add(*turn, {turn->rounds, 0});
    }
  }
  EXPECT_FALSE(search.shown());
}

TEST(LitmusSearch, EndsWithTheTechniqueThatHasShownEnough) {
  LitmusSearch search(1024, 12, kAll);
  search.Add({Technique::kPaced, 256}, {256, 11});  // paced
  ASSERT_EQ(search.Next(), (LitmusTurn{Technique::kBackToBack, 256}));
  search.Add(*search.Next(), {256, 12});  // back to back
  EXPECT_TRUE(search.shown());
  EXPECT_FALSE(search.Next());
  EXPECT_EQ(search.effort().technique, Technique::kBackToBack);
  EXPECT_EQ(search.effort().Of(Technique::kBackToBack), (Tried{256, 12}));
  EXPECT_EQ(search.effort().Of(Technique::kPaced), (Tried{256, 11}));
}

TEST(LitmusSearch, AddsUpWhatATechniqueShowsInSeveralTurnsAndNothingElse) {
  LitmusSearch search(1024, 12, kThree);
  const auto add_six = [&] { search.Add(*search.Next(), {search.Next()->rounds, 6}); };
  for (int turn = 0; turn < 3; ++turn) add_six();
  EXPECT_FALSE(search.shown()) << "three techniques have shown six each";
  add_six();
  EXPECT_TRUE(search.shown());
  EXPECT_EQ(search.effort().Of(Technique::kPaced), (Tried{256 + 512, 12}));
}

TEST(LitmusSearch, EndsWhenAllTechniquesHaveHadTheirTurns) {
  for (const TechniqueSet usable : {kAll, kThree, TechniqueSet(0b10000), TechniqueSet()}) {
    LitmusSearch search(1024, 1, usable);
    std::uint64_t turns = 0;
    while (const auto turn = search.Next()) {
      search.Add(*turn, {turn->rounds, 0});
      ++turns;
    }
    EXPECT_EQ(turns, LitmusSearch::kTurns * usable.count());
    for (const auto& [name, technique] : NamesOf<Technique>::kNames) {
      EXPECT_EQ(search.effort().Of(technique).rounds > 0,
                usable[static_cast<std::size_t>(technique)])
          << name;
    }
    EXPECT_FALSE(search.shown());
  }
}

TEST(LitmusSearch, AddsTheRoundsThatWereFoundRatherThanThoseThatWereRun) {
  LitmusSearch search(1024, 1, TechniqueSet(0b10000));
  const auto turn = search.Next();
  ASSERT_EQ(turn, (LitmusTurn{Technique::kPerpetual, 256}));
  search.Add(*turn, {31, 1});
  EXPECT_EQ(search.effort().Of(Technique::kPerpetual), (Tried{31, 1}));
}

TEST(LitmusSearch, HasARoundInEachTurn) {
  EXPECT_EQ(LitmusSearch(1, 1, kThree).Next(), (LitmusTurn{Technique::kPaced, 1}));
}

TEST(CanAlternate, MeansASingleLoadOrStoreInEachBranch) {
  const auto can = [](const char* first, const char* second) {
    return CanAlternate(std::array{ProgramOf(first), ProgramOf(second)});
  };
  EXPECT_TRUE(can("x=1", "r0=x"));
  EXPECT_TRUE(can("r0=x'", "x=1"));
  EXPECT_FALSE(can("x=1", "y=1")) << "nobody looks";
  EXPECT_FALSE(can("r0=x", "r1=x"));
  EXPECT_FALSE(can("x=1", "r0=x; r1=x"));
  EXPECT_FALSE(can("x=1; y=1", "r0=x"));
  EXPECT_FALSE(can("r1=exchange(x,1)", "r0=x"));
  EXPECT_FALSE(can("x=1", ""));
}

}  // namespace
}  // namespace shmspec
