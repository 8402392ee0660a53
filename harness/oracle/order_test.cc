// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How the oracle judges litmus tests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/oracle/oracle.h"
#include "harness/oracle/seen_trace.h"

namespace shmspec {
namespace {

using namespace shmspec::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two actors run the two branches, eight rounds each, and one counts how they ended.
Trace TraceOfTest(const std::string& first, const std::string& second, const std::string& rows,
                  const std::string& options = "") {
  return SeenTrace(
      "a: s0 = sysv.get key=private size=36864 flags=create|0666 => 7\n"
      "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
      "b: a1 = sysv.attach segment=s0 => 0x7f1000000000\n"
      "race {\n"
      "  a: memory.branch at=a0 program=\"" +
      first + "\" rounds=8" + options +
      " => 8\n"
      "  b: memory.branch at=a1 program=\"" +
      second + "\" rounds=8" + options +
      " => 8\n"
      "}\n"
      "a: memory.histogram at=a0 => histogram{rounds=8 rows=[" +
      rows + "]}\n");
}

Verdict JudgeTest(const std::string& first, const std::string& second, const std::string& rows,
                  const char* profile = "linux", const std::string& options = "") {
  return Judge(TraceOfTest(first, second, rows, options), *model::FindProfile(profile));
}

constexpr const char* kStale = "ending{r0=1 r1=0 x=1 y=1 count=8}";

TEST(Oracle, AllowsStoreBufferingAndNothingElseOfItsKind) {
  const std::string weak = "ending{r0=0 r1=0 x=1 y=1 count=8}";
  EXPECT_EQ(JudgeTest("x=1; r0=y", "y=1; r1=x", weak).kind, Verdict::Kind::kExplained);
  const Verdict fenced = JudgeTest("x=1; fence; r0=y", "y=1; fence; r1=x", weak);
  EXPECT_EQ(fenced.kind, Verdict::Kind::kRefuted);
  EXPECT_THAT(fenced.violated, ElementsAre("ORDER.TSO.SB_FENCED_FORBIDDEN"_req));
}

TEST(Oracle, NamesTheRequirementThatAnEndingViolates) {
  const auto violated = [](const std::string& first, const std::string& second,
                           const std::string& row) {
    return JudgeTest(first, second, "ending{" + row + " count=8}").violated;
  };
  EXPECT_THAT(violated("r0=x; y=1", "r1=y; x=1", "r0=1 r1=1 x=1 y=1"),
              ElementsAre("ORDER.TSO.LB_FORBIDDEN"_req));
  EXPECT_THAT(violated("x=1", "r0=x; r1=x", "r0=1 r1=0 x=1"),
              ElementsAre("ORDER.TSO.COHERENCE"_req));
  EXPECT_THAT(violated("x=2; y=1", "r0=y; x=1", "r0=1 x=2 y=1"),
              ElementsAre("ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req));
  EXPECT_THAT(violated("x=1; y=2", "y=1; x=2", "x=1 y=1"),
              ElementsAre("ORDER.TSO.2PLUS2W_S_FORBIDDEN"_req));
  EXPECT_THAT(violated("x=1; r0=x", "y=1", "r0=0 x=1 y=1"), ElementsAre("ORDER.TSO.COHERENCE"_req));
  EXPECT_THAT(violated("x=0x100000001", "r0=x", "r0=1 x=0x100000001"),
              ElementsAre("ORDER.TEAR.ALIGNED_NEVER"_req));
}

TEST(Oracle, KnowsWhichMisalignedAccessesAreWhole) {
  const auto judged = [](const std::string& options, const char* row) {
    return JudgeTest("x=0x01010202", "r0=x", row, "linux", options);
  };
  constexpr const char* kTorn = "ending{r0=16842752 x=16843266 count=8}";
  const Verdict quadword = judged(" width=4 shift=2", kTorn);
  EXPECT_EQ(quadword.kind, Verdict::Kind::kRefuted);
  EXPECT_THAT(quadword.violated, ElementsAre("ORDER.TEAR.QUADWORD_NEVER"_req));
  EXPECT_EQ(judged(" width=4 shift=6", kTorn).kind, Verdict::Kind::kExplained);
  const Verdict line = judged(" width=8 stride=64 shift=28", kTorn);
  EXPECT_EQ(line.kind, Verdict::Kind::kRefuted) << "the processor of the trace is Intel's";
  EXPECT_THAT(line.violated, ElementsAre("ORDER.TEAR.LINE_NEVER"_req));
  EXPECT_EQ(judged(" width=8 stride=64 shift=60", kTorn).kind, Verdict::Kind::kExplained);
  EXPECT_EQ(judged(" width=8 shift=4", kTorn).kind, Verdict::Kind::kExplained)
      << "every eighth cell is on two lines";
}

TEST(Oracle, PromisesLessOfMisalignedAccessesWhereTheProcessorDoes) {
  const auto judged = [](const std::string& options, Ability missing) {
    Trace trace =
        TraceOfTest("x=0x01010202", "r0=x", "ending{r0=16842752 x=16843266 count=8}", options);
    trace.system.abilities = Without(trace.system.abilities, Only(missing));
    return Judge(trace, *model::FindProfile("linux")).kind;
  };
  EXPECT_EQ(judged(" width=8 stride=64 shift=28", Ability::kIntel), Verdict::Kind::kExplained);
  EXPECT_EQ(judged(" width=4 shift=2", Ability::kIntel), Verdict::Kind::kRefuted);
  EXPECT_EQ(judged(" width=4 shift=2", Ability::kX8664), Verdict::Kind::kExplained);
}

TEST(Oracle, LetsASearchRunAnyNumberOfRoundsAndAKeptTechniqueMore) {
  const auto judged = [](const std::string& options, int rounds,
                         Technique technique = Technique::kPaced) {
    Trace trace =
        TraceOfTest("x=1", "y=1", "ending{x=1 y=1 count=" + std::to_string(rounds) + "}", options);
    std::get<Histogram>(trace.steps.back().outcome).rounds = rounds;
    std::get<Histogram>(trace.steps.back().outcome).technique = technique;
    return Judge(trace, *model::FindProfile("linux")).kind;
  };
  EXPECT_EQ(judged("", 9), Verdict::Kind::kRefuted);
  EXPECT_EQ(judged(" tuning=search", 2), Verdict::Kind::kExplained);
  EXPECT_EQ(judged(" tuning=search", 99), Verdict::Kind::kExplained);
  EXPECT_EQ(judged(" tuning=keep", 99), Verdict::Kind::kExplained);
  EXPECT_EQ(judged(" tuning=keep", 7), Verdict::Kind::kRefuted);
  // Perpetual rounds are found afterwards, a part of those that were run.
  EXPECT_EQ(judged(" tuning=keep", 7, Technique::kPerpetual), Verdict::Kind::kExplained);
  EXPECT_EQ(judged(" tuning=keep", 0, Technique::kPerpetual), Verdict::Kind::kRefuted);
}

TEST(Oracle, SaysHowManyRoundsEndedAsTheyMayNot) {
  const Verdict verdict =
      JudgeTest("x=1; y=1", "r0=y; r1=x",
                "ending{r0=0 r1=0 x=1 y=1 count=5} ending{r0=1 r1=0 x=1 y=1 count=3}");
  EXPECT_EQ(verdict.kind, Verdict::Kind::kRefuted);
  EXPECT_EQ(verdict.step, 5u);
  EXPECT_THAT(verdict.violated, ElementsAre("ORDER.TSO.MP_FORBIDDEN"_req));
  EXPECT_THAT(verdict.message, HasSubstr("3 of 8 rounds ended with r0=1 r1=0 x=1 y=1"));
  EXPECT_THAT(verdict.message, HasSubstr("allows r0=0 r1=0 x=1 y=1, r0=0 r1=1 x=1 y=1, "));
}

TEST(Oracle, AllowsWhatTheProfileLeavesOpen) {
  EXPECT_EQ(JudgeTest("x=1; y=1", "r0=y; r1=x", kStale, "posix").kind, Verdict::Kind::kExplained);
  EXPECT_EQ(JudgeTest("x=1", "r0=x; r1=x", "ending{r0=1 r1=0 x=1 count=8}", "posix").kind,
            Verdict::Kind::kRefuted);
}

TEST(Oracle, CountsTheRoundsOfATest) {
  EXPECT_EQ(JudgeTest("x=1", "y=1", "ending{x=1 y=1 count=8}").kind, Verdict::Kind::kExplained);
  EXPECT_EQ(JudgeTest("x=1", "y=1", "ending{x=1 y=1 count=7}").kind, Verdict::Kind::kRefuted);
  EXPECT_EQ(JudgeTest("x=1", "y=1", "ending{x=1 y=1 count=4} ending{x=1 y=1 count=4}").kind,
            Verdict::Kind::kRefuted);
  EXPECT_EQ(JudgeTest("x=1", "y=1", "").kind, Verdict::Kind::kRefuted);
}

TEST(Oracle, PromisesNothingOfRegistersThatTwoBranchesName) {
  EXPECT_EQ(JudgeTest("x=1; r0=y", "r0=x", "ending{r0=5 x=1 y=0 count=8}").kind,
            Verdict::Kind::kExplained);
}

TEST(Oracle, TouchesTheRequirementsThatATestIsAbout) {
  const Verdict verdict = JudgeTest("r0=x; y=1", "r1=y; x=1", "ending{r0=0 r1=0 x=1 y=1 count=8}");
  EXPECT_THAT(verdict.touched, testing::Contains("ORDER.TSO.LB_FORBIDDEN"_req));
  EXPECT_THAT(verdict.touched, testing::Not(testing::Contains("ORDER.TSO.MP_FORBIDDEN"_req)));
  EXPECT_THAT(verdict.touched,
              testing::Not(testing::Contains("ORDER.TSO.SB_FENCED_FORBIDDEN"_req)));
}

}  // namespace
}  // namespace shmspec
