// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The rounds of one branch of a litmus test, a batch at a time. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_LITMUS_BATCH_H_
#define SHMSPEC_HARNESS_TARGET_LITMUS_BATCH_H_

#include <array>
#include <cstdint>

#include "harness/target/litmus/branch.h"
#include "harness/target/litmus/head.h"
#include "harness/vocabulary/litmus/litmus.h"

namespace shmspec::litmus {

/// One access, ready to be performed: where the cell of round 0 is, and where its result goes.
struct Step {
  AccessKind kind;
  std::uint64_t cells;
  std::uint64_t results;
  std::uint64_t value;
};

struct Prepared {
  std::array<Step, Program::kLimit> steps;
  std::size_t count = 0;
  LitmusLayout layout;
  std::uint64_t number = 0;  // of the branch
  bool takes_turns = false;  // on a processor, with another branch
};

Prepared Prepare(const LitmusJob& job);

/// The number of rounds in one batch of a technique.
std::uint64_t BatchRoundsOf(Technique technique);

/// The index of the cells of a round.
std::uint64_t CellOf(const LitmusLayout& layout, Technique technique, std::uint64_t round);

/// Runs the rounds of a batch, the first of them at `start_ticks`; every branch of a test has the
/// same rounds. False when the others took longer than `deadline_ns` on the monotonic clock.
bool RunBatch(const Prepared& prepared, Width width, const Batch& batch, std::uint64_t start_ticks,
              Head& head, std::int64_t deadline_ns);

}  // namespace shmspec::litmus

#endif  // SHMSPEC_HARNESS_TARGET_LITMUS_BATCH_H_
