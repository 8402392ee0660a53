// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "suites/environments.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shmspec {
namespace {

using namespace shmspec::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// One that needs two users, one that seals, one that needs nothing.
const std::vector<Case>& Cases() {
  static const std::vector<Case> kCases{
      {.id = "x.users.act",
       .requirements = {},
       .build = [](PlanBuilder& plan) { plan.Spawn("a", {.uid = Id::User(1)}); }},
      {.id = "x.seal.holds",
       .requirements = {},
       .build = [](PlanBuilder& plan) { plan.Spawn("a"); }},
      {.id = "x.plain.works", .requirements = {}, .build = [](PlanBuilder& plan) {
         plan.Spawn("a");
       }}};
  return kCases;
}

std::vector<std::string> Findings(const std::string& text) {
  const Result<Environments> environments = Environments::Parse(text);
  if (!environments.ok()) return {environments.error().message};
  return environments->Findings(Cases());
}

constexpr const char* kLack = "lack mseal: x.seal.* = no mseal(2)\n";

TEST(Environments, RunEveryCaseSomewhere) {
  EXPECT_THAT(
      Findings(fmt::format("{}environment one: mseal\nenvironment two: two-users\n", kLack)),
      IsEmpty());
  EXPECT_THAT(Findings(fmt::format("{}environment one: mseal two-users\n", kLack)),
              ElementsAre("x.users.act runs in no environment of the list",
                          "x.seal.holds runs in no environment of the list"));
  EXPECT_THAT(
      Findings(fmt::format("{}environment one: mseal\nnowhere x.seal.* = nobody has it\n", kLack)),
      IsEmpty());
}

TEST(Environments, ListNothingThatIsNotSo) {
  EXPECT_THAT(Findings("environment one: two-cpus\nnowhere x.plain.works = why not\n"),
              ElementsAre("nowhere x.plain.works is about no such case"));
  EXPECT_THAT(Findings("lack word: y.* = reason\nenvironment one: word\n"),
              ElementsAre("lack word: y.* is about no case"));
}

TEST(Environments, ExcuseOnlyTheListedCaseForTheListedReason) {
  const Result<Environments> environments =
      Environments::Parse(fmt::format("{}repeat x.seal.* = *by chance*\n", kLack));
  ASSERT_TRUE(environments.ok()) << environments.error().message;
  EXPECT_TRUE(environments->MaySkip("x.seal.holds", "no mseal(2)"));
  EXPECT_FALSE(environments->MaySkip("x.seal.holds", "no memory"));
  EXPECT_FALSE(environments->MaySkip("x.plain.works", "no mseal(2)"));
  EXPECT_TRUE(environments->MayRepeat("x.seal.holds", "0 of 8 by chance"));
  EXPECT_FALSE(environments->MayRepeat("x.seal.holds", "no mseal(2)"));
  EXPECT_FALSE(environments->MayRepeat("x.plain.works", "0 of 8 by chance"));
}

TEST(Environments, RefuseLinesThatMeanNothing) {
  const auto mistake = [](const char* text) {
    const auto environments = Environments::Parse(text);
    return environments.ok() ? "" : environments.error().message;
  };
  EXPECT_THAT(mistake("environment one: magic\n"), HasSubstr("neither an ability nor"));
  EXPECT_THAT(mistake("lack word: x.* because\n"), HasSubstr("expected lack WORD"));
  EXPECT_THAT(mistake("nowhere x.*\n"), HasSubstr("expected nowhere CASE = WHY"));
  EXPECT_THAT(mistake("repeat x.*\n"), HasSubstr("expected repeat CASES = REASON"));
  EXPECT_THAT(mistake("somewhere x: y\n"), HasSubstr("expected lack, repeat, environment or"));
  EXPECT_EQ(mistake("# nothing\n\n"), "");
}

TEST(Environments, OfTheProjectRunEveryCaseThatIsNotListedAsRunningNowhere) {
  const Result<Environments> environments = Environments::Read(SHMSPEC_ENVIRONMENTS);
  ASSERT_TRUE(environments.ok()) << environments.error().message;
  EXPECT_THAT(environments->Findings(AllCases()), IsEmpty());
}

}  // namespace
}  // namespace shmspec
