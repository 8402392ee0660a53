// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program started by other runners of tests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using testing::HasSubstr;
using Arguments = std::vector<std::string>;

constexpr const char* kFault = "faulty:removal_destroys_at_once";
constexpr const char* kCase = "sysv.remove.keeps_data_until_the_last_detach";

/// The exit codes of all styles for the same result.
struct Codes {
  int shmspec;
  int ksft;
  int openposix;
  int automake;
  int ltp;
};

void ExpectCodes(const Codes& codes, Arguments arguments, const std::string& part,
                 const ChildOptions& child = {}) {
  const std::array<std::pair<const char*, int>, 5> styles{{{"shmspec", codes.shmspec},
                                                           {"ksft", codes.ksft},
                                                           {"openposix", codes.openposix},
                                                           {"automake", codes.automake},
                                                           {"ltp", codes.ltp}}};
  arguments.insert(arguments.begin(), {"exec", "--exit-style", ""});
  for (const auto& [style, code] : styles) {
    arguments[2] = style;
    const Finished run = RunProgram(arguments, child);
    if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
    EXPECT_EQ(run.exit_code, code) << style << run;
    EXPECT_THAT(run.out + run.err, HasSubstr(part)) << style;
  }
}

TEST(Exec, TellsAPass) {
  ExpectCodes({0, 0, 0, 0, 0}, {kCase, "--target", "simulated"},
              std::string("PASS ") + kCase + "\n1 passed, 0 failed, 0 skipped\n");
}

TEST(Exec, TellsAFailureAndExplainsIt) {
  ExpectCodes({1, 1, 1, 1, 1}, {kCase, "--target", kFault}, "the case expects");
  ExpectCodes({1, 1, 1, 1, 1}, {kCase, "--target", kFault}, "0 passed, 1 failed, 0 skipped\n");
}

TEST(Exec, TellsWhatCouldNotBeDecided) {
  // Without fork the case gets no process of its own.
  ExpectCodes({2, 1, 2, 99, 2}, {kCase, "--target", "simulated"}, "UNRESOLVED ",
              {.preparation = RefuseCalls({SYS_clone, SYS_clone3, SYS_fork, SYS_vfork}, EINVAL)});
}

TEST(Exec, TellsWhatIsNotOfferedHere) {
  ExpectCodes({2, 4, 4, 77, 32}, {kCase}, "System V",
              {.preparation = RefuseCalls(SystemVCalls(), ENOSYS)});
}

TEST(Exec, TellsWhatIsWaivedAndWhatIsStale) {
  const TemporaryFolder folder;
  const std::string file = folder / "waivers.toml";
  WriteWhole(file, std::string("format = \"shmspec-waivers/1\"\n[[waiver]]\nid = \"W-1\"\n") +
                       "tests = [\"" + kCase + "\"]\nexpect = [\"FAIL\"]\nreason = \"known\"\n" +
                       "url = \"https://bugs.example.org/1\"\nowner = \"qa@example.org\"\n" +
                       "granted = " + DayFromNow(-1) + "\nexpires = " + DayFromNow(9) + "\n");
  ExpectCodes({0, 2, 1, 77, 1}, {kCase, "--target", kFault, "--waivers", file}, "waived by W-1");
  ExpectCodes({1, 3, 0, 1, 0}, {kCase, "--target", "simulated", "--waivers", file}, "waiver-stale");
}

TEST(Exec, NeverMakesAMistakeLookLikeAPassOrASkip) {
  ExpectCodes({4, 1, 2, 99, 2}, {"sysv.remove.keeps_data"}, "did you mean");
  ExpectCodes({4, 1, 2, 99, 2}, {kCase, "--target", "syscal"}, "did you mean syscall");
  ExpectCodes({4, 1, 2, 99, 2}, {kCase, "--timeout", "0"}, "--timeout");
  ExpectCodes({4, 1, 2, 99, 2}, {kCase, "--sed", "1"}, "no option --sed");
  ExpectCodes({4, 1, 2, 99, 2}, {}, "CASE is required");
  const Finished style = RunProgram({"exec", kCase, "--exit-style", "tap"});
  EXPECT_EQ(style.exit_code, 4) << style;
}

/// What a shell command prints, and its exit code at the end.
std::string Shell(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> chunk;
  for (std::size_t n; (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) {
    out.append(chunk.data(), n);
  }
  const int status = ::pclose(pipe);
  return out + "\nexit code " + std::to_string(WEXITSTATUS(status));
}

TEST(CTest, RunsEveryCaseAsATestOfItsOwn) {
  const TemporaryFolder folder;
  const Arguments cases = LinesOf(RunProgram({"list", "sysv.remove"}).out);
  WriteWhole(folder / "CTestTestfile.cmake",
             RunProgram({"list", "--format", "ctest", "sysv.remove"}).out);
  const std::string listed = Shell(SHMSPEC_CTEST " --test-dir " + folder.path() + " -N");
  EXPECT_THAT(listed, HasSubstr("Total Tests: " + std::to_string(cases.size()) + "\n"));
  const std::string run =
      Shell(SHMSPEC_CTEST " --output-on-failure --test-dir " + folder.path() + " -R " + kCase);
  EXPECT_THAT(run, HasSubstr("100% tests passed, 0 tests failed out of 1"));
  EXPECT_THAT(run, HasSubstr("\nexit code 0"));
}

TEST(Junit, IsWhatARunCanPrint) {
  const Finished run = RunProgram({"run", "sysv.remove", "--target", kFault, "--format", "junit"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, testing::StartsWith("<?xml version="));
  EXPECT_THAT(run.out, HasSubstr("<failure message="));
  const Finished tap = RunProgram({"run", "sysv.remove", "--target", kFault, "--format", "ktap"});
  EXPECT_THAT(tap.out, testing::StartsWith("KTAP version 1\n"));
}

}  // namespace
}  // namespace shmspec
