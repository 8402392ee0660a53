// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Several targets in one go: a record for each, a line for each, and the exit code of the worst.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::StartsWith;

/// Those of a kernel that the doctor lists.
std::vector<std::string> KernelTargetsOfTheProgram() {
  const json found = json::parse(RunProgram({"doctor", "--format", "json"}).out);
  std::vector<std::string> names;
  for (const auto& [name, finding] : found["targets"].items()) names.push_back(name);
  return names;
}

TEST(Targets, EachHaveARecordThatReportsTake) {
  const TemporaryFolder folder;
  const std::string records = folder / "entries";
  const Finished run = RunProgram({"run", "sysv.detach", "--target", "all", "--output", records});
  EXPECT_EQ(run.exit_code, 0) << run;
  const std::vector<std::string> targets = KernelTargetsOfTheProgram();
  EXPECT_THAT(targets, IsSupersetOf({"libc", "syscall", "ia32", "libc32", "boost"}));
  for (const std::string& target : targets) {
    const json record = json::parse(ReadWhole(records + "/" + target + ".json"));
    EXPECT_EQ(record["subject"]["target"], target);
    EXPECT_THAT(LinesOf(run.out), Contains(StartsWith(target + " "))) << run;
  }
  EXPECT_THAT(LinesOf(run.out).back(), HasSubstr(" passed, 0 failed, "));
}

TEST(Targets, HaveAColumnEach) {
  const TemporaryFolder folder;
  const std::string records = folder / "entries";
  const std::string faulty = "faulty:detach_can_be_repeated";
  RunProgram({"run", "sysv.detach", "--target", "simulated," + faulty, "--output", records});
  const Finished matrix = RunProgram({"matrix", records});
  EXPECT_EQ(matrix.exit_code, 0) << matrix;
  EXPECT_THAT(matrix.out, HasSubstr("  1  " + faulty + ", "));
  EXPECT_THAT(matrix.out, HasSubstr("  2  simulated, "));
  EXPECT_THAT(matrix.out, ContainsRegex("SYSV.SHMDT.TWICE +FAIL +PASS\n")) << matrix;
  const Finished page = RunProgram({"report", records});
  for (const std::string& target : {faulty, std::string("simulated")}) {
    EXPECT_THAT(page.out, HasSubstr("<th scope=\"col\">" + target + "<br>"));
  }
  const Finished baseline = RunProgram({"baseline", records});
  EXPECT_EQ(baseline.exit_code, 4) << baseline;
  EXPECT_THAT(baseline.err, HasSubstr("has 2 records and one is expected here"));
  WriteWhole(records + "/broken.json", "{");
  EXPECT_THAT(RunProgram({"matrix", records}).err, HasSubstr("broken.json:1:2: the record ends"));
}

TEST(Targets, ThatTheSystemLacksAreSaidInOneLineAndNoError) {
  const TemporaryFolder folder;
  // Without files in memory there are no 32-bit programs within this one.
  const Finished run =
      RunProgram({"run", "sysv.detach", "--target", "libc,libc32", "-o", folder / "entries"},
                 {.preparation = RefuseCalls({SYS_memfd_create}, ENOSYS)});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_EQ(run.exit_code, 0) << run;
  const json record = json::parse(ReadWhole(folder / "entries/libc32.json"));
  for (const json& one : record["tests"]) EXPECT_EQ(one["status"], "UNSUPPORTED");
  const std::vector<std::string> lines = LinesOf(run.out);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.starts_with("libc32 "); }),
            1)
      << run;
}

TEST(Targets, GiveTheExitCodeOfTheWorst) {
  // A case that the simulated system with that fault fails and the kernel does not.
  const Finished run =
      RunProgram({"run", "sysv.detach", "--target", "libc,faulty:detach_can_be_repeated"});
  EXPECT_EQ(run.exit_code, 1) << run;
}

TEST(Targets, AreCheckedBeforeAnythingIsPerformed) {
  const TemporaryFolder folder;
  WriteWhole(folder / "file", "");
  for (const auto& [arguments, message] :
       {std::pair{std::vector<std::string>{"--target", "libc,sycall"}, "did you mean syscall"},
        {{"--target", "libc,libc"}, "twice"},
        {{"--target", "all", "--format", "json"}, "--output FOLDER"},
        {{"--target", "all", "-o", folder / "file"}, "names a folder"}}) {
    std::vector<std::string> whole{"run", "sysv.detach"};
    whole.insert(whole.end(), arguments.begin(), arguments.end());
    const Finished run = RunProgram(whole);
    EXPECT_EQ(run.exit_code, 4) << run;
    EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
    EXPECT_THAT(run.err, HasSubstr(message)) << run;
    EXPECT_THAT(run.out, IsEmpty()) << run;
  }
}

}  // namespace
}  // namespace shmspec
