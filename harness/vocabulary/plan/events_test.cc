// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The order of the events of a trace.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/vocabulary/plan/plan_builder.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {
namespace {

/// `0( 0) 1( 1!`: the step is called, returns, ends without a return.
std::string Text(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) {
    text += (text.empty() ? "" : " ") + std::to_string(event.step);
    text += event.kind == Event::Kind::kCall ? '(' : event.kind == Event::Kind::kReturn ? ')' : '!';
  }
  return text;
}

/// Every step was called and returned, at no instant that is known.
Trace TraceOf(PlanBuilder plan) {
  Trace trace;
  trace.plan = std::move(plan).Take();
  trace.steps.resize(trace.plan.steps.size());
  for (Performed& performed : trace.steps) performed.called = performed.returned = true;
  return trace;
}

void At(Trace& trace, std::size_t step, std::uint64_t call_ns, std::uint64_t return_ns) {
  trace.steps[step].call_ns = call_ns;
  trace.steps[step].return_ns = return_ns;
}

TEST(Events, OfStepsInTurnFollowThePlan) {
  PlanBuilder plan("events");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Detach(Null());
  b.Detach(Null());
  a.Detach(Null());
  Trace trace = TraceOf(std::move(plan));
  At(trace, 0, 900, 950);
  At(trace, 1, 100, 150);
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 1) 2( 2)") << "instants do not matter";
  trace.steps[1].returned = false;
  trace.steps[2].called = trace.steps[2].returned = false;
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 1!");
}

/// A race of two actors with two steps each between a step of a and one of b.
PlanBuilder Race() {
  PlanBuilder plan("events");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Detach(Null());
  plan.Race([&] {
    a.Detach(Null());
    a.Detach(Null());
    b.Detach(Null());
    b.Detach(Null());
  });
  b.Detach(Null());
  return plan;
}

TEST(Events, OfARaceFollowTheirInstants) {
  Trace trace = TraceOf(Race());
  At(trace, 1, 10, 20);
  At(trace, 2, 50, 60);
  At(trace, 3, 15, 55);
  At(trace, 4, 56, 58);
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 3( 1) 2( 3) 4( 4) 2) 5( 5)");
}

TEST(Events, AtOneInstantOverlap) {
  Trace trace = TraceOf(Race());
  At(trace, 1, 10, 20);
  At(trace, 2, 30, 40);
  At(trace, 3, 20, 30);
  At(trace, 4, 40, 50);
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 3( 1) 2( 3) 4( 2) 4) 5( 5)");
}

TEST(Events, OfACallThatNeverReturnedEndWithItsActor) {
  Trace trace = TraceOf(Race());
  At(trace, 1, 10, 20);
  At(trace, 2, 30, 0);
  At(trace, 3, 15, 35);
  At(trace, 4, 40, 50);
  trace.steps[2].returned = false;
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 3( 1) 2( 3) 4( 4) 2! 5( 5)")
      << "nobody knows when: it may have taken effect until the race was over";
  trace.steps[2].return_ns = 38;
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 3( 1) 2( 3) 2! 4( 4) 5( 5)");
}

TEST(Events, OfAStartedStepOverlapAllUntilItIsJoined) {
  PlanBuilder plan("events");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Begin(SysvDetach{});
  b.Detach(Null());
  b.Detach(Null());
  a.Join();
  b.Detach(Null());
  Trace trace = TraceOf(std::move(plan));
  trace.steps[3] = {};
  At(trace, 0, 5, 25);
  At(trace, 1, 10, 20);
  At(trace, 2, 30, 40);
  At(trace, 4, 1, 2);
  EXPECT_EQ(Text(EventsOf(trace)), "0( 1( 1) 0) 2( 2) 4( 4)");
}

TEST(Events, OfTwoStartedStepsAreOrderedUntilBothAreJoined) {
  PlanBuilder plan("events");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Begin(SysvDetach{});
  b.Begin(SysvDetach{});
  a.Join();
  a.Detach(Null());
  b.Join();
  Trace trace = TraceOf(std::move(plan));
  At(trace, 0, 10, 20);
  At(trace, 1, 15, 45);
  At(trace, 3, 30, 40);
  EXPECT_EQ(Text(EventsOf(trace)), "0( 1( 0) 3( 3) 1)");
}

TEST(Events, OfOneRaceAreAllBeforeThoseOfTheNext) {
  PlanBuilder plan("events");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  plan.Race([&] { a.Detach(Null()); });
  plan.Race([&] { b.Detach(Null()); });
  Trace trace = TraceOf(std::move(plan));
  At(trace, 0, 100, 200);
  At(trace, 1, 10, 20);
  EXPECT_EQ(Text(EventsOf(trace)), "0( 0) 1( 1)");
}

/// For any instants of a race, each call is there once and before its own return, each actor's
/// steps are in their order, and a call that returned before another began is before it.
RC_GTEST_PROP(Events, KeepTheOrderOfInstantsAndOfEachActor,
              (const std::vector<std::uint8_t>& lengths)) {
  PlanBuilder plan("events");
  const Actor actors[] = {plan.Spawn("a"), plan.Spawn("b"), plan.Spawn("c")};
  plan.Race([&] {
    for (std::size_t i = 0; i < lengths.size(); ++i) actors[i % 3].Detach(Null());
  });
  Trace trace = TraceOf(std::move(plan));
  std::array<std::uint64_t, 3> clocks{};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::uint64_t& clock = clocks[i % 3];
    clock += 1 + lengths[i] % 4;
    At(trace, i, clock, clock + 1 + lengths[i] / 4 % 8);
    clock = trace.steps[i].return_ns;
  }
  const std::vector<Event> events = EventsOf(trace);
  RC_ASSERT(events.size() == 2 * lengths.size());
  const auto place = [&](Event::Kind kind, std::size_t step) {
    const auto found = std::find_if(events.begin(), events.end(), [&](const Event& event) {
      return event.kind == kind && event.step == step;
    });
    RC_ASSERT(found != events.end());
    return found - events.begin();
  };
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto called = place(Event::Kind::kCall, i);
    const auto returned = place(Event::Kind::kReturn, i);
    RC_ASSERT(called < returned);
    if (i >= 3) RC_ASSERT(place(Event::Kind::kReturn, i - 3) < called);
    for (std::size_t j = 0; j < lengths.size(); ++j) {
      if (trace.steps[i].return_ns < trace.steps[j].call_ns) {
        RC_ASSERT(returned < place(Event::Kind::kCall, j));
      }
      if (j % 3 != i % 3 && trace.steps[i].call_ns <= trace.steps[j].return_ns &&
          trace.steps[j].call_ns <= trace.steps[i].return_ns) {
        RC_ASSERT(called < place(Event::Kind::kReturn, j));
      }
    }
  }
}

}  // namespace
}  // namespace shmspec
