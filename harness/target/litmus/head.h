// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the branches of a litmus test share, at the beginning of its memory. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_LITMUS_HEAD_H_
#define SHMSPEC_HARNESS_TARGET_LITMUS_HEAD_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/host/uninstrumented.h"
#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/litmus/litmus_search.h"

namespace shmspec::litmus {

inline constexpr std::uint32_t kBranches = 8;

/// Endings with how often each was seen, in memory that several processes share.
struct EndingTable {
  static constexpr std::size_t kLimit = 32;  // tests of the suite have 16 endings at most
  struct Entry {
    std::array<std::int64_t, Ending::kNames> values;
    std::uint64_t count;
  };
  std::array<Entry, kLimit> entries;
  std::uint64_t used;

  /// False when there is no room for another ending.
  bool Add(const Ending& ending);
};

/// Some rounds in a row, as the first branch assigns them to all.
struct Batch {
  std::uint64_t technique;
  std::uint64_t first;
  std::uint64_t last;         // the one after
  std::uint64_t lines;        // scattered: how many rounds lie between neighbours
  std::uint64_t start_ticks;  // when the first round begins; 0: at once
  std::uint64_t period_ticks;
  std::int64_t delay_ticks;  // of every second branch
  std::uint64_t loaded;      // alternating: branches that have loaded when the batch is over
};

/// What a branch does, for the others to read.
struct ToldProgram {
  std::uint64_t count;
  std::array<Access, Program::kLimit> accesses;
};

/// All zero at first. The first word is the first that anybody touches, so that a fault is at the
/// address of the test.
struct Head {
  std::uint64_t finished;  // branches
  std::uint64_t came;      // branches
  std::uint64_t arrived;   // of them, ready to run
  std::uint64_t offered;   // counts the times that the first branch asked who is running
  std::uint64_t opened;    // batches that may run
  std::uint64_t closed;    // 1: there are no more
  std::uint64_t ended;     // batches, counted by each branch
  std::uint64_t loaded;    // alternating batches, counted by each branch that loads
  Batch batch;             // the one opened last
  std::uint64_t terms;     // a digest of what the branches must agree on
  std::uint64_t rounds;
  std::uint64_t stride;
  std::uint64_t shift;  // plus one
  std::uint64_t branches;
  std::uint64_t loads;                  // branches that are a single load
  std::uint64_t stores;                 // branches that are a single store
  std::uint64_t named;                  // bit i: position i of endings
  std::uint64_t processors[kBranches];  // of each branch, plus one
  std::uint64_t answers[kBranches];     // the last offer that each of them saw
  std::uint64_t reached[kBranches];     // the round of each, where branches take turns
  ToldProgram told[kBranches];
  std::array<std::int64_t, Ending::kNames> sought;
  LitmusTurn turn;  // whose endings are still in the cells; 0 rounds: none
  LitmusEffort effort;
  EndingTable table;  // the endings that are no longer in the cells
  LitmusTurn kept;    // what showed in the last search; stays when the test is counted
};
static_assert(sizeof(Head) <= LitmusLayout::kHeadBytes);

SHMSPEC_UNINSTRUMENTED inline std::uint64_t Read(const std::uint64_t& word) {
  return __atomic_load_n(&word, __ATOMIC_SEQ_CST);
}
SHMSPEC_UNINSTRUMENTED inline void Write(std::uint64_t& word, std::uint64_t value) {
  __atomic_store_n(&word, value, __ATOMIC_SEQ_CST);
}
SHMSPEC_UNINSTRUMENTED inline std::uint64_t Add(std::uint64_t& word, std::uint64_t value) {
  return __atomic_fetch_add(&word, value, __ATOMIC_SEQ_CST);
}
/// The first branch sets the digest, the others must have the same.
SHMSPEC_UNINSTRUMENTED inline bool Agree(std::uint64_t& word, std::uint64_t value) {
  std::uint64_t said = 0;
  return __atomic_compare_exchange_n(&word, &said, value, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST) ||
         said == value;
}

inline LitmusLayout LayoutOf(const Head& head) {
  return {Read(head.rounds), Read(head.stride), Read(head.shift) - 1};
}
constexpr bool IsTechnique(Technique technique) {
  return static_cast<std::size_t>(technique) < kTechniques;
}

/// The monotonic clock.
std::int64_t Now_ns();

}  // namespace shmspec::litmus

#endif  // SHMSPEC_HARNESS_TARGET_LITMUS_HEAD_H_
