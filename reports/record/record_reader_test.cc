// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the reader of records refuses, and in which words.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "reports/record/kept_records.h"

namespace shmspec::reports {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The record `failing` with `from` replaced by `to` where it comes first.
std::string Damaged(const std::string& from, const std::string& to) {
  std::string text = ReadFile("failing.json");
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string ErrorIn(const std::string& text) {
  const Result<Record> record = ReadRecord(text, "r.json");
  return record.ok() ? "read" : record.error().message;
}

TEST(ReadRecord, SaysWhereATruncatedRecordEnds) {
  EXPECT_EQ(ErrorIn("{\n \"format\": \"shm"), "r.json:2:16: the record ends here, in the middle");
  EXPECT_EQ(ErrorIn(""), "r.json:1:1: the record ends here, in the middle");
}

TEST(ReadRecord, SaysWhereTheTextIsNoJson) {
  EXPECT_EQ(ErrorIn("{\n \"format\": wrong}"), "r.json:2:12: this is not JSON");
}

TEST(ReadRecord, NamesTheFormatThatItDoesNotKnow) {
  EXPECT_THAT(ErrorIn(Damaged("shmspec-result/1", "shmspec-result/9")),
              StartsWith("r.json: is of format \"shmspec-result/9\" and this program reads"));
  EXPECT_EQ(ErrorIn("{}"), "r.json: is no record of shmspec: it names no format");
  EXPECT_EQ(ErrorIn("[]"), "r.json: is no record of shmspec: it names no format");
}

TEST(ReadRecord, NamesTheFieldThatIsMissingOrOfAnotherType) {
  EXPECT_EQ(ErrorIn(Damaged("\"catalogue_sha256\"", "\"other\"")),
            "r.json: suite.catalogue_sha256 is missing");
  EXPECT_EQ(ErrorIn(Damaged("\"jobs\": ", "\"jobs\": -")),
            "r.json: run.jobs: expected a whole number that is not negative, found number");
  EXPECT_EQ(ErrorIn(Damaged("\"status\": \"FAIL\"", "\"status\": \"FINE\"")).find("FINE"),
            ErrorIn(Damaged("\"status\": \"FAIL\"", "\"status\": \"FINE\"")).size() - 5);
}

TEST(ReadRecord, RefusesWhatAFieldCannotBe) {
  EXPECT_EQ(ErrorIn(Damaged("\"jobs\": 2", "\"jobs\": 0")),
            "r.json: run.jobs: expected at least 1, found number");
  EXPECT_THAT(ErrorIn(Damaged("\"scheme\": \"slice\"", "\"scheme\": \"dice\"")),
              HasSubstr("there is no \"dice\""));
  EXPECT_EQ(ErrorIn(Damaged("\"argv\": [", "\"argv\": [], \"argw\": [")),
            "r.json: run.argv: expected at least 1 entry, found array");
}

TEST(ReadRecord, RefusesARecordThatContradictsItself) {
  EXPECT_THAT(ErrorIn(Damaged("\"conformant\": \"no\"", "\"conformant\": \"yes\"")),
              HasSubstr("contradicts itself: the summary says conformant: yes"));
  EXPECT_THAT(ErrorIn(Damaged("\"planned\": ", "\"planned\": 1")), HasSubstr("cases were planned"));
  EXPECT_THAT(ErrorIn(Damaged("\"counts\": {\n   \"PASS\": ", "\"counts\": {\n   \"PASS\": 1")),
              HasSubstr("the summary counts"));
}

TEST(ReadRecord, RefusesAStatusThatNoCaseFound) {
  Record record = Recorded("passing");
  for (RequirementEntry& entry : record.requirements) {
    if (entry.status != Status::kUntested) continue;
    entry.status = Status::kPass;
    --record.requirement_counts[Status::kUntested];
    ++record.requirement_counts[Status::kPass];
    break;
  }
  EXPECT_THAT(ContradictionIn(record), HasSubstr("is PASS and no case found that"));
}

TEST(ReadRecord, RefusesACaseThatIsThereTwice) {
  Record record = Recorded("passing");
  record.tests.push_back(record.tests.front());
  ++record.planned;
  ++record.counts[record.tests.front().status];
  EXPECT_THAT(ContradictionIn(record), HasSubstr("is there twice"));
}

TEST(ReadRecord, RefusesAFailureThatNothingExcuses) {
  EXPECT_EQ(ContradictionIn(Judged(Status::kFail, Judgement::kUnexpected)), "");
  EXPECT_THAT(ContradictionIn(Judged(Status::kFail, Judgement::kExpected)),
              HasSubstr("was expected to be, by nothing that the record has"));
}

TEST(ReadRecord, RefusesAWaiverThatIsNotThere) {
  Record record = Judged(Status::kFail, Judgement::kWaived);
  EXPECT_THAT(ContradictionIn(record), HasSubstr("by waiver \"\", which the record does not have"));
  record.waivers.push_back({.id = "W-1"});
  for (reports::Test& test : record.tests) {
    if (test.judgement == Judgement::kWaived) test.waiver = "W-1";
  }
  EXPECT_EQ(ContradictionIn(record), "");
}

TEST(ReadRecord, RefusesASummaryOfOtherJudgements) {
  Record record = Recorded("failing");
  ++record.totals.skipped;
  EXPECT_EQ(ContradictionIn(record), "the totals in the summary are others");
  record = Recorded("failing");
  ++record.judgement_counts[Judgement::kWaived];
  EXPECT_EQ(ContradictionIn(record), "the summary counts other judgements");
  record = Recorded("failing");
  ++record.flaky;
  EXPECT_EQ(ContradictionIn(record), "the summary counts 1 flaky cases and there are 0");
}

TEST(ReadRecord, CompletesRecordsOfTheFormatBefore) {
  const Record record = Recorded("failing");
  EXPECT_EQ(record.format, "shmspec-result/1");
  EXPECT_GT(record.totals.passed, 0u);
  EXPECT_EQ(record.totals.failed,
            record.CountOf(Status::kFail) + record.CountOf(Status::kUnresolved));
  EXPECT_EQ(record.totals.passed + record.totals.failed + record.totals.skipped,
            record.tests.size());
  EXPECT_GE(record.attempts, record.tests.size());
}

TEST(ReadRecord, RefusesNumbersThatNothingHolds) {
  EXPECT_EQ(ErrorIn("{\"format\": 1e999}"), "r.json: has a number that is too large for any field");
}

TEST(ReadRecord, IsNotOverwhelmedByNesting) {
  EXPECT_THAT(ErrorIn(std::string(100000, '[')), StartsWith("r.json:1:100001: "));
}

}  // namespace
}  // namespace shmspec::reports
