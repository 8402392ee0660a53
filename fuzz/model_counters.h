// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What guides the targets that perform plans, in place of branches of the program: each requirement
// that an outcome showed to hold and each pair of operation and ending is a counter of libFuzzer.

#ifndef SHMSPEC_FUZZ_MODEL_COUNTERS_H_
#define SHMSPEC_FUZZ_MODEL_COUNTERS_H_

#include <cstddef>
#include <cstdint>

#include "harness/oracle/oracle.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

inline constexpr std::size_t kCountedPairs = 4096;

/// libFuzzer finds them by their section, and sets them to 0 before each execution.
[[gnu::used, gnu::section("__libfuzzer_extra_counters")]] static std::uint8_t
    model_counters[RequirementSet::kLimit + kCountedPairs];

/// A number for an operation and how it ended.
inline std::size_t PairOf(const Operation& operation, const Outcome& outcome) {
  const auto* failure = std::get_if<Failure>(&outcome);
  const std::size_t ending =
      failure != nullptr ? 16 + static_cast<std::size_t>(failure->error.number) : outcome.index();
  return (operation.index() * 151 + ending) % kCountedPairs;
}

/// Counts what a trace showed, for this execution.
inline void Count(const Trace& trace, const Verdict& verdict) {
  for (const Requirement requirement : verdict.touched) ++model_counters[requirement.index()];
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    ++model_counters[RequirementSet::kLimit +
                     PairOf(trace.plan.steps[i].operation, trace.steps[i].outcome)];
  }
}

}  // namespace shmspec

#endif  // SHMSPEC_FUZZ_MODEL_COUNTERS_H_
