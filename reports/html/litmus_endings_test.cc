// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What pages and summaries say of the endings of litmus tests, and what the reader refuses of them.

#include "reports/summary/litmus_endings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "reports/form/report.h"
#include "reports/html/page.h"

namespace shmspec::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> WeakOf(std::string_view test) {
  const LitmusEndings endings({.test = std::string(test)});
  EXPECT_TRUE(endings.known()) << test;
  std::vector<std::string> weak;
  for (const Ending& one : endings.weak()) weak.push_back(PrintEnding(one));
  return weak;
}

TEST(LitmusEndings, AreWeakWhenOnlyAccessesThatChangePlacesExplainThem) {
  EXPECT_THAT(WeakOf("x=1; r0=y || y=1; r1=x"), ElementsAre("r0=0 r1=0 x=1 y=1"));
  EXPECT_THAT(WeakOf("x=1; y=1 || r0=y; r1=x"), ElementsAre("r0=1 r1=0 x=1 y=1"));
  EXPECT_THAT(WeakOf("r0=x; y=1 || r1=y; x=1"), ElementsAre("r0=1 r1=1 x=1 y=1"));
  EXPECT_THAT(WeakOf("x=1; y=2 || y=1; x=2"), ElementsAre("x=1 y=1"));
  EXPECT_THAT(WeakOf("x=2; y=1 || r0=y; x=1"), ElementsAre("r0=1 x=2 y=1"));
  EXPECT_THAT(WeakOf("x=1 || r0=x; r1=x"), ElementsAre("r0=1 r1=0 x=1"));
}

TEST(LitmusEndings, AreWeakInSpiteOfFencesExchangesAndSecondAddresses) {
  const auto weak = ElementsAre("r0=0 r1=0 x=1 y=1");
  EXPECT_THAT(WeakOf("x=1; fence; r0=y || y=1; fence; r1=x"), weak);
  EXPECT_THAT(WeakOf("x=1; fence; r0=y' || y=1; fence; r1=x'"), weak);
  EXPECT_THAT(WeakOf("r2=exchange(x,1); r0=y || r3=exchange(y,1); r1=x"),
              ElementsAre("r0=0 r1=0 r2=0 r3=0 x=1 y=1"));
}

TEST(LitmusEndings, AreNeverWeakWhereNothingCanChangePlaces) {
  EXPECT_THAT(WeakOf("x=1 || r0=x"), IsEmpty());
}

TEST(LitmusEndings, AreExplainedByNoOrderWhenAStoreWasSeenInPart) {
  const LitmusEndings endings({.test = "x=257 || r0=x"});
  EXPECT_EQ(endings.Explain("r0=0 x=257"), Explanation::kOrder);
  EXPECT_EQ(endings.Explain("r0=257 x=257"), Explanation::kOrder);
  EXPECT_EQ(endings.Explain("r0=1 x=257"), Explanation::kNothing);
  EXPECT_EQ(LitmusEndings({.test = "x=1 || r0=x; r1=x"}).Explain("r0=1 r1=0 x=1"),
            Explanation::kDisorder);
}

/// A test whose branches have accesses of these widths.
LitmusHistogram OfWidths(std::string test, std::uint64_t first, std::uint64_t second) {
  return {.test = std::move(test), .branches = {{first, 0}, {second, 0}}};
}

TEST(LitmusEndings, AreOfAsManyBytesAsAccessesHave) {
  const char* test = "x=257 || r0=x";
  EXPECT_EQ(LitmusEndings(OfWidths(test, 8, 1)).Explain("r0=1 x=257"), Explanation::kOrder);
  EXPECT_EQ(LitmusEndings(OfWidths(test, 8, 1)).Explain("r0=257 x=257"), Explanation::kNothing);
  EXPECT_EQ(LitmusEndings(OfWidths(test, 1, 8)).Explain("r0=1 x=1"), Explanation::kOrder);
  EXPECT_EQ(LitmusEndings(OfWidths(test, 2, 2)).Explain("r0=257 x=257"), Explanation::kOrder);
}

TEST(LitmusEndings, AreNotKnownWhereBranchesMeetOtherMemory) {
  LitmusHistogram test = OfWidths("x=1; r0=y' || y=1; r1=x'", 8, 8);
  EXPECT_TRUE(LitmusEndings(test).known());
  test.primes = Primes::kSame;
  EXPECT_TRUE(LitmusEndings(test).known());
  test.primes = Primes::kOther;
  EXPECT_FALSE(LitmusEndings(test).known());
  test.primes = Primes::kSame;
  test.branches[1].offset = 4;
  EXPECT_FALSE(LitmusEndings(test).known());
  test.branches.pop_back();
  EXPECT_FALSE(LitmusEndings(test).known()) << "a branch of which nothing is said";
}

TEST(LitmusEndings, AreNotKnownOfWhatIsNoTest) {
  for (const char* text : {"", " || ", "x=1 ||", "x=1 || <b>", "x=1\" || r0=x", "q=1 || r0=x",
                           "x=1 || x=1 || x=1 || x=1 || x=1"}) {
    EXPECT_FALSE(LitmusEndings({.test = text}).known()) << text;
  }
  EXPECT_EQ(LitmusEndings({.test = "x=1 || r0=x"}).Explain("r0=often"), std::nullopt);
  EXPECT_EQ(LitmusEndings({.test = "q=1"}).Explain("r0=0"), std::nullopt);
}

TEST(LitmusEndings, AreNotSoughtInMoreOrdersThanAreWorthTrying) {
  const std::string long_one = "x=1; y=2; z=3; x=4; y=5; z=6; x=7; y=8";
  EXPECT_FALSE(LitmusEndings({.test = long_one + " || " + long_one + " || " + long_one}).known());
}

std::string Ordering() {
  std::ifstream in(SHMSPEC_TESTDATA "/ordering.json", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The error for the record `ordering` with the first `from` replaced by `to`.
std::string Said(const std::string& from, const std::string& to) {
  std::string text = Ordering();
  const std::size_t at = text.find(from, text.find("\"histograms\""));
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  const Result<Record> record = ReadRecord(text, "r.json");
  return record.ok() ? "read" : record.error().message;
}

TEST(ReadRecord, RefusesDamagedHistograms) {
  const std::string first = "r.json: tests[0].histograms[0]";
  EXPECT_EQ(Said("\"test\"", "\"test\""), "read");
  EXPECT_EQ(Said("\"test\"", "\"text\""), first + ".test is missing");
  EXPECT_EQ(Said("\"endings\"", "\"ends\""), first + ".endings is missing");
  EXPECT_EQ(Said("\"ending\"", "\"end\""), first + ".endings[0].ending is missing");
  EXPECT_EQ(Said("\"rounds\": ", "\"rounds\": -"),
            first + ".rounds: expected a whole number that is not negative, found number");
  EXPECT_EQ(Said("\"histograms\": [", "\"histograms\": [7,"),
            first + ": expected an object, found number");
}

TEST(ReadRecord, RefusesEndingsThatDoNotAddUp) {
  const auto refused = HasSubstr("do not add up to its");
  EXPECT_THAT(Said("\"rounds\": ", "\"rounds\": 1"), refused);
  Result<Record> record = ReadRecord(Ordering(), "r.json");
  ASSERT_TRUE(record.ok());
  std::vector<SeenEnding>& endings = record->tests.front().histograms.front().endings;
  const std::vector<SeenEnding> whole = endings;
  EXPECT_EQ(ContradictionIn(*record), "");
  endings.push_back({"r0=7 x=7", 0});
  EXPECT_THAT(ContradictionIn(*record), refused);
  endings = whole;
  --endings.front().rounds;
  EXPECT_THAT(ContradictionIn(*record), refused);
  endings.push_back({endings.front().ending, 1});
  EXPECT_THAT(ContradictionIn(*record), refused);
  endings = whole;
  endings.push_back({"r0=7 x=7", ~std::uint64_t{0}});
  endings.push_back({"r0=8 x=8", 1});
  EXPECT_THAT(ContradictionIn(*record), refused);
}

Record WithTest(LitmusHistogram histogram) {
  Result<Record> record = ReadRecord(Ordering(), "r.json");
  EXPECT_TRUE(record.ok());
  if (!record.ok()) return {};
  for (Test& test : record->tests) test.histograms.clear();
  if (histogram.rounds > 0) record->tests.front().histograms = {std::move(histogram)};
  return *record;
}

TEST(Ordering, SaysWhichEndingWasWeak) {
  const Record seen = WithTest(
      {"x=1; r0=y || y=1; r1=x", 1000, {{"r0=0 r1=0 x=1 y=1", 5}, {"r0=1 r1=1 x=1 y=1", 995}}});
  const std::string page = Render("html", std::span(&seen, 1));
  EXPECT_THAT(page, HasSubstr("<b>Weak, and seen:</b> <code>r0=0 r1=0 x=1 y=1</code> in 5 of 1000 "
                              "rounds (0.5 %)"));
  EXPECT_THAT(Render("markdown", std::span(&seen, 1)),
              HasSubstr("| r0=0 r1=0 x=1 y=1: 5 (0.5 %) |"));
  const Record unseen = WithTest({"x=1; r0=y || y=1; r1=x", 9, {{"r0=1 r1=1 x=1 y=1", 9}}});
  EXPECT_THAT(Render("html", std::span(&unseen, 1)),
              HasSubstr("Would be weak, and not seen: <code>r0=0 r1=0 x=1 y=1</code>.</p>"));
  EXPECT_THAT(Render("markdown", std::span(&unseen, 1)), HasSubstr("| 9 | – | none |"));
}

TEST(Ordering, SaysHowBranchesReachTheirMemory) {
  LitmusHistogram test{"x=1 || r0=x'", 9, {{"r0=1 x=1", 9}}};
  test.branches = {{8, 4}, {2, 4}};
  test.primes = Primes::kSame;
  const Record record = WithTest(test);
  EXPECT_THAT(Render("html", std::span(&record, 1)),
              HasSubstr("accesses of 8 and 2 bytes, 4 bytes beyond where they are aligned; a prime "
                        "is the same memory at another address</span>"));
}

TEST(Ordering, SaysByWhichTechniqueATestWasRunAndHowMuchItShowed) {
  LitmusHistogram test{"x=1 || r0=x", 9, {{"r0=1 x=1", 9}}};
  test.technique = Technique::kBackToBack;
  const Record record = WithTest(test);
  EXPECT_THAT(Render("html", std::span(&record, 1)),
              HasSubstr("<span class=\"when\">run back to back<"));
  EXPECT_THAT(Render("markdown", std::span(&record, 1)), HasSubstr("| 9 | back to back | none |"));
  test.sought = {"r0=1", 2, 8};
  const Record sought = WithTest(test);
  constexpr const char* kText = "back to back, which showed r0=1 in 2 of 8 rounds (25 %)";
  EXPECT_THAT(Render("html", std::span(&sought, 1)), HasSubstr(kText));
  EXPECT_THAT(Render("markdown", std::span(&sought, 1)), HasSubstr(kText));
}

TEST(ReadRecord, ReadsByWhichTechniqueLitmusTestsWereRun) {
  const std::string how =
      "\"technique\": \"scattered\", \"sought\": {\"ending\": \"r0=1\", "
      "\"hits\": 3, \"rounds\": ";
  std::string text = Ordering();
  const std::size_t at = text.find("\"test\"", text.find("\"histograms\""));
  ASSERT_NE(at, std::string::npos);
  text.insert(at, how + "9}, ");
  const Result<Record> record = ReadRecord(text, "r.json");
  ASSERT_TRUE(record.ok()) << record.error().message;
  EXPECT_EQ(RunText(record->tests.front().histograms.front()),
            "scattered, which showed r0=1 in 3 of 9 rounds (33 %)");
  EXPECT_EQ(Said("\"test\"", how + "0}, \"test\""),
            "r.json: tests[0].histograms[0].sought.rounds: expected at least 1, found number");
}

TEST(Ordering, HasNoPartOfAPageWithoutLitmusTests) {
  const Record none = WithTest({});
  EXPECT_THAT(Render("html", std::span(&none, 1)), Not(HasSubstr("#ordering")));
  EXPECT_THAT(Render("markdown", std::span(&none, 1)), Not(HasSubstr("Litmus test")));
}

TEST(Ordering, ShowsHostileTestsAndDoesNotObeyThem) {
  const Record hostile = WithTest({"<img src=x>|", 7, {{"<b>\x1b[31m" + std::string(99, 'a'), 7}}});
  const std::string page = Render("html", std::span(&hostile, 1));
  EXPECT_THAT(page, HasSubstr("Which ending would be weak is not known of this test"));
  EXPECT_THAT(page, HasSubstr("&lt;img src=x&gt;|"));
  for (const char* obeyed : {"<img", "\x1b", "<b>\\x1b"}) EXPECT_THAT(page, Not(HasSubstr(obeyed)));
  EXPECT_THAT(Render("markdown", std::span(&hostile, 1)),
              HasSubstr("| &lt;img src=x\\>\\| | 7 | – | not known |"));
}

TEST(Ordering, DrawsEveryRoundInEveryNumberOfThem) {
  for (const std::uint64_t rounds : {std::uint64_t{1}, ~std::uint64_t{0}}) {
    const Record record = WithTest({"x=1 || r0=x", rounds, {{"r0=1 x=1", rounds}}});
    const std::string page = Render("html", std::span(&record, 1));
    EXPECT_THAT(page, HasSubstr("width=\"552.0\"")) << rounds;
    EXPECT_THAT(page, Not(HasSubstr("=\"nan")));
  }
}

}  // namespace
}  // namespace shmspec::reports
