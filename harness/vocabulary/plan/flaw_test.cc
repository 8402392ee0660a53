// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

/// `1: what is wrong with step 1`, or of the plan as a whole without the number; empty: nothing.
std::string FlawOf(const Plan& plan) {
  const auto flaw = FindFlaw(plan);
  if (!flaw) return "";
  return (flaw->step ? std::to_string(*flaw->step) + ": " : "") + flaw->message;
}

/// A plan with a spawned actor a, a forked b and a thread c, none of which is started.
std::string FlawOf(const std::function<void(PlanBuilder&, Actor, Actor, Actor)>& build) {
  PlanBuilder plan("flaw");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor c = plan.Threaded("c");
  build(plan, a, b, c);
  return FlawOf(plan.plan());
}

TEST(Flaw, IsNotFoundInAPlanThatCanBePerformed) {
  EXPECT_EQ(FlawOf([](PlanBuilder& plan, Actor a, Actor b, Actor c) {
              const Segment s = a.Get({.flags = kCreate | 0600});
              a.At(s);
              a.Fork(b);
              a.Thread(c);
              a.Begin(SysvStat{s});
              b.Remove(s);
              a.Join();
              plan.Race([&] {
                a.Get({.key = plan.NewKey()});
                b.Stat(s);
                c.Stat(s);
              });
              a.Kill(b);
            }),
            "");
}

TEST(Flaw, IsFoundWithTheStepThatHasIt) {
  const Segment s{{{Handle{HandleKind::kSegment, 3}, 0}}};
  EXPECT_EQ(FlawOf([&](PlanBuilder&, Actor a, Actor, Actor) {
              a.Detach(Null());
              a.Stat(s);
            }),
            "1: s3 is used before a step assigns it");
  EXPECT_EQ(FlawOf([](PlanBuilder&, Actor, Actor b, Actor) { b.Detach(Null()); }),
            "0: b is not running here: an actor with start=fork runs after the step that makes it");
  EXPECT_EQ(FlawOf([](PlanBuilder&, Actor a, Actor, Actor c) { a.Fork(c); }),
            "0: c must be declared with start=fork");
  EXPECT_EQ(FlawOf([](PlanBuilder&, Actor a, Actor b, Actor) {
              a.Fork(b);
              a.Fork(b);
            }),
            "1: b is already running");
  EXPECT_EQ(FlawOf([](PlanBuilder&, Actor a, Actor, Actor) { a.Join(); }),
            "0: a was not started with \"&\"");
  EXPECT_EQ(FlawOf([](PlanBuilder&, Actor a, Actor, Actor) {
              a.Begin(SysvDetach{});
              a.Detach(Null());
            }),
            "1: a is still busy: join it first");
}

TEST(Flaw, IsFoundInReferencesToActorsThatAreNotDeclared) {
  const ActorRef nobody{9};
  EXPECT_EQ(FlawOf([&](PlanBuilder&, Actor a, Actor, Actor) { a.Do(ProcessFork{nobody}); }),
            "0: the child is not declared");
  EXPECT_EQ(FlawOf([&](PlanBuilder&, Actor a, Actor, Actor) { a.Do(ProcessKill{nobody}); }),
            "0: the actor to kill is not declared");
  EXPECT_EQ(FlawOf([&](PlanBuilder&, Actor a, Actor, Actor) { a.AwaitBlocked(nobody); }),
            "0: the actor to wait for is not declared");
  Plan plan;
  plan.actors = {{.name = "a"}};
  plan.steps = {Step{.actor = nobody}};
  EXPECT_EQ(FlawOf(plan), "0: the step's actor is not declared");
}

TEST(Flaw, IsFoundInAHandleThatTheOperationDoesNotGive) {
  Plan plan;
  plan.actors = {{.name = "a"}};
  plan.steps = {Step{.operation = SysvGet{}, .assigns = Handle{HandleKind::kAttach, 0}}};
  EXPECT_EQ(FlawOf(plan), "0: sysv.get does not give a value of that kind");
  plan.steps = {Step{.operation = SysvDetach{}, .assigns = Handle{HandleKind::kAttach, 0}}};
  EXPECT_EQ(FlawOf(plan), "0: sysv.detach does not give a value of that kind");
}

TEST(Flaw, IsFoundInTheActorsOfThePlan) {
  Plan plan;
  EXPECT_EQ(FlawOf(plan), "a plan needs at least one actor: write \"actor a\"");
  plan.actors = {{.name = "a"}, {.name = "a"}};
  EXPECT_EQ(FlawOf(plan), "actor a is declared twice");
  plan.actors.resize(ActorRef::kLimit + 1);
  EXPECT_EQ(FlawOf(plan), "a plan has at most 16 actors");
}

}  // namespace
}  // namespace shmspec
