// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The command line: what it refuses and how, what it selects, and what it prints.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Arguments = std::vector<std::string>;

constexpr const char* kFault = "faulty:removal_destroys_at_once";
constexpr const char* kCase = "sysv.remove.keeps_data_until_the_last_detach";

/// Nothing but one line, on standard error.
void ExpectComplaint(const Finished& run, int exit_code, const std::string& part) {
  EXPECT_EQ(run.exit_code, exit_code) << run;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, StartsWith("shmspec: "));
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  EXPECT_THAT(run.err, HasSubstr(part));
}

struct Mistake {
  Arguments arguments;
  std::string part;
};
void PrintTo(const Mistake& mistake, std::ostream* out) {
  for (const std::string& one : mistake.arguments) *out << one << ' ';
}

class BadInput : public testing::TestWithParam<Mistake> {};

TEST_P(BadInput, IsOneClearLineAndExitCode4) {
  ExpectComplaint(RunProgram(GetParam().arguments), 4, GetParam().part);
}

INSTANTIATE_TEST_SUITE_P(
    Program, BadInput,
    testing::Values(
        Mistake{{"run", "sysv.remve"}, "\"sysv.remve\"; did you mean sysv.remove"},
        Mistake{{"run", "--", "-sysv.remve"}, "did you mean sysv.remove"},
        Mistake{{"list", "SYSV.RMD"}, "did you mean SYSV.RMID"},
        Mistake{{"run", ""}, "an empty filter"},
        Mistake{{"show", "SYSV.RMID.DEFERED_UNTIL_LAST_DETACH"},
                "did you mean SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"},
        Mistake{{"show", "sysv.remove.keeps_data_until_the_last_detch"}, kCase},
        Mistake{{"show"}, "NAME is required; see shmspec show --help"},
        Mistake{{"run", "--target", "syscal"}, "did you mean syscall"},
        Mistake{{"run", "--target", "faulty:removal_destroys_at_onc"},
                "did you mean removal_destroys_at_once"},
        Mistake{{"run", "--profile", "linx"}, "there are linux, posix; did you mean linux?"},
        Mistake{{"run", "--shard", "3/2"}, "expected i/n with 1 <= i <= n, such as 2/4"},
        Mistake{{"run", "--shard", "0/2"}, "found \"0/2\""},
        Mistake{{"run", "--shard", ""}, "found \"\""},
        Mistake{{"run", "--seed", "x"}, "--seed: expected a number from 0 to"},
        Mistake{{"run", "--seed", "-1"}, "found \"-1\""},
        Mistake{{"run", "--seed", "18446744073709551616"}, "found \"18446744073709551616\""},
        Mistake{{"run", "--jobs", "0"}, "--jobs: Value 0 not in range 1 to 256"},
        Mistake{{"run", "--timeout", "1sec"}, "--timeout: expected a duration such as 30s"},
        Mistake{{"run", "--timeout", "9000"}, "--timeout: 9000 without a unit is 9000 seconds"},
        Mistake{{"run", "--level", "mus"}, "{must,should,may}"},
        Mistake{{"run", "--repeat", "0"}, "--repeat: Value 0 not in range"},
        Mistake{{"run", "--format", "xml"}, "xml not in {human,json,"},
        Mistake{{"run", "--retries", "-1"}, "--retries: Value -1 not in range"},
        Mistake{{"run", "--waivers", "/no/such/file"}, "/no/such/file: cannot be read"},
        Mistake{{"run", "--baseline", "/"}, "/: is a folder; expected a file"},
        Mistake{{"run", "--measurements", "/dev/null"}, "/dev/null:1:1: this is not JSON"},
        Mistake{{"run", "--fuzzing", "/dev/null"}, "/dev/null: is no log of libFuzzer"},
        Mistake{{"run", "--fuzzing", "/no/such.log"}, "/no/such.log: cannot be read"},
        Mistake{{"merge"}, "RECORD is required; see shmspec merge --help"},
        Mistake{{"merge", "/no/such/1.json"}, "/no/such/1.json: cannot be read: No such file"},
        Mistake{{"merge", "x", "--ouput", "y"}, "did you mean --output?"},
        Mistake{{"waivers"}, "A subcommand is required"},
        Mistake{{"waivers", "chek", "x"}, "no command \"waivers chek\"; did you mean check?"},
        Mistake{{"waivers", "suggest", "--ouput", "x"},
                "waivers suggest has no option --ouput; did you mean --output?"},
        Mistake{{"run", "--shufle"}, "run has no option --shufle; did you mean --shuffle?"},
        Mistake{{"rum"}, "no command \"rum\"; did you mean run?"},
        Mistake{{}, "A subcommand is required"},
        Mistake{{"run", "--output", ""}, "expected the name of a new file"},
        Mistake{{"run", "--output", "/no/such/folder/x"}, "No such file or directory"},
        Mistake{{"run", "--output", "-"},
                "--output -: without --output it goes to standard output"},
        Mistake{{"replay", "/no/such/plan"}, "/no/such/plan: cannot be read: No such file"},
        Mistake{{"replay", "/"}, "/: is a folder; expected a file"}));

TEST(Program, SaysWithExitCode5ThatNothingIsSelected) {
  ExpectComplaint(RunProgram({"run", "*no.such*"}), 5, "selects no case; shmspec list shows");
  ExpectComplaint(RunProgram({"run", "--", "sysv.remove", "-sysv.remove"}), 5, "selects no case");
}

TEST(Program, NamesTheLineAndColumnOfAMalformedPlan) {
  const std::string start = "plan p\nactor a\n";
  const auto replay = [&](const std::string& line) {
    return RunProgram({"replay", "-"}, {.input = start + line});
  };
  ExpectComplaint(replay("a: s0 = sysv.gett key=private size=4096\n"), 4, "standard input:3:9: ");
  ExpectComplaint(replay("a: s0 = sysv.get key=private size=x\n"), 4, "standard input:3:");
  ExpectComplaint(replay("b: map.layout\n"), 4, "standard input:3:1: ");
  const TemporaryFolder folder;
  WriteWhole(folder / "bad.plan", start + "a: sysv.remove segment=s0\n");
  ExpectComplaint(RunProgram({"replay", folder / "bad.plan"}), 4, folder / "bad.plan:3:");
  ExpectComplaint(RunProgram({"replay", "-"}, {.input = std::string("\0\xff\n\n", 4)}), 4, ":1:1:");
  ExpectComplaint(RunProgram({"replay", "-"}), 4, "standard input:");
}

TEST(Program, NeverOverwritesAFileAndLeavesNothingHalfWritten) {
  const TemporaryFolder folder;
  WriteWhole(folder / "result.json", "mine");
  ExpectComplaint(RunProgram({"run", kCase, "--output", folder / "result.json"}), 4,
                  "exists already and is left alone");
  EXPECT_EQ(ReadWhole(folder / "result.json"), "mine");
  EXPECT_EQ(RunProgram({"run", "*no.such*", "--output", folder / "other.json"}).exit_code, 5);
  EXPECT_EQ(RunProgram({"run", "--target", "no", "--output", folder / "other.json"}).exit_code, 4);
  EXPECT_EQ(folder.Names(), Arguments{"result.json"});
  EXPECT_EQ(RunProgram({"run", kCase, "--output", folder / "other.json"}).exit_code, 0);
  EXPECT_EQ(folder.Names(), (Arguments{"other.json", "result.json"}));
  EXPECT_EQ(nlohmann::json::parse(ReadWhole(folder / "other.json"))["tests"].size(), 1u);
}

constexpr const char* kMine = "what was there before\n";

/// Makes a record with a failure, of the only shard that has a case, for every command that reads
/// one.
void MakeRecord(const std::string& file) {
  ASSERT_EQ(RunProgram({"run", kCase, "--target", kFault, "--shard", "1/2", "-o", file}).exit_code,
            1);
}

/// Every command that writes a file, and the option for that.
std::vector<Arguments> WritingCommands(const std::string& record) {
  return {{"run", kCase, "--target", "simulated"},
          {"report", record},
          {"baseline", record},
          {"merge", record},
          {"waivers", "suggest", record}};
}

TEST(Program, ReplacesAFileOnlyWhenForced) {
  const TemporaryFolder folder;
  const std::string record = folder / "record.json";
  ASSERT_NO_FATAL_FAILURE(MakeRecord(record));
  for (Arguments command : WritingCommands(record)) {
    SCOPED_TRACE(command.front());
    const std::string file = folder / "file";
    WriteWhole(file, kMine);
    command.insert(command.end(), {"--output", file});
    ExpectComplaint(RunProgram(command), 4,
                    file + ": exists already and is left alone; name another file or give --force");
    EXPECT_EQ(ReadWhole(file), kMine);
    command.push_back("--force");
    EXPECT_EQ(RunProgram(command).exit_code, 0);
    const std::string written = ReadWhole(file);
    EXPECT_THAT(written, Not(HasSubstr(kMine)));
    EXPECT_EQ(RunProgram(command).exit_code, 0);
    EXPECT_EQ(LinesOf(ReadWhole(file)).size(), LinesOf(written).size());
    command[command.size() - 2] = folder.path();
    ExpectComplaint(RunProgram(command), 4, ": is no regular file and is left alone");
    EXPECT_EQ(folder.Names(), (Arguments{"file", "record.json"}));
  }
}

TEST(Program, KeepsTheOldFileWhenTheNewOneIsNotWhole) {
  const TemporaryFolder folder;
  const std::string record = folder / "record.json";
  ASSERT_NO_FATAL_FAILURE(MakeRecord(record));
  const std::string file = folder / "file";
  WriteWhole(file, kMine);
  for (Arguments command : WritingCommands(record)) {
    command.insert(command.end(), {"--output", file, "--force"});
    const Finished run = RunProgram(command, {.preparation = Limit(RLIMIT_FSIZE, 100)});
    EXPECT_EQ(run.exit_code, 3) << run;
    EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
    EXPECT_THAT(run.err, HasSubstr(file + ": cannot be written: File too large"));
    EXPECT_EQ(ReadWhole(file), kMine);
    EXPECT_EQ(folder.Names(), (Arguments{"file", "record.json"}));
  }
}

TEST(Program, KeepsTheRecordWhenNobodyReadsTheRest) {
  const TemporaryFolder folder;
  const std::string file = folder / "record.json";
  const Finished run =
      RunProgram({"run", kCase, "--target", "simulated", "-o", file}, {.preparation = [] {
                   std::freopen("/dev/full", "w", stdout);
                   return std::optional<std::string>();
                 }});
  EXPECT_EQ(run.exit_code, 3) << run;
  EXPECT_THAT(ReadWhole(file), HasSubstr("\"complete\": true"));
}

TEST(Program, NeverReplacesWhatItReads) {
  const TemporaryFolder folder;
  const std::string record = folder / "record.json";
  ASSERT_NO_FATAL_FAILURE(MakeRecord(record));
  const std::string kept = ReadWhole(record);
  for (Arguments command : WritingCommands(record)) {
    if (command.back() != record) continue;  // reads nothing
    command.insert(command.end(), {"--output", record, "--force"});
    ExpectComplaint(RunProgram(command), 4, record + ": is what this is made from");
    EXPECT_EQ(ReadWhole(record), kept);
  }
}

TEST(Program, RefusesAFolderItMayNotWriteTo) {
  const TemporaryFolder folder;
  const Finished run = RunProgram({"run", kCase, "--target", "simulated", "-o", folder / "x"},
                                  {.preparation = [] { return OrdinaryUser(); }});
  if (!run.no_place.empty() || ::geteuid() != 0) GTEST_SKIP() << "needs root: " << run.no_place;
  ExpectComplaint(run, 4, folder / "x" + ": cannot be written: Permission denied");
  EXPECT_THAT(folder.Names(), IsEmpty());
}

TEST(Program, SaysWhenItsOutputIsLost) {
  const Finished run = RunProgram({"list"}, {.preparation = Limit(RLIMIT_FSIZE, 0)});
  EXPECT_EQ(run.exit_code, 0) << "a pipe is no file" << run;
  const Finished full = RunProgram({"list"}, {.preparation = [] {
                                     std::freopen("/dev/full", "w", stdout);
                                     return std::optional<std::string>();
                                   }});
  ExpectComplaint(full, 3, "No space left on device");
}

Arguments Cases(Arguments arguments) {
  arguments.insert(arguments.begin(), {"run", "--target", "simulated", "--format", "json"});
  const Finished run = RunProgram(arguments);
  EXPECT_THAT(run.exit_code, testing::Le(1)) << "some cases expect one of several allowed outcomes";
  EXPECT_EQ(run.err, "");
  Arguments ids;
  const auto record = nlohmann::json::parse(run.out);
  for (const auto& test : record["tests"]) ids.push_back(test["id"]);
  return ids;
}

TEST(Selection, ShufflesAlikeForTheSameSeed) {
  const Arguments sorted = Cases({"sysv"});
  const Arguments once = Cases({"sysv", "--shuffle", "--seed", "7"});
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
  EXPECT_EQ(once, Cases({"sysv", "--shuffle", "--seed", "7"}));
  EXPECT_NE(once, sorted);
  EXPECT_NE(once, Cases({"sysv", "--shuffle", "--seed", "8"}));
  EXPECT_THAT(once, testing::UnorderedElementsAreArray(sorted));
}

TEST(Selection, ShardsAreAllCasesAndNoneTwice) {
  Arguments united;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    for (const std::string& id : Cases({"--shard", shard})) united.push_back(id);
  }
  std::sort(united.begin(), united.end());
  EXPECT_EQ(united, LinesOf(RunProgram({"list"}).out));
}

TEST(Selection, ALevelKeepsTheCasesOfBindingRequirements) {
  const Arguments must = Cases({"--level", "must"});
  const Arguments should = Cases({"--level", "should"});
  EXPECT_LT(must.size(), should.size());
  EXPECT_TRUE(std::includes(should.begin(), should.end(), must.begin(), must.end()));
  EXPECT_THAT(must, testing::Contains(kCase));
}

TEST(Record, TellsRepeatedAttemptsAndQuickRounds) {
  const auto run = [](Arguments more) {
    more.insert(more.begin(), {"run", "--target", "simulated", "--format", "json", "races"});
    return nlohmann::json::parse(RunProgram(more).out)["tests"];
  };
  int most = 0;
  for (const auto& test : run({"--quick", "--repeat", "3"})) {
    EXPECT_EQ(test["attempts"].size(), 3u);
    most = std::max(most, test["attempts"][0]["rounds"].get<int>());
  }
  EXPECT_EQ(most, 8);
}

TEST(ExitCode, TellsWhatCameOfARun) {
  EXPECT_EQ(RunProgram({"run", kCase}).exit_code, 0);
  const Finished failed = RunProgram({"run", "sysv", "--target", kFault});
  EXPECT_EQ(failed.exit_code, 1) << failed;
  EXPECT_THAT(failed.out, HasSubstr("conforms, as far as tested: no"));
  // A plan that stops its own actor never ends, so that the deadline decides.
  const Finished overdue =
      RunProgram({"replay", "-", "--timeout", "200ms"},
                 {.input = "plan p\nactor a\na: process.kill actor=a signal=SIGSTOP\n"});
  EXPECT_EQ(overdue.exit_code, 2) << overdue;
}

TEST(Colour, IsForTerminalsWithoutNoColor) {
  const auto run = [](bool terminal, Arguments environment) {
    return RunProgram({"run", "sysv.remove", "--target", "simulated"},
                      {.environment = std::move(environment), .terminal = terminal});
  };
  const Finished plain = run(false, {});
  EXPECT_THAT(plain.out + plain.err, Not(HasSubstr("\x1b")));
  const Finished coloured = run(true, {});
  EXPECT_THAT(coloured.out, HasSubstr("\x1b[32mPASS"));
  EXPECT_THAT(coloured.out, HasSubstr("\r\x1b[K[1/")) << "progress";
  EXPECT_THAT(run(true, {"NO_COLOR=1"}).out, Not(HasSubstr("\x1b[32m")));
  EXPECT_THAT(run(true, {"TERM=dumb"}).out, Not(HasSubstr("\x1b[32m")));
}

TEST(Show, PrintsEveryKindOfCaseSoThatItCanBeReplayed) {
  for (const char* id : {kCase, "races.listing.shows_what_stays_once"}) {
    const Finished shown = RunProgram({"show", id});
    ASSERT_EQ(shown.exit_code, 0) << shown;
    const Finished replayed = RunProgram({"replay", "-"}, {.input = shown.out});
    EXPECT_EQ(replayed.exit_code, 0) << replayed;
    EXPECT_THAT(replayed.out, StartsWith(std::string("PASS ") + id));
  }
}

/// The words of the last line that starts with `label`.
Arguments CommandAfter(const std::string& text, const std::string& label) {
  Arguments words;
  for (const std::string& line : LinesOf(text)) {
    const std::size_t at = line.find(label);
    if (at == std::string::npos) continue;
    std::istringstream in(line.substr(at + label.size()));
    words.clear();
    for (std::string word; in >> word;) words.push_back(word);
  }
  return words;
}

TEST(Failure, IsExplainedAndItsCommandReproducesIt) {
  const Finished run =
      RunProgram({"run", "sysv", "--target", kFault, "--repeat", "2", "--timeout", "9s"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, testing::ContainsRegex("\nFAIL sysv[.]"));
  EXPECT_THAT(run.out, testing::ContainsRegex("\n  ! a: .* -> "));
  EXPECT_THAT(run.out, HasSubstr("the case expects  "));
  EXPECT_THAT(run.out, HasSubstr("allowed  "));
  EXPECT_THAT(run.out, HasSubstr(" (must): "));
  EXPECT_THAT(run.out, HasSubstr("source: "));
  Arguments command = CommandAfter(run.out, "again: ");
  ASSERT_GT(command.size(), 2u) << run.out;
  EXPECT_EQ(command.front(), "shmspec");
  command.erase(command.begin());
  const Finished again = RunProgram(command);
  EXPECT_EQ(again.exit_code, 1) << again;
  EXPECT_EQ(CommandAfter(again.out, "again: "), CommandAfter(run.out, "again: "));
}

}  // namespace
}  // namespace shmspec
