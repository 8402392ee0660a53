// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Three users act one after the other on System V shared memory; the specification must allow what
// this kernel answers. A failure is shrunk to the fewest and plainest steps that show it, printed
// and saved as a plan for `shmspec replay`. RC_PARAMS="seed=N" repeats a failing run.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "harness/actor/actor_main.h"
#include "harness/oracle/oracle.h"
#include "harness/target/faulty/fault.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/trace_text.h"
#include "property/failure_file.h"
#include "property/generators.h"
#include "property/kernel_stage.h"
#include "property/search.h"

namespace shmspec {
namespace {

constexpr std::size_t kSteps = 20;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

/// Fails, for rapidcheck, when the trace of the plan is not allowed.
void CheckAllowed(Stage& stage, const PlanChoices& choices, LikelyWeights weights,
                  const FailureFile& file) {
  const Trace trace = stage.Perform(PlanOf(choices, weights), 1);
  if (trace.lacking) RC_DISCARD("lacking");
  if (!trace.trouble.empty()) {
    RC_LOG(PrintTrace(trace));
    RC_FAIL(trace.trouble);
  }
  const Verdict verdict = Judge(trace, Linux());
  const Result<Trace> again = ParseTrace(PrintWholeTrace(trace), "performed");
  if (!again.ok()) RC_FAIL(again.error().message);
  RC_ASSERT(*again == trace);
  if (verdict.kind != Verdict::Kind::kRefuted) return;
  file.Keep(trace);
  RC_LOG(PrintTrace(trace));
  RC_LOG("saved as " + file.path().string());
  RC_FAIL(verdict.message);
}

void CheckKernel(const char* target, LikelyWeights weights, int plans) {
  const std::unique_ptr<Stage> stage = KernelStage(target);
  if (stage == nullptr) GTEST_SKIP() << "needs root, or there is no target " << target;
  const FailureFile file("shmspec-sequential");
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  // The same plans in every run, so that a change is judged and not luck; RC_PARAMS draws others.
  if (std::getenv("RC_PARAMS") == nullptr) {
    params.seed = 1;
    params.maxSuccess = plans;
  }
  const auto result = rc::detail::checkTestable(
      [&] { CheckAllowed(*stage, *LikelyPlans(kSteps, weights), weights, file); },
      rc::detail::TestMetadata{}, params);
  std::ostringstream said;
  rc::detail::printResultMessage(result, said);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>())
      << said.str() << "seed " << params.seed;
}

TEST(Sequential, CallsOfSeveralUsersAreAllowed) { CheckKernel("libc", SwiftWeights(), 2000); }

TEST(Sequential, CallsByNumberAreAllowed) { CheckKernel("syscall", SwiftWeights(), 500); }

TEST(Sequential, ForksEndsAndToolsAreAllowed) { CheckKernel("libc", {}, 100); }

/// Shows that the property can fail, and how small its counterexample then is.
TEST(Sequential, FindsAFaultAndShrinksItToTheFewestSteps) {
  const auto stage = MakeFaultyStage("fork_does_not_count_attaches", Linux());
  ASSERT_TRUE(stage.ok()) << stage.error().message;
  const FailureFile file("shmspec-shrunk");
  rc::detail::TestParams params;
  params.maxSuccess = 5000;
  const auto result =
      rc::detail::checkTestable([&] { CheckAllowed(**stage, *LikelyPlans(kSteps, {}), {}, file); },
                                rc::detail::TestMetadata{}, params);
  EXPECT_TRUE(result.template is<rc::detail::FailureResult>());
  std::ifstream in(file.path());
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const Result<Plan> plan = ParsePlan(text, file.path().string());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  // A segment, its attach, the fork and a look.
  EXPECT_LE(plan->steps.size(), 4u) << text;
}

TEST(Search, FindsNothingInTheModelItself) {
  const auto stage = MakeSimulatedStage(Linux());
  for (const NamedSearch& search : PropertySearches()) {
    SearchLimits limits = search.limits;
    limits.plans = 2000;
    const auto caught = SearchPlans(*stage, Linux(), 1, limits);
    EXPECT_FALSE(caught) << search.name << ": " << caught->verdict.message << "\n"
                         << PrintTrace(caught->trace);
  }
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
