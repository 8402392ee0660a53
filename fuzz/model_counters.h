// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What guides the targets that perform plans, in place of branches of the program: each feature of
// a trace (harness/oracle/features.h) is a counter of libFuzzer.

#ifndef SHMSPEC_FUZZ_MODEL_COUNTERS_H_
#define SHMSPEC_FUZZ_MODEL_COUNTERS_H_

#include <cstddef>
#include <cstdint>

#include "harness/oracle/features.h"

namespace shmspec {

/// Of features; some share one.
inline constexpr std::size_t kModelCounters = 1 << 15;

/// libFuzzer finds them by their section, and sets them to 0 before each execution.
[[gnu::used,
  gnu::section("__libfuzzer_extra_counters")]] static std::uint8_t model_counters[kModelCounters];

/// Counts what a trace showed, for this execution.
inline void Count(const Trace& trace, const Verdict& verdict) {
  ForEachFeature(trace, verdict,
                 [](std::uint32_t feature) { ++model_counters[feature % kModelCounters]; });
}

}  // namespace shmspec

#endif  // SHMSPEC_FUZZ_MODEL_COUNTERS_H_
