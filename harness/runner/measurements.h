// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Figures of a benchmark, as a record keeps them: the JSON of Google Benchmark
// (`segment_benchmark --benchmark_format=json`), in which each repetition is an entry of its own.

#ifndef SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
#define SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/result.h"

namespace shmspec {

/// What one benchmark took, each time that it was repeated.
struct Measurement {
  std::string name;
  std::string unit;            // of time: ns, us, ms or s
  std::vector<double> values;  // in ascending order, at least one

  double median() const;
  double least() const { return values.front(); }
  double most() const { return values.back(); }
};

/// Real times by benchmark, in the order of the file; aggregates in it are left out, for they say
/// nothing that the repetitions do not. The error is one line that begins with `file`.
Result<std::vector<Measurement>> ReadMeasurements(std::string_view text, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
