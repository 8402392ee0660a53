// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/runner/run.h"

namespace shmspec {
namespace {

using namespace shmspec::literals;  // NOLINT
using testing::HasSubstr;
using testing::StartsWith;
using enum Status;

const Case& OneCase() {
  static const Case one{"sysv.get.two", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}};
  return one;
}

CaseRun RunOf(const std::vector<Status>& statuses, Cause cause = Cause::kAssertion) {
  CaseRun run{&OneCase(), {}, {}};
  for (const Status status : statuses) {
    CaseResult& result = run.attempts.emplace_back();
    result.status = status;
    if (IsTrouble(status)) result.cause = cause;
  }
  return run;
}

Waiver AWaiver() {
  Waiver waiver;
  waiver.id = "W-1";
  waiver.expect = {kFail};
  waiver.reason = "known";
  return waiver;
}

Judged JudgedBy(const Waiver& waiver, const CaseRun& run) {
  Expectations expectations;
  expectations.waivers.emplace();
  expectations.waivers->entries.push_back(waiver);
  expectations.waivers->by_case[OneCase().id] = 0;
  return expectations.Judge(run);
}

Judged JudgedBy(const BaselineCase& before, const CaseRun& run) {
  Expectations expectations;
  expectations.baseline.emplace();
  expectations.baseline->cases[std::string(OneCase().id)] = before;
  return expectations.Judge(run);
}

TEST(Judging, ByNothingExpectsThatCasesPass) {
  const auto judgement = [](const std::vector<Status>& statuses) {
    return Expectations().Judge(RunOf(statuses)).judgement;
  };
  for (const Status status : {kPass, kObserved, kUnsupported, kUntested}) {
    EXPECT_EQ(judgement({status}), Judgement::kExpected) << NameOf(status);
  }
  EXPECT_EQ(judgement({kFail}), Judgement::kUnexpected);
  EXPECT_EQ(judgement({kUnresolved}), Judgement::kUnexpected);
  EXPECT_EQ(judgement({kPass, kFail, kPass}), Judgement::kUnexpected);
}

TEST(Judging, ByAWaiverCoversWhatItExpectsAndNothingElse) {
  Waiver waiver = AWaiver();
  const Judged covered = JudgedBy(waiver, RunOf({kFail}));
  EXPECT_EQ(covered.judgement, Judgement::kWaived);
  EXPECT_EQ(covered.waiver, "W-1");
  EXPECT_EQ(covered.why, "known");
  EXPECT_EQ(JudgedBy(waiver, RunOf({kUnresolved})).judgement, Judgement::kUnexpected);
  EXPECT_EQ(JudgedBy(waiver, RunOf({kUnsupported})).judgement, Judgement::kExpected);
  waiver.cause = {Cause::kRefuted};
  const Judged other_cause = JudgedBy(waiver, RunOf({kFail}));
  EXPECT_EQ(other_cause.judgement, Judgement::kUnexpected);
  EXPECT_THAT(other_cause.why, HasSubstr("does not name the cause assertion"));
}

TEST(Judging, ByAWaiverNeverHidesACrashThatItDoesNotName) {
  Waiver waiver = AWaiver();
  waiver.expect = {kFail, kUnresolved};
  const CaseRun crash = RunOf({kUnresolved}, Cause::kCrash);
  EXPECT_EQ(JudgedBy(waiver, crash).judgement, Judgement::kUnexpected);
  waiver.cause = {Cause::kCrash};
  EXPECT_EQ(JudgedBy(waiver, crash).judgement, Judgement::kWaived);
}

TEST(Judging, FindsAStrictWaiverStaleWhenTheCasePasses) {
  Waiver waiver = AWaiver();
  EXPECT_EQ(JudgedBy(waiver, RunOf({kPass})).judgement, Judgement::kStale);
  EXPECT_EQ(JudgedBy(waiver, RunOf({kUntested})).judgement, Judgement::kExpected);
  waiver.strict = false;
  EXPECT_EQ(JudgedBy(waiver, RunOf({kPass})).judgement, Judgement::kExpected);
}

TEST(Judging, ByAWaiverCoversWhatIsFlakyOnlyUpToItsRate) {
  Waiver waiver = AWaiver();
  const CaseRun half = RunOf({kPass, kFail, kPass, kFail});
  EXPECT_EQ(JudgedBy(waiver, half).judgement, Judgement::kUnexpected);
  waiver.at_most = 0.5;
  EXPECT_EQ(JudgedBy(waiver, half).judgement, Judgement::kWaived);
  EXPECT_EQ(JudgedBy(waiver, RunOf({kPass})).judgement, Judgement::kExpected) << "not stale";
  waiver.at_most = 0.4;
  EXPECT_THAT(JudgedBy(waiver, half).why, HasSubstr("2 of 4 attempts are more than the share 0.4"));
}

TEST(Judging, ByABaselineCountsOnlyWhatChanged) {
  const auto judgement = [](BaselineCase before, const std::vector<Status>& now) {
    return JudgedBy(before, RunOf(now)).judgement;
  };
  EXPECT_EQ(judgement({kFail}, {kFail}), Judgement::kExpected);
  EXPECT_EQ(judgement({kUnsupported}, {kUnsupported}), Judgement::kExpected);
  EXPECT_EQ(judgement({kPass}, {kObserved}), Judgement::kExpected);
  EXPECT_EQ(judgement({kPass}, {kFail}), Judgement::kUnexpected);
  EXPECT_EQ(judgement({kFail}, {kPass}), Judgement::kUnexpected);
  EXPECT_EQ(judgement({kPass}, {kUnsupported}), Judgement::kUnexpected);
  EXPECT_EQ(judgement({kFail}, {kFail, kPass}), Judgement::kUnexpected) << "it became flaky";
  EXPECT_EQ(judgement({kFail, true}, {kPass}), Judgement::kExpected);
  EXPECT_EQ(judgement({kFail, true}, {kFail}), Judgement::kExpected);
  EXPECT_EQ(judgement({kFail, true}, {kUnresolved}), Judgement::kUnexpected);
  EXPECT_EQ(judgement({kPass}, {}), Judgement::kExpected) << "the run was stopped before";
}

TEST(Judging, ByABaselineJudgesWhatIsNewAsWithoutOne) {
  Expectations expectations;
  expectations.baseline.emplace();
  EXPECT_EQ(expectations.Judge(RunOf({kPass})).judgement, Judgement::kExpected);
  EXPECT_EQ(expectations.Judge(RunOf({kFail})).judgement, Judgement::kUnexpected);
}

TEST(Flakiness, CountsFlipsBetweenAttemptsThatSaySomething) {
  const Flakiness flakiness =
      RunOf({kPass, kFail, kUnsupported, kFail, kPass, kUnresolved}).flakiness();
  EXPECT_EQ(flakiness.attempts, 5u);
  EXPECT_EQ(flakiness.passed, 2u);
  EXPECT_EQ(flakiness.flips, 3u);
  EXPECT_DOUBLE_EQ(flakiness.flip_rate, 0.75);
  EXPECT_TRUE(flakiness.flaky);
  EXPECT_FALSE(RunOf({kFail, kFail}).flakiness().flaky);
  EXPECT_EQ(RunOf({kPass}).flakiness().flip_rate, 0);
}

RunResult ResultOf(const std::vector<std::pair<Status, Judgement>>& cases) {
  RunResult result;
  for (const auto& [status, judgement] : cases) {
    result.cases.push_back(status == kUntested ? RunOf({}) : RunOf({status}));
    result.cases.back().judged.judgement = judgement;
  }
  return result;
}

TEST(RunResult, IsTroubleOfTheHarnessWhenSomethingIsLeftBehind) {
  const auto leave = [](RunResult result) {
    result.cases.front().attempts.front().left_behind = {"segment 7; remove with: ipcrm -m 7"};
    EXPECT_EQ(result.LeftBehind().size(), 1u);
    return result.ExitCode();
  };
  EXPECT_EQ(leave(ResultOf({{kPass, Judgement::kExpected}})), 3);
  EXPECT_EQ(leave(ResultOf({{kUnsupported, Judgement::kExpected}})), 3);
  EXPECT_EQ(leave(ResultOf({{kFail, Judgement::kUnexpected}})), 1);
}

TEST(RunResult, HasAnExitCodeForWhatIsUnexpected) {
  using enum Judgement;
  EXPECT_EQ(ResultOf({{kPass, kExpected}}).ExitCode(), 0);
  EXPECT_EQ(ResultOf({{kPass, kExpected}, {kFail, kWaived}}).ExitCode(), 0);
  EXPECT_EQ(ResultOf({{kPass, kExpected}, {kUntested, kWaived}}).ExitCode(), 0);
  EXPECT_EQ(ResultOf({{kFail, kExpected}}).ExitCode(), 0) << "known from the baseline";
  EXPECT_EQ(ResultOf({{kPass, kStale}}).ExitCode(), 1);
  EXPECT_EQ(ResultOf({{kPass, kUnexpected}}).ExitCode(), 1) << "better than the baseline";
  EXPECT_EQ(ResultOf({{kFail, kUnexpected}, {kUnresolved, kUnexpected}}).ExitCode(), 1);
  EXPECT_EQ(ResultOf({{kPass, kExpected}, {kUnresolved, kUnexpected}}).ExitCode(), 2);
  EXPECT_EQ(ResultOf({{kPass, kExpected}, {kUntested, kExpected}}).ExitCode(), 2);
  EXPECT_EQ(ResultOf({{kUnsupported, kExpected}}).ExitCode(), 2) << "nothing could be said";
  RunResult stopped = ResultOf({{kPass, kExpected}});
  stopped.complete = false;
  EXPECT_EQ(stopped.ExitCode(), 2);
  RunResult flaky;
  flaky.cases.push_back(RunOf({kUnresolved, kPass}));
  flaky.cases.back().judged.judgement = kUnexpected;
  EXPECT_EQ(flaky.ExitCode(), 1) << "flaky counts as failed";
}

TEST(RunResult, CountsAsRunnersOfTestsDo) {
  using enum Judgement;
  const Totals totals = ResultOf({{kPass, kExpected},
                                  {kObserved, kExpected},
                                  {kFail, kUnexpected},
                                  {kUnresolved, kUnexpected},
                                  {kPass, kStale},
                                  {kFail, kWaived},
                                  {kFail, kExpected},
                                  {kUnsupported, kExpected},
                                  {kUntested, kExpected}})
                            .totals();
  EXPECT_EQ(totals.passed, 2u);
  EXPECT_EQ(totals.failed, 3u);
  EXPECT_EQ(totals.skipped, 4u);
}

Baseline ABaseline() {
  Baseline baseline{"", "", "abc", std::string(64, '0'), std::string(64, '1'), "libc", "linux", {}};
  baseline.cases["sysv.b"] = {kFail, true};
  baseline.cases["sysv.a"] = {kPass, false};
  return baseline;
}

TEST(Baseline, IsOneCaseALineAndReadAgainAsItWasWritten) {
  const std::string text = PrintBaseline(ABaseline());
  EXPECT_THAT(text, HasSubstr("\n \"sysv.a\": \"PASS\",\n \"sysv.b\": \"FAIL flaky\"\n"));
  const Result<Baseline> read = ReadBaseline(text, "b.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(PrintBaseline(*read), text);
  EXPECT_EQ(read->Find("sysv.b")->status, kFail);
  EXPECT_TRUE(read->Find("sysv.b")->flaky);
  EXPECT_FALSE(read->Find("sysv.a")->flaky);
  EXPECT_EQ(read->Find("sysv.c"), nullptr);
}

TEST(Baseline, ThatIsBrokenIsOneLine) {
  const auto error = [](const std::string& from, const std::string& to) {
    std::string text = PrintBaseline(ABaseline());
    text.replace(text.find(from), from.size(), to);
    const Result<Baseline> read = ReadBaseline(text, "b.json");
    return read.ok() ? "read" : read.error().message;
  };
  EXPECT_THAT(error("\"PASS\",", "\"PASS\" "), StartsWith("b.json:10:9: this is not JSON"));
  EXPECT_THAT(error("baseline/1", "result/2"), HasSubstr("is no baseline: expected the format"));
  EXPECT_THAT(error("\"PASS\"", "\"FINE\""), StartsWith("b.json:9:2: sysv.a: expected a status"));
  EXPECT_THAT(error("\"profile\": \"linux\"", "\"profile\": 3"),
              StartsWith("b.json:7:1: profile: expected"));
  EXPECT_THAT(error("\"profile\"", "\"other\""), StartsWith("b.json:7:1: other: there is no"));
  EXPECT_THAT(error("\"profile\": \"linux\",\n", ""), StartsWith("b.json: profile: expected a"));
  EXPECT_THAT(error("\"cases\"", "\"note\": 1, \"cases\""),
              StartsWith("b.json:8:1: note: there is no"));
}

}  // namespace
}  // namespace shmspec
