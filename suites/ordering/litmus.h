// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests of two branches, with the mutants that prove that they can show something.

#ifndef SHMSPEC_SUITES_ORDERING_LITMUS_H_
#define SHMSPEC_SUITES_ORDERING_LITMUS_H_

#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "suites/shorthand.h"

namespace shmspec {

/// Rounds of a test, and of its mutant at a time: few enough for the whole chapter to take less
/// than a second.
inline constexpr std::uint64_t kLitmusRounds = 32768;

/// A mutant that shows this many times would almost certainly show again: to miss all of this many
/// has a probability of e^-12.
inline constexpr std::uint64_t kEnough = 12;

/// The actors of the two branches, and the address of the test's memory for each.
struct Sides {
  Actor a;
  Address at_a;
  Actor b;
  Address at_b;
};

inline Segment LitmusSegment(const Actor& a, std::uint64_t stride) {
  return a.Get({.size = {LitmusLayout{kLitmusRounds, stride}.Bytes()}, .flags = kCreate | 0600});
}

/// Two processes, each with its own attach of one segment, for cells with that many bytes between
/// them.
inline Sides TwoProcesses(PlanBuilder& plan, std::uint64_t stride = LitmusLayout::kCellBytes) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = LitmusSegment(a, stride);
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Remove(s).Gives(0);
  return {a, p, b, q};
}

/// Two threads of one process, each with its own attach of one segment.
inline Sides TwoAttaches(PlanBuilder& plan) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Threaded("b");
  const Segment s = LitmusSegment(a, LitmusLayout::kCellBytes);
  const Attach p = a.At(s);
  const Attach q = a.At(s);
  a.Thread(b);
  a.Remove(s).Gives(0);
  return {a, p, b, q};
}

/// Runs a test as `how` says. A variable with a prime is reached through the attach of the other
/// branch, so that only branches of one process can have any.
inline void Run(PlanBuilder& plan, const Sides& sides, std::string_view first,
                std::string_view second, const MemoryBranch& how) {
  const auto run = [&](const Actor& actor, Address own, Address other, std::string_view program) {
    const bool primes = program.find('\'') != std::string_view::npos;
    MemoryBranch branch = how;
    branch.at = own;
    if (primes) branch.also = other;
    branch.program = ProgramOf(program);
    branch.rounds = kLitmusRounds;
    const std::int64_t least = how.tuning == Tuning::kSearch ? 1 : kLitmusRounds;
    actor.Do(std::move(branch))
        .Expects(Record<Value>().With("number", least, std::numeric_limits<std::int64_t>::max()));
  };
  plan.Race([&] {
    run(sides.a, sides.at_a, sides.at_b, first);
    run(sides.b, sides.at_b, sides.at_a, second);
  });
}

/// The mutant, which comes first: techniques are tried until enough of its rounds end so. On a
/// processor where they do not, the case is unsupported.
inline void Shows(PlanBuilder& plan, const Sides& sides, std::string_view first,
                  std::string_view second, std::string_view ending, MemoryBranch how = {}) {
  how.tuning = Tuning::kSearch;
  how.until = EndingOf(ending);
  how.at_least = kEnough;
  Run(plan, sides, first, second, how);
  sides.a.Do(MemoryHistogram{sides.at_a, EndingOf(ending), kEnough}).Succeeds();
}

/// The test, of which no round may end so, by the technique that showed the mutant and for as many
/// rounds at least.
inline void Never(PlanBuilder& plan, const Sides& sides, std::string_view first,
                  std::string_view second, std::string_view ending, MemoryBranch how = {}) {
  how.tuning = Tuning::kKeep;
  Run(plan, sides, first, second, how);
  sides.a.Do(MemoryHistogram{sides.at_a, EndingOf(ending)})
      .Expects(Record<Histogram>().With("hits", 0));
}

/// The test, of which rounds may end as they like within what the model allows.
inline void Look(PlanBuilder& plan, const Sides& sides, std::string_view first,
                 std::string_view second, std::string_view ending) {
  Run(plan, sides, first, second, {});
  sides.a.Do(MemoryHistogram{sides.at_a, EndingOf(ending)})
      .Expects(Record<Histogram>().With("rounds", kLitmusRounds));
}

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_ORDERING_LITMUS_H_
