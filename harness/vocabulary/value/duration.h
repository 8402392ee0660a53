// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Durations as people write and read them: `30s`, `500ms`, `2m`.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_DURATION_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_DURATION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Milliseconds, from a whole number and its unit: ms, s, m or h. A number without a unit is in
/// seconds; more than 600 are refused, because 10000 probably means milliseconds. At least 1 ms and
/// at most 24 hours. The error says what was found and what to write.
Result<std::int64_t> ParseDuration(std::string_view text);

/// The shortest text that ParseDuration() reads as that: `10s`, `1500ms`.
std::string PrintDuration(std::int64_t duration_ms);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_DURATION_H_
