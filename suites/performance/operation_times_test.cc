// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "suites/performance/operation_times.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace shmspec {
namespace {

/// Keeps what benchmarks counted and prints nothing.
class Keeper : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      for (const auto& [name, counter] : run.counters) counters[name] = counter.value;
    }
  }
  std::map<std::string, double> counters;
};

/// The counters of a benchmark with that number of iterations, of which the last `slow` times 100
/// take 50 times as long as the others.
std::map<std::string, double> CountersOf(std::int64_t iterations, std::int64_t slow = 0,
                                         bool paused = false) {
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark("one", [=](benchmark::State& state) {
    std::int64_t i = 0;
    OperationTimes times(state);
    for (auto _ : times) {
      const bool is_slow = ++i > iterations - slow * iterations / 100;
      if (paused) times.Pause();
      for (int j = 0; j < (is_slow ? 50'000 : 1'000); ++j) benchmark::DoNotOptimize(j);
      if (paused) times.Resume();
    }
  })->Iterations(iterations);
  Keeper keeper;
  benchmark::RunSpecifiedBenchmarks(&keeper);
  return keeper.counters;
}

TEST(OperationTimes, AreOfEachIterationWhereThereAreFew) {
  const auto counters = CountersOf(500);
  EXPECT_EQ(counters.at("timed"), 500);
  EXPECT_GT(counters.at("p50_ns"), 0);
  EXPECT_LE(counters.at("p50_ns"), counters.at("p99_ns"));
}

TEST(OperationTimes, AreOfABoundedSampleWhereThereAreMany) {
  for (const std::int64_t iterations : {8191, 100'000}) {
    const double timed = CountersOf(iterations).at("timed");
    EXPECT_GE(timed, OperationTimes::kSample) << iterations;
    EXPECT_LE(timed, 2 * OperationTimes::kSample) << iterations;
  }
}

TEST(OperationTimes, SayNothingOfTooFewForTheirHundredth) {
  EXPECT_TRUE(CountersOf(99).empty());
  EXPECT_EQ(CountersOf(100).size(), 3u);
}

TEST(OperationTimes, TellOperationsThatAreRareAndSlow) {
  const auto counters = CountersOf(5000, 5);
  EXPECT_GT(counters.at("p99_ns"), 5 * counters.at("p50_ns"));
}

TEST(OperationTimes, DoNotCountWhatIsPaused) {
  EXPECT_LT(CountersOf(500, 100, true).at("p50_ns"), CountersOf(500, 100).at("p50_ns"));
}

}  // namespace
}  // namespace shmspec
