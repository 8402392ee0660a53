// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The progress of a fuzzer, as a record keeps it: from the log that libFuzzer writes to standard
// error (`plan_fuzz corpus/ 2> plan_fuzz.log`).

#ifndef SHMSPEC_HARNESS_RUNNER_FUZZING_H_
#define SHMSPEC_HARNESS_RUNNER_FUZZING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// What a fuzzer had reached at one moment.
struct FuzzPoint {
  std::uint64_t executions = 0;
  std::uint64_t coverage = 0;  // edges of the program that were taken
  std::uint64_t features = 0;  // edges with how often, and what else guided it
  std::uint64_t corpus = 0;    // inputs that were kept
  std::uint64_t executions_per_s = 0;
  /// Whole seconds since it began: exact with -fork, otherwise, where they can be computed at all,
  /// to one second or 2 %.
  std::optional<std::uint64_t> time_s;
};

/// One fuzz target.
struct FuzzRun {
  static constexpr std::size_t kMostPoints = 100;

  std::string target;
  std::uint64_t executions = 0;
  std::optional<std::uint64_t> duration_s;  // when the log has its end
  std::uint64_t findings = 0;               // inputs that broke the law
  std::vector<FuzzPoint> points;            // 1 to kMostPoints, by executions
};

/// The log of one fuzzer, which is of the target that `file` is called after. Of a long one it
/// keeps points at equal distances on a logarithmic axis. A last line without an end is left out:
/// it may still have been written. The error is one line that begins with `file`.
Result<FuzzRun> ReadFuzzingLog(std::string_view text, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_FUZZING_H_
