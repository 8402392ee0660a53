// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/generators/draw.h"
#include "harness/vocabulary/form/wire.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "harness/vocabulary/value/page.h"

namespace shmspec {
namespace {

using namespace shmspec::literals;  // NOLINT: the literals are meant to be used so

std::string ErrorOf(const std::string& text) {
  const Result<Plan> plan = ParsePlan(text, "p");
  return plan.ok() ? "no error" : plan.error().message;
}

TEST(Text, EveryDrawnPlanIsReadBackAsItWasPrinted) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SeededChoices choices(seed);
    const Plan plan = DrawPlan(choices, {});
    const std::string text = PrintPlan(plan);
    const Result<Plan> again = ParsePlan(text, "drawn");
    ASSERT_TRUE(again.ok()) << "seed " << seed << ": " << again.error().message << "\n" << text;
    ASSERT_EQ(PrintPlan(*again), text) << "seed " << seed;
    ASSERT_TRUE(*again == plan) << "seed " << seed << "\n" << text;
  }
}

TEST(Text, APlanBuiltInCodeReadsLikeAWrittenOne) {
  PlanBuilder builder("sysv.remove.keeps_data");
  builder.Cite("SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req);
  const Actor a = builder.Spawn("a", {.uid = 1000, .groups = {7, 8}});
  const Actor b = builder.Forked("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p + 8, 42, Width::k4);
  a.Fork(b);
  b.Load(p + 8).Gives(42);
  builder.Race([&] {
    a.Remove(s).FailsWithOneOf({EINVAL, EIDRM});
    b.Detach(p - 4);
  });
  b.Stat(s).Expects(RecordPattern<SegmentRecord>().With("nattch", 1, 2).With("lpid", a));
  const std::string text =
      "plan sysv.remove.keeps_data\n"
      "requirement SYSV.SHMGET.PRIVATE_ALWAYS_NEW\n"
      "actor a uid=1000 groups=7,8\n"
      "actor b start=fork\n"
      "a: s0 = sysv.get flags=create|0600 -> ok\n"
      "a: a0 = sysv.attach segment=s0 -> ok\n"
      "a: memory.store at=a0+8 width=4 value=42\n"
      "a: process.fork child=b -> 0\n"
      "b: memory.load at=a0+8 -> 42\n"
      "race {\n"
      "  a: sysv.remove segment=s0 -> EINVAL|EIDRM\n"
      "  b: sysv.detach at=a0-4\n"
      "}\n"
      "b: sysv.stat segment=s0 -> segment{lpid=a nattch=1..2}\n";
  EXPECT_EQ(PrintPlan(builder.plan()), text);
  const Result<Plan> parsed = ParsePlan(text, "p");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_TRUE(*parsed == builder.plan());
}

TEST(Text, UsersOfPlansHaveNamesAndOthersStayNumbers) {
  const std::string text =
      "plan x.y\n"
      "actor a uid=u1 gid=1000 groups=u2,7\n"
      "a: process.set_identity euid=u32 groups=none -> 0\n"
      "a: sysv.stat segment=s0 -> segment{uid=u1 gid=0..u3}\n";
  const Result<Plan> plan = ParsePlan(
      "plan x.y\n"
      "actor a uid=u1 gid=1000 groups=u2,7\n"
      "a: s0 = sysv.get\n" +
          text.substr(text.find("a: process")),
      "p");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->actors[0].uid, Id::User(1));
  EXPECT_EQ(plan->actors[0].gid, Id(1000));
  EXPECT_THAT(PrintPlan(*plan), testing::HasSubstr(text.substr(text.find("actor a"), 37)));
  EXPECT_THAT(PrintPlan(*plan), testing::EndsWith(text.substr(text.find("a: process"))));
  for (const char* odd : {"u0", "u33", "user", "u1000"}) {
    const Result<Plan> none = ParsePlan("plan x.y\nactor a uid=" + std::string(odd) + "\n", "p");
    ASSERT_FALSE(none.ok()) << odd;
    EXPECT_EQ(none.error().message, "p:2:13: expected a number or a user of the plan, u1 to u32");
  }
}

/// The values of the stores of a plan that is read where a page has `page` bytes.
std::vector<std::uint64_t> StoresOf(const std::string& lines, std::uint64_t page) {
  SetMemoryUnits({.page = page});
  const Result<Plan> plan = ParsePlan("plan p\nactor a\n" + lines, "p");
  SetMemoryUnits({});
  std::vector<std::uint64_t> values;
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  if (!plan.ok()) return values;
  for (const Step& step : plan->steps) {
    values.push_back(std::get<MemoryStore>(step.operation).value);
    values.push_back(static_cast<std::uint64_t>(std::get<MemoryStore>(step.operation).at.offset));
  }
  return values;
}

TEST(Text, NumbersMayBeGivenInPages) {
  const std::string lines =
      "a: memory.store at=2p+8 value=3p\n"
      "a: memory.store at=-1p value=1p-1\n"
      "a: memory.store at=-1p+0x10 value=0p\n";
  EXPECT_THAT(StoresOf(lines, 4096),
              testing::ElementsAre(12288, 8200, 4095, -4096ull, 0, -4080ull));
  EXPECT_THAT(StoresOf(lines, 65536),
              testing::ElementsAre(196608, 131080, 65535, -65536ull, 0, -65520ull));
}

TEST(Text, PagesBehindAHandleAndInRangesAreRead) {
  const Result<Plan> plan = ParsePlan(
      "plan p\nactor a\n"
      "a: s0 = sysv.get size=3p+1 -> ok\n"
      "a: a0 = sysv.attach segment=s0 -> ok\n"
      "a: memory.load at=a0+1p-8 -> 1p..2p\n"
      "a: sysv.stat segment=s0 -> segment{size=3p+1}\n",
      "p");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(std::get<SysvGet>(plan->steps[0].operation).size.bytes, 12289u);
  EXPECT_EQ(std::get<MemoryLoad>(plan->steps[2].operation).at.offset, 4088);
  EXPECT_EQ(PrintPattern(*plan->steps[2].expected, plan->actors), "4096..8192");
  EXPECT_THAT(PrintPlan(*plan), testing::HasSubstr("segment{size=12289}"));
}

TEST(Text, AMistakeInPagesIsReported) {
  const auto at = [](const std::string& value) {
    return ErrorOf("plan p\nactor a\na: memory.store at=null value=" + value + "\n");
  };
  EXPECT_THAT(at("2pages"), testing::StartsWith("p:3:33: expected pages, with or without bytes"));
  EXPECT_THAT(at("0x1p"), testing::StartsWith("p:3:31: expected a number without a unit"));
  EXPECT_THAT(at("99999999999999999p"),
              testing::StartsWith("p:3:31: expected a number of at most"));
}

TEST(Text, CommentsBlankLinesAndStartedStepsAreRead) {
  const Result<Plan> plan = ParsePlan(
      "# a comment\nplan x.y\n\nactor a # here\na & process.pin cpu=1\njoin a\n"
      "a: k1 = sysv.key_of_path path=\"/tmp/#1\" -> !k0\n",
      "p");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ASSERT_EQ(plan->steps.size(), 3u);
  EXPECT_EQ(plan->steps[0].timing, Timing::kStart);
  EXPECT_EQ(plan->steps[1].timing, Timing::kJoin);
  EXPECT_EQ(plan->steps[2].line, 7u);
  EXPECT_EQ(std::get<SysvKeyOfPath>(plan->steps[2].operation).path, "/tmp/#1");
}

TEST(Text, AMistakeIsReportedWithItsLineAndColumn) {
  const std::string head = "plan x\nactor a\n";
  EXPECT_EQ(ErrorOf(head + "a: sysv.gte"),
            "p:3:4: no operation \"sysv.gte\"; did you mean sysv.get?");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get sizee=1"),
            "p:3:13: sysv.get has no field \"sizee\"; did you mean size?");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get size=1 size=2"), "p:3:20: field \"size\" is given twice");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get size=x"), "p:3:18: expected a number, found \"x\"");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get size=-1"), "p:3:18: expected a number of 0 or more");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get flags=creat"),
            "p:3:19: expected flags such as none|create|exclusive|hugetlb|noreserve or an octal "
            "number; did you mean create?");
  EXPECT_EQ(ErrorOf(head + "b: sysv.get"),
            "p:3:1: no actor \"b\"; declare it with \"actor b\" first; did you mean a?");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get -> segment{nattch=3..1}"),
            "p:3:34: expected a range from low to high");
  EXPECT_EQ(ErrorOf(head + "a: sysv.get -> EINVALID"),
            "p:3:16: expected the name of an error or a signal");
  EXPECT_EQ(ErrorOf(head + "race {\na: sysv.get\n"), "p:5:1: expected \"}\" to close the race");
  EXPECT_EQ(ErrorOf(head + "a: sysv.stat segment=s0"),
            "p:3:1: s0 is used before a step assigns it");
  EXPECT_EQ(ErrorOf("plan x\nrequirement SYSV.SHMGET.PRIVATE_ALWAYS_NWE\n"),
            "p:2:13: the catalogue has no requirement \"SYSV.SHMGET.PRIVATE_ALWAYS_NWE\"; did you "
            "mean SYSV.SHMGET.PRIVATE_ALWAYS_NEW?");
  EXPECT_EQ(ErrorOf(""), "p:1:1: expected a line \"plan NAME\"");
}

TEST(Text, DamagedTextIsRefusedOrReadButNeverBreaksTheReader) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SeededChoices choices(seed);
    std::string text = PrintPlan(DrawPlan(choices, {}));
    for (int i = 0; i < 3; ++i)
      text[choices.Below(text.size())] = static_cast<char>(choices.Below(256));
    const Result<Plan> plan = ParsePlan(text, "p");
    if (plan.ok()) continue;
    EXPECT_EQ(plan.error().message.find('\n'), std::string::npos) << plan.error().message;
    EXPECT_TRUE(plan.error().message.starts_with("p:")) << plan.error().message;
  }
}

TEST(Wire, EveryDrawnTraceCrossesUnchanged) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SeededChoices choices(seed);
    Trace trace;
    trace.plan = DrawPlan(choices, {});
    trace.actors.resize(trace.plan.actors.size());
    trace.steps.resize(trace.plan.steps.size());
    for (Performed& performed : trace.steps) performed.outcome = DrawOutcome(choices);
    std::string bytes;
    AppendWire(bytes, trace);
    std::string_view rest = bytes;
    Trace again;
    ASSERT_TRUE(ReadWire(rest, again)) << "seed " << seed;
    EXPECT_TRUE(rest.empty());
    ASSERT_TRUE(again == trace) << "seed " << seed;
    // A text that is cut off anywhere is refused.
    std::string_view part = std::string_view(bytes).substr(0, choices.Below(bytes.size()));
    EXPECT_FALSE(ReadWire(part, again) && part.empty() && again == trace) << "seed " << seed;
  }
}

}  // namespace
}  // namespace shmspec
