// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Compares the machine with the known results of the classic tests.

#include "harness/model/memory/litmus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace shmspec::model {
namespace {

/// A test whose variables are places by their own numbers, and with a prime by others.
LitmusTest TestOf(const std::vector<std::string>& programs) {
  LitmusTest test;
  for (const std::string& text : programs) {
    auto& branch = test.branches.emplace_back();
    for (const Access& access : ProgramOf(text).accesses) {
      const auto variable = static_cast<std::uint8_t>(access.variable);
      const auto place = static_cast<std::uint8_t>(access.also ? variable + kVariables : variable);
      branch.push_back({access.kind, place, access.to, access.value});
      if (access.kind != AccessKind::kFence && !access.also) test.tells[variable] = true;
    }
  }
  return test;
}

bool Allows(MemoryOrder order, const std::vector<std::string>& programs, const std::string& text) {
  const Ending wanted = EndingOf(text);
  const auto endings = EndingsOf(TestOf(programs), ReorderingOf(order));
  return std::any_of(endings->begin(), endings->end(),
                     [&](const Ending& ending) { return wanted.Includes(ending); });
}

std::size_t Count(MemoryOrder order, const std::vector<std::string>& programs) {
  return EndingsOf(TestOf(programs), ReorderingOf(order))->size();
}

struct Classic {
  const char* name;
  std::vector<std::string> programs;
  const char* ending;
  bool sequential;
  bool total_store;
  bool coherent;
};

const std::vector<Classic>& Classics() {
  static const std::vector<Classic> kClassics = {
      {"SB", {"x=1; r0=y", "y=1; r1=x"}, "r0=0 r1=0", false, true, true},
      {"SB+fences", {"x=1; fence; r0=y", "y=1; fence; r1=x"}, "r0=0 r1=0", false, false, false},
      {"SB+one fence", {"x=1; fence; r0=y", "y=1; r1=x"}, "r0=0 r1=0", false, true, true},
      {"SB+exchanges",
       {"r2=exchange(x,1); r0=y", "r3=exchange(y,1); r1=x"},
       "r0=0 r1=0",
       false,
       false,
       false},
      {"MP", {"x=1; y=1", "r0=y; r1=x"}, "r0=1 r1=0", false, false, true},
      {"MP+fences", {"x=1; fence; y=1", "r0=y; fence; r1=x"}, "r0=1 r1=0", false, false, false},
      {"LB", {"r0=x; y=1", "r1=y; x=1"}, "r0=1 r1=1", false, false, true},
      {"R", {"x=1; y=1", "y=2; r0=x"}, "r0=0 y=2", false, true, true},
      {"S", {"x=2; y=1", "r0=y; x=1"}, "r0=1 x=2", false, false, true},
      {"2+2W", {"x=1; y=2", "y=1; x=2"}, "x=1 y=1", false, false, true},
      {"CoRR", {"x=1", "r0=x; r1=x"}, "r0=1 r1=0", false, false, false},
      {"CoWW", {"x=1; x=2"}, "x=1", false, false, false},
      {"CoWR", {"x=1; r0=x"}, "r0=0", false, false, false},
      {"CoRW", {"r0=x; x=1"}, "r0=1", false, false, false},
      {"SB+rfi", {"x=1; r0=x; r1=y", "y=1; r2=y; r3=x"}, "r1=0 r3=0 r0=1 r2=1", false, true, true},
      {"n6", {"x=1; r0=x; r1=y", "y=2; x=2"}, "r0=1 r1=0 x=1", false, true, true},
      {"WRC", {"x=1", "r0=x; y=1", "r1=y; r2=x"}, "r0=1 r1=1 r2=0", false, false, true},
      {"IRIW",
       {"x=1", "y=1", "r0=x; r1=y", "r2=y; r3=x"},
       "r0=1 r1=0 r2=1 r3=0",
       false,
       false,
       true},
  };
  return kClassics;
}

TEST(Litmus, ClassicTestsEndAsTheirOrdersAllow) {
  for (const Classic& classic : Classics()) {
    EXPECT_EQ(Allows(MemoryOrder::kSequential, classic.programs, classic.ending),
              classic.sequential)
        << classic.name;
    EXPECT_EQ(Allows(MemoryOrder::kTotalStore, classic.programs, classic.ending),
              classic.total_store)
        << classic.name;
    EXPECT_EQ(Allows(MemoryOrder::kCoherent, classic.programs, classic.ending), classic.coherent)
        << classic.name;
  }
}

// As herd7 counts them under its x86tso model.
TEST(Litmus, CountsAsManyEndingsAsThereAre) {
  EXPECT_EQ(Count(MemoryOrder::kSequential, {"x=1; r0=y", "y=1; r1=x"}), 3u);
  EXPECT_EQ(Count(MemoryOrder::kTotalStore, {"x=1; r0=y", "y=1; r1=x"}), 4u);
  EXPECT_EQ(Count(MemoryOrder::kTotalStore, {"x=1; y=1", "r0=y; r1=x"}), 3u);
  EXPECT_EQ(Count(MemoryOrder::kTotalStore, {"r0=x; y=1", "r1=y; x=1"}), 3u);
  EXPECT_EQ(Count(MemoryOrder::kTotalStore, {"x=1", "r0=x; r1=x"}), 3u);
  EXPECT_EQ(Count(MemoryOrder::kTotalStore, {"x=1", "y=1", "r0=x; r1=y", "r2=y; r3=x"}), 15u);
}

TEST(Litmus, EachReorderingShowsInItsOwnTests) {
  const auto allows = [](const Reordering& broken, const std::vector<std::string>& programs,
                         const std::string& text) {
    const auto endings = EndingsOf(TestOf(programs), broken);
    return std::any_of(endings->begin(), endings->end(),
                       [&](const Ending& ending) { return EndingOf(text).Includes(ending); });
  };
  const std::vector<std::string> fenced = {"x=1; fence; r0=y", "y=1; fence; r1=x"};
  EXPECT_TRUE(allows({.loads_before_stores = true, .past_fences = true}, fenced, "r0=0 r1=0"));
  EXPECT_FALSE(allows({.loads_before_stores = true}, fenced, "r0=0 r1=0"));
  const std::vector<std::string> corr = {"x=1", "r0=x; r1=x"};
  EXPECT_TRUE(allows({.loads_of_one_place = true}, corr, "r0=1 r1=0"));
  const std::vector<std::string> mp = {"x=1; y=1", "r0=y; r1=x"};
  EXPECT_TRUE(allows({.stores_before_stores = true}, mp, "r0=1 r1=0"));
  EXPECT_TRUE(allows({.loads_before_loads = true}, mp, "r0=1 r1=0"));
  EXPECT_FALSE(allows({.stores_before_loads = true}, mp, "r0=1 r1=0"));
}

TEST(Litmus, PlacesThatAreNotTheSameMemoryHaveNothingToDoWithEachOther) {
  EXPECT_TRUE(Allows(MemoryOrder::kSequential, {"x=1; r0=x'"}, "r0=0"));
  EXPECT_FALSE(Allows(MemoryOrder::kSequential, {"x=1; r0=x'"}, "r0=1"));
}

TEST(Litmus, AWayEndsInOneOfTheEndingsAndEveryEndingHasAWay) {
  for (const Classic& classic : Classics()) {
    const LitmusTest test = TestOf(classic.programs);
    const Reordering reordering = ReorderingOf(MemoryOrder::kTotalStore);
    const auto endings = *EndingsOf(test, reordering);
    std::mt19937_64 random(7);
    std::vector<Ending> seen;
    for (int i = 0; i < 4000; ++i) {
      seen.push_back(
          OneEndingOf(test, reordering, [&](std::size_t count) { return random() % count; }));
    }
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    EXPECT_EQ(seen, endings) << classic.name;
  }
}

TEST(Litmus, GivesUpWhereThereAreTooManyStates) {
  const std::string many = "x=1; y=2; z=3; r0=y; x=4; y=5; z=6";
  const std::string more = "x=7; y=8; z=9; r1=y; x=10; y=11; z=12";
  const std::string most = "x=13; y=14; z=15; r2=y; x=16; y=17; z=18";
  EXPECT_FALSE(
      EndingsOf(TestOf({many, more, most}), ReorderingOf(MemoryOrder::kCoherent)).has_value());
}

}  // namespace
}  // namespace shmspec::model
