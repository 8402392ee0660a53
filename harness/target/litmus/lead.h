// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the first branch of a litmus test does for all: it chooses what to run next, waits until all
// are running, and counts the endings. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_LITMUS_LEAD_H_
#define SHMSPEC_HARNESS_TARGET_LITMUS_LEAD_H_

#include <sched.h>

#include <cstdint>
#include <optional>

#include "harness/host/ticks.h"
#include "harness/target/litmus/branch.h"
#include "harness/target/litmus/head.h"
#include "harness/vocabulary/litmus/litmus_search.h"

namespace shmspec::litmus {

inline constexpr std::uint32_t kSpinsBetweenLooks = 64;  // at the clock
/// Waiters spin for about one time slice before they yield, because the other branches must run at
/// the same time.
inline constexpr std::int64_t kSpinBeforeYield_ns = 1'000'000;

/// How long to spin for a branch that may need the waiter's processor.
constexpr std::int64_t PatienceOf(bool takes_turns) {
  return takes_turns ? 0 : kSpinBeforeYield_ns;
}

/// Spins until `holds` returns true, and yields every `patience_ns`. False when the deadline has
/// passed.
template <class Holds>
SHMSPEC_UNINSTRUMENTED bool Await(Holds&& holds, std::int64_t deadline_ns,
                                  std::int64_t patience_ns = kSpinBeforeYield_ns) {
  std::int64_t yielded_ns = Now_ns();
  for (std::uint32_t spins = 1; !holds(); ++spins) {
    RelaxProcessor();
    if (spins % kSpinsBetweenLooks != 0) continue;
    const std::int64_t now_ns = Now_ns();
    if (now_ns > deadline_ns) return false;
    if (now_ns - yielded_ns < patience_ns) continue;
    ::sched_yield();
    yielded_ns = Now_ns();
  }
  return true;
}

/// The techniques that the test can be run by, once all branches are there.
TechniqueSet UsableFor(const LitmusJob& job, const Head& head, bool takes_turns);

class Leader {
 public:
  enum class Opened : std::uint8_t {
    kBatch,   // head.batch is to be run now, by this branch as well
    kClosed,  // there are no more batches
    kNobody,  // the others did not answer in time
  };

  Leader(Head& head, const LitmusJob& job, bool takes_turns);

  /// Counts the last batch and opens the next one.
  Opened Open(std::int64_t deadline_ns);
  /// Whether as many rounds were found as are wanted; meaningful once there are no more batches.
  bool has_enough() const;

 private:
  /// What a test that searches nothing has to run in total.
  LitmusTurn Wanted() const;
  /// The turn to take now; nothing when the test is over.
  std::optional<LitmusTurn> NextTurn() const;
  /// Moves the endings of the turn from the cells to the table. When there are too many, they stay
  /// in the cells and no other turn can follow.
  void Count();
  void Close();
  bool HaveAnswered(std::uint64_t offer) const;
  /// Waits until all branches are running, each on its processor at this very moment.
  bool AllAreRunning(std::int64_t deadline_ns);
  Batch NextBatch() const;

  Head& head_;
  const LitmusJob& job_;
  const bool takes_turns_;
  LitmusSearch search_;
  LitmusTurn kept_;
  std::int64_t until_ns_;     // turns begin at most
  LitmusTurn turn_;           // under way; 0 rounds: none
  std::uint64_t taken_ = 0;   // rounds of the turn
  std::uint64_t opened_ = 0;  // batches
  std::uint64_t loaded_ = 0;  // by the end of the alternating batches so far
  bool full_ = false;         // the table
};

}  // namespace shmspec::litmus

#endif  // SHMSPEC_HARNESS_TARGET_LITMUS_LEAD_H_
