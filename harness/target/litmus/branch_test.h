// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What tests of litmus branches share: branches as threads. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_LITMUS_BRANCH_TEST_H_
#define SHMSPEC_HARNESS_TARGET_LITMUS_BRANCH_TEST_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "harness/host/process_limit.h"
#include "harness/target/litmus/branch.h"

namespace shmspec {

class LitmusBranchTest : public testing::Test {
 protected:
  std::uint64_t at() { return reinterpret_cast<std::uint64_t>(memory_.data()); }

  LitmusJob Job(const Program& program, std::uint64_t rounds, std::uint32_t branches) {
    memory_.resize(LitmusLayout{rounds}.Bytes() / sizeof(std::uint64_t) + 8);
    return {
        .at = at(), .also = at(), .program = &program, .layout = {rounds}, .branches = branches};
  }

  static LitmusRan Run(const LitmusJob& job) {
    std::uint64_t rounds = 0;
    const LitmusRan ran = RunLitmusBranch(job, rounds);
    EXPECT_EQ(rounds > 0, ran == LitmusRan::kAll);
    return ran;
  }

  /// Runs two branches, each on the processor of that place in the list.
  std::pair<LitmusRan, LitmusRan> RunBoth(const LitmusJob& first, const LitmusJob& second,
                                          const std::vector<int>& processors) {
    std::pair<LitmusRan, LitmusRan> ran;
    std::thread other([&] {
      PinToCpu(processors[1]);
      ran.second = Run(second);
    });
    std::thread one([&] {
      PinToCpu(processors[0]);
      ran.first = Run(first);
    });
    one.join();
    other.join();
    return ran;
  }

  /// Runs a branch for each program, on processors that they share if there are fewer.
  std::vector<LitmusRan> RunAll(const std::vector<Program>& programs, LitmusJob job,
                                const std::vector<int>& processors) {
    job.branches = static_cast<std::uint32_t>(programs.size());
    std::vector<LitmusRan> ran(programs.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < programs.size(); ++i) {
      threads.emplace_back([&, i] {
        LitmusJob mine = job;
        mine.program = &programs[i];
        PinToCpu(processors[i % processors.size()]);
        ran[i] = Run(mine);
      });
    }
    for (std::thread& thread : threads) thread.join();
    return ran;
  }

  std::vector<std::pair<Ending, std::uint64_t>> Counted() {
    EndingCounts counts;
    EXPECT_TRUE(CountLitmusTest(at(), counts, effort_));
    return counts.Sorted();
  }

  LitmusEffort effort_;  // of the test counted last
  std::vector<std::uint64_t> memory_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_LITMUS_BRANCH_TEST_H_
