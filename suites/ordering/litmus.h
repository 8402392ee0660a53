// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests of two branches, with the mutants that say whether they show anything.

#ifndef SHMSPEC_SUITES_ORDERING_LITMUS_H_
#define SHMSPEC_SUITES_ORDERING_LITMUS_H_

#include <string_view>

#include "suites/shorthand.h"

namespace shmspec {

/// Enough for the shyest mutant to show several times as often as it has to, few enough for the
/// whole chapter to take less than a second.
inline constexpr std::uint64_t kLitmusRounds = 32768;

/// A mutant that shows so often would almost certainly show again: not to be seen once where this
/// many are due has a probability of e^-12.
inline constexpr std::uint64_t kEnough = 12;

/// Who runs the two branches, and where each finds the memory of the test.
struct Sides {
  Actor a;
  Place at_a;
  Actor b;
  Place at_b;
};

inline Segment LitmusSegment(const Actor& a) {
  return a.Get({.size = {LitmusLayout{kLitmusRounds}.Bytes() + kPage}, .flags = kCreate | 0600});
}

/// Two processes, each with its own attach of one segment.
inline Sides TwoProcesses(PlanBuilder& plan) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = LitmusSegment(a);
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  a.Remove(s).Gives(0);
  return {a, p, b, q};
}

/// Two threads of one process, each with its own attach of one segment.
inline Sides TwoAttaches(PlanBuilder& plan) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Threaded("b");
  const Segment s = LitmusSegment(a);
  const Attach p = a.At(s);
  const Attach q = a.At(s);
  a.Thread(b);
  a.Remove(s).Gives(0);
  return {a, p, b, q};
}

/// Runs a test. A variable with a prime is reached through the attach of the other branch, so that
/// only branches of one process can have any.
inline void Run(PlanBuilder& plan, const Sides& sides, std::string_view first,
                std::string_view second) {
  const auto run = [](const Actor& actor, Place own, Place other, std::string_view program) {
    const bool primes = program.find('\'') != std::string_view::npos;
    actor
        .Do(MemoryBranch{.at = own,
                         .also = primes ? other : Place{},
                         .program = ProgramOf(program),
                         .rounds = kLitmusRounds})
        .Gives(kLitmusRounds);
  };
  plan.Race([&] {
    run(sides.a, sides.at_a, sides.at_b, first);
    run(sides.b, sides.at_b, sides.at_a, second);
  });
}

/// The test, of which no round may end so.
inline void Never(PlanBuilder& plan, const Sides& sides, std::string_view first,
                  std::string_view second, std::string_view ending) {
  Run(plan, sides, first, second);
  sides.a.Do(MemoryHistogram{sides.at_a, EndingOf(ending)})
      .Expects(Record<Histogram>().With("rounds", kLitmusRounds).With("hits", 0));
}

/// The mutant, of which enough rounds have to.
inline void Shows(PlanBuilder& plan, const Sides& sides, std::string_view first,
                  std::string_view second, std::string_view ending) {
  Run(plan, sides, first, second);
  sides.a.Do(MemoryHistogram{sides.at_a, EndingOf(ending), kEnough}).Succeeds();
}

/// The test, of which rounds may end as they like within what the model allows.
inline void Look(PlanBuilder& plan, const Sides& sides, std::string_view first,
                 std::string_view second, std::string_view ending) {
  Run(plan, sides, first, second);
  sides.a.Do(MemoryHistogram{sides.at_a, EndingOf(ending)})
      .Expects(Record<Histogram>().With("rounds", kLitmusRounds));
}

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_ORDERING_LITMUS_H_
