// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One branch of a litmus test at work, and the counting of all of them. The branches are processes
// or threads that find each other in the memory of the test.
//
// Rounds come in batches. Before each batch the branches make sure that all of them are running, so
// that on a busy machine as many rounds meet each other as on an idle one; within a batch they
// follow the processor's clock: round i begins at the same tick for all, without communication. The
// ticks between rounds, and the delay of the later branch, change from batch to batch, because
// every test shows most at a pace of its own.
//
// The branch that arrived first leads. It chooses the technique of the next rounds and counts their
// endings before it starts more. So a search ends as soon as a technique shows the ending on this
// processor, and the next test at the same place can keep that technique.
//
// Three branches or more may be on fewer processors, two at least. They take turns there, and are
// run perpetually (perpetual.h), because no other technique has rounds that outlast a turn.

#ifndef SHMSPEC_HARNESS_TARGET_LITMUS_BRANCH_H_
#define SHMSPEC_HARNESS_TARGET_LITMUS_BRANCH_H_

#include <cstdint>

#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/litmus/litmus_search.h"
#include "harness/vocabulary/outcome/litmus_outcome.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// How long branches wait for each other before a batch. On a busy machine that takes milliseconds.
inline constexpr std::int64_t kLitmusPatience_ms = 4000;

/// How long a search tries techniques, unless all have had their turns before. It takes that long
/// only where little shows.
inline constexpr std::int64_t kLitmusSearch_ms = 2000;

/// What a branch is to do, with addresses of this process.
struct LitmusJob {
  std::uint64_t at = 0;
  std::uint64_t also = 0;
  const Program* program = nullptr;
  Width width = Width::k8;
  LitmusLayout layout;
  std::uint32_t branches = 0;
  Tuning tuning = Tuning::kNone;
  Ending until;                                    // sought by a search,
  std::uint64_t at_least = 0;                      // this many times,
  TechniqueSet techniques = TechniqueSet().set();  // by these
  std::int64_t patience_ms = kLitmusPatience_ms;
  std::int64_t search_ms = kLitmusSearch_ms;
};

enum class LitmusRan : std::uint8_t {
  kAll,           // every round
  kUncounted,     // the test there has run and was not counted
  kUnlike,        // the branches do not describe the same test
  kAlone,         // the others did not come in time
  kOneProcessor,  // two branches are on the same processor, and the test cannot be run so
  kTooFew,        // the technique that was kept found too few rounds in time
};

/// Runs a branch; Stores the number of rounds that were run into `rounds`. May raise faults; owns
/// nothing.
LitmusRan RunLitmusBranch(const LitmusJob& job, std::uint64_t& rounds);

/// Counts how the test at an address ended and makes room for the next. False when none has run
/// there as a whole. May raise faults; owns nothing but what `counts` does.
bool CountLitmusTest(std::uint64_t at, EndingCounts& counts, LitmusEffort& effort);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_LITMUS_BRANCH_H_
