// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How many events of a sequential trace the oracle judges in a second. The trace is what a long
// property or fuzzing run looks like: segments come and go, attaches, records, loads and stores.

#include <benchmark/benchmark.h>

#include <array>
#include <cerrno>
#include <vector>

#include "harness/oracle/oracle.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "suites/performance/operation_times.h"

namespace shmspec {
namespace {

constexpr std::int64_t kNow_s = 1'700'000'000;
constexpr std::int64_t kAddress = 0x7f0000000000;
constexpr int kRacesInAPlan = 20;  // a plan has at most 64 attaches

/// Rounds of eight calls with the outcomes that Linux would give.
Trace LongTrace(std::int64_t rounds) {
  PlanBuilder builder("benchmark.sequential");
  const Actor a = builder.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p + 8, 42);
  a.Load(p + 8);
  a.Stat(s);
  a.Remove(s);
  a.Detach(p);
  a.Stat(s);
  Trace trace;
  trace.plan = std::move(builder).Take();
  const std::vector<Step> round = trace.plan.steps;
  for (std::int64_t i = 1; i < rounds; ++i) {
    trace.plan.steps.insert(trace.plan.steps.end(), round.begin(), round.end());
  }
  ActorFacts facts;
  facts.pid = facts.inner_pid = 77;
  facts.as = ~std::uint64_t{0};
  trace.actors = {facts};
  trace.steps.resize(trace.plan.steps.size());
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    Performed& performed = trace.steps[i];
    performed.called = performed.returned = true;
    performed.not_before_s = performed.not_after_s = kNow_s;
    const auto number = static_cast<std::int64_t>(i / 8);
    SegmentRecord record;
    record.mode.bits = 0600;
    record.seq = number / 64;
    record.size = 4096;
    record.cpid = record.lpid = 77;
    record.nattch = 1;
    record.atime = record.ctime = kNow_s;
    const Outcome outcomes[] = {Value{number % 64 + (number / 64 << 15)},
                                Value{kAddress},
                                Value{0},
                                Value{42},
                                record,
                                Value{0},
                                Value{0},
                                Failure{{EINVAL}}};
    performed.outcome = outcomes[i % 8];
  }
  return trace;
}

void JudgeSequentialTrace(benchmark::State& state) {
  const Trace trace = LongTrace(state.range(0));
  const model::Profile& profile = *model::FindProfile("linux");
  OperationTimes times(state);
  for (auto _ : times) {
    const Verdict verdict = Judge(trace, profile);
    if (verdict.kind != Verdict::Kind::kExplained) state.SkipWithError(verdict.message.c_str());
  }
  state.counters["events"] = benchmark::Counter(
      static_cast<double>(2 * trace.steps.size()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(JudgeSequentialTrace)->Arg(10)->Arg(1000)->Arg(10000);

/// Races on a segment each: one actor removes it, the others attach it and look at it. With
/// `apart`, each of two pairs has a segment of its own.
Plan Races(std::int64_t branches, bool apart) {
  PlanBuilder plan("benchmark.races");
  std::vector<Actor> actors;
  for (const char* name : {"a", "b", "c", "d"}) {
    if (static_cast<std::int64_t>(actors.size()) < branches) actors.push_back(plan.Spawn(name));
  }
  std::array<Segment, 2> segments;
  std::array<Attach, 4> attaches;
  const auto segment_of = [&](std::size_t branch) -> Segment& {
    return segments[apart ? branch / 2 : 0];
  };
  for (int i = 0; i < kRacesInAPlan; ++i) {
    for (std::size_t pair = 0; pair < (apart ? 2u : 1u); ++pair) {
      actors[0].GetAs(segments[pair], {.flags = kCreate | 0600});
    }
    plan.Race([&] {
      for (std::size_t branch = 0; branch < actors.size(); ++branch) {
        if (branch == 0 || (apart && branch % 2 == 0)) {
          actors[branch].Remove(segment_of(branch));
        } else {
          actors[branch].AttachAs(attaches[branch], {segment_of(branch)});
          actors[branch].Stat(segment_of(branch));
        }
      }
    });
    for (std::size_t branch = 1; branch < actors.size(); ++branch) {
      if (!apart || branch % 2 != 0) actors[branch].Detach(attaches[branch]);
    }
  }
  return plan.plan();
}

/// Traces of races as the model performs them, every call in flight with those of the others.
void JudgeRaces(benchmark::State& state) {
  const model::Profile& profile = *model::FindProfile("linux");
  const Plan plan = Races(state.range(0), state.range(1) != 0);
  const auto stage = MakeSimulatedStage(profile);
  std::vector<Trace> traces;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) traces.push_back(stage->Perform(plan, seed));
  std::size_t next = 0;
  OperationTimes times(state);
  for (auto _ : times) {
    const Verdict verdict = Judge(traces[next++ % traces.size()], profile);
    if (verdict.kind != Verdict::Kind::kExplained) state.SkipWithError(verdict.message.c_str());
  }
  state.counters["histories"] =
      benchmark::Counter(kRacesInAPlan, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(JudgeRaces)->ArgNames({"branches", "apart"})->Args({2, 0})->Args({4, 0})->Args({4, 1});

}  // namespace
}  // namespace shmspec

BENCHMARK_MAIN();
