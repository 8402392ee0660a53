// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs of cases with a crash, as users of the program meet them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/command/program_child.h"

namespace shmspec {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kCase = "sysv.remove.keeps_data_until_the_last_detach";

TEST(Crashes, AreCasesOfTheirOwnInTheRecord) {
  const Finished run =
      RunProgram({"run", "--crash", kCase, "--target", "simulated", "--format", "json"});
  ASSERT_EQ(run.exit_code, 0) << run;
  const auto record = nlohmann::json::parse(run.out);
  ASSERT_GT(record["tests"].size(), 5u);
  for (const auto& test : record["tests"]) {
    EXPECT_THAT(test["id"].get<std::string>(), StartsWith(std::string(kCase) + "/crash:"));
    EXPECT_EQ(test["status"], "PASS");
  }
}

/// Without locks, of which glibc 2.36 leaves some unusable after a crash (harness/README.md).
TEST(Crashes, PassOnThisKernelInASample) {
  const Finished run =
      RunProgram({"run", "--crash", "sysv", "posix", "map", "memfd", "races", "namespaces",
                  "--quick", "--shuffle", "--shard", "1/100", "--seed", "12"});
  EXPECT_EQ(run.exit_code, 0) << run;
}

TEST(Crashes, InsideStepsArePerformedAsOftenAsWasAskedFor) {
  const Finished run =
      RunProgram({"run", "--crash-inside", "7", kCase, "--seed", "3", "--format", "json"});
  ASSERT_EQ(run.exit_code, 0) << run;
  bool inside = false;
  const auto record = nlohmann::json::parse(run.out);
  for (const auto& test : record["tests"]) {
    if (test["id"].get<std::string>().find(":in-") == std::string::npos) continue;
    inside = true;
    EXPECT_EQ(test["attempts"][0]["rounds"], 7) << test["id"];
  }
  EXPECT_TRUE(inside);
}

TEST(Crashes, ThatFailCanBeShownAndReplayed) {
  const std::string name = "sync.mutex.excludes_other_processes/crash:a:after-2";
  const std::string fault = "faulty:kill_keeps_the_count";
  const Finished plain =
      RunProgram({"run", "sync.mutex.excludes_other_processes", "--target", fault});
  EXPECT_EQ(plain.exit_code, 0) << plain;
  const Finished run = RunProgram({"run", "--crash", name, "--target", fault, "--seed", "1"});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, AllOf(HasSubstr("FAIL " + name), HasSubstr("watcher: process.kill"),
                             HasSubstr("again: shmspec run --crash " + name + " --target")));
  const Finished shown = RunProgram({"show", name});
  ASSERT_EQ(shown.exit_code, 0) << shown;
  TemporaryFolder folder;
  const std::string file = folder / "crash.plan";
  WriteWhole(file, shown.out);
  EXPECT_EQ(RunProgram({"replay", file, "--target", fault}).exit_code, 1);
  EXPECT_EQ(RunProgram({"replay", file, "--target", "simulated"}).exit_code, 0);
}

TEST(Crashes, OfUnknownNamesAreRefused) {
  const Finished run = RunProgram({"run", "--crash", std::string(kCase) + "/crash:nobody:after-1"});
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_THAT(run.err, HasSubstr("no case or requirement"));
}

}  // namespace
}  // namespace shmspec
