// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/stage/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using ::testing::ElementsAre;

constexpr ActorSet kA = 1, kB = 2, kC = 4;

std::vector<ActorSet> Casts(const Schedule& schedule) {
  std::vector<ActorSet> casts;
  for (const Act& act : schedule.acts) casts.push_back(act.cast);
  return casts;
}

TEST(Schedule, TakesTheConsecutiveTurnsOfAnActorAsOneAct) {
  PlanBuilder plan("x.y");
  const Actor a = plan.Spawn("a"), b = plan.Spawn("b");
  a.Do(MapLayout{});
  a.Do(MapLayout{});
  b.Do(MapLayout{});
  a.Do(MapLayout{});
  const Schedule schedule = MakeSchedule(plan.plan());
  EXPECT_THAT(Casts(schedule), ElementsAre(kA | kB, kA, kB, kA, kA | kB));
  EXPECT_THAT(schedule.act_of_step, ElementsAre(1, 1, 2, 3));
  EXPECT_THAT(schedule.timed, ElementsAre(false, false, false, false));
  EXPECT_FALSE(schedule.concurrent);
}

TEST(Schedule, AStartIsOverBeforeItsStepAndWhatOverlapsItIsTimed) {
  PlanBuilder plan("x.y");
  const Actor a = plan.Spawn("a"), b = plan.Spawn("b");
  b.Do(MapLayout{});
  a.Begin(MapLayout{});
  b.Do(MapLayout{});
  a.Join();
  a.Do(MapLayout{});
  const Schedule schedule = MakeSchedule(plan.plan());
  EXPECT_THAT(Casts(schedule), ElementsAre(kA | kB, kB, kA, kB, kA, kA | kB));
  EXPECT_THAT(schedule.act_of_step, ElementsAre(1, 2, 3, 4, 4));
  EXPECT_TRUE(schedule.acts[2].finished_first);
  EXPECT_FALSE(schedule.acts[3].finished_first);
  EXPECT_THAT(schedule.timed, ElementsAre(false, true, true, false, false));
  EXPECT_TRUE(schedule.concurrent);
}

TEST(Schedule, ARaceBeginsAtABarrierOfThoseWhoLive) {
  PlanBuilder plan("x.y");
  const Actor a = plan.Spawn("a"), b = plan.Forked("b"), c = plan.Spawn("c");
  plan.Race([&] {
    a.Fork(b);
    b.Do(MapLayout{});
    c.Do(MapLayout{});
  });
  plan.Race([&] {
    a.Do(MapLayout{});
    b.Do(MapLayout{});
  });
  const Schedule schedule = MakeSchedule(plan.plan());
  EXPECT_THAT(Casts(schedule), ElementsAre(kA | kC, kA | kB | kC, kA | kB, kA | kB | kC));
  EXPECT_EQ(schedule.acts[1].barrier, kA | kC);
  EXPECT_EQ(schedule.acts[2].barrier, kA | kB);
  EXPECT_THAT(schedule.makes, ElementsAre(1, 255, 255, 255, 255));
  EXPECT_THAT(schedule.timed, testing::Each(true));
}

}  // namespace
}  // namespace shmspec
