// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Waivers, baselines, flakiness and the messages about them, as users of the program meet them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Arguments = std::vector<std::string>;

constexpr const char* kFault = "faulty:removal_destroys_at_once";
constexpr const char* kFailing = "sysv.remove.keeps_data_until_the_last_detach";

std::string Waiver(const std::string& tests, const std::string& more = "") {
  return "[[waiver]]\nid = \"W-1\"\ntests = [\"" + tests +
         "\"]\nreason = \"the vendor knows\"\nurl = \"https://bugs.example.org/1\"\n"
         "owner = \"qa@example.org\"\ngranted = " +
         DayFromNow(-1) + "\nexpires = " + DayFromNow(30) + "\n" + more;
}

/// Runs cases on the faulty system, with a file of waivers and options.
class Waived : public testing::Test {
 protected:
  Finished Run(const std::string& waivers, Arguments more, const std::string& target = kFault) {
    const std::string file = folder_ / "waivers.toml";
    WriteWhole(file, "format = \"shmspec-waivers/1\"\n" + waivers);
    more.insert(more.begin(), {"run", "--target", target, "--waivers", file});
    return RunProgram(more);
  }

  TemporaryFolder folder_;
};

TEST_F(Waived, FailuresKeepTheirStatusAndDoNotCountAsFailed) {
  const Arguments failing{kFailing, "--output", folder_ / "r.json"};
  const Finished run = Run(Waiver(kFailing, "expect = [\"FAIL\"]\n"), failing);
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(run.out,
              HasSubstr(std::string("FAIL ") + kFailing + ": waived by W-1: the vendor knows\n"));
  EXPECT_THAT(run.out, HasSubstr("conforms, as far as tested: no\n"));
  EXPECT_THAT(run.out, HasSubstr("\n0 passed, 0 failed, 1 skipped\n"));
  EXPECT_THAT(run.out, Not(HasSubstr("the case expects")));
  const auto record = nlohmann::json::parse(ReadWhole(folder_ / "r.json"));
  const auto& test = record["tests"][0];
  EXPECT_EQ(test["status"], "FAIL");
  EXPECT_EQ(test["judgement"]["verdict"], "waived");
  EXPECT_EQ(test["judgement"]["waiver"], "W-1");
  const auto& waiver = record["expectations"]["waivers"]["entries"][0];
  EXPECT_EQ(waiver["state"], "used");
  EXPECT_EQ(waiver["cases"][0], kFailing);
  EXPECT_EQ(record["summary"]["conformant"], "no");
  EXPECT_EQ(record["summary"]["apart_from_waivers"], "undetermined");
}

TEST_F(Waived, FailuresOfAnotherCauseStillFail) {
  const Finished run =
      Run(Waiver(kFailing, "expect = [\"FAIL\"]\ncause = [\"timeout\"]\n"), {kFailing});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, HasSubstr("the case expects")) << "explained in full";
  EXPECT_THAT(run.out, HasSubstr("\n0 passed, 1 failed, 0 skipped\n"));
}

TEST_F(Waived, CasesThatPassMakeAStrictWaiverStale) {
  const std::string waiver = Waiver(kFailing, "expect = [\"FAIL\"]\n");
  const Finished run = Run(waiver, {kFailing}, "simulated");
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, HasSubstr("waiver W-1 expects otherwise; remove the waiver"));
  EXPECT_THAT(run.out, HasSubstr("\n0 passed, 1 failed, 0 skipped\n"));
  const Finished lenient = Run(waiver + "strict = false\n", {kFailing}, "simulated");
  EXPECT_EQ(lenient.exit_code, 0) << lenient;
  EXPECT_THAT(lenient.out, HasSubstr("waivers not used: W-1\n"));
}

TEST_F(Waived, CasesThatAreNotToBeRunAreNot) {
  const Finished run =
      Run(Waiver(kFailing, "action = \"do-not-run\"\n"), {"sysv.remove", "--format", "json"});
  const auto record = nlohmann::json::parse(run.out);
  bool seen = false;
  for (const auto& test : record["tests"]) {
    if (test["id"] != kFailing) continue;
    seen = true;
    EXPECT_EQ(test["status"], "UNTESTED");
    EXPECT_EQ(test["attempts"].size(), 0u);
    EXPECT_EQ(test["judgement"]["verdict"], "waived");
  }
  EXPECT_TRUE(seen);
}

TEST_F(Waived, FilesWithMistakesAreRefusedBeforeAnythingIsRun) {
  const auto refusal = [&](const std::string& waivers) {
    const Finished run = Run(waivers, {kFailing, "--output", folder_ / "r.json"});
    EXPECT_EQ(run.exit_code, 4) << run;
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, StartsWith("shmspec: " + folder_ / "waivers.toml" + ":"));
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run;
    EXPECT_EQ(folder_.Names(), Arguments{"waivers.toml"});
    return run.err;
  };
  EXPECT_THAT(refusal(Waiver("sysv.no.such", "expect = [\"FAIL\"]\n")),
              HasSubstr(":4:10: tests: \"sysv.no.such\" matches no case"));
  EXPECT_THAT(refusal(Waiver("sysv", "expect = [\"FAIL\"]\nonwer = \"x\"\n")),
              HasSubstr(":11:1: there is no key \"onwer\"; did you mean owner?"));
  EXPECT_THAT(refusal(Waiver("sysv", "expect = [\"FAIL\"]\nwhen = 'kernel > \"5\"'\n")),
              HasSubstr("no fact \"kernel\"; did you mean kernel."));
  std::string expired = Waiver("sysv", "expect = [\"FAIL\"]\n");
  expired.replace(expired.find(DayFromNow(-1)), 10, DayFromNow(-40));
  expired.replace(expired.find(DayFromNow(30)), 10, DayFromNow(-2));
  EXPECT_THAT(refusal(expired), HasSubstr("waiver W-1 expired on " + DayFromNow(-2)));
}

TEST_F(Waived, FilesCanBeCheckedWithoutARun) {
  const std::string file = folder_ / "w.toml";
  WriteWhole(file, "format = \"shmspec-waivers/1\"\n" +
                       Waiver(kFailing, "expect = [\"FAIL\"]\nwhen = 'target == \"syscall\"'\n"));
  const Finished here = RunProgram({"waivers", "check", file, "--target", "syscall"});
  EXPECT_EQ(here.exit_code, 0) << here;
  EXPECT_THAT(here.out, HasSubstr("waivers that hold here: 1 of 1; cases they are about: 1\n"));
  const Finished elsewhere = RunProgram({"waivers", "check", file});
  EXPECT_THAT(elsewhere.out, HasSubstr("not on this system; qa@example.org"));
  EXPECT_THAT(elsewhere.out,
              HasSubstr("waivers that hold here: 0 of 1; cases they are about: 0\n"));
  EXPECT_EQ(RunProgram({"waivers", "check", folder_ / "none"}).exit_code, 4);
}

TEST_F(Waived, FilesAreSuggestedAndRefusedUntilTheyAreFilledIn) {
  const std::string record = folder_ / "r.json";
  const std::string file = folder_ / "suggested.toml";
  ASSERT_EQ(RunProgram({"run", "sysv.remove", "--target", kFault, "-o", record}).exit_code, 1);
  ASSERT_EQ(RunProgram({"waivers", "suggest", record, "-o", file}).exit_code, 0);
  const Arguments rerun{"run", "sysv.remove", "--target", kFault, "--waivers", file};
  const Finished empty = RunProgram(rerun);
  EXPECT_EQ(empty.exit_code, 4) << empty;
  EXPECT_THAT(empty.err, HasSubstr("reason: is empty; fill it in"));
  std::string text = ReadWhole(file);
  for (const char* key : {"reason", "owner", "url"}) {
    const std::string from = std::string("\n") + key + " = \"\"";
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + 1)) {
      text.insert(at + from.size() - 1, "https://bugs.example.org/1");
    }
  }
  WriteWhole(file, text);
  const Finished filled = RunProgram(rerun);
  EXPECT_EQ(filled.exit_code, 0) << filled;
  EXPECT_EQ(RunProgram({"waivers", "suggest", record, "-o", file}).exit_code, 4) << "not replaced";
  EXPECT_EQ(ReadWhole(file), text);
  ASSERT_EQ(
      RunProgram({"run", kFailing, "--target", "simulated", "-o", folder_ / "p.json"}).exit_code,
      0);
  EXPECT_EQ(RunProgram({"waivers", "suggest", folder_ / "p.json"}).exit_code, 5);
}

class Compared : public testing::Test {
 protected:
  /// The baseline of a run of `sysv.remove`, in a file.
  std::string BaselineOf(const std::string& target) {
    const std::string record = folder_ / (target + ".json");
    RunProgram({"run", "sysv.remove", "--target", target, "-o", record});
    const Finished made = RunProgram({"baseline", record, "-o", folder_ / (target + ".base")});
    EXPECT_EQ(made.exit_code, 0) << made;
    return folder_ / (target + ".base");
  }
  Finished RunWith(const std::string& baseline, Arguments more = {}) {
    more.insert(more.begin(), {"run", "sysv.remove", "--target", kFault, "--baseline", baseline});
    return RunProgram(more);
  }

  TemporaryFolder folder_;
};

TEST_F(Compared, RunsThatCameToTheSameAreAsExpected) {
  const Finished run = RunWith(BaselineOf(kFault));
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(
      run.out,
      AllOf(HasSubstr("this is no claim of conformance"), HasSubstr("FAIL in the baseline as well"),
            HasSubstr(" passed, 0 failed, "), Not(HasSubstr("Different from the baseline"))));
}

TEST_F(Compared, RunsSayWhatChangedInEitherDirection) {
  const std::string baseline = BaselineOf(kFault);
  std::string text = ReadWhole(baseline);
  const std::string was_failing = "\"" + std::string(kFailing) + "\": \"FAIL\"";
  ASSERT_THAT(text, HasSubstr(was_failing));
  text.replace(text.find(was_failing), was_failing.size(),
               "\"" + std::string(kFailing) + "\": \"PASS\"");
  WriteWhole(baseline, text);
  const Finished worse = RunWith(baseline, {"--output", folder_ / "worse.json"});
  EXPECT_EQ(worse.exit_code, 1) << worse;
  EXPECT_THAT(worse.out, HasSubstr("Different from the baseline:\n  FAIL " + std::string(kFailing) +
                                   ": unexpected: PASS in the baseline\n"));
  EXPECT_THAT(worse.out, HasSubstr(" 1 failed, "));
  const auto record = nlohmann::json::parse(ReadWhole(folder_ / "worse.json"));
  EXPECT_EQ(record["summary"]["judgements"]["unexpected"], 1);
  EXPECT_EQ(record["expectations"]["baseline"]["gone"].size(), 0u);

  const std::string passing = text.substr(0, text.find(": \"PASS\""));
  const std::string id = passing.substr(passing.rfind('"', passing.size() - 2) + 1);
  text.replace(passing.size() + 3, 4, "FAIL");
  WriteWhole(baseline, text);
  const Finished better = RunWith(baseline, {"--format", "json"});
  EXPECT_EQ(better.exit_code, 1);
  EXPECT_EQ(nlohmann::json::parse(better.out)["summary"]["judgements"]["unexpected"], 2)
      << id << " is better than the baseline says";
}

TEST_F(Compared, BaselinesNameCasesThatAreGone) {
  const std::string baseline = BaselineOf(kFault);
  std::string text = ReadWhole(baseline);
  text.insert(text.find("\"cases\": {\n") + 11, " \"sysv.remove.of_old\": \"PASS\",\n");
  WriteWhole(baseline, text);
  const Finished run = RunWith(baseline);
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(run.out, HasSubstr("no longer in the suite: sysv.remove.of_old\n"));
}

TEST_F(Compared, BaselinesOfAnotherTargetAreRefused) {
  const std::string baseline = BaselineOf("simulated");
  const Finished run = RunWith(baseline);
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_THAT(run.err, HasSubstr("is of a run with --target simulated --profile linux"));
}

TEST_F(Compared, BaselinesAreNotMadeOfWhatIsNoCompleteRecord) {
  const std::string record = folder_ / "r.json";
  RunProgram({"run", kFailing, "--target", "simulated", "-o", record});
  std::string text = ReadWhole(record);
  const std::string complete = "\"complete\": true";
  text.replace(text.find(complete), complete.size(),
               "\"complete\": false, \"stop_reason\": \"stopped by SIGINT\"");
  WriteWhole(record, text);
  const Finished run = RunProgram({"baseline", record});
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_THAT(run.err, HasSubstr("the run was stopped by SIGINT"));
  EXPECT_EQ(RunProgram({"baseline", "/"}).exit_code, 4);
  WriteWhole(folder_ / "mine", "mine");
  RunProgram({"run", kFailing, "--target", "simulated", "-o", folder_ / "q.json"});
  EXPECT_EQ(RunProgram({"baseline", folder_ / "q.json", "-o", folder_ / "mine"}).exit_code, 4);
  EXPECT_EQ(ReadWhole(folder_ / "mine"), "mine");
}

TEST(Retries, AreMadeOnlyAfterTroubleAndAreToldInTheRecord) {
  const Finished run =
      RunProgram({"run", "sysv.remove", "--target", kFault, "--retries", "2", "--format", "json"});
  EXPECT_EQ(run.exit_code, 1);
  const auto record = nlohmann::json::parse(run.out);
  ASSERT_FALSE(record["tests"].empty());
  for (const auto& test : record["tests"]) {
    const auto& attempts = test["attempts"];
    ASSERT_EQ(attempts.size(), test["status"] == "FAIL" ? 3u : 1u) << test["id"];
    EXPECT_FALSE(attempts[0].contains("retry"));
    if (attempts.size() == 1) continue;
    EXPECT_TRUE(attempts[1]["retry"] && attempts[2]["retry"]);
    EXPECT_EQ(test["flakiness"]["flaky"], false);
    EXPECT_EQ(test["flakiness"]["flip_rate"], 0.0);
  }
}

/// A fault that shows in some interleavings of a race and not in others; the seed settles which.
const Arguments& SometimesFailing() {
  static const Arguments arguments{
      "run", "races", "--quick", "--seed", "7", "--target", "faulty:detach_is_still_counted"};
  return arguments;
}

/// The cases of a record that are flaky.
std::vector<nlohmann::json> FlakyIn(const std::string& record) {
  std::vector<nlohmann::json> flaky;
  const auto read = nlohmann::json::parse(record);
  for (const auto& test : read["tests"]) {
    if (test.contains("flakiness") && test["flakiness"]["flaky"]) flaky.push_back(test);
  }
  EXPECT_EQ(read["summary"]["flaky"], flaky.size());
  EXPECT_FALSE(flaky.empty());
  return flaky;
}

TEST(Flakiness, IsCountedOverRepeatedAttemptsAndFails) {
  Arguments repeated = SometimesFailing();
  repeated.insert(repeated.end(), {"--repeat", "8"});
  const Finished human = RunProgram(repeated);
  EXPECT_EQ(human.exit_code, 1) << human;
  EXPECT_THAT(human.out, HasSubstr(" attempts; flaky, which counts as failed:\n  races."));
  EXPECT_THAT(human.out, testing::ContainsRegex("of 8 attempts passed, flip rate [01][.][0-9]{2}"));
  repeated.insert(repeated.end(), {"--format", "json"});
  for (const auto& test : FlakyIn(RunProgram(repeated).out)) {
    int passed = 0;
    int flips = 0;
    const auto& attempts = test["attempts"];
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      passed += attempts[i]["status"] == "PASS" ? 1 : 0;
      flips += i > 0 && attempts[i]["status"] != attempts[i - 1]["status"] ? 1 : 0;
    }
    EXPECT_EQ(attempts.size(), 8u);
    EXPECT_EQ(test["flakiness"]["passed"], passed);
    EXPECT_EQ(test["flakiness"]["flips"], flips);
    EXPECT_DOUBLE_EQ(test["flakiness"]["flip_rate"], flips / 7.0);
    EXPECT_EQ(test["status"], "FAIL");
    EXPECT_EQ(test["judgement"]["verdict"], "unexpected");
  }
}

TEST(Flakiness, IsNotHiddenByARetryThatPasses) {
  Arguments retried = SometimesFailing();
  retried.insert(retried.end(), {"--retries", "8", "--format", "json"});
  const Finished run = RunProgram(retried);
  EXPECT_EQ(run.exit_code, 1);
  for (const auto& test : FlakyIn(run.out)) {
    EXPECT_EQ(test["attempts"].back()["status"], "PASS") << "the last retry";
    EXPECT_EQ(test["attempts"][1]["retry"], true);
    EXPECT_EQ(test["status"], "FAIL");
  }
}

TEST(WhoSuffers, IsSaidForChaptersInWhichSomethingFailed) {
  const Finished failed = RunProgram({"run", kFailing, "--target", kFault});
  EXPECT_THAT(failed.out, HasSubstr("\nWho suffers:\n  System V segments: PostgreSQL"));
  EXPECT_THAT(failed.out, Not(HasSubstr("Wayland")));
  const Finished passed = RunProgram({"run", kFailing, "--target", "simulated"});
  EXPECT_THAT(passed.out, Not(HasSubstr("Who suffers")));
}

TEST(LastLine, CountsWhatPassedFailedAndWasSkipped) {
  const Finished run = RunProgram({"run", "sysv.remove", "--target", "simulated"});
  const std::size_t cases = LinesOf(RunProgram({"list", "sysv.remove"}).out).size();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(LinesOf(run.out).back(), std::to_string(cases) + " passed, 0 failed, 0 skipped");
}

}  // namespace
}  // namespace shmspec
