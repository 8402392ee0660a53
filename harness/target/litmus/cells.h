// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The cells and registers of a litmus test. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_LITMUS_CELLS_H_
#define SHMSPEC_HARNESS_TARGET_LITMUS_CELLS_H_

#include <cstdint>
#include <optional>

#include "harness/host/address.h"
#include "harness/target/litmus/batch.h"
#include "harness/target/litmus/branch.h"
#include "harness/target/litmus/head.h"
#include "harness/vocabulary/litmus/perpetual.h"

namespace shmspec::litmus {

/// Bits of the positions of endings that a program names.
std::uint64_t NamedBy(const Program& program);

/// Zeroes what the program of the job names, the cells and registers of the first `rounds` rounds,
/// and so brings their pages into being.
void ClearCells(const LitmusJob& job, std::uint64_t rounds);

/// Zeroes everything that any branch of the test names.
void ClearAllCells(const LitmusJob& job, const Head& head, std::uint64_t rounds);

/// Where things are at a position of endings: of round 0, and of the next round from there.
struct Column {
  std::uint64_t start = 0;  // in bytes from the beginning of the test
  std::uint64_t stride = 0;
  bool cells = false;  // of a variable
};
Column ColumnOf(const LitmusLayout& layout, std::size_t position);

/// The perpetual test of the programs in the head; nothing when they make none.
std::optional<PerpetualTest> PerpetualTestOf(const Head& head);

SHMSPEC_UNINSTRUMENTED inline std::int64_t CellAt(std::uint64_t address) {
  return static_cast<std::int64_t>(*PointerTo<const std::uint64_t>(address));
}

template <class Visit>
void ForEachPerpetualEnding(std::uint64_t at, const Head& head, const LitmusTurn& turn,
                            Visit&& visit) {
  const LitmusLayout layout = LayoutOf(head);
  const auto test = PerpetualTestOf(head);
  if (!test) return;
  Ending sought;
  sought.values = head.sought;
  const auto saw = [&](Register name, std::uint64_t round) SHMSPEC_UNINSTRUMENTED {
    return *PointerTo<const std::uint64_t>(at + layout.At(name) + round * LitmusLayout::kCellBytes);
  };
  const auto left = [&](Variable name) SHMSPEC_UNINSTRUMENTED {
    return *PointerTo<const std::uint64_t>(at + layout.At(name));
  };
  test->ForEachRound(sought, turn.rounds, saw, left, visit);
}

/// Calls visit(ending) for every round of a turn that is still in the cells.
template <class Visit>
void ForEachEnding(std::uint64_t at, const Head& head, const LitmusTurn& turn, Visit&& visit) {
  if (turn.technique == Technique::kPerpetual) {
    return ForEachPerpetualEnding(at, head, turn, visit);
  }
  const LitmusLayout layout = LayoutOf(head);
  const std::uint64_t named = Read(head.named);
  Ending ending;
  for (std::uint64_t round = 0; round < turn.rounds; ++round) {
    const std::uint64_t cell = CellOf(layout, turn.technique, round);
    for (std::size_t position = 0; position < Ending::kNames; ++position) {
      if ((named >> position & 1) == 0) continue;
      const Column column = ColumnOf(layout, position);
      const std::uint64_t index = column.cells ? cell : round;
      ending.values[position] = CellAt(at + column.start + index * column.stride);
    }
    visit(ending);
  }
}

}  // namespace shmspec::litmus

#endif  // SHMSPEC_HARNESS_TARGET_LITMUS_CELLS_H_
