// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How many rounds of a litmus test a second holds, and how many of them show store buffering: as
// plans run them, and bare. Then the endings that classic tests and mutants show in a second by
// each technique, to be set beside what other runners show (README.md).

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/actor/process_stage.h"
#include "harness/host/address.h"
#include "harness/host/process_limit.h"
#include "harness/host/ticks.h"
#include "harness/target/litmus/branch.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

/// Rounds and rounds that ended with both registers 0, a second.
void Report(benchmark::State& state, double rounds, double weak) {
  state.counters["rounds"] = benchmark::Counter(rounds, benchmark::Counter::kIsRate);
  state.counters["weak"] = benchmark::Counter(weak, benchmark::Counter::kIsRate);
}

/// Everything that a case does: segment, attaches, a race, and the count.
void PlanOfStoreBuffering(benchmark::State& state) {
  const auto rounds = static_cast<std::uint64_t>(state.range(0));
  PlanBuilder plan("store.buffering");
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.size = {LitmusLayout{rounds}.Bytes()}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Remove(s);
  plan.Race([&] {
    a.Do(MemoryBranch{.at = p, .program = ProgramOf("x=1; r0=y"), .rounds = rounds});
    b.Do(MemoryBranch{.at = q, .program = ProgramOf("y=1; r1=x"), .rounds = rounds});
  });
  a.Do(MemoryHistogram{p, EndingOf("r0=0 r1=0")});
  // On a busy machine a million rounds take their time.
  Result<std::unique_ptr<Stage>> stage = MakeProcessStage("libc", {.deadline_ms = 60'000});
  if (!stage.ok()) return state.SkipWithError(stage.error().message.c_str());
  double ran = 0;
  double weak = 0;
  OperationTimes times(state);
  for (auto _ : times) {
    const Trace trace = (*stage)->Perform(plan.plan(), 1);
    const auto* histogram = std::get_if<Histogram>(&trace.steps.back().outcome);
    if (histogram == nullptr) {
      const auto* trouble = std::get_if<Trouble>(&trace.steps.back().outcome);
      return state.SkipWithError(trouble != nullptr ? trouble->reason.c_str()
                                                    : trace.trouble.c_str());
    }
    ran += static_cast<double>(histogram->rounds);
    weak += static_cast<double>(histogram->hits);
  }
  Report(state, ran, weak);
}
BENCHMARK(PlanOfStoreBuffering)
    ->Arg(32768)
    ->Arg(1 << 20)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// What the bare loops share; cells and registers of round i are at index i.
struct Bare {
  std::atomic<std::uint64_t> start_ticks;
  std::atomic<std::uint32_t> ready;
};

struct Side {
  volatile std::uint64_t* stored;
  const volatile std::uint64_t* loaded;
  volatile std::uint64_t* result;
};

/// Nothing but the two accesses, 100 ticks apart.
void RunBare(Bare& bare, const Side& side, std::int64_t rounds, bool opens) {
  constexpr std::uint64_t kPeriod_ticks = 100;
  constexpr std::uint64_t kSoon_ticks = 20'000;
  bare.ready.fetch_add(1);
  while (bare.ready.load() % 2 != 0) RelaxProcessor();
  if (opens) bare.start_ticks.store(Ticks() + kSoon_ticks);
  std::uint64_t next = 0;
  while ((next = bare.start_ticks.load()) == 0) RelaxProcessor();
  for (std::int64_t i = 0; i < rounds; ++i, next += kPeriod_ticks) {
    while (static_cast<std::int64_t>(next - Ticks()) > 0) {
    }
    side.stored[i] = 1;
    side.result[i] = side.loaded[i];
  }
}

/// The processors that this program may use.
std::vector<int> Processors(cpu_set_t& all) {
  ::sched_getaffinity(0, sizeof(all), &all);
  std::vector<int> processors;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &all)) processors.push_back(cpu);
  }
  return processors;
}

void BareStoreBuffering(benchmark::State& state) {
  cpu_set_t all;
  const std::vector<int> processors = Processors(all);
  if (processors.size() < 2 || !HasSteadyTicks()) {
    return state.SkipWithError("needs two processors with a steady clock");
  }
  const std::int64_t rounds = state.range(0);
  const std::size_t column = static_cast<std::size_t>(rounds) + 40;  // not the same place in a page
  const std::size_t bytes = 4096 + 4 * column * sizeof(std::uint64_t);
  double weak = 0;
  OperationTimes times(state);
  for (auto _ : times) {
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    Bare& bare = *static_cast<Bare*>(memory);
    auto* cells = static_cast<std::uint64_t*>(memory) + 4096 / sizeof(std::uint64_t);
    std::uint64_t* const columns[] = {cells, cells + column, cells + 2 * column,
                                      cells + 3 * column};
    const pid_t child = ::fork();
    PinToCpu(processors[child == 0 ? 1 : 0]);
    if (child == 0) {
      RunBare(bare, {columns[1], columns[0], columns[3]}, rounds, false);
      ::_exit(0);
    }
    RunBare(bare, {columns[0], columns[1], columns[2]}, rounds, true);
    ::waitpid(child, nullptr, 0);
    for (std::int64_t i = 0; i < rounds; ++i) {
      weak += columns[2][i] == 0 && columns[3][i] == 0 ? 1 : 0;
    }
    ::munmap(memory, bytes);
  }
  ::sched_setaffinity(0, sizeof(all), &all);
  Report(state, static_cast<double>(rounds) * static_cast<double>(state.iterations()), weak);
}
BENCHMARK(BareStoreBuffering)
    ->Arg(32768)
    ->Arg(1 << 20)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// A test of two branches with an ending that total store order allows; those with an m are
/// mutants, with accesses swapped, of tests for which it is forbidden.
struct Shape {
  const char* name;
  const char* first;
  const char* second;
  const char* ending;
};
constexpr Shape kShapes[] = {
    {"SB", "x=1; r0=y", "y=1; r1=x", "r0=0 r1=0"},  {"R", "x=1; y=1", "y=2; r0=x", "r0=0 y=2"},
    {"MPm", "y=1; x=1", "r0=y; r1=x", "r0=1 r1=0"}, {"LBm", "y=1; r0=x", "x=1; r1=y", "r0=1 r1=1"},
    {"CoRRm", "x=1", "r1=x; r0=x", "r0=1 r1=0"},    {"Sm", "y=1; x=2", "r0=y; x=1", "r0=1 x=2"},
    {"2+2Wm", "y=2; x=1", "x=2; y=1", "x=1 y=1"}};

/// All turns of one technique between two processes, its set-up and its count included.
void ByTechnique(benchmark::State& state, const Shape& shape, Technique technique) {
  constexpr LitmusLayout kLayout{.rounds = 100'000};
  cpu_set_t all;
  const std::vector<int> processors = Processors(all);
  if (processors.size() < 2) return state.SkipWithError("needs two processors");
  const std::array programs{ProgramOf(shape.first), ProgramOf(shape.second)};
  TechniqueSet one;
  one.set(static_cast<std::size_t>(technique));
  double rounds = 0;
  double hits = 0;
  for (auto _ : state) {
    void* memory = ::mmap(nullptr, kLayout.Bytes(), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    const pid_t child = ::fork();
    const std::size_t number = child == 0 ? 1 : 0;
    PinToCpu(processors[number]);
    const LitmusJob job{.at = AddressOf(memory),
                        .also = AddressOf(memory),
                        .program = &programs[number],
                        .layout = kLayout,
                        .branches = 2,
                        .tuning = Tuning::kSearch,
                        .until = EndingOf(shape.ending),
                        .at_least = std::numeric_limits<std::uint64_t>::max(),
                        .techniques = one,
                        .search_ms = 60'000};
    std::uint64_t ran = 0;
    RunLitmusBranch(job, ran);
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    EndingCounts counts;
    LitmusEffort effort;
    if (!CountLitmusTest(job.at, counts, effort)) state.SkipWithError("the test did not run");
    rounds += static_cast<double>(effort.Of(technique).rounds);
    hits += static_cast<double>(effort.Of(technique).hits);
    ::munmap(memory, kLayout.Bytes());
  }
  ::sched_setaffinity(0, sizeof(all), &all);
  Report(state, rounds, hits);
}

void RegisterTechniques() {
  for (const Shape& shape : kShapes) {
    for (const auto& [name, technique] : NamesOf<Technique>::kNames) {
      const bool loads_alone = std::string_view(shape.ending).find('x') == std::string_view::npos &&
                               std::string_view(shape.ending).find('y') == std::string_view::npos;
      if (technique == Technique::kAlternating) continue;  // of single loads and stores
      if (technique == Technique::kPerpetual && !loads_alone) continue;
      benchmark::RegisterBenchmark(fmt::format("ByTechnique/{}/{}", shape.name, name).c_str(),
                                   &ByTechnique, shape, technique)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  shmspec::RegisterTechniques();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
