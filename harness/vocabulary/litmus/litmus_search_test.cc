// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/litmus/litmus_search.h"

#include <gtest/gtest.h>

#include <array>

namespace shmspec {
namespace {

TEST(LitmusSearch, GivesEachTechniqueATurnBeforeAnyHasASecond) {
  LitmusSearch search(1024, 1, true);
  for (const std::uint64_t rounds : {256u, 512u, 1024u, 1024u}) {
    for (const auto& [name, technique] : NamesOf<Technique>::kNames) {
      const auto turn = search.Next();
      ASSERT_EQ(turn, (LitmusTurn{technique, rounds})) << name;
      search.Add(*turn, 0);
    }
  }
  EXPECT_FALSE(search.shown());
}

TEST(LitmusSearch, EndsWithTheTechniqueThatHasShownEnough) {
  LitmusSearch search(1024, 12, true);
  search.Add(*search.Next(), 11);  // paced
  ASSERT_TRUE(search.Next());
  search.Add(*search.Next(), 12);  // back to back
  EXPECT_TRUE(search.shown());
  EXPECT_FALSE(search.Next());
  EXPECT_EQ(search.effort().technique, Technique::kBackToBack);
  EXPECT_EQ(search.effort().Of(Technique::kBackToBack), (Tried{256, 12}));
  EXPECT_EQ(search.effort().Of(Technique::kPaced), (Tried{256, 11}));
}

TEST(LitmusSearch, AddsUpWhatATechniqueShowsInSeveralTurnsAndNothingElse) {
  LitmusSearch search(1024, 12, false);
  for (int turn = 0; turn < 3; ++turn) search.Add(*search.Next(), 6);
  EXPECT_FALSE(search.shown()) << "three techniques have shown six each";
  search.Add(*search.Next(), 6);
  EXPECT_TRUE(search.shown());
  EXPECT_EQ(search.effort().Of(Technique::kPaced), (Tried{256 + 512, 12}));
}

TEST(LitmusSearch, EndsWhenAllTechniquesHaveHadTheirTurns) {
  for (const bool can_alternate : {false, true}) {
    LitmusSearch search(1024, 1, can_alternate);
    std::uint64_t turns = 0;
    while (const auto turn = search.Next()) {
      search.Add(*turn, 0);
      ++turns;
    }
    EXPECT_EQ(turns, LitmusSearch::kTurns * (can_alternate ? 4 : 3));
    EXPECT_EQ(search.effort().Of(Technique::kAlternating).rounds > 0, can_alternate);
    EXPECT_FALSE(search.shown());
  }
}

TEST(LitmusSearch, HasARoundInEachTurn) {
  EXPECT_EQ(LitmusSearch(1, 1, false).Next(), (LitmusTurn{Technique::kPaced, 1}));
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
