// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/generators/draw.h"
#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/target/simulated/watcher.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/operation/role.h"

namespace shmspec {
namespace {

const model::Profile& Linux() { return *model::FindProfile("linux"); }

Trace Simulate(const Plan& plan, std::uint64_t seed) {
  return MakeSimulatedStage(Linux())->Perform(plan, seed);
}

void ExpectExplained(const Trace& trace, std::uint64_t seed) {
  for (const model::Profile* profile : model::AllProfiles()) {
    const Verdict verdict = Judge(trace, *profile);
    ASSERT_EQ(verdict.kind, Verdict::Kind::kExplained)
        << "seed " << seed << ", profile " << profile->name << ": " << verdict.message << "\n"
        << PrintTrace(trace);
  }
}

TEST(SimulatedStage, PerformsSequentialPlansAsTheOracleAllows) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const Plan plan = LikelySequence(seed, 60);
    ASSERT_FALSE(FindFlaw(plan)) << FindFlaw(plan)->message << " seed " << seed;
    ASSERT_NO_FATAL_FAILURE(ExpectExplained(Simulate(plan, seed), seed));
  }
}

/// A system that does no more than it must is explained by the profile that asks for no more.
TEST(SimulatedStage, PerformsUnderPosixWhatPosixAllows) {
  const model::Profile& posix = *model::FindProfile("posix");
  const auto stage = MakeSimulatedStage(posix);
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    for (const Plan& plan : {LikelySequence(seed, 60), LikelyRace(seed)}) {
      const Trace trace = stage->Perform(plan, seed);
      const Verdict verdict = Judge(trace, posix);
      ASSERT_NE(verdict.kind, Verdict::Kind::kRefuted)
          << "seed " << seed << ": " << verdict.message << "\n"
          << PrintTrace(trace);
    }
  }
}

TEST(SimulatedStage, PerformsRacesAsTheOracleAllows) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Plan plan = LikelyRace(seed);
    ASSERT_NO_FATAL_FAILURE(ExpectExplained(Simulate(plan, seed), seed));
  }
}

/// A huge page that was touched is more than the bytes asked for.
TEST(SimulatedStage, ListsTheWholeHugePagesOfASegmentAsTheOracleAllows) {
  const auto plan = ParsePlan(R"(plan simulated.huge
actor a
a: s0 = sysv.get size=4095 flags=create|hugetlb|0600 -> ok
a: a0 = sysv.attach segment=s0
a: map.lock at=a0 size=2097152 -> 0
a: system.segments
)",
                              "simulated.huge");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const Trace trace = Simulate(*plan, 1);
  const auto* table = std::get_if<SegmentTable>(&trace.steps.back().outcome);
  ASSERT_NE(table, nullptr);
  EXPECT_GT(table->rows.at(0).rss, 4096);
  ExpectExplained(trace, 1);
}

/// Linux takes no such limit since 6.6.
TEST(SimulatedStage, CountsMoreFilesThanARecordHoldsAsTheOracleAllows) {
  const auto plan = ParsePlan(R"(plan simulated.inodes
actor a namespaces=mount
a: system.mount_shm size=24576 inodes=9223372036854775808 -> 0
a: d0 = posix.open flags=read_write|create mode=0666 -> 3
a: file.statfs descriptor=d0 -> ok
)",
                              "simulated.inodes");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ExpectExplained(Simulate(*plan, 1), 1);
}

TEST(SimulatedStage, PerformsEveryPlanThatCanBeDrawn) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SeededChoices choices(seed);
    const Plan plan = DrawPlan(choices, {.actors = 3, .steps = 16});
    const Trace trace = Simulate(plan, seed);
    const Verdict verdict = Judge(trace, Linux());
    ASSERT_NE(verdict.kind, Verdict::Kind::kRefuted)
        << "seed " << seed << ": " << verdict.message << "\n"
        << PrintTrace(trace);
  }
}

/// Makes an outcome into one that no specification allows; false when it has nothing to alter.
bool Alter(Outcome& outcome) {
  if (auto* failure = std::get_if<Failure>(&outcome)) {
    failure->error.number = ENOTTY;
  } else if (auto* record = std::get_if<SegmentRecord>(&outcome)) {
    record->nattch += 40;
  } else if (auto* limits = std::get_if<LimitsRecord>(&outcome)) {
    limits->shmmni += 1;
  } else if (auto* usage = std::get_if<UsageRecord>(&outcome)) {
    usage->used_ids += 1;
  } else if (auto* table = std::get_if<SegmentTable>(&outcome)) {
    if (table->rows.empty()) return false;
    table->rows.pop_back();
  } else {
    return false;
  }
  return true;
}

TEST(Oracle, RefusesASequentialRunWithOneOutcomeAltered) {
  std::size_t altered = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Trace trace = Simulate(LikelySequence(seed, 40), seed);
    const std::size_t at = seed % trace.steps.size();
    // A preparation may fail in any way.
    if (RoleOf(trace.plan.steps[at].operation) == Role::kPrepares) continue;
    if (!Alter(trace.steps[at].outcome)) continue;
    ++altered;
    const Verdict verdict = Judge(trace, Linux());
    ASSERT_EQ(verdict.kind, Verdict::Kind::kRefuted) << "seed " << seed << "\n"
                                                     << PrintTrace(trace);
    EXPECT_EQ(verdict.step, at) << "seed " << seed << ": " << verdict.message;
    EXPECT_FALSE(verdict.allowed.empty());
    EXPECT_FALSE(verdict.message.empty());
  }
  EXPECT_GT(altered, 100u);
}

TEST(Oracle, RefusesARaceWithOneOutcomeAltered) {
  std::size_t altered = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Trace trace = Simulate(LikelyRace(seed), seed);
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
      // A preparation may fail in any way.
      if (RoleOf(trace.plan.steps[i].operation) == Role::kPrepares) continue;
      const auto* record = std::get_if<SegmentRecord>(&trace.steps[i].outcome);
      const bool failed = std::holds_alternative<Failure>(trace.steps[i].outcome);
      if (!trace.steps[i].returned || (record == nullptr && !failed)) continue;
      ASSERT_TRUE(Alter(trace.steps[i].outcome));
      ++altered;
      EXPECT_EQ(Judge(trace, Linux()).kind, Verdict::Kind::kRefuted) << "seed " << seed << "\n"
                                                                     << PrintTrace(trace);
      break;
    }
  }
  EXPECT_GT(altered, 100u);
}

TEST(SimulatedStage, KeepsTheInvariantsOfTheState) {
  std::vector<std::string> breaches;
  auto stage = MakeSimulatedStage(Linux(), std::make_unique<Watcher>(BrokenRules, breaches));
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    stage->Perform(LikelySequence(seed, 60), seed);
    ASSERT_TRUE(breaches.empty()) << breaches.front() << ", seed " << seed;
  }
}

/// A fork that the attach count does not notice.
class ForkNotCounted : public Tampering {
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome&) override {
    if (!std::holds_alternative<ProcessFork>(*call.operation)) return;
    ForEachSegment(after, [&](model::SegmentName name, model::Segment& segment) {
      if (const auto* old = FindSegment(before, name)) segment.nattch = old->nattch;
    });
  }
};

Plan PlanOf(std::string_view text) {
  Result<Plan> plan = ParsePlan(text, "test");
  SHMSPEC_CHECK(plan.ok(), plan.error().message.c_str());
  return *std::move(plan);
}

/// Says of another actor that it is blocked only while that actor is in a call.
TEST(SimulatedStage, FindsAnActorBlockedOnlyInACall) {
  const auto outcomes = [](const char* steps) {
    std::set<std::int64_t> values;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      const Trace trace =
          Simulate(PlanOf(std::string("plan test.blocked\nactor a\nactor b\n") + steps), seed);
      ExpectExplained(trace, seed);
      for (const Performed& step : trace.steps) {
        if (const auto* value = std::get_if<Value>(&step.outcome)) values.insert(value->number);
      }
    }
    return values;
  };
  using Values = std::set<std::int64_t>;
  EXPECT_EQ(outcomes("b & map.layout\na: process.await_blocked actor=b\njoin b\n"), (Values{0, 1}));
  EXPECT_EQ(outcomes("b: map.layout\na: process.await_blocked actor=b\n"), Values{1});
  EXPECT_EQ(outcomes("a: process.await_blocked actor=a\n"
                     "a: process.kill actor=b -> any\na: process.await_blocked actor=b\n"),
            Values{0})
      << "the kill alone gives a value";
}

TEST(Tampering, IsCaughtByTheOracle) {
  const Plan plan = PlanOf(
      "plan test.fork\n"
      "actor a\n"
      "actor b start=fork\n"
      "a: s0 = sysv.get key=private flags=create|0600\n"
      "a: a0 = sysv.attach segment=s0\n"
      "a: process.fork child=b\n"
      "a: sysv.stat segment=s0\n");
  auto stage = MakeSimulatedStage(Linux(), std::make_unique<ForkNotCounted>(), "faulty:fork");
  const Verdict verdict = Judge(stage->Perform(plan, 1), Linux());
  ASSERT_EQ(verdict.kind, Verdict::Kind::kRefuted);
  EXPECT_EQ(verdict.step, 3u);
  EXPECT_EQ(Judge(Simulate(plan, 1), Linux()).kind, Verdict::Kind::kExplained);
}

/// b has woken up long before it is joined, and a goes on meanwhile.
TEST(SimulatedStage, GivesInstantsUntilAllThatWasStartedIsJoined) {
  const Plan plan = PlanOf(
      "plan test.started\n"
      "actor a\n"
      "actor b\n"
      "actor c\n"
      "b & map.private\n"
      "c & map.private\n"
      "join b\n"
      "a: map.private\n"
      "a: map.private\n"
      "join c\n"
      "a: map.private\n");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Trace trace = Simulate(plan, seed);
    EXPECT_LT(trace.steps[0].call_ns, trace.steps[3].call_ns);
    EXPECT_LT(trace.steps[3].return_ns, trace.steps[4].call_ns);
    EXPECT_EQ(trace.steps[6].call_ns, 0u);
  }
}

TEST(Tampering, IsSeenByTheWatcher) {
  const Plan plan = PlanOf(
      "plan test.fork\n"
      "actor a\n"
      "actor b start=fork\n"
      "a: s0 = sysv.get key=private flags=create|0600\n"
      "a: a0 = sysv.attach segment=s0\n"
      "a: process.fork child=b\n");
  std::vector<std::string> breaches;
  auto stage = MakeSimulatedStage(
      Linux(), std::make_unique<Watcher>(DeadEnds, breaches, std::make_unique<ForkNotCounted>()));
  stage->Perform(plan, 1);
  EXPECT_EQ(breaches, std::vector<std::string>{"fewer attaches than mappings"});
}

}  // namespace
}  // namespace shmspec
