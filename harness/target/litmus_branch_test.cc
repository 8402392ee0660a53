// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus_branch.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "harness/target/process_limit.h"

namespace shmspec {
namespace {

/// The processors that this process may use.
std::vector<int> Processors() {
  cpu_set_t set;
  std::vector<int> list;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return list;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) list.push_back(cpu);
  }
  return list;
}

class LitmusBranchTest : public testing::Test {
 protected:
  std::uint64_t at() { return reinterpret_cast<std::uint64_t>(memory_.data()); }

  LitmusJob Job(const Program& program, std::uint64_t rounds, std::uint32_t branches) {
    memory_.resize(LitmusLayout{rounds}.Bytes() / sizeof(std::uint64_t) + 8);
    return {.at = at(), .also = at(), .program = &program, .rounds = rounds, .branches = branches};
  }

  /// Runs two branches, each on the processor of that place in the list.
  std::pair<LitmusRan, LitmusRan> RunBoth(const LitmusJob& first, const LitmusJob& second,
                                          const std::vector<int>& processors) {
    std::pair<LitmusRan, LitmusRan> ran;
    std::thread other([&] {
      PinToCpu(processors[1]);
      ran.second = RunLitmusBranch(second);
    });
    std::thread one([&] {
      PinToCpu(processors[0]);
      ran.first = RunLitmusBranch(first);
    });
    one.join();
    other.join();
    return ran;
  }

  std::vector<std::pair<Ending, std::uint64_t>> Counted() {
    EndingCounts counts;
    EXPECT_TRUE(CountLitmusTest(at(), counts));
    return counts.Sorted();
  }

  std::vector<std::uint64_t> memory_;
};

TEST_F(LitmusBranchTest, PerformsEveryAccessInEveryRound) {
  const Program program = ProgramOf("r0=x; x=5; r1=x; fence; r2=exchange(x,6); y=7; r3=x'");
  const LitmusJob job = Job(program, 3000, 1);
  ASSERT_EQ(RunLitmusBranch(job), LitmusRan::kAll);
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
    ASSERT_EQ(RunLitmusBranch(job), LitmusRan::kAll);
    EXPECT_EQ(PrintEnding(Counted()[0].first), ending);
  }
}

TEST_F(LitmusBranchTest, BeginsEachTestWithZerosOnceTheLastWasCounted) {
  const Program store = ProgramOf("x=1");
  const Program load = ProgramOf("r0=x");
  ASSERT_EQ(RunLitmusBranch(Job(store, 100, 1)), LitmusRan::kAll);
  EXPECT_EQ(RunLitmusBranch(Job(load, 100, 1)), LitmusRan::kUncounted);
  EXPECT_EQ(PrintEnding(Counted()[0].first), "x=1");
  ASSERT_EQ(RunLitmusBranch(Job(load, 100, 1)), LitmusRan::kAll);
  EXPECT_EQ(PrintEnding(Counted()[0].first), "r0=0 x=0");
  EndingCounts none;
  EXPECT_FALSE(CountLitmusTest(at(), none));
}

TEST_F(LitmusBranchTest, DoesNotWaitForeverForTheOthers) {
  const Program program = ProgramOf("x=1");
  LitmusJob job = Job(program, 100, 2);
  job.patience_ms = 1;
  EXPECT_EQ(RunLitmusBranch(job), LitmusRan::kAlone);
  EndingCounts none;
  EXPECT_FALSE(CountLitmusTest(at(), none));
}

TEST_F(LitmusBranchTest, CountsEveryRoundOfTwoBranchesOnce) {
  const std::vector<int> processors = Processors();
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
  const std::vector<int> processors = Processors();
  ASSERT_FALSE(processors.empty());
  const Program program = ProgramOf("x=1");
  const LitmusJob job = Job(program, 100, 2);
  const auto ran = RunBoth(job, job, {processors[0], processors[0]});
  EXPECT_EQ(ran, std::pair(LitmusRan::kOneProcessor, LitmusRan::kOneProcessor));
}

TEST_F(LitmusBranchTest, RefusesBranchesOfDifferentTests) {
  const std::vector<int> processors = Processors();
  ASSERT_FALSE(processors.empty());
  const Program program = ProgramOf("x=1");
  LitmusJob job = Job(program, 200, 2);
  job.patience_ms = 50;
  LitmusJob shorter = job;
  shorter.rounds = 100;
  const auto ran = RunBoth(job, shorter, {processors.front(), processors.back()});
  const bool first_refused = ran == std::pair(LitmusRan::kUnlike, LitmusRan::kAlone);
  const bool second_refused = ran == std::pair(LitmusRan::kAlone, LitmusRan::kUnlike);
  EXPECT_TRUE(first_refused || second_refused);
}

}  // namespace
}  // namespace shmspec
