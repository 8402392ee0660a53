// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Traces as users of the program meet them: written by replay, judged without performing anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Arguments = std::vector<std::string>;

constexpr const char* kCase = "sysv.remove.keeps_data_until_the_last_detach";
constexpr const char* kFault = "faulty:removal_destroys_at_once";

/// Without the line that only the one who performs can write.
std::string Verdict(const Finished& run) {
  return run.out.substr(0, run.out.rfind('\n', run.out.size() - 2) + 1);
}

class Traces : public testing::Test {
 protected:
  /// Performs a case with its trace in a file, and judges that.
  struct Both {
    Finished replayed;
    Finished judged;
  };
  Both ReplayAndJudge(const std::string& id, Arguments more = {}) {
    WriteWhole(folder_ / "p.plan", RunProgram({"show", id}).out);
    more.insert(more.begin(), {"replay", folder_ / "p.plan", "--trace", trace_, "--force"});
    Both both;
    both.replayed = RunProgram(more);
    both.judged = RunProgram({"judge", trace_});
    return both;
  }
  Finished Judge(const std::string& text, Arguments more = {}) {
    more.insert(more.begin(), {"judge", "-"});
    return RunProgram(more, {.input = text});
  }

  TemporaryFolder folder_;
  const std::string trace_ = folder_ / "p.trace";
};

TEST_F(Traces, OfReplayAreJudgedAsTheyWereThen) {
  for (const char* target : {"libc", "simulated", kFault}) {
    const Both both = ReplayAndJudge(kCase, {"--target", target});
    EXPECT_EQ(both.judged.exit_code, both.replayed.exit_code) << both.judged << both.replayed;
    EXPECT_EQ(Verdict(both.judged), Verdict(both.replayed)) << target;
    EXPECT_EQ(both.judged.err, "");
    EXPECT_EQ(both.replayed.exit_code == 1, target == std::string(kFault)) << both.replayed;
  }
}

TEST_F(Traces, OfRacesForksAndEndsAreJudgedAsTheyWereThen) {
  for (const char* chapter : {"races", "process", "permissions"}) {
    const std::vector<std::string> cases = LinesOf(RunProgram({"list", chapter}).out);
    EXPECT_FALSE(cases.empty()) << chapter;
    for (std::size_t i = 0; i < cases.size(); i += 9) {
      const Both both = ReplayAndJudge(cases[i]);
      EXPECT_EQ(both.judged.exit_code, both.replayed.exit_code) << cases[i] << both.judged;
    }
  }
}

TEST_F(Traces, WithAnotherOutcomeFailAndNameTheRequirement) {
  ASSERT_EQ(ReplayAndJudge(kCase, {"--target", "simulated"}).judged.exit_code, 0);
  std::string text = ReadWhole(trace_);
  const std::string removed = "sysv.remove segment=s0 -> 0 => 0 ";
  ASSERT_THAT(text, HasSubstr(removed));
  text.replace(text.find(removed), removed.size(), "sysv.remove segment=s0 => EPERM ");
  const Finished judged = Judge(text);
  EXPECT_EQ(judged.exit_code, 1) << judged;
  EXPECT_THAT(judged.out, StartsWith(std::string("FAIL ") + kCase + "\n"));
  EXPECT_THAT(judged.out, AllOf(HasSubstr("-> EPERM"), HasSubstr("allowed"), HasSubstr("source:")));
}

TEST_F(Traces, OfAFewLinesAreJudgedByEitherProfile) {
  const std::string start =
      "plan my.board\nactor a\nactor b uid=1000 gid=1000\n"
      "a: s0 = sysv.get key=private size=1 flags=create|0600 => 7\n";
  const Finished refused = Judge(start + "b: sysv.stat segment=s0 => EACCES\n");
  EXPECT_EQ(refused.exit_code, 0) << refused;
  EXPECT_EQ(refused.out, "PASS my.board\n\njudged by linux\n");
  const Finished wrong = Judge(start + "b: a0 = sysv.attach segment=s0 => 0x7f0000000000\n");
  EXPECT_EQ(wrong.exit_code, 1) << wrong;
  EXPECT_THAT(wrong.out, HasSubstr("PERM.SYSV."));
  // Linux attaches removed segments by their identifiers as long as one is attached; POSIX is
  // silent.
  const std::string gone = start +
                           "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
                           "a: sysv.remove segment=s0 => 0\n"
                           "a: a1 = sysv.attach segment=s0 => EINVAL\n";
  EXPECT_EQ(Judge(gone).exit_code, 1);
  EXPECT_EQ(Judge(gone, {"--profile", "posix"}).exit_code, 0);
  const Finished undecided = Judge(start + "halted by=trouble trouble=\"no power\"\n");
  EXPECT_EQ(undecided.exit_code, 2) << undecided;
  EXPECT_THAT(undecided.out, AllOf(StartsWith("UNRESOLVED my.board\n"), HasSubstr("no power")));
}

TEST_F(Traces, WithMistakesAreRefusedInOneLine) {
  const auto refusal = [&](const Finished& run) {
    EXPECT_EQ(run.exit_code, 4) << run;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run;
    return run.err;
  };
  EXPECT_THAT(refusal(Judge("plan p\nactor a\na: sysv.detach at=null\n")),
              StartsWith("shmspec: standard input:3:23: expected what was seen of the step"));
  EXPECT_THAT(refusal(Judge("plan p\nactor a\n")), HasSubstr("has no step"));
  EXPECT_THAT(refusal(Judge("")), StartsWith("shmspec: standard input:1:1: "));
  EXPECT_THAT(refusal(RunProgram({"judge", "/no/such"})), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal(RunProgram({"judge", "-", "--profile", "linx"})),
              HasSubstr("did you mean linux?"));
  EXPECT_THAT(refusal(RunProgram({"judge"})), HasSubstr("TRACE"));
  const std::string traced = "plan p\nactor a\na: process.pin => 0\n";
  EXPECT_THAT(refusal(RunProgram({"replay", "-"}, {.input = traced})),
              HasSubstr(":3:16: this belongs to a trace and not to a plan; shmspec judge"));
}

TEST_F(Traces, TakeThePlaceOfNoFileUnlessToldTo) {
  const std::string plan = RunProgram({"show", kCase}).out;
  WriteWhole(folder_ / "p.plan", plan);
  WriteWhole(trace_, "mine");
  const auto replay = [&](const std::string& file, Arguments more = {}) {
    more.insert(more.begin(),
                {"replay", folder_ / "p.plan", "--target", "simulated", "--trace", file});
    return RunProgram(more);
  };
  const Finished kept = replay(trace_);
  EXPECT_EQ(kept.exit_code, 4) << kept;
  EXPECT_EQ(kept.out, "") << "nothing is performed";
  EXPECT_EQ(ReadWhole(trace_), "mine");
  EXPECT_THAT(replay("-").err, HasSubstr("--trace -: expected the name of a new file"));
  EXPECT_EQ(replay(folder_ / "p.plan", {"--force"}).exit_code, 4) << "what it is made from";
  EXPECT_EQ(ReadWhole(folder_ / "p.plan"), plan);
  EXPECT_EQ(replay(trace_, {"--force"}).exit_code, 0);
  EXPECT_THAT(ReadWhole(trace_), StartsWith(std::string("plan ") + kCase + "\n"));
  EXPECT_EQ(folder_.Names().size(), 2u);
}

TEST_F(Traces, AreOfTheRoundThatFailed) {
  WriteWhole(folder_ / "p.plan", RunProgram({"show", kCase}).out);
  const Finished run = RunProgram(
      {"replay", folder_ / "p.plan", "--target", kFault, "--rounds", "5", "--trace", trace_});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_EQ(RunProgram({"judge", trace_}).exit_code, 1);
  EXPECT_THAT(run.out, Not(HasSubstr("no trace")));
}

}  // namespace
}  // namespace shmspec
