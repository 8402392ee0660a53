// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans of a prefix, two to four branches that run at the same time, and a suffix, of several users
// and over all families; some order of the calls must explain what this kernel answers. A failure
// is shrunk to a small plan that still fails at times, printed with how often, and saved for
// `shmspec replay`. SHMSPEC_SEED draws other plans, SHMSPEC_SECONDS is how long.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>

#include "harness/actor/actor_main.h"
#include "harness/oracle/oracle.h"
#include "harness/target/faulty/fault.h"
#include "harness/vocabulary/form/trace_text.h"
#include "property/failure_file.h"
#include "property/kernel_stage.h"
#include "property/search.h"
#include "property/smallest_plan.h"

namespace shmspec {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::uint64_t kSeconds = 25;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

std::uint64_t NumberFrom(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// What is fast and harmless on a kernel.
LikelyWeights OnKernel(LikelyWeights weights) {
  weights.simulated = false;
  weights.tools = false;
  return weights;
}

/// The searches for parallel plans. Each is done once more without processes that end, where plans
/// are several times faster.
std::vector<NamedSearch> ParallelSearches() {
  std::vector<NamedSearch> searches;
  for (NamedSearch search : PropertySearches()) {
    if (!search.limits.parallel) continue;
    search.limits.weights = OnKernel(search.limits.weights);
    searches.push_back(search);
    search.limits.weights.processes = 0;
    if (search.limits.weights.sync == 0) searches.push_back(search);
  }
  return searches;
}

/// What became of the plans of one search.
struct Count {
  int explained = 0;
  int undecided = 0;
  int lacking = 0;
  int troubled = 0;
  std::size_t worlds = 0;  // at most
};

class Parallel : public testing::Test {
 protected:
  void SetUp() override {
    stage_ = KernelStage("libc");
    if (stage_ == nullptr) GTEST_SKIP() << "needs root";
  }
  Stage& stage() { return *stage_; }

  /// Draws, performs and judges one plan; false when it was refuted.
  bool Holds(const NamedSearch& search, std::uint64_t seed, Count& count) {
    SeededChoices source(seed);
    const ParallelChoices choices = DrawParallelChoices(source, search.limits.weights);
    const Plan plan = PlanOf(choices, search.limits.weights);
    const Trace trace = stage().Perform(plan, seed);
    if (trace.lacking) return ++count.lacking > 0;
    const bool stuck = trace.halt == Halt::kOverdue && IsStuck(trace, Linux());
    if (!trace.trouble.empty() && !stuck) {
      fmt::print("seed {}: {}\n{}", seed, trace.trouble, PrintTrace(trace));
      return ++count.troubled > 0;
    }
    const Verdict verdict = Judge(trace, Linux());
    count.worlds = std::max(count.worlds, verdict.worlds_peak);
    if (!stuck && verdict.kind == Verdict::Kind::kUndecided) return ++count.undecided > 0;
    if (!stuck && verdict.kind == Verdict::Kind::kExplained) return ++count.explained > 0;
    Report(search, choices, seed, trace, verdict);
    return false;
  }

 private:
  void Report(const NamedSearch& search, const ParallelChoices& choices, std::uint64_t seed,
              const Trace& trace, const Verdict& verdict) {
    const Tally tally =
        Shrink(stage(), Linux(), choices, search.limits.weights, seed, milliseconds(20'000));
    const Trace& shown = tally.refuted > 0 ? tally.trace : trace;
    const FailureFile file("shmspec-parallel");
    file.Keep(shown);
    ADD_FAILURE() << fmt::format(
        "{} drew a plan by seed {} that the specification does not allow: {}\n"
        "The smallest one found was refuted {} of {} times, first with seed {}: {}\n{}"
        "saved as {}: shmspec replay FILE --rounds 1000\n",
        search.name, seed, verdict.message, tally.refuted, tally.performed, tally.seed,
        tally.message, PrintTrace(shown), file.path().string());
  }

  std::unique_ptr<Stage> stage_;
};

TEST_F(Parallel, PlansOverAllFamiliesHaveAnOrder) {
  constexpr int kMostFailures = 3;
  const std::uint64_t seed = NumberFrom("SHMSPEC_SEED", 1);
  const std::uint64_t seconds = NumberFrom("SHMSPEC_SECONDS", kSeconds);
  fmt::print("SHMSPEC_SEED={} SHMSPEC_SECONDS={}\n", seed, seconds);
  const std::vector<NamedSearch> searches = ParallelSearches();
  std::vector<Count> counts(searches.size());
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  int failures = 0;
  for (std::uint64_t i = 0; Clock::now() < end && failures < kMostFailures; ++i) {
    for (std::size_t s = 0; s < searches.size(); ++s) {
      // Neighbouring seeds draw nothing alike.
      failures += Holds(searches[s], seed * 1'000'000'007 + i, counts[s]) ? 0 : 1;
    }
  }
  for (std::size_t s = 0; s < searches.size(); ++s) {
    const Count& count = counts[s];
    fmt::print("{} {}: {} explained, {} undecided, {} lacking, {} troubled, {} worlds at most\n",
               searches[s].name, searches[s].limits.weights.processes > 0 ? "with processes" : "",
               count.explained, count.undecided, count.lacking, count.troubled, count.worlds);
    EXPECT_EQ(count.troubled, 0);
    EXPECT_GT(count.explained, 9 * count.undecided);
  }
}

/// Shows that the search can fail, and how small its counterexample then is.
TEST(ParallelOnAFaultySystem, PlansAreShrunkToARaceOfFewSteps) {
  const auto stage = MakeFaultyStage("removal_under_way_gives_eacces", Linux());
  ASSERT_TRUE(stage.ok()) << stage.error().message;
  const LikelyWeights weights = RacingWeights();
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    SeededChoices source(seed);
    const ParallelChoices choices = DrawParallelChoices(source, weights);
    const Trace trace = (*stage)->Perform(PlanOf(choices, weights), seed);
    if (Judge(trace, Linux()).kind != Verdict::Kind::kRefuted) continue;
    const Tally tally = Shrink(**stage, Linux(), choices, weights, seed, milliseconds(20'000));
    fmt::print("{} of {} times\n{}", tally.refuted, tally.performed, PrintTrace(tally.trace));
    ASSERT_GE(tally.refuted, 2);
    // A segment, and in the race its removal and a look at it.
    const Plan& plan = tally.trace.plan;
    EXPECT_LE(plan.steps.size(), 4u);
    EXPECT_EQ(plan.actors.size(), 2u);
    const Result<Plan> again = ParsePlan(PrintTrace(tally.trace), "shrunk");
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(Repeat(**stage, Linux(), *again, seed, 1000, 1).refuted, 1);
    return;
  }
  FAIL() << "no drawn plan shows the fault";
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
