// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Thousands of short histories of simultaneous calls: the oracle must find an order that explains
// what every call returned. Prints how many histories a second were performed and judged;
// plan_benchmark compares it with the bare calls.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/target/faulty/fault.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "property/kernel_stage.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kSeed = 1;

const model::Profile& Linux() { return *model::FindProfile("linux"); }

/// The number of histories in one plan, each with a segment of its own: one actor removes it while
/// another attaches it and looks at it.
Plan RemovalAgainstAttachAndStat(int histories) {
  PlanBuilder plan("race.removal_against_attach_and_stat");
  const Actor remover = plan.Spawn("remover");
  const Actor user = plan.Spawn("user");
  Segment s;
  Attach p;
  for (int i = 0; i < histories; ++i) {
    remover.GetAs(s, {.flags = kCreate | 0600});
    plan.Race([&] {
      remover.Remove(s);
      user.AttachAs(p, {s});
      user.Stat(s);
    });
    user.Detach(p);
    remover.Stat(s);
  }
  return plan.plan();
}

/// One history: one actor removes a segment while another, which is attached to it, forks; then the
/// child and the parent go, and the segment with the last of them.
Plan RemovalAgainstFork() {
  PlanBuilder plan("race.removal_against_fork");
  const Actor remover = plan.Spawn("remover");
  const Actor parent = plan.Spawn("parent");
  const Actor child = plan.Forked("child");
  const Segment s = remover.Get({.flags = kCreate | 0600});
  const Attach p = parent.At(s);
  parent.Store(p, 42);
  plan.Race([&] {
    remover.Remove(s);
    parent.Fork(child);
  });
  remover.Stat(s);
  child.Load(p);
  parent.Detach(p);
  remover.Stat(s);
  child.Detach(p);
  remover.Stat(s);
  return plan.plan();
}

/// Performs what `draw` gives for one seed after another; each must be allowed.
void CheckRaces(Stage& stage, int plans, int histories_each,
                const std::function<Plan(std::uint64_t seed)>& draw) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < plans; ++i) {
    const std::uint64_t seed = kSeed + static_cast<std::uint64_t>(i);
    const Trace trace = stage.Perform(draw(seed), seed);
    ASSERT_EQ(trace.trouble, "") << "seed " << seed;
    const Verdict verdict = Judge(trace, Linux());
    ASSERT_NE(verdict.kind, Verdict::Kind::kRefuted) << verdict.message << "\nseed " << seed << '\n'
                                                     << PrintTrace(trace);
    // A race of a few steps is always worth the work.
    ASSERT_EQ(verdict.kind, Verdict::Kind::kExplained) << verdict.message;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const int histories = plans * histories_each;
  fmt::print("{} histories in {:.2f} s, {:.0f} a second\n", histories, took.count(),
             histories / took.count());
}

class Races : public testing::Test {
 protected:
  void SetUp() override {
    stage_ = KernelStage("libc");
    if (stage_ == nullptr) GTEST_SKIP() << "needs root";
  }
  Stage& stage() { return *stage_; }

 private:
  std::unique_ptr<Stage> stage_;
};

TEST_F(Races, OfRemovalAgainstAttachAndStatHaveAnOrder) {
  constexpr int kHistories = 50;
  CheckRaces(stage(), 200, kHistories,
             [](std::uint64_t) { return RemovalAgainstAttachAndStat(kHistories); });
}

TEST_F(Races, OfRemovalAgainstForkHaveAnOrder) {
  CheckRaces(stage(), 500, 1, [](std::uint64_t) { return RemovalAgainstFork(); });
}

TEST_F(Races, ThatAreDrawnHaveAnOrder) {
  CheckRaces(stage(), 500, 1, [](std::uint64_t seed) { return LikelyRace(seed); });
}

TEST_F(Races, AreReadBackFromTheirTextAsTheyWerePerformed) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Plan plan = LikelyRace(seed);
    const Trace trace = stage().Perform(plan, seed);
    const std::string text = PrintWholeTrace(trace);
    const Result<Trace> again = ParseTrace(text, "performed");
    ASSERT_TRUE(again.ok()) << "seed " << seed << ": " << again.error().message << '\n' << text;
    ASSERT_TRUE(*again == trace) << "seed " << seed << '\n' << text;
  }
}

/// How often a race ended in each way, by what its steps gave: a failure by its number, success
/// by itself.
using Endings = std::map<std::string, int>;

std::string EndingOf(const Trace& trace) {
  std::string ending;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    if (trace.plan.steps[i].timing != Timing::kRace) continue;
    const auto* failure = std::get_if<Failure>(&trace.steps[i].outcome);
    const auto* fault = std::get_if<Fault>(&trace.steps[i].outcome);
    ending += failure != nullptr ? std::string(ErrnoName(failure->error.number)) + " "
              : fault != nullptr ? "fault "
                                 : "ok ";
  }
  return ending;
}

/// The share of runs that did not end in the most frequent way.
double ShareOfOthers(const Endings& endings) {
  int all = 0, most = 0;
  for (const auto& [ending, count] : endings) {
    all += count;
    most = std::max(most, count);
  }
  return 1.0 - static_cast<double>(most) / all;
}

/// Each branch is one short call after the barrier, so that by itself one order is nearly all that
/// is ever seen of some of these.
std::vector<Plan> ShortRaces() {
  std::vector<Plan> plans;
  for (const char* text :
       {"plan race.stat_after_work\nactor a\nactor b\n"
        "a: s0 = sysv.get flags=create|0600\n"
        "race {\n a: sysv.remove segment=s0\n b: map.layout\n b: sysv.stat segment=s0\n}\n",
        "plan race.removal\nactor a\nactor b\n"
        "a: s0 = sysv.get flags=create|0600\n"
        "race {\n a: sysv.remove segment=s0\n b: a0 = sysv.attach segment=s0\n"
        " b: sysv.stat segment=s0\n}\n",
        "plan race.truncation\nactor a\nactor b\n"
        "a: d0 = posix.open name=\"/n0\" flags=read_write|create mode=0666\n"
        "a: file.truncate descriptor=d0 size=8192\n"
        "b: d1 = posix.open name=\"/n0\" flags=read_write\n"
        "b: m0 = map.map descriptor=d1 size=8192\n"
        "race {\n a: file.truncate descriptor=d0 size=0\n b: memory.load at=m0 width=8\n"
        " b: memory.load at=m0 width=8\n}\n"}) {
    plans.push_back(*ParsePlan(text, "race"));
  }
  return plans;
}

TEST_F(Races, ThatAreVariedEndInMoreWays) {
  constexpr int kRuns = 1000;
  const auto bare_stage = KernelStage("libc", /*perturbs=*/false);
  double bare_share = 0, varied_share = 0;
  for (const Plan& plan : ShortRaces()) {
    Endings bare, varied;
    // By turns, so that both meet the same load.
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
      ++bare[EndingOf(bare_stage->Perform(plan, seed))];
      ++varied[EndingOf(stage().Perform(plan, seed))];
    }
    bare_share += ShareOfOthers(bare);
    varied_share += ShareOfOthers(varied);
    fmt::print("{}: {:.1f} % ended otherwise by themselves, {:.1f} % varied\n", plan.name,
               100 * ShareOfOthers(bare), 100 * ShareOfOthers(varied));
    for (const auto& [ending, count] : varied) {
      fmt::print("  {}: {} and {} times\n", ending, bare[ending], count);
    }
  }
  EXPECT_GT(varied_share, bare_share);
}

/// These races find faults: a system that tears attaches off, and one whose forks do not count.
TEST(RacesOfAFaultySystem, HaveNoOrder) {
  const auto refuted = [](const char* fault, const Plan& plan) {
    const auto stage = MakeFaultyStage(fault, Linux());
    if (!stage.ok()) return false;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      if (Judge((*stage)->Perform(plan, seed), Linux()).kind == Verdict::Kind::kRefuted)
        return true;
    }
    return false;
  };
  EXPECT_TRUE(refuted("removal_destroys_at_once", RemovalAgainstAttachAndStat(50)));
  EXPECT_TRUE(refuted("fork_does_not_count_attaches", RemovalAgainstFork()));
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
