// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every case as a GoogleTest test: on the kernel through each target that is offered here, and on
// the simulated system, where the cases and the specification test each other. A trace that passes
// under one profile may not be refuted under another. A case that is skipped or repeated is listed
// in `environments`.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/actor/i386_program.h"
#include "harness/actor/needs.h"
#include "harness/model/profile/profile.h"
#include "harness/oracle/oracle.h"
#include "harness/runner/abilities_inside.h"
#include "harness/runner/case.h"
#include "harness/runner/run.h"
#include "harness/target/target.h"
#include "harness/vocabulary/form/trace_text.h"
#include "suites/environments.h"

namespace shmspec {
namespace {

constexpr int kAttempts = 5;
/// The number of cases that hold on every system that POSIX describes; with more of them it grows.
constexpr std::size_t kPassUnderPosix = 254;

RunOptions OptionsFor(const std::string& target) {
  RunOptions options;
  options.target = target;
  options.profile = model::FindProfile("linux");
  options.timeout_ms = 30000;
  options.keeps_trace = true;
  options.isolation = ProbeIsolation();
  if (target == "simulated") {
    options.isolation = Isolation::kShared;
  } else if (auto abilities = TryAbilitiesInside(options.isolation, "/proc/self/exe");
             abilities.ok()) {
    options.abilities = std::move(*abilities);
  }
  return options;
}

/// Made by the first case of the target: what the system offers is tried once in a process.
const RunOptions& SharedOptionsFor(const std::string& target) {
  static std::map<std::string, RunOptions> options;
  const auto found = options.find(target);
  return found != options.end() ? found->second : options[target] = OptionsFor(target);
}

const Environments& List() {
  static const Environments kList = [] {
    Result<Environments> list = Environments::Read(SHMSPEC_ENVIRONMENTS);
    SHMSPEC_CHECK(list.ok(), list.error().message.c_str());
    return *std::move(list);
  }();
  return kList;
}

/// Whether the case needs an ability that was tried and is not there.
bool LacksAnAbility(const Case& test_case, const RunOptions& options) {
  const Plan plan = PlanOf(test_case);
  const Abilities needs = NeedsOfSteps(plan) | NeedsOfRequirements(plan);
  return Without(needs, options.abilities.there).bits != 0;
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
      ASSERT_TRUE(List().MayRepeat(test_case_.id, result.reason))
          << result.reason << ": such a repetition is not listed in suites/environments";
      std::cout << "repeated: " << test_case_.id << ": " << result.reason << "\n";
      RunOptions options = shared;
      options.seed += static_cast<std::uint64_t>(again);
      result = RunCase(test_case_, options);
    }
    if (result.status == Status::kUnsupported) return Skip(result.reason, shared);
    EXPECT_EQ(NameOf(result.status), "PASS") << result.reason << "\n"
                                             << result.excerpt << "seed " << shared.seed;
    if (result.status == Status::kPass) JudgeByOtherProfiles(result.whole_trace);
  }

 private:
  void Skip(const std::string& reason, const RunOptions& options) const {
    EXPECT_TRUE(LacksAnAbility(test_case_, options) || List().MaySkip(test_case_.id, reason))
        << reason << ": such a skip is not listed in suites/environments";
    std::cout << "skipped: " << test_case_.id << ": " << reason << "\n";
    GTEST_SKIP() << reason;
  }

  /// Every specification that describes a system allows its outcomes.
  void JudgeByOtherProfiles(const std::string& whole_trace) const {
    const Result<Trace> trace = ParseTrace(whole_trace, test_case_.id);
    ASSERT_TRUE(trace.ok()) << trace.error().message;
    for (const model::Profile* profile : model::AllProfiles()) {
      const Verdict verdict = Judge(*trace, *profile);
      EXPECT_NE(verdict.kind, Verdict::Kind::kRefuted) << profile->name << ": " << verdict.message;
    }
  }

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

TEST(WaitingCases, WaitForTheClockTwiceAtMost) {
  for (const Case* one : WaitingCases()) {
    const Plan plan = PlanOf(*one);
    const auto waits = std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
      return std::holds_alternative<SystemNextSecond>(step.operation);
    });
    EXPECT_LE(waits, 2) << one->id;
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

/// Why this system does not offer the target; empty when it does.
std::string LackingOf(const KernelTarget& target) {
  const Result<void> there = ProbeTarget(target);
  return there.ok() ? "" : there.error().message;
}

class MissingTarget : public testing::Test {
 public:
  explicit MissingTarget(std::string reason) : reason_(std::move(reason)) {}
  void TestBody() override { GTEST_SKIP() << reason_; }

 private:
  std::string reason_;
};

/// The cases on that target, or in their place a test that says why there are none.
void RegisterOn(const KernelTarget& target) {
  const std::string reason = LackingOf(target);
  const std::string name(target.name);
  if (reason.empty()) return RegisterOn(name);
  testing::RegisterTest(name.c_str(), "IsNotOfferedHere", nullptr, nullptr, __FILE__, __LINE__,
                        [reason]() -> MissingTarget* {
                          return new MissingTarget(reason);  // NOLINT: GoogleTest owns it
                        });
}

/// A system that does no more than POSIX asks for is not what the cases expect, and the
/// specification allows all that it does.
TEST(Posix, AllowsASystemThatDoesNoMoreThanItMust) {
  RunOptions options;
  options.target = "simulated";
  options.profile = model::FindProfile("posix");
  std::size_t passed = 0;
  for (const Case& test_case : AllCases()) {
    const CaseResult result = PerformCase(test_case, options);
    passed += result.status == Status::kPass ? 1 : 0;
    for (const Objection& objection : result.objections) {
      EXPECT_EQ(objection.by, Objector::kCase) << test_case.id << "\n" << result.excerpt;
    }
  }
  EXPECT_GE(passed, kPassUnderPosix);
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  for (const shmspec::KernelTarget& target : shmspec::KernelTargets()) {
    shmspec::RegisterOn(target);
  }
  shmspec::RegisterOn("simulated");
  return RUN_ALL_TESTS();
}
