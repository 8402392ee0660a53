// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Figures of a benchmark, as a record keeps them: the JSON of Google Benchmark
// (`segment_benchmark --benchmark_format=json`), in which each repetition is an entry of its own.

#ifndef SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
#define SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The same figure of several repetitions, in ascending order.
class Spread {
 public:
  void Add(double value);
  bool empty() const { return values_.empty(); }
  std::size_t size() const { return values_.size(); }
  // Of those there are, at least one.
  double median() const;
  double least() const { return values_.front(); }
  double most() const { return values_.back(); }

 private:
  std::vector<double> values_;
};

/// The time of one benchmark in each repetition.
struct Measurement {
  std::string name;
  std::string unit;  // of time: ns, us, ms or s
  Spread values;     // the means of the repetitions

  // Where a benchmark timed operations one by one (the counters p50_ns, p99_ns and timed): the
  // quantiles of each repetition, and the total number of operations.
  Spread p50;
  Spread p99;
  std::uint64_t operations = 0;
};

/// Real times by benchmark, in the order of the file; leaves out aggregates, which add nothing to
/// the repetitions. The error is one line that begins with `file`.
Result<std::vector<Measurement>> ReadMeasurements(std::string_view text, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
