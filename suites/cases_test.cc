// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every case as a GoogleTest test: on the kernel in each way of entering it, and on the simulated
// system, where the cases and the specification test each other.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/abilities_inside.h"
#include "harness/runner/case.h"
#include "harness/runner/run.h"
#include "harness/target/target.h"

namespace shmspec {
namespace {

constexpr int kAttempts = 5;

RunOptions OptionsFor(const std::string& target) {
  RunOptions options;
  options.target = target;
  options.profile = model::FindProfile("linux");
  options.timeout_ms = 30000;
  options.isolation = ProbeIsolation();
  if (target == "simulated") {
    options.isolation = Isolation::kShared;
  } else if (auto abilities = TryAbilitiesInside(options.isolation, "/proc/self/exe");
             abilities.ok()) {
    options.abilities = std::move(*abilities);
  }
  return options;
}

/// Made by the first case of the target: most processes of this program run one case.
const RunOptions& SharedOptionsFor(const std::string& target) {
  static std::map<std::string, RunOptions> options;
  const auto found = options.find(target);
  return found != options.end() ? found->second : options[target] = OptionsFor(target);
}

class CaseTest : public testing::Test {
 public:
  CaseTest(const Case& test_case, std::string target)
      : test_case_(test_case), target_(std::move(target)) {}

  void TestBody() override {
    const RunOptions& shared = SharedOptionsFor(target_);
    CaseResult result = RunCase(test_case_, shared);
    // A failed experiment proves nothing about the system: on a busy machine litmus tests may show
    // too little and races may take too long.
    for (int again = 1; result.status == Status::kUnresolved && again < kAttempts; ++again) {
      std::cout << result.reason << "; once more\n";
      RunOptions options = shared;
      options.seed += static_cast<std::uint64_t>(again);
      result = RunCase(test_case_, options);
    }
    if (result.status == Status::kUnsupported) GTEST_SKIP() << result.reason;
    EXPECT_EQ(NameOf(result.status), "PASS") << result.reason << "\n"
                                             << result.excerpt << "seed " << shared.seed;
  }

 private:
  const Case& test_case_;
  std::string target_;
};

class Silent : public RunObserver {
  void OnResult(const Case&, const CaseResult&, std::size_t, std::size_t) override {}
};

std::vector<const Case*> WaitingCases() {
  std::vector<const Case*> waiting;
  for (const Case& test_case : AllCases()) {
    if (WaitsForTheClock(test_case)) waiting.push_back(&test_case);
  }
  return waiting;
}

TEST(WaitingCases, WaitForTheClockOnce) {
  for (const Case* one : WaitingCases()) {
    const Plan plan = PlanOf(*one);
    const auto waits = std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
      return std::holds_alternative<SystemNextSecond>(step.operation);
    });
    EXPECT_EQ(waits, 1) << one->id;
  }
}

TEST(WaitingCases, AllWaitForTheSameSecondAlsoWithOneJob) {
  RunOptions options;
  options.profile = model::FindProfile("linux");
  options.isolation = ProbeIsolation();
  Silent silent;
  const std::vector<const Case*> waiting = WaitingCases();
  ASSERT_GE(waiting.size(), 8u);  // a second each, if they waited one after another
  const RunResult result = RunCases(waiting, options, silent);
  EXPECT_TRUE(result.complete);
  EXPECT_LT(result.duration_s, 5.0);
}

void RegisterOn(const std::string& target) {
  for (const Case& test_case : AllCases()) {
    std::string name(test_case.id);
    for (char& c : name) c = c == '.' ? '/' : c;
    testing::RegisterTest(target.c_str(), name.c_str(), nullptr, nullptr, test_case.file,
                          test_case.line, [&test_case, target]() -> CaseTest* {
                            return new CaseTest(test_case, target);  // NOLINT: GoogleTest owns it
                          });
  }
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  for (const shmspec::KernelTarget& target : shmspec::KernelTargets()) {
    if (!target.wrapper) shmspec::RegisterOn(std::string(target.name));
  }
  shmspec::RegisterOn("simulated");
  return RUN_ALL_TESTS();
}
