// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How many generated plans and racing histories are performed and judged in a second, beside the
// bare calls they are made of. As root: the plans have several users and an IPC namespace of their
// own.

#include <benchmark/benchmark.h>
#include <sys/shm.h>

#include <memory>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/actor/process_stage.h"
#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/sandbox/isolation.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

const model::Profile& Linux() { return *model::FindProfile("linux"); }

std::unique_ptr<Stage> PrivateStage() {
  static const Result<Isolated> isolated = EnterIsolation(Isolation::kPrivate);
  if (!isolated.ok()) return nullptr;
  auto stage = MakeProcessStage(
      "libc", {.private_ipc = true, .private_shm = isolated->private_shm, .sweeps = true});
  return stage.ok() ? std::move(*stage) : nullptr;
}

/// A hundred different plans again and again, so that drawing them does not count.
std::vector<Plan> SomePlans(std::size_t steps) {
  std::vector<Plan> plans;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    plans.push_back(LikelySequence(seed, steps, SwiftWeights()));
  }
  return plans;
}

void GeneratedPlans(benchmark::State& state) {
  const std::unique_ptr<Stage> stage = PrivateStage();
  if (stage == nullptr) return state.SkipWithError("needs root");
  const std::vector<Plan> plans = SomePlans(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  std::int64_t steps = 0;
  OperationTimes times(state);
  for (auto _ : times) {
    const Trace trace = stage->Perform(plans[next], 1);
    next = (next + 1) % plans.size();
    if (!trace.trouble.empty()) return state.SkipWithError(trace.trouble.c_str());
    if (Judge(trace, Linux()).kind != Verdict::Kind::kExplained) {
      return state.SkipWithError("a trace was not explained");
    }
    steps += static_cast<std::int64_t>(trace.steps.size());
  }
  state.counters["plans"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["steps"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
}
BENCHMARK(GeneratedPlans)
    ->ArgName("steps")
    ->Arg(10)
    ->Arg(20)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

/// Removal against attach and stat of other processes, again and again with new segments, without
/// anybody in between. Each race is a history that the oracle finds an order for.
Plan Races(int histories, int branches) {
  PlanBuilder plan("many.races");
  const Actor remover = plan.Spawn("a");
  std::vector<Actor> users;
  for (const char* name : {"b", "c", "d"}) {
    if (static_cast<int>(users.size()) + 1 < branches) users.push_back(plan.Spawn(name));
  }
  Segment s;
  std::vector<Attach> attaches(users.size());
  for (int i = 0; i < histories; ++i) {
    remover.GetAs(s, {.flags = kCreate | 0600});
    plan.Race([&] {
      remover.Remove(s);
      for (std::size_t user = 0; user < users.size(); ++user) {
        users[user].AttachAs(attaches[user], {s});
        users[user].Stat(s);
      }
    });
    for (std::size_t user = 0; user < users.size(); ++user) users[user].Detach(attaches[user]);
  }
  return plan.plan();
}

void RacingHistories(benchmark::State& state) {
  const std::unique_ptr<Stage> stage = PrivateStage();
  if (stage == nullptr) return state.SkipWithError("needs root");
  const int histories = state.range(0) == 2 ? 50 : 20;  // a plan has at most 64 attaches
  const Plan plan = Races(histories, static_cast<int>(state.range(0)));
  std::uint64_t seed = 0;
  OperationTimes times(state);
  for (auto _ : times) {
    const Trace trace = stage->Perform(plan, ++seed);
    if (!trace.trouble.empty()) return state.SkipWithError(trace.trouble.c_str());
    if (state.range(1) != 0 && Judge(trace, Linux()).kind != Verdict::Kind::kExplained) {
      return state.SkipWithError("a history was not explained");
    }
  }
  state.counters["histories"] =
      benchmark::Counter(histories, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(RacingHistories)
    ->ArgNames({"branches", "judged"})
    ->ArgsProduct({{2, 4}, {0, 1}})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

/// The calls of one history by one process, one after the other.
void BareHistory(benchmark::State& state) {
  OperationTimes times(state);
  for (auto _ : times) {
    const int id = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    void* at = ::shmat(id, nullptr, 0);
    shmid_ds record{};
    ::shmctl(id, IPC_STAT, &record);
    ::shmctl(id, IPC_RMID, nullptr);
    ::shmdt(at);
  }
  state.counters["histories"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(BareHistory)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
