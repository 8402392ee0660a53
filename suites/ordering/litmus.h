// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests of two branches or more, with the mutants that prove that they can show something.

#ifndef SHMSPEC_SUITES_ORDERING_LITMUS_H_
#define SHMSPEC_SUITES_ORDERING_LITMUS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suites/shorthand.h"

namespace shmspec {

/// Rounds of a test, and of its mutant at a time: few enough for the whole chapter to take less
/// than a second.
inline constexpr std::uint64_t kLitmusRounds = 32768;

/// A mutant that shows this many times would almost certainly show again: to miss all of this many
/// has a probability of e^-12.
inline constexpr std::uint64_t kEnough = 12;

/// The actor of a branch, with the address of the test's memory for it.
struct Side {
  Actor actor;
  Address at;
};
using Sides = std::vector<Side>;
using Programs = std::vector<std::string_view>;

inline Segment LitmusSegment(const Actor& a, std::uint64_t stride) {
  return a.Get({.size = {LitmusLayout{kLitmusRounds, stride}.Bytes()}, .flags = kCreate | 0600});
}

/// Processes, each with its own attach of one segment, for cells with that many bytes between them.
inline Sides Processes(PlanBuilder& plan, std::size_t count, std::uint64_t stride) {
  std::vector<Actor> actors;
  for (std::size_t i = 0; i < count; ++i) {
    actors.push_back(plan.Spawn(std::string(1, static_cast<char>('a' + i))));
  }
  const Segment s = LitmusSegment(actors.front(), stride);
  Sides sides;
  for (const Actor& actor : actors) sides.push_back({actor, actor.At(s)});
  actors.front().Remove(s).Gives(0);
  return sides;
}

inline Sides TwoProcesses(PlanBuilder& plan, std::uint64_t stride = LitmusLayout::kCellBytes) {
  return Processes(plan, 2, stride);
}
inline Sides ThreeProcesses(PlanBuilder& plan) {
  return Processes(plan, 3, LitmusLayout::kCellBytes);
}
inline Sides FourProcesses(PlanBuilder& plan) {
  return Processes(plan, 4, LitmusLayout::kCellBytes);
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
  return {{a, p}, {b, q}};
}

/// Runs a test as `how` says, a program on each side. A variable with a prime is reached through
/// the attach of another branch, so that only two branches of one process can have any.
inline void Run(PlanBuilder& plan, const Sides& sides, const Programs& programs,
                const MemoryBranch& how) {
  plan.Race([&] {
    for (std::size_t i = 0; i < sides.size(); ++i) {
      const bool primes = programs[i].find('\'') != std::string_view::npos;
      MemoryBranch branch = how;
      branch.at = sides[i].at;
      if (primes) branch.also = sides[1 - i].at;
      branch.program = ProgramOf(programs[i]);
      branch.rounds = kLitmusRounds;
      branch.branches = static_cast<std::uint32_t>(sides.size());
      const std::int64_t least = how.tuning == Tuning::kSearch ? 1 : kLitmusRounds;
      sides[i]
          .actor.Do(std::move(branch))
          .Expects(Record<Value>().With("number", least, std::numeric_limits<std::int64_t>::max()));
    }
  });
}

/// The mutant, which comes first: techniques are tried until enough of its rounds end so. On a
/// processor where they do not, the case is unsupported.
inline void Shows(PlanBuilder& plan, const Sides& sides, const Programs& programs,
                  std::string_view ending, MemoryBranch how = {}) {
  how.tuning = Tuning::kSearch;
  how.until = EndingOf(ending);
  how.at_least = kEnough;
  Run(plan, sides, programs, how);
  sides.front().actor.Do(MemoryHistogram{sides.front().at, EndingOf(ending), kEnough}).Succeeds();
}

/// The test, of which no round may end so, by the technique that showed the mutant and for as many
/// rounds at least.
inline void Never(PlanBuilder& plan, const Sides& sides, const Programs& programs,
                  std::string_view ending, MemoryBranch how = {}) {
  how.tuning = Tuning::kKeep;
  how.until = EndingOf(ending);
  Run(plan, sides, programs, how);
  sides.front()
      .actor.Do(MemoryHistogram{sides.front().at, EndingOf(ending)})
      .Expects(Record<Histogram>().With("hits", 0));
}

/// The test, of which rounds may end as they like within what the model allows.
inline void Look(PlanBuilder& plan, const Sides& sides, const Programs& programs,
                 std::string_view ending) {
  Run(plan, sides, programs, {});
  sides.front()
      .actor.Do(MemoryHistogram{sides.front().at, EndingOf(ending)})
      .Expects(Record<Histogram>().With("rounds", kLitmusRounds));
}

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_ORDERING_LITMUS_H_
