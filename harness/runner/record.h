// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The record of a run: JSON for other programs, declared in harness/vocabulary/record/.

#ifndef SHMSPEC_HARNESS_RUNNER_RECORD_H_
#define SHMSPEC_HARNESS_RUNNER_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runner/fuzzing.h"
#include "harness/runner/measurements.h"
#include "harness/runner/run.h"
#include "harness/sandbox/environment.h"

namespace shmspec {

/// The id of a run in a record when this system makes none.
inline constexpr std::string_view kNoUuid = "00000000-0000-0000-0000-000000000000";

/// The parts of a record besides the results.
struct RecordContext {
  std::vector<std::string> argv;
  std::string started;  // RFC 3339, UTC
  std::string selection;
  std::optional<Level> level;  // the least binding one that was wanted; nullopt: every level
  bool quick = false;
  bool shuffled = false;
  std::size_t excluded = 0;
  std::uint32_t shard_index = 1;
  std::uint32_t shard_count = 1;
  std::size_t shard_cases = 0;  // of all shards
  std::vector<Fact> environment;
  std::vector<Meaning> meanings;
  const Expectations& expectations;
  std::optional<record::Controls> controls;
  std::vector<Measurement> measurements;
  std::vector<FuzzRun> fuzzing;
};

/// The present instant, as RecordContext::started has it.
std::string NowText();

/// The record as JSON text. Bytes that are no UTF-8 are replaced.
std::string RecordOf(const RunResult& result, const RunOptions& options,
                     const RecordContext& context);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_RECORD_H_
