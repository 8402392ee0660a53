// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// From endings that were counted to the outcome of memory.histogram. Real and simulated targets
// both use it.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OUTCOME_LITMUS_OUTCOME_H_
#define SHMSPEC_HARNESS_VOCABULARY_OUTCOME_LITMUS_OUTCOME_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/vocabulary/litmus/litmus_search.h"
#include "harness/vocabulary/operation/memory.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// Endings, each with how often it was seen.
class EndingCounts {
 public:
  void Add(const Ending& ending, std::uint64_t count = 1);
  /// Sorted by ending.
  std::vector<std::pair<Ending, std::uint64_t>> Sorted() const;

 private:
  // A test has a handful of endings, and the next one is probably the same as the last.
  std::vector<std::pair<Ending, std::uint64_t>> counts_;
  std::size_t last_ = 0;
};

/// The histogram, or why it is inconclusive.
Outcome Conclude(const MemoryHistogram& operation, const EndingCounts& counts,
                 const LitmusEffort& effort = {});

EndingRow RowOf(const Ending& ending, std::uint64_t count);
Ending EndingOf(const EndingRow& row);
/// A number that identifies an ending.
std::uint64_t KeyOfEnding(const Ending& ending);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OUTCOME_LITMUS_OUTCOME_H_
