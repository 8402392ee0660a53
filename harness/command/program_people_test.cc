// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What people meet: failures on one screen, readers that leave early, closed streams, low limits,
// and file names that somebody else took before.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;
using Arguments = std::vector<std::string>;

constexpr const char* kCase = "sysv.remove.keeps_data_until_the_last_detach";
constexpr const char* kFault = "faulty:removal_destroys_at_once";
constexpr std::size_t kScreen = 24;

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Brief, IsWhatIsWrongAndTheTotals) {
  const Finished run = RunProgram({"run", "--target", kFault, "--brief"});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_LE(LinesOf(run.out).size(), kScreen) << run;
  EXPECT_THAT(run.out, StartsWith("\nWhat is wrong:\n  FAIL       sysv."));
  EXPECT_THAT(run.out, HasSubstr("shortest:"));
  EXPECT_THAT(LinesOf(run.out).back(), HasSubstr(" passed, "));
}

TEST(Failures, AreAFewFromTheShortestOnUnlessAllAreAskedFor) {
  const Arguments command{"run", "--target", kFault};
  const Finished few = RunProgram(command);
  EXPECT_EQ(CountOf(few.out, "  again: "), 5u) << few;
  EXPECT_THAT(few.out, HasSubstr(" more cases like these: run with --all"));
  EXPECT_LT(few.out.find("What is wrong:"), few.out.find("\n  again: "));
  Arguments all = command;
  all.push_back("--all");
  const Finished full = RunProgram(all);
  EXPECT_GT(CountOf(full.out, "  again: "), 5u);
  EXPECT_THAT(full.out, Not(HasSubstr("run with --all")));
  EXPECT_EQ(RunProgram({"run", "--all", "--brief"}).exit_code, 4);
}

/// A library to be preloaded that changes shmctl(2); empty when none can be made here.
std::string ShimOf(const TemporaryFolder& folder, const std::string& body) {
  WriteWhole(folder / "shim.c",
             "#define _GNU_SOURCE\n#include <errno.h>\n#include <stdarg.h>\n#include <sys/shm.h>\n"
             "#include <sys/syscall.h>\n#include <unistd.h>\n"
             "int shmctl(int id, int command, struct shmid_ds *record) {\n" +
                 body + "}\n");
  const std::string shim = folder / "shim.so";
  const std::string build = "cc -shared -fPIC -o " + shim + " " + (folder / "shim.c");
  return std::system(build.c_str()) == 0 ? shim : "";  // NOLINT(cert-env33-c): a test
}

/// The symptoms that a run finds with such a library.
std::string SymptomsWith(const std::string& body) {
  const TemporaryFolder folder;
  const std::string shim = ShimOf(folder, body);
  if (shim.empty()) return "no compiler";
  const Finished run =
      RunProgram({"run", "sysv", "--brief"}, {.environment = {"LD_PRELOAD=" + shim}});
  EXPECT_LE(LinesOf(run.out).size(), kScreen) << run;
  return run.out;
}

TEST(Symptoms, NameTheCallAndTheFieldOfALibraryThatIsWrong) {
  const std::string out = SymptomsWith(
      "  int result = (int)syscall(SYS_shmctl, id, command, record);\n"
      "  if (result == 0 && command == IPC_STAT) ++record->shm_nattch;\n  return result;\n");
  if (out == "no compiler" || out.find("What is wrong") == out.npos) {
    GTEST_SKIP() << "nothing can be preloaded here: " << out;
  }
  EXPECT_THAT(LinesOf(out)[2], StartsWith("  FAIL       sysv.stat: nattch 1 too high, "));
  EXPECT_THAT(out, testing::ContainsRegex("too high, [0-9]+ cases, shortest:[ \n]+sysv[.]"));
}

TEST(Symptoms, NameTheErrorOfACallThatIsNotThere) {
  const std::string out = SymptomsWith(
      "  if (command == IPC_STAT) {\n    errno = ENOSYS;\n    return -1;\n  }\n"
      "  return (int)syscall(SYS_shmctl, id, command, record);\n");
  if (out == "no compiler" || out.find("What is wrong") == out.npos) {
    GTEST_SKIP() << "nothing can be preloaded here: " << out;
  }
  EXPECT_THAT(LinesOf(out)[2], StartsWith("  FAIL       sysv.stat: ENOSYS instead of success"));
}

/// Standard output has no reader.
std::optional<std::string> WithoutReader() {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  ::close(ends[0]);
  ::dup2(ends[1], STDOUT_FILENO);
  ::close(ends[1]);
  return std::nullopt;
}

TEST(Reader, MayLeaveWithoutTheRecordBeingLost) {
  const Leftovers leftovers;
  for (const char* target : {"libc", "simulated", kFault}) {
    const TemporaryFolder folder;
    const std::string file = folder / "record.json";
    const Finished run = RunProgram({"run", "sysv.remove", "--target", target, "-o", file},
                                    {.preparation = WithoutReader});
    EXPECT_EQ(run.exit_code, target == std::string(kFault) ? 1 : 0) << run;
    EXPECT_EQ(run.err, "");
    EXPECT_THAT(ReadWhole(file), HasSubstr("\"complete\": true"));
  }
  EXPECT_THAT(leftovers.Remaining(), IsEmpty());
}

/// Runs the program for a reader who leaves after the first line; its exit code is what the shell
/// writes to standard error.
Finished WithReaderOfOneLine(const Arguments& arguments) {
  return RunProgram(
      arguments,
      {.launcher = {"/bin/sh", "-c", "exec 3>&2; { \"$0\" \"$@\"; echo $? >&3; } | head -n 1"}});
}

TEST(Reader, MayLeaveInTheMiddle) {
  const Leftovers leftovers;
  const TemporaryFolder folder;
  const std::string file = folder / "record.json";
  for (const char* target : {"libc", kFault}) {
    const Finished left =
        WithReaderOfOneLine({"run", "sysv", "--all", "--target", target, "-o", file, "--force"});
    EXPECT_EQ(LinesOf(left.out).size(), 1u) << left;
    const bool faulty = target == std::string(kFault);
    EXPECT_THAT(left.err, MatchesRegex(faulty ? "1\n" : "[02]\n")) << left;
    EXPECT_THAT(ReadWhole(file), HasSubstr("\"complete\": true"));
  }
  EXPECT_THAT(leftovers.Remaining(), IsEmpty());
}

TEST(Record, IsKeptWhereFilesCannotBeGivenASecondName) {
  for (const auto& calls : std::vector<std::vector<long>>{{SYS_linkat}, {SYS_linkat, SYS_link}}) {
    const TemporaryFolder folder;
    const Finished run = RunProgram({"run", kCase, "-o", folder / "record.json"},
                                    {.preparation = RefuseCalls(calls, ENOSYS)});
    if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
    EXPECT_EQ(run.exit_code, 0) << run;
    EXPECT_THAT(folder.Names(), testing::ElementsAre("record.json"));
  }
}

TEST(Streams, MayBeClosed) {
  const Leftovers leftovers;
  for (const auto& streams :
       std::vector<std::vector<int>>{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}}) {
    SCOPED_TRACE(testing::PrintToString(streams));
    const TemporaryFolder folder;
    const std::string file = folder / "record.json";
    const Finished run =
        RunProgram({"run", "sysv.remove", "-o", file}, {.preparation = Closed(streams)});
    EXPECT_THAT(run.exit_code, AnyOf(0, 2)) << run;
    const json record = json::parse(ReadWhole(file), nullptr, false);
    ASSERT_TRUE(record.is_object()) << run;
    EXPECT_EQ(record["run"]["complete"], true);
    EXPECT_FALSE(record["summary"]["counts"].contains("FAIL")) << run;
    EXPECT_GT(record["summary"]["counts"]["PASS"].get<int>(), 5) << run;
    EXPECT_EQ(RunProgram({"show", "nosuch"}, {.preparation = Closed(streams)}).exit_code, 4);
    EXPECT_EQ(RunProgram({"report", "-"}, {.preparation = Closed(streams)}).exit_code, 4);
    EXPECT_THAT(leftovers.Remaining(), IsEmpty());
  }
}

TEST(Refusal, IsWrittenToTheRecordAndTheReport) {
  const Preparation preparation = RefuseCalls({SYS_rt_sigaction}, EPERM);
  const TemporaryFolder folder;
  const std::string file = folder / "record.json";
  const Finished run = RunProgram({"run", "sysv.remove", "-o", file, "--format", "ktap"},
                                  {.preparation = preparation});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_EQ(run.exit_code, 3) << run;
  EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
  EXPECT_THAT(run.err, HasSubstr("lacks what shmspec itself stands on"));
  EXPECT_THAT(run.out, HasSubstr("Bail out! this system lacks what shmspec itself stands on"));
  const json record = json::parse(ReadWhole(file), nullptr, false);
  ASSERT_TRUE(record.is_object());
  EXPECT_EQ(record["run"]["complete"], false);
  EXPECT_THAT(record["run"]["stop_reason"].get<std::string>(), HasSubstr("lacks"));
  EXPECT_EQ(record["summary"]["counts"].size(), 1u);
  EXPECT_TRUE(record["summary"]["counts"].contains("UNTESTED"));
  const Finished junit =
      RunProgram({"run", "sysv.remove", "--format", "junit"}, {.preparation = preparation});
  EXPECT_THAT(junit.out, HasSubstr("<error message=\"this system lacks"));
  EXPECT_EQ(RunProgram({"run", "sysv.remove"}, {.preparation = preparation}).out, "");
}

TEST(Limits, ThatAreTooLowAreOneLine) {
  const Finished stack = RunProgram({"run", kCase}, {.preparation = Limit(RLIMIT_STACK, 64 << 10)});
  EXPECT_EQ(stack.exit_code, 3) << stack;
  EXPECT_THAT(stack.err, HasSubstr("(ulimit -s)"));
  EXPECT_EQ(LinesOf(stack.err).size(), 1u);
  const TemporaryFolder folder;
  const Finished file = RunProgram({"run", kCase, "-o", folder / "record.json"},
                                   {.preparation = Limit(RLIMIT_FSIZE, 0)});
  EXPECT_EQ(file.exit_code, 3) << file;
  EXPECT_THAT(file.err, HasSubstr("record.json: cannot be written: File too large"));
  EXPECT_EQ(LinesOf(file.err).size(), 1u) << file;
  EXPECT_THAT(folder.Names(), IsEmpty());
  const Finished files =
      RunProgram({"run", kCase, "--brief"}, {.preparation = Limit(RLIMIT_NOFILE, 20)});
  EXPECT_NE(files.exit_code, 1) << files;
  EXPECT_LE(LinesOf(files.err).size(), 1u) << files;
}

TEST(Input, IsNotReadWithoutEnd) {
  const Finished run = RunProgram({"report", "/dev/zero"});
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_THAT(run.err, HasSubstr("/dev/zero: has more than the 256 MiB"));
  EXPECT_THAT(RunProgram({"report", "-"}).err, HasSubstr("standard input: is empty"));
  EXPECT_THAT(RunProgram({"replay", "-"}, {.input = "no plan at all\n"}).err,
              HasSubstr("standard input:1:1: this is no plan; expected a line \"plan NAME\""));
  const Finished empty = RunProgram({"replay", "-"}, {.input = "plan p\nactor a\n"});
  EXPECT_EQ(empty.exit_code, 4) << empty;
  EXPECT_THAT(empty.err, HasSubstr("the plan p has no step"));
}

TEST(Show, ListsTheRequirementsOfAnArea) {
  const Finished area = RunProgram({"show", "SYSV.SHMDT"});
  EXPECT_EQ(area.exit_code, 0) << area;
  EXPECT_THAT(area.out, HasSubstr("  SYSV.SHMDT.TWICE "));
  EXPECT_THAT(RunProgram({"show", "sysv.shmdt"}).err, HasSubstr("did you mean SYSV.SHMDT,"));
  EXPECT_THAT(RunProgram({"run", "sysv.shmdt"}).err, HasSubstr("did you mean SYSV.SHMDT,"));
}

TEST(Show, GivesACaseAsAProgramInC) {
  const Finished shown = RunProgram({"show", kCase, "--format", "c"});
  EXPECT_EQ(shown.exit_code, 0) << shown;
  EXPECT_THAT(shown.out, HasSubstr("int main(void)"));
  const Finished without =
      RunProgram({"show", "tools.ipcmk.creates_what_it_is_asked_for", "--format", "c"});
  EXPECT_EQ(without.exit_code, 4) << without;
  EXPECT_THAT(without.err, HasSubstr("has no form in C: step 1: system.ipcmk"));
  EXPECT_EQ(RunProgram({"show", "SYSV.SHMDT.TWICE", "--format", "c"}).exit_code, 4);
}

TEST(Show, NamesAFileAsTheProjectDoes) {
  EXPECT_THAT(RunProgram({"show", kCase}).out, StartsWith("# suites/sysv/"));
  EXPECT_THAT(RunProgram({"show", "regressions.remove.is_refused_to_other_users"}).out,
              HasSubstr("\n# gVisor issue 14191; gVisor to August 2026: "));
}

TEST(List, HasPartsAndLevelsAsARunHas) {
  const std::size_t all = LinesOf(RunProgram({"list"}).out).size();
  const std::size_t one = LinesOf(RunProgram({"list", "--shard", "1/2"}).out).size();
  const std::size_t other = LinesOf(RunProgram({"list", "--shard", "2/2"}).out).size();
  EXPECT_EQ(one + other, all);
  EXPECT_LT(LinesOf(RunProgram({"list", "--level", "must"}).out).size(), all);
  EXPECT_THAT(RunProgram({"run", kCase, "--shard", "7/1000"}).err,
              HasSubstr("part 7/1000 has none of them"));
}

TEST(Help, IsAlsoACommand) {
  EXPECT_EQ(RunProgram({"help", "run"}).out, RunProgram({"run", "--help"}).out);
  EXPECT_EQ(RunProgram({"help"}).out, RunProgram({"--help"}).out);
  EXPECT_EQ(RunProgram({"-V"}).out, RunProgram({"--version"}).out);
  const std::string help = RunProgram({"run", "--help"}).out;
  for (const char* told : {"10s when not given", "at most 4, when not given", "--brief", "2m"}) {
    EXPECT_THAT(help, HasSubstr(told));
  }
}

TEST(Timeout, IsWrittenWithItsUnit) {
  const TemporaryFolder folder;
  const std::string file = folder / "record.json";
  ASSERT_EQ(
      RunProgram({"run", kCase, "--target", kFault, "--timeout", "30s", "-o", file}).exit_code, 1);
  const json record = json::parse(ReadWhole(file));
  EXPECT_EQ(record["run"]["timeout_ms"], 30000);
  EXPECT_THAT(record["tests"][0]["repro"]["command"].get<std::string>(),
              HasSubstr(" --timeout 30s"));
}

/// Links to `victim` under the names that a draft of `file` could be thought to have.
Preparation HostileDrafts(const std::string& file, const std::string& victim) {
  return [=]() -> std::optional<std::string> {
    const std::string pid = std::to_string(::getpid());
    for (const std::string& name :
         {file + "." + pid + ".partial", file + ".partial", file + ".tmp", file + "." + pid}) {
      if (::symlink(victim.c_str(), name.c_str()) != 0) return "no links";
    }
    return std::nullopt;
  };
}

TEST(Files, ThatSomebodyLaidOutBeforeAreLeftAlone) {
  for (const bool force : {false, true}) {
    const TemporaryFolder folder;
    const std::string file = folder / "record.json";
    const std::string victim = folder / "victim";
    WriteWhole(victim, "mine");
    Arguments command{"run", kCase, "--target", "simulated", "-o", file};
    if (force) command.push_back("--force");
    // Without procfs a file needs a name before it is whole.
    const Finished run =
        RunProgram(command, {.preparation = AllOf({HostileDrafts(file, victim), NoProc})});
    if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
    EXPECT_EQ(run.exit_code, 0) << run;
    EXPECT_EQ(ReadWhole(victim), "mine");
    EXPECT_THAT(ReadWhole(file), HasSubstr("\"complete\": true"));
    EXPECT_EQ(folder.Names().size(), 6u) << testing::PrintToString(folder.Names());
  }
}

TEST(Tools, AreThoseOfTheSystemWithoutTheCallersEnvironment) {
  const TemporaryFolder folder;
  for (const char* tool : {"ipcs", "ipcrm", "ipcmk", "lsipc"}) {
    WriteWhole(folder / tool, "#!/bin/sh\necho hostile\nexit 7\n");
    ::chmod((folder / tool).c_str(), 0755);
  }
  const Arguments command{"run", "TOOL.IPCMK", "TOOL.IPCS", "TOOL.IPCRM", "--format", "json"};
  const auto statuses = [&](Arguments environment) {
    const Finished run = RunProgram(command, {.environment = std::move(environment)});
    std::vector<std::string> lines;
    const json record = json::parse(run.out, nullptr, false);
    EXPECT_TRUE(record.is_object()) << run;
    for (const json& test : record.value("tests", json::array())) {
      lines.push_back(test["id"].get<std::string>() + " " + test["status"].get<std::string>());
    }
    return lines;
  };
  const std::vector<std::string> usual = statuses({});
  EXPECT_THAT(usual, Not(Contains(HasSubstr(" FAIL"))));
  EXPECT_EQ(statuses({"PATH=" + folder.path() + ":/usr/bin:/bin"}), usual);
  EXPECT_EQ(statuses({"LD_PRELOAD=" + (folder / "missing.so")}), usual);
  EXPECT_EQ(statuses({"LC_ALL=de_DE.UTF-8", "LANGUAGE=de"}), usual);
}

}  // namespace
}  // namespace shmspec
