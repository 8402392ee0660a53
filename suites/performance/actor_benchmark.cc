// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The cost of performing a plan beside that of its bare calls.

#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>

#include "harness/actor/actor_main.h"
#include "harness/actor/process_stage.h"
#include "harness/host/futex.h"
#include "harness/host/process_limit.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

void Perform(benchmark::State& state, const Plan& plan, const ProcessStageOptions& options = {}) {
  Result<std::unique_ptr<Stage>> stage = MakeProcessStage("libc", options);
  if (!stage.ok()) return state.SkipWithError(stage.error().message.c_str());
  OperationTimes times(state);
  for (auto _ : times) {
    const Trace trace = (*stage)->Perform(plan, 1);
    if (!trace.trouble.empty()) return state.SkipWithError(trace.trouble.c_str());
  }
}

/// The time for each of `count` parts of an iteration.
benchmark::Counter TimeEach(std::int64_t count) {
  return benchmark::Counter(
      static_cast<double>(count),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void PlanOfOneStep(benchmark::State& state) {
  PlanBuilder plan("one.step");
  plan.Spawn("a").Do(SysvShmInfo{});
  // A process that has changed its umask does not stay for the next plan.
  if (state.range(0) == 1) plan.Spawn("b").Do(ProcessSetUmask{});
  Perform(state, plan.plan(), {.fresh_images = state.range(0) == 2});
}
BENCHMARK(PlanOfOneStep)
    ->ArgName("process")  // 0: the same for every plan, 1: one forked for each, 2: executed
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

void PlanOfTwoActors(benchmark::State& state) {
  PlanBuilder plan("two.actors");
  plan.Spawn("a").Do(SysvShmInfo{});
  plan.Spawn("b").Do(SysvShmInfo{});
  Perform(state, plan.plan());
}
BENCHMARK(PlanOfTwoActors)->UseRealTime()->Unit(benchmark::kMicrosecond);

void BareForkAndWait(benchmark::State& state) {
  OperationTimes times(state);
  for (auto _ : times) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
  }
}
BENCHMARK(BareForkAndWait)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// Each step stats a segment with one attach; the cost of the plan as such counts in full.
void PlanOfManyStats(benchmark::State& state) {
  PlanBuilder plan("many.stats");
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  for (std::int64_t i = 0; i < state.range(0); ++i) a.Stat(s);
  a.Remove(s);
  Perform(state, plan.plan());
  state.counters["per_step"] = TimeEach(state.range(0));
}
BENCHMARK(PlanOfManyStats)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(10'000)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

void BareStats(benchmark::State& state) {
  const int segment = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  OperationTimes times(state);
  for (auto _ : times) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      shmid_ds record{};
      benchmark::DoNotOptimize(::shmctl(segment, IPC_STAT, &record));
    }
  }
  ::shmctl(segment, IPC_RMID, nullptr);
  state.counters["per_step"] = TimeEach(state.range(0));
}
BENCHMARK(BareStats)->Arg(1000)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// Each step attaches or detaches.
void PlanOfManyAttaches(benchmark::State& state) {
  PlanBuilder plan("many.attaches");
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  Attach p;
  for (std::int64_t i = 0; i < state.range(0) / 2; ++i) {
    if (i == 0) {
      a.AttachAs(p, {.segment = s});
    } else {
      a.Do(SysvAttach{.segment = s, .at = p});
    }
    a.Detach(p);
  }
  a.Remove(s);
  Perform(state, plan.plan());
  state.counters["per_step"] = TimeEach(state.range(0));
}
BENCHMARK(PlanOfManyAttaches)->Arg(1000)->UseRealTime()->Unit(benchmark::kMicrosecond);

void BareAttaches(benchmark::State& state) {
  const int segment = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  OperationTimes times(state);
  for (auto _ : times) {
    for (std::int64_t i = 0; i < state.range(0) / 2; ++i) {
      ::shmdt(::shmat(segment, nullptr, 0));
    }
  }
  ::shmctl(segment, IPC_RMID, nullptr);
  state.counters["per_step"] = TimeEach(state.range(0));
}
BENCHMARK(BareAttaches)->Arg(1000)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// What users do with a segment, again and again: five steps a round.
void PlanOfManyUses(benchmark::State& state) {
  PlanBuilder plan("many.uses");
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  Attach p;
  for (std::int64_t i = 0; i < state.range(0) / 5; ++i) {
    if (i == 0) {
      a.AttachAs(p, {.segment = s});
    } else {
      a.Do(SysvAttach{.segment = s, .at = p});
    }
    a.Store(p, 42);
    a.Load(p);
    a.Stat(s);
    a.Detach(p);
  }
  a.Remove(s);
  Perform(state, plan.plan());
  state.counters["per_step"] = TimeEach(state.range(0));
}
BENCHMARK(PlanOfManyUses)->Arg(1000)->UseRealTime()->Unit(benchmark::kMicrosecond);

void BareUses(benchmark::State& state) {
  const int segment = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  OperationTimes times(state);
  for (auto _ : times) {
    for (std::int64_t i = 0; i < state.range(0) / 5; ++i) {
      auto* at = static_cast<volatile std::uint64_t*>(::shmat(segment, nullptr, 0));
      *at = 42;
      benchmark::DoNotOptimize(*at);
      shmid_ds record{};
      benchmark::DoNotOptimize(::shmctl(segment, IPC_STAT, &record));
      ::shmdt(const_cast<std::uint64_t*>(at));
    }
  }
  ::shmctl(segment, IPC_RMID, nullptr);
  state.counters["per_step"] = TimeEach(state.range(0));
}
BENCHMARK(BareUses)->Arg(1000)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// Two actors take turns; every step is the cheapest there is.
void PlanOfTurns(benchmark::State& state) {
  PlanBuilder plan("turns");
  const Actor actors[] = {plan.Spawn("a"), plan.Spawn("b")};
  for (std::int64_t i = 0; i < state.range(0); ++i) actors[i % 2].Do(SysvShmInfo{});
  Perform(state, plan.plan());
  state.counters["per_turn"] = TimeEach(state.range(0));
}
BENCHMARK(PlanOfTurns)->Arg(1000)->Arg(10'000)->UseRealTime()->Unit(benchmark::kMicrosecond);

/// Waits for its turns and gives each back, until a turn above `last`.
void TakeTurns(FutexWord* words, std::uint32_t self, std::uint32_t last) {
  for (std::uint32_t turn = self + 1; turn <= last; turn += 2) {
    FutexWord& own = words[16 * self];
    for (std::uint32_t seen = own.load(); seen < turn; seen = own.load()) FutexWait(own, seen);
    FutexWord& other = words[16 * (1 - self)];
    other.store(turn + 1);
    FutexWake(other);
  }
}

void BareFutexTurns(benchmark::State& state) {
  const auto turns = static_cast<std::uint32_t>(state.range(0));
  void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* words = static_cast<FutexWord*>(page);
  const int cpu = ::sched_getcpu();
  cpu_set_t all;
  ::sched_getaffinity(0, sizeof(all), &all);
  PinToCpu(cpu);
  OperationTimes times(state);
  for (auto _ : times) {
    times.Pause();
    new (&words[0]) FutexWord(0);
    new (&words[16]) FutexWord(0);
    const pid_t child = ::fork();
    if (child == 0) {
      TakeTurns(words, 1, turns);
      ::_exit(0);
    }
    times.Resume();
    words[0].store(1);
    TakeTurns(words, 0, turns);
    ::waitpid(child, nullptr, 0);
  }
  ::sched_setaffinity(0, sizeof(all), &all);
  ::munmap(page, 4096);
  state.counters["per_turn"] = TimeEach(state.range(0));
}
BENCHMARK(BareFutexTurns)->Arg(10'000)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
