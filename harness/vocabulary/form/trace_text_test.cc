// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/trace_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "harness/generators/draw.h"
#include "harness/generators/draw_value.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kHead = "plan x.y\nactor a\nactor b uid=u1 gid=7 groups=8\n";

Trace Read(const std::string& lines) {
  Result<Trace> trace = ParseTrace(kHead + lines, "t");
  SHMSPEC_CHECK(trace.ok(), trace.error().message.c_str());
  return *std::move(trace);
}

std::string ErrorOf(const std::string& lines) {
  const Result<Trace> trace = ParseTrace(kHead + lines, "t");
  return trace.ok() ? "no error" : trace.error().message;
}

/// A trace that says what cannot be said of one that was performed.
Trace DrawTrace(Choices& choices) {
  Trace trace;
  trace.plan = DrawPlan(choices, {});
  const std::size_t actors = trace.plan.actors.size();
  draw::Draw(choices, trace.system, actors);
  trace.system.page_size = trace.system.shmlba = 1ull << choices.Below(64);
  trace.system.huge_page_size = choices.Below(2) << 21;
  trace.actors.resize(actors);
  for (ActorFacts& facts : trace.actors) draw::Draw(choices, facts, actors);
  for (std::int64_t& key : trace.keys) {
    key = static_cast<std::int64_t>(draw::EdgeNumber(choices));
  }
  for (std::size_t i = 0; i < trace.plan.steps.size(); ++i) {
    Performed& performed = trace.steps.emplace_back();
    performed.called = choices.Below(4) != 0;
    performed.returned = performed.called && choices.Below(4) != 0;
    if (performed.returned || choices.Below(2) != 0) performed.outcome = DrawOutcome(choices);
    performed.call_ns = choices.Below(1000);
    performed.return_ns = performed.call_ns + choices.Below(1000);
    draw::Draw(choices, performed.not_before_s, 1);
    performed.not_after_s = performed.not_before_s;
  }
  if (!trace.steps.empty() && choices.Below(2) != 0) {
    draw::Draw(choices, trace.halt, 1);
    trace.halted_at = static_cast<std::uint32_t>(choices.Below(trace.steps.size()));
    draw::Draw(choices, trace.trouble, 1);
    trace.lacking = choices.Below(2) != 0;
  }
  return trace;
}

TEST(TraceText, EveryDrawnTraceIsReadBackAsItWasPrinted) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SeededChoices choices(seed);
    const Trace trace = DrawTrace(choices);
    const std::string text = PrintWholeTrace(trace);
    const Result<Trace> again = ParseTrace(text, "drawn");
    ASSERT_TRUE(again.ok()) << "seed " << seed << ": " << again.error().message << "\n" << text;
    ASSERT_EQ(PrintWholeTrace(*again), text) << "seed " << seed;
    ASSERT_TRUE(*again == trace) << "seed " << seed << "\n" << text;
  }
}

TEST(TraceText, AFewLinesAreATraceOfTheUsual) {
  const Trace trace = Read(
      "a: s0 = sysv.get key=k1 flags=create|0600 -> ok => 7\n"
      "b: sysv.stat segment=s0 => EACCES # refused\n");
  EXPECT_EQ(trace.system.page_size, 4096u);
  EXPECT_EQ(trace.system.user_namespace_of_ipc, trace.actors[0].user_namespace);
  EXPECT_EQ(trace.actors[0].pid, 101);
  EXPECT_EQ(trace.actors[1].inner_pid, 102);
  EXPECT_NE(trace.actors[0].caps.bits, 0u) << "root";
  EXPECT_EQ(trace.actors[1].caps.bits, 0u);
  EXPECT_EQ(trace.actors[1].saved_uid, Id::User(1).number);
  EXPECT_EQ(trace.actors[1].file_gid, 7u);
  EXPECT_THAT(trace.actors[1].groups, ElementsAre(8u));
  EXPECT_EQ(trace.keys[1], trace.keys[0] + 1);
  ASSERT_EQ(trace.steps.size(), 2u);
  EXPECT_TRUE(trace.plan.steps[0].expected.has_value());
  EXPECT_FALSE(trace.plan.steps[1].expected.has_value());
  EXPECT_TRUE(trace.steps[0].called && trace.steps[0].returned);
  EXPECT_EQ(trace.steps[0].outcome, Outcome(Value{7}));
  EXPECT_EQ(trace.steps[1].outcome, Outcome(Failure{{EACCES}}));
  EXPECT_EQ(trace.steps[0].not_before_s, 0);
  EXPECT_EQ(trace.steps[0].not_after_s, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(trace.halt, Halt::kNone);
}

TEST(TraceText, WhatIsGivenTakesThePlaceOfTheUsual) {
  const Trace trace = Read(
      "system page_size=16384 abilities=root|x86-64|32bit|two-users\n"
      "facts b pid=17 caps=ipc_owner\n"
      "keys k0=500 k2=9\n"
      "a: process.exit => gone{how=exited code=3} not_before_s=5 not_after_s=6\n"
      "b: sysv.stat segment=-1 => segment{nattch=2 uid=u1}\n"
      "b: sysv.detach at=null => in flight gone{how=killed code=9}\n"
      "b: sysv.detach at=null => not called\n"
      "halted by=refused step=2 trouble=\"none\\n\" lacking=true\n");
  EXPECT_EQ(trace.system.page_size, 16384u);
  EXPECT_EQ(trace.system.shmlba, 4096u);
  EXPECT_TRUE(Has(trace.system.abilities, Ability::k32Bit));
  EXPECT_FALSE(Has(trace.system.abilities, Ability::kIntel));
  EXPECT_EQ(trace.actors[1].pid, 17);
  EXPECT_EQ(trace.actors[1].inner_pid, 102);
  EXPECT_EQ(trace.actors[1].caps, Capabilities(1ull << 15));
  EXPECT_EQ(trace.keys[1], 501);
  EXPECT_EQ(trace.keys[2], 9);
  EXPECT_EQ(trace.keys[3], 10);
  EXPECT_EQ(trace.steps[0].not_after_s, 6);
  const auto& record = std::get<SegmentRecord>(trace.steps[1].outcome);
  EXPECT_EQ(record.nattch, 2);
  EXPECT_EQ(record.uid, ReportedId(Id::User(1).number));
  EXPECT_EQ(record.size, 0) << "left out";
  EXPECT_TRUE(trace.steps[2].called);
  EXPECT_FALSE(trace.steps[2].returned);
  EXPECT_EQ(trace.steps[2].outcome, Outcome(Gone{GoneHow::kKilled, 9}));
  EXPECT_FALSE(trace.steps[3].called);
  EXPECT_EQ(trace.halt, Halt::kRefused);
  EXPECT_EQ(trace.halted_at, 1u);
  EXPECT_EQ(trace.trouble, "none\n");
  EXPECT_TRUE(trace.lacking);
}

TEST(TraceText, WhomAnActorMakesIsLikeIt) {
  const Trace trace = Read(
      "actor c start=fork\nactor d start=thread\n"
      "facts b pid=17 inner_pid=17 memlock=5\n"
      "b: process.fork child=c => 0\n"
      "c: process.thread child=d => 0\n");
  EXPECT_EQ(trace.actors[2].uid, Id::User(1).number);
  EXPECT_EQ(trace.actors[2].memlock, 5u);
  EXPECT_EQ(trace.actors[2].pid, 103);
  EXPECT_EQ(trace.actors[3].pid, 103) << "a thread has the process id of who made it";
}

std::string EventsText(const Trace& trace) {
  std::string text;
  for (const Event& event : EventsOf(trace)) {
    text += event.kind == Event::Kind::kCall ? '(' : ')';
    text += std::to_string(event.step);
  }
  return text;
}

TEST(TraceText, CallsOfARaceOverlapAsTheyAreNumberedUnlessInstantsSayOtherwise) {
  EXPECT_EQ(EventsText(Read("race {\n  a: process.pin => 0\n  a: process.pin => 0\n"
                            "  b: process.pin => 0\n  b: process.pin => 0\n}\n")),
            "(0(2)0)2(1(3)1)3");
  EXPECT_EQ(EventsText(Read("race {\n  a: process.pin => 0 call_ns=5 return_ns=9\n"
                            "  b: process.pin => 0 call_ns=1 return_ns=2\n}\n")),
            "(1)1(0)0");
}

TEST(TraceText, StartedCallsLastUntilTheyAreJoined) {
  EXPECT_EQ(EventsText(Read("a & process.pin => 0\nb: process.pin => 0\njoin a\n"
                            "b: process.pin => 0\n")),
            "(0(1)1)0(3)3");
  EXPECT_EQ(EventsText(Read("a & process.pin => 0\nb & process.pin => 0\njoin a\n"
                            "a: process.pin => 0\njoin b\n")),
            "(0(1)0(3)3)1");
}

TEST(TraceText, AMistakeIsReportedWithItsLineAndColumn) {
  EXPECT_THAT(ErrorOf("a: sysv.detach at=null\n"),
              StartsWith("t:4:23: expected what was seen of the step: \"=> 0\""));
  EXPECT_THAT(ErrorOf("a: sysv.detach at=null => ok\n"),
              StartsWith("t:4:27: expected what was seen: a number, an error such as EINVAL"));
  EXPECT_EQ(ErrorOf("a: sysv.detach at=null => EINVALID\n"),
            "t:4:27: expected the name of an error or a signal");
  EXPECT_EQ(ErrorOf("a: sysv.detach at=null => 1..3\n"),
            "t:4:28: expected a space before the next field, found \"..3\"");
  EXPECT_EQ(ErrorOf("a: sysv.detach at=null => segment{natch=1}\n"),
            "t:4:35: segment has no field \"natch\"; did you mean nattch?");
  EXPECT_EQ(ErrorOf("a: sysv.detach at=null => 0 call=1\n"),
            "t:4:29: what was seen has no field \"call\"; did you mean call_ns?");
  EXPECT_EQ(ErrorOf("a: sysv.detach at=null => 0 not_before_s=2 not_after_s=1\n"),
            "t:4:24: expected not_before_s to be at most not_after_s");
  EXPECT_EQ(ErrorOf("system page_siz=1\n"),
            "t:4:8: system has no field \"page_siz\"; did you mean huge_page_size or page_size?");
  EXPECT_EQ(ErrorOf("a: sysv.get size=1p => 7\nsystem page_size=16384\n"),
            "t:5:8: write this line above the first number in pages");
  EXPECT_EQ(ErrorOf("system page_size=5000\n"),
            "t:4:8: expected page_size, shmlba and huge_page_size to be powers of two");
  EXPECT_EQ(ErrorOf("system page_size=4096\nsystem shmlba=4096\n"),
            "t:5:1: a second line \"system\"; write all on one");
  EXPECT_EQ(ErrorOf("facts c pid=1\n"),
            "t:4:7: no actor \"c\"; declare it with \"actor c\" first; did you mean a or b?");
  EXPECT_EQ(ErrorOf("facts a pid=1\nfacts a inner_pid=1\n"),
            "t:5:7: a second line of facts about this actor; write all on one");
  EXPECT_EQ(ErrorOf("keys s0=5\n"), "t:4:6: expected the value of a key, such as k0=0x5348");
  EXPECT_EQ(ErrorOf("halted by=refused step=2\na: process.pin => 0\n"),
            "t:4:1: expected a step from 1 to 1");
  EXPECT_THAT(ErrorOf("halted by=bored\n"), StartsWith("t:4:11: expected one of none, trouble"));
}

TEST(TraceText, InstantsAreGivenInPairsInOrderAndForAllOrNone) {
  const auto race = [](const char* first, const char* second) {
    return ErrorOf(std::string("race {\n  a: process.pin => 0") + first + "\n  b: process.pin => " +
                   second + "\n}\n");
  };
  EXPECT_EQ(race(" call_ns=1 return_ns=2", "0 call_ns=1 return_ns=2"), "no error");
  EXPECT_EQ(race(" call_ns=1 return_ns=2", "in flight call_ns=1"), "no error");
  EXPECT_EQ(race(" call_ns=1 return_ns=2", "not called"), "no error");
  EXPECT_EQ(race(" call_ns=1", "0 call_ns=1 return_ns=2"),
            "t:5:18: expected call_ns and return_ns, or none of the two");
  EXPECT_EQ(race(" call_ns=3 return_ns=2", "0 call_ns=1 return_ns=2"),
            "t:5:18: expected call_ns to be at most return_ns");
  EXPECT_THAT(race(" call_ns=1 return_ns=2", "0"),
              StartsWith("t:6:18: expected call_ns and return_ns at all steps"));
}

TEST(TraceText, PlansAndTracesAreToldApart) {
  const auto error = [](const std::string& line) {
    const Result<Plan> plan = ParsePlan(kHead + line, "p");
    return plan.ok() ? "no error" : plan.error().message;
  };
  EXPECT_THAT(error("a: process.pin => 0\n"), StartsWith("p:4:16: this belongs to a trace"));
  EXPECT_THAT(error("facts a pid=1\n"), HasSubstr("p:4:1: this belongs to a trace"));
  const Result<Trace> named = ParseTrace(
      "plan x.y\nactor facts\nfacts pid=1\n"
      "facts: process.pin => 0\nfacts & process.pin => 0\njoin facts\n",
      "t");
  EXPECT_FALSE(named.ok()) << "no name of an actor";
  const Result<Trace> actor = ParseTrace(
      "plan x.y\nactor facts\nfacts facts pid=5\n"
      "facts: process.pin => 0\nfacts & process.pin => 0\njoin facts\n",
      "t");
  ASSERT_TRUE(actor.ok()) << actor.error().message;
  EXPECT_EQ(actor->actors[0].pid, 5);
}

TEST(TraceText, PagesAreThoseOfTheTracedSystem) {
  const Trace trace = Read("system page_size=16384\na: sysv.get size=2p+1 => 7\n");
  EXPECT_EQ(std::get<SysvGet>(trace.plan.steps[0].operation).size.bytes, 32769u);
  const Trace usual = Read("a: sysv.get size=2p+1 => 7\n");
  EXPECT_EQ(std::get<SysvGet>(usual.plan.steps[0].operation).size.bytes, 8193u);
}

TEST(TraceText, DamagedTextIsRefusedOrReadButNeverBreaksTheReader) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SeededChoices choices(seed);
    std::string text = PrintWholeTrace(DrawTrace(choices));
    for (int i = 0; i < 3; ++i) {
      text[choices.Below(text.size())] = static_cast<char>(choices.Below(256));
    }
    const Result<Trace> trace = ParseTrace(text, "t");
    if (trace.ok()) {
      EXPECT_LE(EventsOf(*trace).size(), 2 * trace->steps.size());
      continue;
    }
    EXPECT_EQ(trace.error().message.find('\n'), std::string::npos) << trace.error().message;
    EXPECT_TRUE(trace.error().message.starts_with("t:")) << trace.error().message;
  }
}

}  // namespace
}  // namespace shmspec
