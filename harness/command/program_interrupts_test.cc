// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program when it, or a process that works for it, is interrupted or killed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// b waits in a call that never ends: its process is stopped.
constexpr const char* kHang =
    "plan hang\nactor a\nactor b\na: s0 = sysv.get key=private size=4096 flags=create|0600\n"
    "a: a0 = sysv.attach segment=s0\na: process.kill actor=b signal=SIGSTOP -> 0\n"
    "b: map.layout\na: map.layout\n";

/// All that a run could leave: processes below this test, segments of the namespace, files.
class Interrupted : public testing::TestWithParam<bool> {
 protected:
  void TearDown() override { EXPECT_THAT(leftovers_.Remaining(), IsEmpty()); }

  /// In a shared IPC namespace when the parameter is true.
  ChildOptions Options() const {
    if (!GetParam()) return {};
    return {.preparation = [] { return LikeDocker(); }};
  }

  /// A run that has begun and goes on for minutes.
  ProgramChild LongRun(const TemporaryFolder& folder) const {
    return ProgramChild({"run", "--repeat", "1000", "--output", folder / "record"}, Options());
  }

  const Leftovers leftovers_;
};
INSTANTIATE_TEST_SUITE_P(Program, Interrupted, testing::Bool(), [](const auto& one) {
  return one.param ? "SharedNamespace" : "PrivateNamespace";
});

void ExpectPartialRecord(const Finished& run, const std::string& file, const char* reason) {
  EXPECT_EQ(run.exit_code, 2) << run;
  EXPECT_TRUE(run.in_time);
  EXPECT_THAT(run.out, HasSubstr(std::string("incomplete: stopped by ") + reason));
  const auto record = nlohmann::json::parse(ReadWhole(file), nullptr, false);
  ASSERT_TRUE(record.is_object());
  EXPECT_EQ(record["run"]["complete"], false);
  EXPECT_EQ(record["run"]["stop_reason"], std::string("stopped by ") + reason);
  EXPECT_GT(record["summary"]["counts"]["UNTESTED"].get<int>(), 0);
}

TEST_P(Interrupted, EndsAtOnceWithAWholePartialRecord) {
  for (const int signal : {SIGINT, SIGTERM}) {
    for (const bool group : {false, true}) {
      const TemporaryFolder folder;
      ProgramChild run = LongRun(folder);
      ASSERT_TRUE(run.AwaitOutput("isolation ")) << run.Finish();
      EXPECT_THAT(folder.Names(), IsEmpty()) << "nothing before it is whole";
      ::kill(group ? -run.pid() : run.pid(), signal);
      ExpectPartialRecord(run.Finish(), folder / "record", signal == SIGINT ? "SIGINT" : "SIGTERM");
    }
  }
}

/// Waits until the program has a process `depth` generations below it, and returns the youngest.
pid_t AwaitDescendant(pid_t pid, std::size_t depth) {
  for (int attempt = 0; attempt < 200000; ++attempt) {
    pid_t at = pid;
    std::size_t generation = 0;
    for (; generation < depth; ++generation) {
      const std::string name = std::to_string(at);
      const std::string children = ReadWhole("/proc/" + name + "/task/" + name + "/children");
      if (children.empty()) break;
      at = std::stoi(children);
    }
    if (generation == depth) return at;
    ::sched_yield();
  }
  return 0;
}

TEST_P(Interrupted, LeavesNothingWhenItIsKilled) {
  // The runner is killed as soon as there is a case's process, a warden or an actor below it.
  for (const std::size_t depth : {0u, 1u, 2u, 3u}) {
    const TemporaryFolder folder;
    ProgramChild run = LongRun(folder);
    if (depth > 0) {
      ASSERT_TRUE(run.AwaitOutput("isolation "));
    }
    ASSERT_NE(AwaitDescendant(run.pid(), depth), 0);
    ::kill(run.pid(), SIGKILL);
    EXPECT_EQ(run.Finish().signal, SIGKILL);
    EXPECT_TRUE(AwaitSilence());
    EXPECT_THAT(folder.Names(), IsEmpty());
  }
}

/// Waits until some process below has a segment attached.
bool AwaitAttach() {
  for (int attempt = 0; attempt < 200000; ++attempt) {
    for (const pid_t pid : Descendants()) {
      const std::string maps = ReadWhole("/proc/" + std::to_string(pid) + "/maps");
      if (maps.find("/SYSV") != std::string::npos) return true;
    }
    ::sched_yield();
  }
  return false;
}

TEST_P(Interrupted, LeavesNoAttachedSegmentWhenItIsKilledAmidstAPlan) {
  ChildOptions options = Options();
  options.input = kHang;
  ProgramChild run({"replay", "-", "--timeout", "1h"}, options);
  // Once the segment is there only SIGKILL can end this.
  ASSERT_TRUE(AwaitAttach());
  ::kill(run.pid(), SIGKILL);
  EXPECT_EQ(run.Finish().signal, SIGKILL);
}

TEST_P(Interrupted, GoesOnWhenACaseIsKilled) {
  for (const std::size_t depth : {1u, 3u}) {
    const TemporaryFolder folder;
    ProgramChild run({"run", "sysv.create", "sysv.remove", "sysv.stat", "--jobs", "1", "--output",
                      folder / "record"},
                     Options());
    ASSERT_TRUE(run.AwaitOutput("isolation "));
    const pid_t victim = AwaitDescendant(run.pid(), depth);
    ASSERT_NE(victim, 0);
    ::kill(victim, SIGKILL);
    const Finished finished = run.Finish();
    const auto record = nlohmann::json::parse(ReadWhole(folder / "record"), nullptr, false);
    ASSERT_TRUE(record.is_object()) << finished;
    EXPECT_EQ(record["run"]["complete"], true);
    EXPECT_FALSE(record["summary"]["counts"].contains("UNTESTED"));
    EXPECT_LE(record["summary"]["counts"].value("UNRESOLVED", 0) +
                  record["summary"]["counts"].value("FAIL", 0),
              1);
  }
}

TEST_P(Interrupted, NamesTheStepAtWhichAPlanHangs) {
  ChildOptions options = Options();
  options.input = kHang;
  const Finished run = RunProgram({"replay", "-", "--timeout", "500ms"}, options);
  EXPECT_EQ(run.exit_code, 2) << run;
  EXPECT_THAT(run.out, HasSubstr("UNRESOLVED hang"));
  EXPECT_THAT(run.out, HasSubstr("took longer than 500 ms"));
  EXPECT_THAT(run.out, HasSubstr("b: map.layout"));
}

}  // namespace
}  // namespace shmspec
