// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus/branch_test.h"

#include <cstddef>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "harness/host/address.h"
#include "harness/target/litmus/batch.h"
#include "harness/target/litmus/head.h"

namespace shmspec {
namespace {

TEST_F(LitmusBranchTest, PerformsEveryAccessInEveryRound) {
  const Program program = ProgramOf("r0=x; x=5; r1=x; fence; r2=exchange(x,6); y=7; r3=x'");
  const LitmusJob job = Job(program, 3000, 1);
  ASSERT_EQ(Run(job), LitmusRan::kAll);
  const auto counted = Counted();
  ASSERT_EQ(counted.size(), 1u);
  EXPECT_EQ(PrintEnding(counted[0].first), "r0=0 r1=5 r2=5 r3=6 x=6 y=7");
  EXPECT_EQ(counted[0].second, 3000u);
}

TEST_F(LitmusBranchTest, StoresNoMoreThanItsWidth) {
  const std::pair<Width, const char*> kEndings[] = {{Width::k1, "r0=136 x=136"},
                                                    {Width::k2, "r0=30600 x=30600"},
                                                    {Width::k4, "r0=1432778632 x=1432778632"},
                                                    {Width::k8,
                                                     "r0=1234605616436508552 "
                                                     "x=1234605616436508552"}};
  for (const auto& [width, ending] : kEndings) {
    const Program program = ProgramOf("x=0x1122334455667788; r0=x");
    LitmusJob job = Job(program, 10, 1);
    job.width = width;
    ASSERT_EQ(Run(job), LitmusRan::kAll);
    EXPECT_EQ(PrintEnding(Counted()[0].first), ending);
  }
}

TEST_F(LitmusBranchTest, BeginsEachTestWithZerosOnceTheLastWasCounted) {
  const Program store = ProgramOf("x=1");
  const Program load = ProgramOf("r0=x");
  ASSERT_EQ(Run(Job(store, 100, 1)), LitmusRan::kAll);
  EXPECT_EQ(Run(Job(load, 100, 1)), LitmusRan::kUncounted);
  EXPECT_EQ(PrintEnding(Counted()[0].first), "x=1");
  ASSERT_EQ(Run(Job(load, 100, 1)), LitmusRan::kAll);
  EXPECT_EQ(PrintEnding(Counted()[0].first), "r0=0 x=0");
  EndingCounts none;
  EXPECT_FALSE(CountLitmusTest(at(), none, effort_));
}

TEST_F(LitmusBranchTest, DoesNotWaitForeverForTheOthers) {
  const Program program = ProgramOf("x=1");
  LitmusJob job = Job(program, 100, 2);
  job.patience_ms = 1;
  EXPECT_EQ(Run(job), LitmusRan::kAlone);
  EndingCounts none;
  EXPECT_FALSE(CountLitmusTest(at(), none, effort_));
}

TEST_F(LitmusBranchTest, CountsEveryRoundOfTwoBranchesOnce) {
  const std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const Program first = ProgramOf("x=1; r0=y");
  const Program second = ProgramOf("y=1; r1=x");
  const LitmusJob job = Job(first, 10'000, 2);
  LitmusJob other = job;
  other.program = &second;
  const auto ran = RunBoth(job, other, processors);
  ASSERT_EQ(ran, std::pair(LitmusRan::kAll, LitmusRan::kAll));
  std::uint64_t rounds = 0;
  for (const auto& [ending, count] : Counted()) {
    rounds += count;
    EXPECT_TRUE(EndingOf("x=1 y=1").Includes(ending)) << PrintEnding(ending);
  }
  EXPECT_EQ(rounds, 10'000u);
}

TEST_F(LitmusBranchTest, RefusesToShareAProcessor) {
  const std::vector<int> processors = AllowedCpus();
  ASSERT_FALSE(processors.empty());
  const Program program = ProgramOf("x=1");
  const LitmusJob job = Job(program, 100, 2);
  const auto ran = RunBoth(job, job, {processors[0], processors[0]});
  EXPECT_EQ(ran, std::pair(LitmusRan::kOneProcessor, LitmusRan::kOneProcessor));
}

TEST_F(LitmusBranchTest, RefusesBranchesOfDifferentTests) {
  const std::vector<int> processors = AllowedCpus();
  ASSERT_FALSE(processors.empty());
  const Program program = ProgramOf("x=1");
  LitmusJob job = Job(program, 200, 2);
  job.patience_ms = 50;
  LitmusJob shorter = job;
  shorter.layout.rounds = 100;
  const auto ran = RunBoth(job, shorter, {processors.front(), processors.back()});
  const bool first_refused = ran == std::pair(LitmusRan::kUnlike, LitmusRan::kAlone);
  const bool second_refused = ran == std::pair(LitmusRan::kAlone, LitmusRan::kUnlike);
  EXPECT_TRUE(first_refused || second_refused);
}

TEST_F(LitmusBranchTest, SearchesNoLongerThanItHasTo) {
  const Program program = ProgramOf("x=1; r0=x");
  LitmusJob job = Job(program, 4096, 1);
  job.tuning = Tuning::kSearch;
  job.until = EndingOf("r0=1");
  job.at_least = 12;
  ASSERT_EQ(Run(job), LitmusRan::kAll);
  EXPECT_EQ(Counted(), (std::vector{std::pair(EndingOf("r0=1 x=1"), std::uint64_t{1024})}));
  EXPECT_EQ(effort_.technique, Technique::kPaced);
  EXPECT_EQ(effort_.Of(Technique::kPaced), (Tried{1024, 1024}));
}

TEST_F(LitmusBranchTest, TriesEveryTechniqueWhereNoneShows) {
  const std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const Program store = ProgramOf("x=1");
  const Program load = ProgramOf("r0=x");
  LitmusJob job = Job(store, 64, 2);
  job.tuning = Tuning::kSearch;
  job.until = EndingOf("r0=2");
  job.at_least = 1;
  job.search_ms = 60'000;
  LitmusJob other = job;
  other.program = &load;
  ASSERT_EQ(RunBoth(job, other, processors), std::pair(LitmusRan::kAll, LitmusRan::kAll));
  std::uint64_t rounds = 0;
  for (const auto& [ending, count] : Counted()) {
    EXPECT_TRUE(EndingOf("x=1").Includes(ending)) << PrintEnding(ending);
    rounds += count;
  }
  for (const auto& [name, technique] : NamesOf<Technique>::kNames) {
    const bool found = technique == Technique::kPerpetual;  // some of those that were run
    const std::uint64_t run = 16 + 32 + 10 * 64;
    EXPECT_TRUE(found || effort_.Of(technique).rounds == run) << name;
    EXPECT_GT(effort_.Of(technique).rounds, 0u) << name;
    EXPECT_EQ(effort_.Of(technique).hits, 0u) << name;
    rounds -= effort_.Of(technique).rounds;
  }
  EXPECT_EQ(rounds, 0u);
}

TEST_F(LitmusBranchTest, KeepsToWhatHasShownAtThatPlace) {
  const std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const Program store = ProgramOf("x=1");
  const Program load = ProgramOf("r0=x");
  LitmusJob job = Job(store, 8192, 2);
  job.tuning = Tuning::kKeep;
  LitmusJob other = job;
  other.program = &load;
  litmus::Head& head = *PointerTo<litmus::Head>(at());
  head.kept = {Technique::kAlternating, 20'000};
  for (int test = 0; test < 2; ++test) {
    ASSERT_EQ(RunBoth(job, other, processors), std::pair(LitmusRan::kAll, LitmusRan::kAll));
    std::uint64_t rounds = 0;
    for (const auto& [ending, count] : Counted()) {
      EXPECT_TRUE(EndingOf("x=1").Includes(ending)) << PrintEnding(ending);
      rounds += count;
    }
    EXPECT_EQ(rounds, 20'000u);
    EXPECT_EQ(effort_.technique, Technique::kAlternating);
  }
  // Another test cannot run with that technique.
  const Program both = ProgramOf("y=1; r0=x");
  other.program = &both;
  ASSERT_EQ(RunBoth(job, other, processors), std::pair(LitmusRan::kAll, LitmusRan::kAll));
  EXPECT_FALSE(Counted().empty());
  EXPECT_EQ(effort_.technique, Technique::kPaced);
}

TEST_F(LitmusBranchTest, StoresTakeTurnsWithZerosUntilAllHaveLoaded) {
  const Program store = ProgramOf("x=7");
  const LitmusJob job = Job(store, 8192, 2);
  const litmus::Prepared prepared = litmus::Prepare(job);
  litmus::Head& head = *PointerTo<litmus::Head>(at());
  const std::uint64_t& cell = *PointerTo<std::uint64_t>(at() + job.layout.At(Variable::kX));
  bool in_time = false;
  std::thread writer([&] {
    const litmus::Batch batch{.technique = static_cast<std::uint64_t>(Technique::kAlternating),
                              .last = 8192,
                              .loaded = 1};
    in_time = litmus::RunBatch(prepared, Width::k8, batch, 0, head,
                               litmus::Now_ns() + std::int64_t{60'000'000'000});
  });
  const std::int64_t deadline_ns = litmus::Now_ns() + std::int64_t{30'000'000'000};
  int turns = 0;
  for (std::uint64_t last = 0; turns < 20 && litmus::Now_ns() < deadline_ns;) {
    const std::uint64_t seen = litmus::Read(cell);
    if (seen != last) ++turns;
    last = seen;
  }
  litmus::Add(head.loaded, 1);
  writer.join();
  EXPECT_EQ(turns, 20);
  EXPECT_TRUE(in_time);
  EXPECT_EQ(cell, 7u);
}

TEST_F(LitmusBranchTest, ShowsTornLoadsAcrossALineAndNoneWithin) {
#if !defined(__x86_64__) && !defined(__i386__)
  GTEST_SKIP() << "not known of this processor";
#endif
  const std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const Program store = ProgramOf("x=0x0101010102020202");
  const Program load = ProgramOf("r0=x");
  LitmusJob job = Job(store, 32768, 2);
  memory_.resize(memory_.size() + 8);
  job.at = job.also = (at() + 63) / 64 * 64;
  job.layout.shift = 60;
  job.tuning = Tuning::kSearch;
  job.until = EndingOf("r0=0x0101010100000000");
  job.at_least = 12;
  LitmusJob other = job;
  other.program = &load;
  ASSERT_EQ(RunBoth(job, other, processors), std::pair(LitmusRan::kAll, LitmusRan::kAll));
  EndingCounts torn;
  ASSERT_TRUE(CountLitmusTest(job.at, torn, effort_));
  const Technique technique = effort_.technique;
  EXPECT_GE(effort_.Of(technique).hits, 12u);
  job.layout.shift = other.layout.shift = 0;
  job.tuning = other.tuning = Tuning::kKeep;
  ASSERT_EQ(RunBoth(job, other, processors), std::pair(LitmusRan::kAll, LitmusRan::kAll));
  EndingCounts whole;
  ASSERT_TRUE(CountLitmusTest(job.at, whole, effort_));
  EXPECT_EQ(effort_.technique, technique);
  EXPECT_GE(effort_.Of(technique).rounds, 32768u);
  for (const auto& [ending, count] : whole.Sorted()) {
    EXPECT_TRUE(EndingOf("r0=0").Includes(ending) ||
                EndingOf("r0=0x0101010102020202").Includes(ending))
        << PrintEnding(ending);
  }
}

TEST_F(LitmusBranchTest, CountsMoreEndingsThanItsTableHolds) {
  // The second address is other memory, whose cells all hold another value.
  const Program program = ProgramOf("r0=x'");
  LitmusJob job = Job(program, 4096, 1);
  std::vector<std::uint64_t> other(memory_.size());
  std::iota(other.begin(), other.end(), 1);
  job.also = AddressOf(other.data());
  job.tuning = Tuning::kSearch;
  job.until = EndingOf("r0=0");
  job.at_least = 1;
  ASSERT_EQ(Run(job), LitmusRan::kAll);
  const auto counted = Counted();
  EXPECT_EQ(counted.size(), 1024u) << "one turn, and there is no room for another";
  for (const auto& [ending, count] : counted) EXPECT_EQ(count, 1u) << PrintEnding(ending);
  EXPECT_EQ(effort_.Of(Technique::kPaced), (Tried{1024, 0}));
}

TEST(EndingTable, RefusesWhatItHasNoRoomFor) {
  litmus::EndingTable table{};
  Ending ending;
  for (std::int64_t i = 0; i < std::int64_t{litmus::EndingTable::kLimit}; ++i) {
    ending.Of(Variable::kX) = i;
    ASSERT_TRUE(table.Add(ending));
    ASSERT_TRUE(table.Add(ending));
  }
  EXPECT_TRUE(table.Add(ending));
  ending.Of(Variable::kX) = -2;
  EXPECT_FALSE(table.Add(ending));
  EXPECT_EQ(table.used, litmus::EndingTable::kLimit);
  EXPECT_EQ(table.entries[0].count, 2u);
}

}  // namespace
}  // namespace shmspec
