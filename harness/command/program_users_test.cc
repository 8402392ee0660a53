// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program where users are faked: setuid "succeeds" there, and the kernel knows of one user
// only.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_environments.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

struct Pretence {
  std::string name;
  std::vector<std::string> launcher;
  Preparation preparation;  // null: as the caller
};
void PrintTo(const Pretence& one, std::ostream* out) { *out << one.name; }

const std::vector<Pretence> kPretences{
    {"Fakeroot", {"/usr/bin/fakeroot"}, nullptr},
    {"FakerootOfAnOrdinaryUser", {"/usr/bin/fakeroot"}, OrdinaryUser},
    {"Proot", {"/usr/bin/proot", "-0"}, nullptr},
    {"ProotOfAnOrdinaryUser", {"/usr/bin/proot", "-0"}, OrdinaryUser},
};

class WithPretendedUsers : public testing::TestWithParam<Pretence> {
 protected:
  void SetUp() override {
    if (::access(GetParam().launcher[0].c_str(), X_OK) != 0) {
      GTEST_SKIP() << GetParam().launcher[0] << " is not installed";
    }
  }
  void TearDown() override { EXPECT_THAT(leftovers_.Remaining(), IsEmpty()); }
  static ChildOptions Options() {
    return {.preparation = GetParam().preparation, .launcher = GetParam().launcher};
  }
  const Leftovers leftovers_;
};
INSTANTIATE_TEST_SUITE_P(Program, WithPretendedUsers, testing::ValuesIn(kPretences),
                         [](const auto& one) { return one.param.name; });

TEST_P(WithPretendedUsers, FailsNothingAndSaysWhyCasesOfSeveralUsersCannotBeHad) {
  const Finished run = RunProgram({"run", "--quick", "--format", "json"}, Options());
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  const json record = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(record.is_object()) << run;
  int passed = 0;
  bool several = false;
  for (const json& test : record["tests"]) {
    EXPECT_NE(test["status"], "FAIL") << test.dump(2);
    EXPECT_NE(test["status"], "UNRESOLVED") << test.dump(2);
    passed += test["status"] == "PASS" ? 1 : 0;
    if (test["id"] != "permissions.matrix.of_strangers_is_that_of_the_other_bits") continue;
    several = true;
    EXPECT_EQ(test["status"], "UNSUPPORTED");
    EXPECT_THAT(test.value("reason", ""), HasSubstr("users are make-believe"));
  }
  EXPECT_TRUE(several);
  EXPECT_GT(passed, 100) << run.err;
}

TEST_P(WithPretendedUsers, IsWhatTheDoctorSees) {
  const Finished run = RunProgram({"doctor", "--format", "json"}, Options());
  if (!run.no_place.empty()) GTEST_SKIP() << run.no_place;
  const json found = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(found.is_object()) << run;
  EXPECT_EQ(found["facts"]["users.kind"]["value"], "make-believe");
}

TEST(RealUsers, AreWhatTheDoctorSeesForRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  const Finished run = RunProgram({"doctor", "--format", "json"});
  const json found = json::parse(run.out, nullptr, false);
  ASSERT_TRUE(found.is_object()) << run;
  EXPECT_EQ(found["facts"]["users.kind"]["value"], "real");
}

}  // namespace
}  // namespace shmspec
