// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Branches that run perpetually, also more of them than there are processors.

#include <cstdint>
#include <vector>

#include "harness/host/address.h"
#include "harness/target/litmus/branch_test.h"
#include "harness/target/litmus/head.h"

namespace shmspec {
namespace {

using PerpetualBranchTest = LitmusBranchTest;

std::vector<Program> ProgramsOf(const std::vector<const char*>& texts) {
  std::vector<Program> programs;
  for (const char* text : texts) programs.push_back(ProgramOf(text));
  return programs;
}

std::vector<LitmusRan> All(std::size_t branches) { return std::vector(branches, LitmusRan::kAll); }

TEST_F(PerpetualBranchTest, ShowsWhatFourBranchesMaySeeOnTwoProcessorsAndNothingElse) {
  std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  processors.resize(2);
  const auto mutant = ProgramsOf({"x=1", "y=1", "r1=y; r0=x", "r3=x; r2=y"});
  const auto test = ProgramsOf({"x=1", "y=1", "r0=x; r1=y", "r2=y; r3=x"});
  LitmusJob job = Job(mutant[0], 32768, 4);
  job.tuning = Tuning::kSearch;
  job.until = EndingOf("r0=1 r1=0 r2=1 r3=0");
  job.at_least = 12;
  job.search_ms = 60'000;
  ASSERT_EQ(RunAll(mutant, job, processors), All(4));
  Counted();
  ASSERT_EQ(effort_.technique, Technique::kPerpetual);
  const Tried shown = effort_.Of(Technique::kPerpetual);
  EXPECT_GE(shown.hits, 12u);
  job.tuning = Tuning::kKeep;
  ASSERT_EQ(RunAll(test, job, processors), All(4));
  std::uint64_t rounds = 0;
  for (const auto& [ending, count] : Counted()) {
    EXPECT_FALSE(job.until.Includes(ending)) << PrintEnding(ending) << " " << count;
    rounds += count;
  }
  EXPECT_GE(rounds, shown.rounds);
}

TEST_F(PerpetualBranchTest, FindsOneAttachThatIsOtherMemoryPerpetually) {
  const std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  // The reader looks for x where nobody stores it: message passing ends as it must never.
  const auto programs = ProgramsOf({"x=1; y=1", "r0=y; r1=x'"});
  LitmusJob job = Job(programs[0], 32768, 2);
  std::vector<std::uint64_t> elsewhere(memory_.size());
  job.also = AddressOf(elsewhere.data());
  job.tuning = Tuning::kKeep;
  job.until = EndingOf("r0=1 r1=0");
  PointerTo<litmus::Head>(at())->kept = {Technique::kPerpetual, 100};
  ASSERT_EQ(RunAll(programs, job, {processors[0], processors[1]}), All(2));
  Counted();
  EXPECT_EQ(effort_.technique, Technique::kPerpetual);
  EXPECT_GE(effort_.Of(Technique::kPerpetual).hits, 12u);
}

TEST_F(PerpetualBranchTest, RefusesToTakeTurnsWhereItCannotTellStoresApart) {
  std::vector<int> processors = AllowedCpus();
  if (processors.size() < 2) GTEST_SKIP() << "needs two processors";
  processors.resize(2);
  LitmusJob job = Job(ProgramOf("x=1"), 1024, 3);
  job.tuning = Tuning::kSearch;
  job.until = EndingOf("r0=1");
  job.at_least = 1;
  const std::vector<LitmusRan> kRefused(3, LitmusRan::kOneProcessor);
  EXPECT_EQ(RunAll(ProgramsOf({"x=1", "x=2", "r0=x"}), job, processors), kRefused);
  memory_.assign(memory_.size(), 0);
  job.layout.shift = 4;  // across two cells
  EXPECT_EQ(RunAll(ProgramsOf({"x=1", "y=1", "r0=x"}), job, processors), kRefused);
  memory_.assign(memory_.size(), 0);
  job.layout.shift = 0;
  job.tuning = Tuning::kKeep;  // and none was found
  EXPECT_EQ(RunAll(ProgramsOf({"x=1", "y=1", "r0=x"}), job, processors), kRefused);
  memory_.assign(memory_.size(), 0);
  job.tuning = Tuning::kSearch;
  EXPECT_EQ(RunAll(ProgramsOf({"x=1", "y=1", "r0=x"}), job, processors), All(3));
}

TEST_F(PerpetualBranchTest, SaysWhenItFindsFewerRoundsThanTheMutantHad) {
  const Program program = ProgramOf("x=1; r0=x");
  LitmusJob job = Job(program, 1024, 1);
  job.tuning = Tuning::kKeep;
  job.search_ms = 20;
  PointerTo<litmus::Head>(at())->kept = {Technique::kPerpetual, 1ull << 40};
  std::uint64_t rounds = 0;
  EXPECT_EQ(RunLitmusBranch(job, rounds), LitmusRan::kTooFew);
}

}  // namespace
}  // namespace shmspec
