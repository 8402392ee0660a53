// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shmspec {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::vector<Fact>& Facts() {
  static const std::vector<Fact> facts{{"kernel.release", "6.10.3-28-amd64", "", true},
                                       {"libc", "glibc 2.36", "", true},
                                       {"machine", "x86_64", "", true},
                                       {"rlimit.as", "unlimited", "", true}};
  return facts;
}

/// `yes`, `no`, `unknown`, or the error.
std::string Outcome(const std::string& text) {
  const Result<Condition> condition = Condition::Parse(text, Facts());
  if (!condition.ok()) return condition.error().message;
  const std::optional<bool> holds = condition->Holds(Facts());
  return !holds ? "unknown" : *holds ? "yes" : "no";
}

TEST(Condition, ComparesVersionsNumberByNumber) {
  EXPECT_EQ(Outcome(R"(kernel.release > "6.2")"), "yes");
  EXPECT_EQ(Outcome(R"(kernel.release < "6.2")"), "no");
  EXPECT_EQ(Outcome(R"(kernel.release >= "6.10.3")"), "yes");
  EXPECT_EQ(Outcome(R"(kernel.release <= "6.10.3.0")"), "yes");
  EXPECT_EQ(Outcome(R"(kernel.release > "6.10.3")"), "no");
  EXPECT_EQ(Outcome(R"(kernel.release < "6.10.4")"), "yes");
  EXPECT_EQ(Outcome(R"(libc >= "2.4")"), "yes");
}

TEST(Condition, ComparesWholeValuesWithPatterns) {
  EXPECT_EQ(Outcome(R"(machine == "x86_64")"), "yes");
  EXPECT_EQ(Outcome(R"(machine == "x86")"), "no");
  EXPECT_EQ(Outcome(R"(machine != "x86")"), "yes");
  EXPECT_EQ(Outcome(R"(kernel.release == "6.10.*")"), "yes");
}

TEST(Condition, BindsAndTighterThanOr) {
  const std::string yes = R"(machine == "x86_64")";
  const std::string no = R"(machine == "s390x")";
  EXPECT_EQ(Outcome(yes + " or " + no + " and " + no), "yes");
  EXPECT_EQ(Outcome("(" + yes + " or " + no + ") and " + no), "no");
  EXPECT_EQ(Outcome("not " + no + " and " + yes), "yes");
  EXPECT_EQ(Outcome("not (" + yes + " and " + yes + ")"), "no");
}

TEST(Condition, DoesNotGuessWhatIsUnknown) {
  const std::string unknown = R"(rlimit.as > "1000")";
  EXPECT_EQ(Outcome(unknown), "unknown");
  EXPECT_EQ(Outcome("not " + unknown), "unknown");
  EXPECT_EQ(Outcome(unknown + R"( or machine == "x86_64")"), "yes");
  EXPECT_EQ(Outcome(unknown + R"( and machine == "s390x")"), "no");
  EXPECT_EQ(Outcome(unknown + R"( and machine == "x86_64")"), "unknown");
}

TEST(Condition, SaysInWhichColumnItGoesWrong) {
  EXPECT_THAT(Outcome(""), StartsWith("column 1: expected the name of a fact"));
  EXPECT_EQ(Outcome(R"(machin == "x")"),
            "column 1: no fact \"machin\"; did you mean machine?; "
            "shmspec doctor --format json shows all");
  EXPECT_THAT(Outcome(R"(machine = "x")"), StartsWith("column 9: expected ==, !=, <, <=, > or >="));
  EXPECT_THAT(Outcome("machine == x86"), StartsWith("column 12: expected"));
  EXPECT_THAT(Outcome(R"(machine == "x)"), HasSubstr("closing quote"));
  EXPECT_THAT(Outcome(R"(libc < "new")"), StartsWith("column 8: expected a number or version"));
  EXPECT_THAT(Outcome(R"(machine == "x" machine)"), StartsWith("column 16: expected and, or"));
  EXPECT_THAT(Outcome(R"((machine == "x")"), HasSubstr("\")\""));
  EXPECT_THAT(Outcome(std::string(100000, '(')), HasSubstr("50 levels"));
  EXPECT_THAT(Outcome("android == \"x\""), HasSubstr("no fact \"android\""));
}

}  // namespace
}  // namespace shmspec
