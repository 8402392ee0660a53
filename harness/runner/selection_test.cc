// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/selection.h"

#include <gtest/gtest.h>

namespace shmspec {
namespace {

using namespace shmspec::literals;  // NOLINT

std::vector<Case> FourCases() {
  return {{"sysv.attach.one", {"SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req}},
          {"sysv.get.two", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}},
          {"sysv.get.twofold", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}},
          {"tools.ipcs.four", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}}};
}

std::string Selected(const SelectionOptions& options) {
  const std::vector<Case> cases = FourCases();
  const Result<Selection> selection = Select(cases, options);
  if (!selection.ok()) return selection.error().message;
  std::string names;
  for (const Case* one : selection->cases) names += std::string(one->id) + " ";
  return names;
}

TEST(Selection, NamesPrefixesRequirementsAndGlobsSelect) {
  EXPECT_EQ(Selected({}), "sysv.attach.one sysv.get.two sysv.get.twofold tools.ipcs.four ");
  EXPECT_EQ(Selected({.filters = {"sysv.get"}}), "sysv.get.two sysv.get.twofold ");
  EXPECT_EQ(Selected({.filters = {"sysv.get.two"}}), "sysv.get.two ");
  EXPECT_EQ(Selected({.filters = {"*o*", "-tools"}}),
            "sysv.attach.one sysv.get.two sysv.get.twofold ");
  EXPECT_EQ(Selected({.filters = {"SYSV.SHMAT"}}), "sysv.attach.one ");
  EXPECT_EQ(Selected({.filters = {"-sysv"}}), "tools.ipcs.four ");
  EXPECT_EQ(Selected({.filters = {"nothing*"}}), "");
}

TEST(Selection, AnUnknownNameIsAnErrorThatOffersTheNearest) {
  EXPECT_EQ(Selected({.filters = {"sysv.get.tow"}}),
            "no case or requirement \"sysv.get.tow\"; did you mean sysv.get.two, sysv.get or "
            "sysv.get.twofold?");
}

TEST(Selection, ShardsAreDisjointAndTogetherWhole) {
  EXPECT_EQ(Selected({.shard = {1, 2}}), "sysv.attach.one sysv.get.twofold ");
  EXPECT_EQ(Selected({.shard = {2, 2}}), "sysv.get.two tools.ipcs.four ");
  EXPECT_TRUE(ParseShard("2/4").ok());
  for (const char* bad : {"", "0/4", "5/4", "1/", "1/2x", "a/b", "-1/2"}) {
    EXPECT_FALSE(ParseShard(bad).ok()) << bad;
  }
}

TEST(Selection, ShufflingKeepsEveryCaseAndFollowsTheSeed) {
  const std::string once = Selected({.shuffle = 7});
  EXPECT_EQ(once, Selected({.shuffle = 7}));
  EXPECT_EQ(once.size(), Selected({}).size());
  bool differs = false;
  for (std::uint64_t seed = 1; seed < 9; ++seed) {
    differs = differs || Selected({.shuffle = seed}) != Selected({});
  }
  EXPECT_TRUE(differs);
}

void BuildWaiting(PlanBuilder& plan) { plan.Spawn("a").Do(SystemNextSecond{}); }
void BuildSlow(PlanBuilder& plan) { plan.Spawn("a").Do(SysvKeyMinusOne{}); }
void BuildQuick(PlanBuilder& plan) { plan.Spawn("a").Do(MapLayout{}); }

TEST(Selection, CasesThatTakeLongCanBeLeftOut) {
  const std::vector<Case> cases{
      {"sysv.times.quick", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}, BuildQuick},
      {"sysv.times.slow", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}, BuildSlow},
      {"sysv.times.waiting", {"SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req}, BuildWaiting}};
  EXPECT_EQ(Select(cases, {})->cases.size(), 3u);
  const Result<Selection> quick = Select(cases, {.waiting = false});
  ASSERT_TRUE(quick.ok());
  ASSERT_EQ(quick->cases.size(), 1u);
  EXPECT_EQ(quick->cases.front()->id, "sysv.times.quick");
  EXPECT_EQ(quick->excluded, 2u);
}

TEST(Selection, GlobsMatchAsShellsDo) {
  EXPECT_TRUE(MatchesGlob("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(MatchesGlob("?b*", "ab"));
  EXPECT_FALSE(MatchesGlob("a*b", "abc"));
  EXPECT_FALSE(MatchesGlob("?", ""));
}

}  // namespace
}  // namespace shmspec
