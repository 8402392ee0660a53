// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/launch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/host/pipe.h"
#include "harness/launcher/scratch_folder.h"

namespace shmspec {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kLong_ms = 60000;

LaunchOptions Shell(const std::string& script) {
  return {.command = {"sh", "-c", script}, .deadline_ms = kLong_ms};
}

/// Nothing of a launch runs any more: this process has no child, not even one that was adopted.
bool NothingRuns() { return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD; }

TEST(Launches, KeepOutputAndConsoleApart) {
  const Launched launched = Launch(Shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(launched.end, LaunchEnd::kExited);
  EXPECT_EQ(launched.code, 3);
  EXPECT_EQ(launched.output, "out\n");
  EXPECT_THAT(launched.console, HasSubstr("err\n"));
  EXPECT_THAT(launched.console, HasSubstr("out\n"));
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, TakeMoreThanAPipeHolds) {
  const Launched launched =
      Launch(Shell("head -c 1000000 /dev/zero; head -c 500000 /dev/zero >&2"));
  EXPECT_EQ(launched.output.size(), 1000000u);
  EXPECT_EQ(launched.console.size(), 1500000u);
}

TEST(Launches, AreInASessionOfTheirOwnAndReadNothing) {
  const Launched launched = Launch(Shell("cut -d' ' -f1,6 /proc/$$/stat; cat"));
  std::istringstream words(launched.output);
  pid_t pid = 0;
  pid_t session = -1;
  words >> pid >> session;
  EXPECT_EQ(pid, session);
}

TEST(Launches, OfWhatCannotBeExecutedSayWhy) {
  const Launched launched = Launch({.command = {"/no/such/tool"}, .deadline_ms = kLong_ms});
  EXPECT_EQ(launched.end, LaunchEnd::kNotStarted);
  EXPECT_EQ(launched.code, ENOENT);
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, ThatDieNameTheSignal) {
  const Launched launched = Launch(Shell("kill -SEGV $$"));
  EXPECT_EQ(launched.end, LaunchEnd::kKilled);
  EXPECT_EQ(launched.code, SIGSEGV);
}

TEST(Launches, EndAtTheDeadlineWithAllThatTheyStarted) {
  LaunchOptions options =
      Shell("trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$; sleep 1000' & sleep 1000");
  options.deadline_ms = 500;
  options.grace_ms = 100;
  const Launched launched = Launch(options);
  EXPECT_EQ(launched.end, LaunchEnd::kDeadline);
  EXPECT_LT(launched.duration_s, 30);
  EXPECT_TRUE(NothingRuns());
  const int left = std::stoi(launched.output);
  EXPECT_NE(::kill(left, 0), 0) << "a process that left the session is still there";
}

TEST(Launches, ThatAreAskedToEndMaySayALastWord) {
  LaunchOptions options = Shell("trap 'echo last; exit 7' TERM; echo first; sleep 1000 & wait");
  options.deadline_ms = 500;
  const Launched launched = Launch(options);
  EXPECT_EQ(launched.end, LaunchEnd::kDeadline);
  EXPECT_EQ(launched.output, "first\nlast\n");
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, EndWhenSomebodyAsks) {
  Result<Pipe> asked = MakePipe();
  ASSERT_TRUE(asked.ok());
  SendWord(asked->writing.get(), 's');
  LaunchOptions options = Shell("sleep 1000");
  options.stop_fd = asked->reading.get();
  const Launched launched = Launch(options);
  EXPECT_EQ(launched.end, LaunchEnd::kStopped);
  EXPECT_LT(launched.duration_s, 30);
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, AreEndedByTheirOwnCommandAsWell) {
  const Result<ScratchFolder> folder = MakeScratchFolder();
  const std::string note = folder->get() + "/note";
  LaunchOptions options = Shell("sleep 1000");
  options.stop = {"sh", "-c", "echo stopped > " + note};
  options.deadline_ms = 200;
  Launch(options);
  EXPECT_TRUE(std::filesystem::exists(note));
  std::filesystem::remove(note);
  options.command = {"true"};
  options.deadline_ms = kLong_ms;
  Launch(options);
  EXPECT_FALSE(std::filesystem::exists(note)) << "it ended by itself";
}

TEST(Launches, WaitForWhatOutlivesTheCommandAndThenKillIt) {
  // What a shell leaves behind still prints; something else never ends.
  LaunchOptions options = Shell("(sleep 0.2; echo late) & (setsid sleep 1000 >/dev/null 2>&1) &");
  options.grace_ms = 2000;
  const Launched launched = Launch(options);
  EXPECT_EQ(launched.end, LaunchEnd::kExited);
  EXPECT_EQ(launched.output, "late\n");
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, ThatPrintWithoutEndAreEnded) {
  LaunchOptions options = Shell("exec cat /dev/zero");
  options.most_output = 1 << 20;
  const Launched launched = Launch(options);
  EXPECT_EQ(launched.end, LaunchEnd::kTooMuchOutput);
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, EndWhenTheConsoleSaysSo) {
  LaunchOptions options = Shell("printf 'the e'; sleep 0.1; printf 'nd of it'; sleep 1000");
  options.end_mark = "the end";
  options.grace_ms = 500;
  const Launched launched = Launch(options);
  EXPECT_EQ(launched.end, LaunchEnd::kExited);
  EXPECT_EQ(launched.output, "the end of it");
  EXPECT_LT(launched.duration_s, 30);
  EXPECT_TRUE(NothingRuns());
}

TEST(Launches, ShowThatTheyGoOn) {
  LaunchOptions options = Shell("sleep 1000");
  std::vector<std::int64_t> seen_ms;
  options.deadline_ms = 2500;
  options.progress = [&](std::int64_t elapsed_ms) { seen_ms.push_back(elapsed_ms); };
  Launch(options);
  EXPECT_GE(seen_ms.size(), 2u);
  EXPECT_LE(seen_ms.size(), 4u);
}

}  // namespace
}  // namespace shmspec
