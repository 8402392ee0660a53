// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The cost of performing a case in a process, namespaces and an audit of its own, beside the plan
// alone and the bare processes and namespaces it takes.

#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/actor/actor_main.h"
#include "harness/runner/perform_plan.h"
#include "harness/runner/run.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

/// Two users share a segment: about what the usual case does.
Plan UsualCase() {
  PlanBuilder plan("usual.case");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Do(MemoryStore{.at = p, .value = 42});
  b.Do(MemoryLoad{.at = q});
  a.Remove(s);
  b.Detach(q);
  a.Detach(p);
  a.Stat(s);
  return plan.plan();
}

RunOptions Options(Isolation isolation) {
  RunOptions options;
  options.profile = model::FindProfile("linux");
  options.isolation = isolation;
  return options;
}

void CaseInItsOwnProcess(benchmark::State& state) {
  const Plan plan = UsualCase();
  const auto isolation = static_cast<Isolation>(state.range(0));
  OperationTimes times(state);
  for (auto _ : times) {
    const CaseResult result = RunPlan(plan, 1, Options(isolation));
    if (result.status != Status::kPass) return state.SkipWithError(result.reason.c_str());
  }
}
BENCHMARK(CaseInItsOwnProcess)
    ->ArgName("isolation")
    ->Arg(static_cast<std::int64_t>(Isolation::kPrivate))
    ->Arg(static_cast<std::int64_t>(Isolation::kShared))
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

void TheSamePlanOnAStage(benchmark::State& state) {
  const Plan plan = UsualCase();
  const RunOptions options = Options(Isolation::kShared);
  const auto stage = MakeStage(options);
  if (!stage.ok()) return state.SkipWithError(stage.error().message.c_str());
  OperationTimes times(state);
  for (auto _ : times) {
    const CaseResult result = PerformPlan(plan, 1, **stage, *options.profile, 1);
    if (result.status != Status::kPass) return state.SkipWithError(result.reason.c_str());
  }
}
BENCHMARK(TheSamePlanOnAStage)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// The processes a case consists of: its own, the one that watches, and two actors.
void BareProcesses(benchmark::State& state) {
  const int namespaces = state.range(0) == 1 ? CLONE_NEWIPC | CLONE_NEWNS : 0;
  OperationTimes times(state);
  for (auto _ : times) {
    const pid_t own = ::fork();
    if (own == 0) {
      if (namespaces != 0 && ::unshare(namespaces) != 0) ::_exit(1);
      for (int i = 0; i < 3; ++i) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(0);
        ::waitpid(child, nullptr, 0);
      }
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(own, &status, 0);
    if (status != 0) return state.SkipWithError("needs root");
  }
}
BENCHMARK(BareProcesses)
    ->ArgName("namespaces")
    ->Arg(1)
    ->Arg(0)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
