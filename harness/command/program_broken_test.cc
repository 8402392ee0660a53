// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program on a system whose shmdt crashes or hangs: that is a failure of shared memory, and the
// report describes what happened and where.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kCase = "sysv.detach.works_once";

ChildOptions With(const char* library) {
  ChildOptions options;
  options.environment = {std::string("LD_PRELOAD=") + library};
  return options;
}

TEST(BrokenDetach, ThatCrashesIsAFailureThatNamesActorSignalAndCall) {
  const Finished run = RunProgram({"run", kCase}, With(SHMSPEC_CRASHING_DETACH));
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, HasSubstr("actor a died of SIGSEGV in sysv.detach")) << run;
  EXPECT_EQ(run.out.find("which the specification allows"), std::string::npos) << run;
  const Finished recorded =
      RunProgram({"run", kCase, "--format", "json"}, With(SHMSPEC_CRASHING_DETACH));
  const json record = json::parse(recorded.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << recorded;
  EXPECT_EQ(record["tests"][0]["status"], "FAIL");
  EXPECT_EQ(record["tests"][0]["cause"], "death");
  EXPECT_THAT(record["tests"][0]["reason"].get<std::string>(), HasSubstr("SIGSEGV in sysv.detach"));
}

TEST(BrokenDetach, ThatHangsIsAFailureOnceItHungAloneAsWell) {
  const Finished run = RunProgram({"run", kCase, "--timeout", "300ms", "--format", "json"},
                                  With(SHMSPEC_HANGING_DETACH));
  EXPECT_EQ(run.exit_code, 1) << run;
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  const json& test = record["tests"][0];
  EXPECT_EQ(test["status"], "FAIL");
  EXPECT_EQ(test["cause"], "hang");
  EXPECT_THAT(test["reason"].get<std::string>(),
              AllOf(StartsWith("hung in sysv.detach"), HasSubstr("alone 3000 ms")));
}

TEST(PreloadedLibrary, IsInTheRecordWithWhatItsUserCallsIt) {
  const Finished run = RunProgram({"run", kCase, "--subject", "mine=1.0", "--format", "json"},
                                  With(SHMSPEC_CRASHING_DETACH));
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  EXPECT_EQ(record["subject"]["library"]["name"], "mine");
  EXPECT_EQ(record["subject"]["library"]["version"], "1.0");
  EXPECT_THAT(record["environment"]["facts"]["libraries.besides"]["value"].get<std::string>(),
              HasSubstr("libcrashing_detach.so"));
}

TEST(PreloadedLibrary, IsNoneUnlessThereIsOne) {
  const Finished run = RunProgram({"run", kCase, "--format", "json"}, {});
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  EXPECT_EQ(record["environment"]["facts"]["libraries.besides"]["value"], "none");
}

TEST(PreloadedLibrary, NeedsANameAndAVersion) {
  for (const char* word : {"mine", "=1.0", "mine="}) {
    const Finished run = RunProgram({"run", kCase, "--subject", word}, {});
    EXPECT_EQ(run.exit_code, 4) << run;
    EXPECT_THAT(run.err, HasSubstr("expected NAME=VERSION")) << run;
  }
}

TEST(BrokenDetach, ThatIsRefusedFailsWhatIsAboutDetachingAndNothingElse) {
  const Finished run = RunProgram({"run", "--quick", "--format", "json"},
                                  {.preparation = RefuseCalls({SYS_shmdt}, ENOSYS)});
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_EQ(LinesOf(run.err).size(), 1u) << run.err;
  EXPECT_THAT(run.err, HasSubstr("shmdt was refused with ENOSYS"));
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  std::size_t failed = 0;
  std::size_t passed = 0;
  for (const json& test : record["tests"]) {
    passed += test["status"] == "PASS" ? 1 : 0;
    if (test["status"] != "FAIL") continue;
    ++failed;
    const std::string cited = test["requirements"].dump();
    const bool about = cited.find("SYSV.SHMDT.") != std::string::npos ||
                       cited.find("SYSV.MULTI.") != std::string::npos;
    EXPECT_TRUE(about) << test["id"] << ": " << test.value("reason", "");
  }
  EXPECT_GT(failed, 0u);
  EXPECT_GT(passed, 100u);
}

}  // namespace
}  // namespace shmspec
