// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Figures of a benchmark, as a record keeps them: the JSON of Google Benchmark
// (`segment_benchmark --benchmark_format=json`), in which each repetition is an entry of its own.

#ifndef SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
#define SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/record/besides.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

using record::Measurement;

/// Real times by benchmark, in the order of the file; leaves out aggregates, which add nothing to
/// the repetitions. The error is one line that begins with `file`.
Result<std::vector<Measurement>> ReadMeasurements(std::string_view text, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_MEASUREMENTS_H_
