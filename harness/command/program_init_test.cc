// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program as process 1, here of a pid namespace: there it can be tried without a machine, and
// powering off ends the namespace.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kPoweredOff = 77;

/// Becomes process 1 of a new pid namespace, with nothing at /proc, a child that has ended and
/// nobody has waited for, and init for a name; the process that calls stays outside and ends with
/// kPoweredOff when the namespace was powered off.
Preparation AsInit(const std::vector<std::string>& arguments) {
  return [arguments]() -> std::optional<std::string> {
    if (const auto reason = NoProc()) return reason;
    if (::unshare(CLONE_NEWPID) != 0) return std::string("no pid namespace: ") + ::strerror(errno);
    const pid_t first = ::fork();
    if (first > 0) {
      int status = 0;
      ::waitpid(first, &status, 0);
      // What the kernel makes of reboot(2) there.
      const bool off = WIFSIGNALED(status) && WTERMSIG(status) == SIGINT;
      ::_exit(off ? kPoweredOff : 1);
    }
    const pid_t orphan = ::fork();
    if (orphan == 0) ::_exit(0);
    siginfo_t ended;
    ::waitid(P_PID, static_cast<id_t>(orphan), &ended, WEXITED | WNOWAIT);
    std::vector<char*> argv{const_cast<char*>("init")};
    for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
    argv.push_back(nullptr);
    ::execv(SHMSPEC_PROGRAM, argv.data());
    return std::string("cannot execute: ") + ::strerror(errno);
  };
}

TEST(Init, RunsPrintsItsRecordAndStopsTheMachineWhenAskedTo) {
  const Leftovers leftovers;
  const Finished run =
      RunProgram({}, {.preparation = AsInit({"run", "--", "sysv.detach", "--power-off"})});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_EQ(run.exit_code, kPoweredOff) << run;
  EXPECT_THAT(run.out, HasSubstr("-----END OF SHMSPEC: exit code 0-----\n")) << run;
  EXPECT_THAT(run.out, Not(HasSubstr("init: no proc"))) << run;
  EXPECT_THAT(leftovers.Remaining(), testing::IsEmpty());
  // As a serial line has it.
  std::string log;
  for (const char c : "boot\n" + run.out)
    log += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const TemporaryFolder folder;
  WriteWhole(folder / "serial.log", log);
  const Finished report = RunProgram({"report", folder / "serial.log", "--format", "ktap"});
  EXPECT_EQ(report.exit_code, 0) << report;
  EXPECT_THAT(report.out, HasSubstr("sysv.detach."));
  EXPECT_THAT(report.out, Not(HasSubstr("not ok")));
}

TEST(Init, StaysAndReapsOrphans) {
  ProgramChild program({}, {.preparation = AsInit({"list"})});
  if (!program.AwaitOutput("-----END OF SHMSPEC: exit code 0-----")) {
    const Finished run = program.Finish();
    if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
    FAIL() << run;
  }
  const std::vector<pid_t> below = Descendants();
  EXPECT_EQ(below.size(), 2u) << "process 1 and the one that waits for it outside";
  for (const pid_t pid : below) EXPECT_EQ(::kill(pid, 0), 0) << "it has ended";
}

TEST(Init, PutsNothingElseIntoARecordThatGoesElsewhere) {
  const TemporaryFolder folder;
  const Finished run = RunProgram({}, {.preparation = AsInit({"run", "sysv.detach.works_once", "-o",
                                                              folder / "r.json", "--power-off"})});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_EQ(run.exit_code, kPoweredOff) << run;
  EXPECT_THAT(run.out, Not(HasSubstr("BEGIN SHMSPEC RECORD"))) << run;
  EXPECT_TRUE(std::filesystem::exists(folder / "r.json"));
}

TEST(Init, IsForProcessOneAlone) {
  const Finished run = RunProgram({"run", "sysv.detach.works_once", "--power-off"});
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_THAT(run.err, HasSubstr("--power-off")) << run;
}

TEST(Logs, WithARecordThatDoesNotEndAreRefusedInOneLine) {
  const TemporaryFolder folder;
  WriteWhole(folder / "torn.log", "-----BEGIN SHMSPEC RECORD-----\n{\"format\":");
  const Finished report = RunProgram({"report", folder / "torn.log"});
  EXPECT_EQ(report.exit_code, 4) << report;
  EXPECT_EQ(LinesOf(report.err).size(), 1u) << report;
  EXPECT_THAT(report.err, HasSubstr("does not end")) << report;
}

TEST(Logs, OfSeveralRecordsAreReadByThoseThatTakeSeveral) {
  const Finished run =
      RunProgram({"run", "sysv.detach.works_once", "--target", "libc,syscall", "--record-in-log"});
  ASSERT_EQ(run.exit_code, 0) << run;
  const TemporaryFolder folder;
  WriteWhole(folder / "both.log", run.out);
  EXPECT_EQ(RunProgram({"matrix", folder / "both.log"}).exit_code, 0);
  const Finished diff = RunProgram({"diff", folder / "both.log", folder / "both.log"});
  EXPECT_EQ(diff.exit_code, 4) << diff;
  EXPECT_THAT(diff.err, HasSubstr("has 2 records")) << diff;
}

}  // namespace
}  // namespace shmspec
