// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs on several other systems, side by side.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "harness/command/program_child.h"
#include "harness/command/program_launchers.h"

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Matrix : public testing::Test, protected ScriptedSystems {
 protected:
  void TearDown() override {
    EXPECT_THAT(leftovers_.Remaining(), IsEmpty());
    EXPECT_TRUE(LeftNothing());
  }

  const Leftovers leftovers_;
};

TEST_F(Matrix, HasAColumnOfEach) {
  Add("plain", kStart);
  Add("broken", "echo 'out of order' >&2; exit 9");
  Add("last", kStart);
  const Finished run = RunWith({"matrix", "--on", "plain,broken,last", "--filter", "sysv.detach",
                                "-o", folder_ / "page.html"});
  EXPECT_EQ(run.exit_code, 3) << run;
  EXPECT_THAT(LinesOf(run.out),
              ElementsAre(StartsWith("plain "), StartsWith("broken "), StartsWith("last ")));
  EXPECT_THAT(run.out, HasSubstr("UNRESOLVED: it printed no record; sh ended with exit code 9; its "
                                 "last words: out of order\n"));
  const std::string page = ReadWhole(folder_ / "page.html");
  for (const char* label : {"plain: ", "broken", "last: "}) EXPECT_THAT(page, HasSubstr(label));
  EXPECT_THAT(page, HasSubstr("sh ended with exit code 9; its last words: out of order"));
  const std::string records = folder_ / "page.records";
  EXPECT_EQ(ReadWhole(records + "/broken.json.console"), "out of order\n");
  const Finished table = RunProgram({"matrix", records, "--all"});
  EXPECT_EQ(table.exit_code, 0) << table;
  EXPECT_THAT(table.out, testing::ContainsRegex("SYSV.SHMDT.TWICE +UNRESOLVED +PASS +PASS\n"));
}

TEST_F(Matrix, GivesTheExitCodeOfTheWorst) {
  Add("plain", kStart);
  Add("faulty", "exec \"$0\" \"$@\" --target faulty:detach_can_be_repeated");
  Add("broken", "exit 9");
  const auto code = [&](const std::string& names) {
    return RunWith({"matrix", "--on", names, "--filter", "sysv.detach"}).exit_code;
  };
  EXPECT_EQ(code("plain"), 0);
  EXPECT_EQ(code("faulty,plain"), 1);
  EXPECT_EQ(code("faulty,broken,plain"), 3);
  const Finished beside = RunWith({"matrix", "--on", "faulty,nothing"});
  EXPECT_EQ(beside.exit_code, 4) << beside;
  EXPECT_THAT(beside.out, IsEmpty()) << "nothing begins before all is understood";
}

TEST_F(Matrix, KeepsWhatItHasWhenItIsInterrupted) {
  Add("plain", kStart);
  Add("slow", "echo begun > " + folder_ / "fifo" + "; sleep 1000");
  Add("late", kStart);
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  ProgramChild run(With({"matrix", "--on", "plain,slow,late", "--filter", "sysv.detach", "-o",
                         folder_ / "page.html", "--records", folder_ / "kept"}),
                   Options());
  EXPECT_EQ(ReadWhole(folder_ / "fifo"), "begun\n");
  ::kill(run.pid(), SIGINT);
  const Finished finished = run.Finish();
  EXPECT_EQ(finished.exit_code, 2) << finished;
  EXPECT_THAT(finished.out, HasSubstr("slow             UNRESOLVED: stopped by SIGINT\n"));
  EXPECT_THAT(finished.out,
              HasSubstr("late             UNRESOLVED: stopped by SIGINT before it began\n"));
  EXPECT_THAT(ReadWhole(folder_ / "page.html"), HasSubstr("plain: "));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "kept/plain.json"));
}

}  // namespace
}  // namespace shmspec
