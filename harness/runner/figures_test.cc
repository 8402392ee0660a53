// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads the figures of benchmarks and fuzzers that a record keeps.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/runner/fuzzing.h"
#include "harness/runner/measurements.h"

namespace shmspec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// An entry of Google Benchmark; `more` is further fields.
std::string Entry(const std::string& type, const std::string& time, const std::string& more = "") {
  return R"({"run_name": "Attach/4096", "run_type": ")" + type + R"(", "real_time": )" + time +
         R"(, "time_unit": "us")" + more + "}";
}

std::string Singles(const std::string& p50, const std::string& p99, const std::string& timed) {
  return fmt::format(R"(, "p50_ns": {}, "p99_ns": {}, "timed": {})", p50, p99, timed);
}

std::string Document(const std::string& entries) {
  return R"({"context": {}, "benchmarks": [)" + entries + "]}";
}

std::string ErrorIn(const std::string& text) {
  const auto read = ReadMeasurements(text, "m.json");
  return read.ok() ? "read" : read.error().message;
}

TEST(Measurements, AreTheRepetitionsOfEachBenchmark) {
  const auto read =
      ReadMeasurements(Document(Entry("iteration", "30") + "," + Entry("iteration", "10") + "," +
                                Entry("aggregate", "99")),
                       "m.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read->size(), 1u);
  const Measurement& one = read->front();
  EXPECT_EQ(one.mean.least, 10);
  EXPECT_EQ(one.mean.median, 20);
  EXPECT_EQ(one.mean.most, 30);
  EXPECT_FALSE(one.p50.has_value());
}

TEST(Measurements, HaveTheQuantilesOfOperationsThatWereTimedOneByOne) {
  const auto read =
      ReadMeasurements(Document(Entry("iteration", "30", Singles("2000", "9000", "500")) + "," +
                                Entry("iteration", "10", Singles("4000", "5000", "700")) + "," +
                                Entry("iteration", "20", Singles("3000.5", "1e4", "1e3")) + "," +
                                Entry("iteration", "20")),
                       "m.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const Measurement& one = read->front();
  EXPECT_EQ(one.n, 4u);
  ASSERT_TRUE(one.p50 && one.p99);
  EXPECT_EQ(one.operations, 2200u);
  EXPECT_DOUBLE_EQ(one.p50->median, 3.0005) << "in the unit of the benchmark";
  EXPECT_DOUBLE_EQ(one.p99->least, 5);
  EXPECT_DOUBLE_EQ(one.p99->median, 9);
  EXPECT_DOUBLE_EQ(one.p99->most, 10);
}

TEST(Measurements, ThatAreBrokenAreOneLine) {
  EXPECT_THAT(ErrorIn("{"), StartsWith("m.json:1:2: this is not JSON"));
  EXPECT_THAT(ErrorIn("[]"), HasSubstr("no output of Google Benchmark"));
  EXPECT_THAT(ErrorIn(Document(Entry("iteration", "\"x\""))),
              StartsWith("m.json: benchmarks[0]: real_time: expected a number"));
  const auto error = [](const std::string& more) {
    return ErrorIn(Document(Entry("iteration", "1", more)));
  };
  EXPECT_THAT(error(R"(, "p50_ns": 3)"), HasSubstr("benchmarks[0]: p99_ns: expected a number"));
  EXPECT_THAT(error(Singles("-1", "2", "3")), HasSubstr("p50_ns: expected a number that is not"));
  EXPECT_THAT(error(Singles("3", "2", "3")), HasSubstr("p50_ns is more than p99_ns"));
  for (const char* timed : {"0", "1.5", "1e300"}) {
    EXPECT_THAT(error(Singles("1", "2", timed)), HasSubstr("timed: expected how many")) << timed;
  }
}

constexpr const char* kLog =
    "INFO: Running with entropic power schedule (0xFF, 100).\n"
    "INFO: Loaded 1 modules   (142263 inline 8-bit counters): 142263 [0x56, 0x57), \n"
    "#9\tINITED cov: 6249 ft: 12909 corp: 8/1688b exec/s: 0 rss: 64Mb\n"
    "\tNEW_FUNC[1/5]: 0x556463008630 in std::string_view cov: many\n"
    "#17\tNEW    cov: 6253 ft: 13065 corp: 11/1877b lim: 256 exec/s: 0 rss: 64Mb L: 58/256 MS: 3 "
    "ShuffleBytes-\n"
    "#448\tDONE   cov: 7021 ft: 19012 corp: 91/13Kb lim: 256 exec/s: 64 rss: 81Mb\n"
    "###### Recommended dictionary. ######\n"
    "Done 448 runs in 7 second(s)\n"
    "stat::number_of_executed_units: 449\n";

constexpr const char* kForkedLog =
    "INFO: -fork=1: 4 seed inputs, starting to fuzz in /tmp/x\n"
    "#5397: cov: 976 ft: 977 corp: 4 exec/s 2698 oom/timeout/crash: 0/0/0 time: 2s job: 1 "
    "dft_time: 0\n"
    "#9000: cov: 980 ft: 990 corp: 5 exec/s 2000 oom/timeout/crash: 1/2/3 time: 9s job: 2 "
    "dft_time: 0\n";

FuzzRun RunOf(const std::string& log) {
  const Result<FuzzRun> run = ReadFuzzingLog(log, "logs/plan_fuzz.log");
  EXPECT_TRUE(run.ok()) << run.error().message;
  return run.ok() ? *run : FuzzRun{};
}

TEST(FuzzingLog, TellsHowFarTheFuzzerWasWhen) {
  const FuzzRun run = RunOf(kLog);
  EXPECT_EQ(run.target, "plan_fuzz");
  EXPECT_EQ(run.executions, 449u);
  EXPECT_EQ(run.duration_s, 7u);
  EXPECT_EQ(run.findings, 0u);
  ASSERT_EQ(run.points.size(), 3u);
  EXPECT_EQ(run.points[1].executions, 17u);
  EXPECT_EQ(run.points[1].coverage, 6253u);
  EXPECT_EQ(run.points[1].features, 13065u);
  EXPECT_EQ(run.points[1].corpus, 11u);
  EXPECT_EQ(run.points[1].time_s, 0u) << "there is no rate in the first second";
  EXPECT_EQ(run.points[2].executions_per_s, 64u);
  EXPECT_EQ(run.points[2].time_s, 7u);
}

TEST(FuzzingLog, TellsTheTimeWhereTheFuzzerForks) {
  const FuzzRun run = RunOf(kForkedLog);
  ASSERT_EQ(run.points.size(), 2u);
  EXPECT_EQ(run.points[0].time_s, 2u);
  EXPECT_EQ(run.points[0].executions_per_s, 2698u);
  EXPECT_EQ(run.duration_s, std::nullopt) << "the log has no end";
  EXPECT_EQ(run.executions, 9000u);
  EXPECT_EQ(run.findings, 6u);
}

/// The times of points with these numbers of executions and rates, 999 for none.
std::vector<std::uint64_t> TimesOf(const std::vector<std::pair<int, int>>& points,
                                   const std::string& end = "") {
  std::string log;
  for (const auto& [executions, rate] : points) {
    log +=
        fmt::format("#{}\tpulse  cov: 1 ft: 1 corp: 1/1b exec/s: {} rss: 1Mb\n", executions, rate);
  }
  std::vector<std::uint64_t> times;
  for (const FuzzPoint& point : RunOf(log + end).points) {
    times.push_back(point.time_s.value_or(999));
  }
  return times;
}

TEST(FuzzingLog, TellsTheLastSecondThatItsRateAllows) {
  // 290 executions make 96 a second after 3 s only, and 23 make 3 after 6 or 7.
  EXPECT_THAT(TimesOf({{8, 0}, {290, 96}, {299, 74}}), ElementsAre(0, 3, 4));
  EXPECT_THAT(TimesOf({{23, 3}}), ElementsAre(7));
  EXPECT_THAT(TimesOf({{23, 3}}, "Done 23 runs in 6 second(s)\n"), ElementsAre(6));
  EXPECT_THAT(TimesOf({{299, 74}, {300, 0}}), ElementsAre(4, 4)) << "time does not go back";
}

TEST(FuzzingLog, TellsNoTimeThatItsRateLeavesOpen) {
  // 190 executions make 1 a second after anything from 96 s to 190.
  EXPECT_THAT(TimesOf({{4, 0}, {190, 1}}), ElementsAre(0, 999));
  EXPECT_THAT(TimesOf({{4, 0}, {5, 0}}, "Done 5 runs in 90 second(s)\n"), ElementsAre(999, 999));
}

TEST(FuzzingLog, CountsInputsThatBrokeTheLaw) {
  const std::string written = "artifact_prefix='./'; Test unit written to ./";
  EXPECT_EQ(RunOf(kLog + written + "crash-da39\n").findings, 1u);
  EXPECT_EQ(RunOf(kLog + written + "slow-unit-da39\n").findings, 0u);
}

TEST(FuzzingLog, MayBeCutWhereItStillGrows) {
  const std::string log = kLog;
  EXPECT_EQ(RunOf(log + "#500\tpulse  cov: 70").points.size(), 3u);
  EXPECT_EQ(RunOf(log.substr(0, log.find("#448") + 60)).points.size(), 2u);
}

TEST(FuzzingLog, ThatIsLongKeepsPointsAllAlongALogarithmicAxis) {
  std::string log;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    log += fmt::format("#{0}\tNEW    cov: {0} ft: {0} corp: 1/1b exec/s: 0 rss: 1Mb\n", i);
  }
  const FuzzRun run = RunOf(log);
  EXPECT_LE(run.points.size(), FuzzRun::kMostPoints);
  EXPECT_GE(run.points.size(), FuzzRun::kMostPoints / 2);
  EXPECT_EQ(run.points.front().executions, 1u);
  EXPECT_EQ(run.points.back().executions, 20'000u);
  for (std::size_t i = 1; i < run.points.size(); ++i) {
    EXPECT_LE(run.points[i].executions, 2 * run.points[i - 1].executions);
  }
  std::string same;
  for (int i = 0; i < 500; ++i) same += "#7\tNEW cov: 1 ft: 1 corp: 1/1b exec/s: 0\n";
  EXPECT_LE(RunOf(same).points.size(), FuzzRun::kMostPoints);
}

TEST(FuzzingLog, ThatIsBrokenIsOneLine) {
  const auto error = [](const std::string& log) {
    const Result<FuzzRun> run = ReadFuzzingLog(log, "f.log");
    return run.ok() ? "read" : run.error().message;
  };
  EXPECT_THAT(error(""), StartsWith("f.log: is no log of libFuzzer: expected lines such as"));
  EXPECT_THAT(error("INFO: Seed: 1\n"), HasSubstr("is no log of libFuzzer"));
  EXPECT_THAT(error("INFO: Seed: 1\n#2\tNEW cov: many ft: 1 corp: 1/1b exec/s: 0\n"),
              StartsWith("f.log:2:1: expected \" cov: \" and a number"));
  EXPECT_THAT(error("#2\tNEW cov: 1 corp: 1/1b exec/s: 0\n"),
              HasSubstr("f.log:1:1: expected \" ft"));
  EXPECT_THAT(error("#99999999999999999999\tNEW cov: 1 ft: 1 corp: 1/1b exec/s: 0\n"),
              HasSubstr("f.log:1:1: expected \"#\""));
  EXPECT_THAT(error(std::string(kLog) + kLog),
              HasSubstr("9 executions after 448: expected the log of one fuzzer"));
}

}  // namespace
}  // namespace shmspec
