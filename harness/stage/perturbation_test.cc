// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/stage/perturbation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kSeeds = 2000;

Plan RaceOfTwo() {
  PlanBuilder plan("x.y");
  const Actor a = plan.Spawn("a"), idle = plan.Spawn("idle"), b = plan.Spawn("b");
  idle.Do(MapLayout{});
  plan.Race([&] {
    a.Do(MapLayout{});
    a.Do(MapLayout{});
    b.Do(MapLayout{});
  });
  a.Do(MapLayout{});
  return plan.plan();
}

TEST(Perturbation, FollowsFromTheSeedAlone) {
  const Plan plan = RaceOfTwo();
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::string once = PrintPerturbation(DrawPerturbation(plan, seed), plan);
    EXPECT_EQ(once, PrintPerturbation(DrawPerturbation(plan, seed), plan));
    seen.insert(once);
  }
  EXPECT_GT(seen.size(), kSeeds / 4);
}

TEST(Perturbation, IsOfEveryKindAndLeavesHalfOfAllSeedsAlone) {
  const Plan plan = RaceOfTwo();
  int none = 0, waits = 0, yields = 0, together = 0, stops = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Perturbation drawn = DrawPerturbation(plan, seed);
    const std::string text = PrintPerturbation(drawn, plan);
    none += drawn.empty() ? 1 : 0;
    waits += text.find("waits") != std::string::npos ? 1 : 0;
    yields += text.find("yields") != std::string::npos ? 1 : 0;
    together += text.find("one processor") != std::string::npos ? 1 : 0;
    stops += text.find("stops") != std::string::npos ? 1 : 0;
  }
  EXPECT_NEAR(none, kSeeds / 2, kSeeds / 10);
  EXPECT_GT(waits, 100);
  EXPECT_GT(yields, 50);
  EXPECT_GT(together, 20);
  EXPECT_GT(stops, 20);
}

TEST(Perturbation, IsBoundedAndOnlyInRaces) {
  const Plan plan = RaceOfTwo();
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Perturbation drawn = DrawPerturbation(plan, seed);
    for (std::size_t i = 0; i < drawn.pauses.size(); ++i) {
      const bool races = plan.steps[i].timing == Timing::kRace;
      EXPECT_LE(drawn.pauses[i].spin_ns, races ? 16384 : 0);
      EXPECT_TRUE(races || !drawn.pauses[i].yields);
    }
    if (!drawn.stop) continue;
    EXPECT_LE(drawn.stop->for_us, 64);
    EXPECT_EQ(plan.steps[drawn.stop->step].timing, Timing::kRace);
    EXPECT_NE(plan.steps[drawn.stop->step].actor.index, drawn.stop->actor);
    EXPECT_NE(plan.actors[drawn.stop->actor].name, "idle");
  }
}

TEST(Perturbation, VariesFewOfManyRaces) {
  constexpr int kRaces = 100;
  PlanBuilder many("x.many");
  const Actor a = many.Spawn("a"), b = many.Spawn("b");
  for (int i = 0; i < kRaces; ++i) {
    many.Race([&] {
      a.Do(MapLayout{});
      b.Do(MapLayout{});
    });
  }
  int waits = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Perturbation drawn = DrawPerturbation(many.plan(), seed);
    EXPECT_FALSE(drawn.together);
    for (const Pause& pause : drawn.pauses) waits += pause.spin_ns != 0 ? 1 : 0;
  }
  EXPECT_GT(waits, static_cast<int>(kSeeds));
  EXPECT_LT(waits, static_cast<int>(4 * kSeeds));
}

TEST(Perturbation, LeavesPlansAloneThatPaceThemselves) {
  PlanBuilder turns("x.turns");
  turns.Spawn("a").Do(MapLayout{});
  PlanBuilder paced("x.paced");
  const Actor a = paced.Spawn("a"), b = paced.Spawn("b");
  paced.Race([&] {
    a.Do(ProcessPin{0});
    b.Do(MapLayout{});
  });
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    EXPECT_TRUE(DrawPerturbation(turns.plan(), seed).empty());
    EXPECT_TRUE(DrawPerturbation(paced.plan(), seed).empty());
  }
}

TEST(Perturbation, NamesActorsAndSteps) {
  const Plan plan = RaceOfTwo();
  Perturbation drawn;
  drawn.together = true;
  drawn.pauses.resize(plan.steps.size());
  drawn.pauses[3].spin_ns = 250;
  drawn.stop = Stop{0, 3, 40};
  EXPECT_EQ(PrintPerturbation(drawn, plan),
            "all actors on one processor, b waits 250 ns before step 3, "
            "a stops for 40 us when b begins step 3");
  EXPECT_EQ(PrintPerturbation({}, plan), "");
}

TEST(Places, PutRacersApart) { EXPECT_THAT(PlacesOf(RaceOfTwo()), ElementsAre(0, 2, 1)); }

}  // namespace
}  // namespace shmspec
