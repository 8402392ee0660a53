// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/adapter_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace shmspec {
namespace {

using ::testing::HasSubstr;

std::string Asked(const Operation& operation, std::optional<Handle> assigns = {}) {
  return PrintAsked(
      {.number = 7,
       .assigns = assigns,
       .operation = &operation,
       .known = [](Handle handle) { return handle.kind != HandleKind::kSegment; },
       .value_of = [](const Reference& reference) { return 4711 + reference.offset; }});
}

Outcome Answered(std::string_view line) {
  const Result<Outcome> answer = ReadAnswer(line, 7);
  EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().message);
  return answer.ok() ? *answer : Outcome();
}

std::string WhyNot(std::string_view line) {
  const Result<Outcome> answer = ReadAnswer(line, 7);
  return answer.ok() ? "" : answer.error().message;
}

TEST(AdapterLines, AskWithEveryField) {
  EXPECT_EQ(Asked(SegmentCreate{"n0", {4096}, {}}, Handle{HandleKind::kObject, 0}),
            "7 g0 = segment.create name=\"n0\" size=4096");
  EXPECT_EQ(Asked(SegmentCreate{"n0", {4096}, Mode{0640}}),
            "7 segment.create name=\"n0\" size=4096 mode=0640");
  EXPECT_EQ(Asked(SegmentOpen{"n0", true, 500}), "7 segment.open name=\"n0\" read_only=true");
}

TEST(AdapterLines, NameWhatTheAdapterKnowsAndNumberTheRest) {
  const Address at{Reference{Handle{HandleKind::kAttach, 3}, -8}};
  EXPECT_EQ(Asked(MemoryLoad{at, Width::k4}), "7 memory.load at=a3-8 width=4 order=seq_cst");
  const SegmentRef segment{Reference{Handle{HandleKind::kSegment, 0}, 1}};
  EXPECT_EQ(Asked(SysvRemove{segment}), "7 sysv.remove segment=4712 buffer=null");
}

TEST(AdapterLines, QuoteNames) {
  EXPECT_EQ(Asked(SegmentRemove{"a\"b\n\xff"}), "7 segment.remove name=\"a\\\"b\\n\\xff\"");
}

TEST(AdapterLines, AnswerWithNumbersErrorsAndRecords) {
  EXPECT_EQ(Answered("7 -> 0"), Outcome(Value{0}));
  EXPECT_EQ(Answered("7 -> -1"), Outcome(Value{-1}));
  EXPECT_EQ(Answered("7 -> 18446744073709551615"), Outcome(Value{-1}));
  EXPECT_EQ(Answered("7 -> EEXIST \"there already\""), Outcome(Failure{{EEXIST}}));
  EXPECT_EQ(Answered("7 -> EEXIST"), Outcome(Failure{{EEXIST}}));
  EXPECT_EQ(Answered("7 -> fails \"no words\""), Outcome(Failure{{kUnnamedError}}));
  EXPECT_EQ(Answered("7 -> fault{signal=SIGBUS}"),
            Outcome(Fault{{SIGBUS}, FaultCode::kUnmapped, 0}));
  EXPECT_EQ(Answered("7 -> lacking \"no resize\""), Outcome(Trouble{true, "no resize"}));
  SegmentRecord record;
  record.nattch = 2;
  EXPECT_EQ(Answered("7 -> segment{nattch=2}"), Outcome(record));
}

TEST(AdapterLines, ThatAreWrongSayWhatWasExpected) {
  EXPECT_THAT(WhyNot("8 -> 0"), HasSubstr("expected \"7 -> \""));
  EXPECT_THAT(WhyNot("7 -> "), HasSubstr("expected a number"));
  EXPECT_THAT(WhyNot("7 -> 0 0"), HasSubstr("column 8"));
  EXPECT_THAT(WhyNot("7 -> ENOSUCH"), HasSubstr("expected a number"));
  EXPECT_THAT(WhyNot("7 -> fault{signal=11"), HasSubstr("expected"));
  EXPECT_THAT(WhyNot(std::string(5000, 'x')), HasSubstr("expected"));
  EXPECT_LT(WhyNot(std::string(5000, 'x')).size(), 500u);
}

TEST(AdapterLines, Introduce) {
  const auto known =
      ReadIntroduction("adapter library=\"my lib\" version=\"1.0\" offers=segment,memory");
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->library, "my lib");
  EXPECT_EQ(known->version, "1.0");
  EXPECT_TRUE(known->Offers(Family::kSegment));
  EXPECT_TRUE(known->Offers(Family::kMemory));
  EXPECT_FALSE(known->Offers(Family::kSysv));
}

TEST(AdapterLines, ThatIntroduceWronglySayWhatWasExpected) {
  const auto why = [](std::string_view line) {
    const auto known = ReadIntroduction(line);
    return known.ok() ? "" : known.error().message;
  };
  EXPECT_THAT(why("hello"), HasSubstr("expected adapter library="));
  EXPECT_THAT(why("adapter library=\"a\" version=\"1\""), HasSubstr("expected offers="));
  EXPECT_THAT(why("adapter library=\"a\" version=\"1\" offers=segments"),
              HasSubstr("expected families such as segment,memory"));
  EXPECT_THAT(why("adapter name=\"a\""), HasSubstr("expected one of library, version, offers"));
  EXPECT_THAT(why("adapter-error \"speaks 2\""), HasSubstr("refuses:  \"speaks 2\""));
}

}  // namespace
}  // namespace shmspec
