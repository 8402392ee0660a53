// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Cases with a crash on the simulated system: what the model does is what the oracle allows, what
// holds of every state holds after every crash, and faults about the ends of processes are noticed.
// Of each case one crash in several, as the seed settles; SHMSPEC_CRASH_SEED=N gives another one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/profile/profile.h"
#include "harness/runner/crash_cases.h"
#include "harness/runner/crash_plan.h"
#include "harness/runner/perform_plan.h"
#include "harness/target/faulty/fault.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/target/simulated/watcher.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

using testing::IsEmpty;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

std::uint64_t Seed() {
  static const std::uint64_t seed = [] {
    const char* given = std::getenv("SHMSPEC_CRASH_SEED");
    const std::uint64_t own = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
    testing::Test::RecordProperty("seed", std::to_string(own));
    return own;
  }();
  return seed;
}

constexpr std::uint64_t kOneIn = 12;

/// Calls visit(plan) for one crash plan in several of all cases.
template <class Visit>
void ForSome(CrashPlaces places, Visit&& visit) {
  std::mt19937_64 random(Seed());
  for (const Case& test_case : AllCases()) {
    const Plan plan = PlanOf(test_case);
    for (const CrashPoint& point : CrashPointsOf(plan, places)) {
      if (random() % kOneIn == 0) visit(WithoutDeadEnds(PlanWithCrash(plan, point)));
    }
  }
}

/// The first seed with which the plan does not pass on the stage, in words.
std::string FailureOf(const Plan& plan, Stage& stage, int rounds) {
  const CaseResult result = PerformPlan(plan, rounds, stage, Linux(), Seed());
  if (result.status == Status::kPass) return "";
  return std::string(NameOf(result.status)) + ": " + result.reason + "\n" + PrintPlan(plan);
}

TEST(CrashCases, HaveNoFlawAndAreReadBackAsTheyArePrinted) {
  std::size_t plans = 0;
  ForSome(CrashPlaces::kBetweenSteps, [&](const Plan& plan) {
    ++plans;
    ASSERT_FALSE(FindFlaw(plan)) << PrintPlan(plan) << FindFlaw(plan)->message;
    const Result<Plan> again = ParsePlan(PrintPlan(plan), plan.name);
    ASSERT_TRUE(again.ok()) << again.error().message;
    ASSERT_EQ(*again, plan) << PrintPlan(plan);
  });
  EXPECT_GT(plans, AllCases().size() / 2);
}

TEST(CrashCases, PassOnTheSimulatedSystem) {
  const auto stage = MakeSimulatedStage(Linux());
  ForSome(CrashPlaces::kBetweenSteps, [&](const Plan& plan) {
    EXPECT_EQ(FailureOf(plan, *stage, 2), "") << "seed " << Seed();
  });
}

TEST(CrashCases, PassOnTheSimulatedSystemWithCrashesInsideSteps) {
  const auto stage = MakeSimulatedStage(Linux());
  ForSome(CrashPlaces::kInsideSteps, [&](const Plan& plan) {
    EXPECT_EQ(FailureOf(plan, *stage, 8), "") << "seed " << Seed();
  });
}

bool Lives(const model::State& state, std::uint8_t process) {
  return std::any_of(state.tasks.begin(), state.tasks.end(), [&](const model::Task& task) {
    const bool gone = task.life == model::Life::kGone || task.life == model::Life::kUnborn;
    return task.process == process && !gone;
  });
}

/// I1: keys are those of one segment each.
void AddBrokenKeys(const model::State& state, std::vector<std::string>& found) {
  for (std::size_t i = 0; i < state.namespaces.size(); ++i) {
    std::vector<std::int32_t> keys;
    for (const model::Segment& segment : state.namespaces[i]->segments) {
      if (segment.key == 0 || !segment.key_known) continue;
      if (std::find(keys.begin(), keys.end(), segment.key) != keys.end()) {
        found.emplace_back("two segments of one key");
      }
      keys.push_back(segment.key);
    }
  }
}

/// I9: files live as long as descriptors, those on their way too, and mappings.
void AddBrokenReferences(const model::State& state, std::vector<std::string>& found) {
  std::map<std::uint32_t, std::int32_t> of_files;
  std::map<std::uint32_t, std::int32_t> of_nodes;
  for (const std::uint32_t file : state.in_flight) ++of_files[file];
  for (const model::Process& process : state.processes) {
    for (const model::Descriptor& one : process.descriptors->open()) ++of_files[one.file];
    for (const model::Mapping& mapping : process.space->mappings()) {
      if (mapping.node() != nullptr) ++of_nodes[mapping.node()->node];
    }
  }
  for (const model::OpenFile& file : *state.files) {
    ++of_nodes[file.node];
    if (file.references != of_files[file.serial]) found.emplace_back("an open file of nobody");
  }
  for (const model::Node& node : *state.nodes) {
    // What a library has open is no descriptor of the plan.
    const bool counted = !node.of_library && !node.anonymous;
    if (counted && node.references != of_nodes[node.serial])
      found.emplace_back("a file in memory of nobody");
  }
}

/// Those, I8, and that nothing is left of a process that has ended. I2, I3 and I4 are among
/// BrokenRules.
std::vector<std::string> BrokenByCrashes(const model::State& state) {
  std::vector<std::string> found = BrokenRules(state);
  AddBrokenKeys(state, found);
  AddBrokenReferences(state, found);
  for (std::uint8_t i = 0; i < state.processes.size(); ++i) {
    const model::Process& process = state.processes[i];
    for (const model::Mapping& mapping : process.space->mappings()) {
      if ((mapping.protection & ~mapping.max_protection) != 0) {
        found.emplace_back("more protection than was ever allowed");
      }
    }
    if (Lives(state, i)) continue;
    if (!process.space->mappings().empty()) found.emplace_back("a dead process has mappings");
    if (!process.descriptors->open().empty()) found.emplace_back("a dead process has descriptors");
  }
  return found;
}

/// I7: seals stay, and so does what they keep.
void AddBrokenSeals(const model::State& before, const model::State& after,
                    std::vector<std::string>& found) {
  constexpr std::uint64_t kNoShrinking = 2;
  constexpr std::uint64_t kNoGrowing = 4;
  for (const model::Node& now : *after.nodes) {
    const auto was = std::find_if(before.nodes->begin(), before.nodes->end(),
                                  [&](const model::Node& one) { return one.serial == now.serial; });
    if (was == before.nodes->end()) continue;
    if ((was->seals & ~now.seals) != 0) found.emplace_back("a seal is gone");
    const bool shrunk = (was->seals & kNoShrinking) != 0 && now.size < was->size;
    const bool grown = (was->seals & kNoGrowing) != 0 && now.size > was->size;
    if (shrunk || grown) found.emplace_back("a sealed size has changed");
  }
}

/// I7, what a call may not do to a segment (I5), and what a failing one may not do at all (I11).
void AddBrokenByCall(const model::State& before, const model::Call& call, const model::State& after,
                     const Outcome& outcome, std::vector<std::string>& found) {
  const bool failed = std::holds_alternative<Failure>(outcome);
  // With kernel.shm_rmid_forced also an attach that fails destroys what nobody has attached.
  const bool attaches = std::holds_alternative<SysvAttach>(*call.operation);
  if (failed && FamilyOf(*call.operation) == Family::kSysv && !attaches && !(before == after)) {
    found.emplace_back("a call that failed has changed something");
  }
  AddBrokenSeals(before, after, found);
  const std::size_t both = std::min(before.namespaces.size(), after.namespaces.size());
  for (std::size_t i = 0; i < both; ++i) {
    for (const model::Segment& now : after.namespaces[i]->segments) {
      const model::SegmentName name{static_cast<std::uint8_t>(i), now.serial};
      const model::Segment* was = model::FindSegment(before, name);
      if (was == nullptr) continue;
      const bool same = was->size == now.size && was->cuid == now.cuid && was->cgid == now.cgid &&
                        was->cpid == now.cpid && was->pages == now.pages;
      if (!same) found.emplace_back("what a segment began with has changed");
      if (was->key != now.key && now.key != 0) found.emplace_back("a segment has a new key");
    }
  }
}

/// Looks at every call and every state that a simulated system gets into.
class CrashWatcher : public Tampering {
 public:
  explicit CrashWatcher(std::vector<std::string>& found, bool loses_detaches = false)
      : found_(found), loses_detaches_(loses_detaches) {}

  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    if (loses_detaches_ && std::holds_alternative<ProcessKill>(*call.operation)) {
      ForEachSegment(after, [&](model::SegmentName name, model::Segment& segment) {
        const model::Segment* was = model::FindSegment(before, name);
        if (was != nullptr) segment.nattch = was->nattch;
      });
    }
    std::vector<std::string> broken = BrokenByCrashes(after);
    AddBrokenByCall(before, call, after, outcome, broken);
    found_.insert(found_.end(), broken.begin(), broken.end());
  }

 private:
  std::vector<std::string>& found_;
  bool loses_detaches_;
};

TEST(CrashCases, KeepTheInvariantsOfTheModel) {
  std::vector<std::string> found;
  const auto stage = MakeSimulatedStage(Linux(), std::make_unique<CrashWatcher>(found));
  ForSome(CrashPlaces::kBetweenSteps, [&](const Plan& plan) {
    found.clear();
    stage->Perform(plan, Seed());
    EXPECT_THAT(found, IsEmpty()) << "seed " << Seed() << "\n" << PrintPlan(plan);
  });
}

TEST(CrashCases, BreakTheInvariantsWhereAnEndDetachesNothing) {
  std::vector<std::string> found;
  const auto stage = MakeSimulatedStage(Linux(), std::make_unique<CrashWatcher>(found, true));
  ForSome(CrashPlaces::kBetweenSteps, [&](const Plan& plan) { stage->Perform(plan, Seed()); });
  EXPECT_THAT(found, testing::Contains("more attaches than mappings"));
}

/// Whether the plan of that case, or one with a crash of it, fails on the system with that fault.
bool Notices(const Plan& plan, std::string_view fault) {
  const auto stage = *MakeFaultyStage(fault, Linux());
  return PerformPlan(plan, 1, *stage, Linux(), 1).status == Status::kFail;
}

struct HiddenFault {
  std::string_view fault;
  std::string_view crash;  // of a case that does not notice it without one
};

class HiddenFaults : public testing::TestWithParam<HiddenFault> {};

TEST_P(HiddenFaults, AreNoticedByACrashOnly) {
  const auto& [fault, crash] = GetParam();
  const Case* with_crash = FindCase(crash);
  ASSERT_NE(with_crash, nullptr);
  EXPECT_FALSE(Notices(PlanOf(*FindCase(WithoutCrash(crash))), fault));
  EXPECT_TRUE(Notices(PlanOf(*with_crash), fault));
  EXPECT_EQ(FailureOf(PlanOf(*with_crash), *MakeSimulatedStage(Linux()), 1), "");
}

INSTANTIATE_TEST_SUITE_P(
    OfEnds, HiddenFaults,
    testing::Values(
        HiddenFault{"kill_keeps_the_count", "sync.mutex.excludes_other_processes/crash:a:after-2"},
        HiddenFault{"exit_keeps_the_count",
                    "sync.mutex.of_a_parent_is_not_the_childs/crash:keeper:after-1"},
        HiddenFault{"creator_takes_its_segments",
                    "sync.mutex.excludes_other_processes/crash:keeper:after-1"},
        HiddenFault{"names_end_with_processes",
                    "posix.unlink.after_the_last_close_leaves_the_contents_to_the_name/crash:a:"
                    "after-1"},
        HiddenFault{"descriptors_are_lost_with_their_sender",
                    "memfd.pass.arrives_in_order_and_as_often_as_it_was_sent/crash:a:after-7"},
        HiddenFault{"mutex_of_the_dead_is_free",
                    "sync.mutex.excludes_other_processes/crash:a:after-10"}),
    [](const auto& test) { return std::string(test.param.fault); });

}  // namespace
}  // namespace shmspec
