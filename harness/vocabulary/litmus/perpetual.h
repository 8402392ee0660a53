// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests without rounds, after the idea of PerpLE (Melissaris, Markakis, Shaw and Martonosi,
// MICRO 2020). Every branch performs its program over and over on the same cells, as fast as it
// can, and stores 1, 2, 3, ... in place of the one value of its program: what a load saw names the
// iteration of the store. Rounds are found afterwards: one iteration of each branch, in which
//
//   a load saw the store of that iteration or a later one   counts as having seen the value,
//   it saw an earlier one, or nothing                       counts as having seen 0.
//
// Every such choice of iterations is a round of the test as it is written. Leave all other
// iterations out of the execution: each cell has one store left, which shows when it did, and as
// the values of a cell only grow, every load sees what is left of what it saw. So an ending that
// the order of memory forbids is as forbidden here, whichever iterations are chosen. Which are
// chosen decides only how often an ending is found: the pivot, a branch that loads, takes each of
// its iterations, and the others those that go furthest towards the ending that is sought.
//
// Rounds that end alike share no iteration, so that one late store does not count many times.

#ifndef SHMSPEC_HARNESS_VOCABULARY_LITMUS_PERPETUAL_H_
#define SHMSPEC_HARNESS_VOCABULARY_LITMUS_PERPETUAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/vocabulary/litmus/litmus.h"

namespace shmspec {

class PerpetualTest {
 public:
  static constexpr std::size_t kMostBranches = 8;
  using Programs = std::span<const std::span<const Access>>;

  /// The test that these programs make. Nothing where what a load saw does not name one store: a
  /// variable is stored twice, or 0; nor where nobody loads, or two loads have one register.
  static std::optional<PerpetualTest> Of(Programs programs);

  /// Calls visit(ending) for each round that is found in `iterations` of every branch, of which
  /// saw(register, iteration) is what a load saw and left(variable) what a cell holds in the end. A
  /// value that nobody stored stays as it is in the ending.
  template <class Saw, class Left, class Visit>
  void ForEachRound(const Ending& sought, std::uint64_t iterations, const Saw& saw,
                    const Left& left, Visit&& visit) const;

 private:
  static constexpr std::size_t kNobody = kMostBranches;

  struct Load {
    bool there = false;
    std::size_t branch = 0;
    std::size_t storer = kNobody;
    Variable of = Variable::kX;
  };
  /// What the ending that is sought wants of a load from another branch.
  enum class Want : std::uint8_t { kAnything, kZero, kValue };
  using Wants = std::array<Want, kRegisters>;
  using Round = std::array<std::uint64_t, kMostBranches>;  // the iteration of each branch

  /// How a branch finds its iteration.
  struct Choice {
    enum class By : std::uint8_t {
      kItself,   // the same as the pivot
      kLoads,    // of branches chosen before, which saw what it stored
      kSeeking,  // the next that loads what is wanted of branches chosen before
    };
    std::size_t branch = 0;
    By by = By::kItself;
  };
  using Choices = std::array<Choice, kMostBranches>;

  Wants WantsOf(const Ending& sought) const;
  std::size_t Pivot() const;
  /// All branches but the pivot, in the order in which they choose.
  Choices OrderOf(const Wants& wants) const;

  /// Chooses the iterations of all but the pivot; `at` is how far those that seek have come. False
  /// when no iteration is the one that is wanted.
  template <class Saw>
  bool Choose(const Choices& choices, const Wants& wants, std::uint64_t iterations, const Saw& saw,
              Round& at, Round& round) const;
  template <class Saw>
  bool ByLoads(const Wants& wants, std::size_t branch, std::uint32_t chosen,
               std::uint64_t iterations, const Saw& saw, Round& round) const;
  template <class Saw>
  bool BySeeking(const Wants& wants, std::size_t branch, std::uint32_t chosen,
                 std::uint64_t iterations, const Saw& saw, Round& at, Round& round) const;
  /// Bit i: register i saw the value.
  template <class Saw>
  std::uint32_t SeenIn(const Round& round, const Saw& saw) const;
  /// Values that nobody stored, once for each register.
  template <class Saw, class Left, class Visit>
  void ForEachStray(std::uint64_t iterations, const Saw& saw, const Left& left,
                    Visit&& visit) const;
  template <class Left>
  Ending EndingFor(std::uint32_t seen, std::uint64_t iterations, const Left& left) const;

  std::size_t branches_ = 0;
  std::array<Load, kRegisters> loads_{};
  std::array<std::size_t, kVariables> storers_{};
  std::array<std::int64_t, kVariables> values_{};
  std::array<bool, kVariables> named_{};
};

template <class Saw>
bool PerpetualTest::ByLoads(const Wants& wants, std::size_t branch, std::uint32_t chosen,
                            std::uint64_t iterations, const Saw& saw, Round& round) const {
  std::uint64_t first = 0;          // after every store that was seen where 0 is wanted
  std::uint64_t past = iterations;  // one that was seen where the value is wanted is before this
  bool zero = false;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const Load& load = loads_[i];
    if (load.storer != branch || (chosen >> load.branch & 1) == 0) continue;
    const std::uint64_t store = saw(static_cast<Register>(i), round[load.branch]);
    if (wants[i] == Want::kZero) {
      zero = true;
      if (store > first) first = store;
    } else if (wants[i] == Want::kValue && store < past) {
      past = store;
    }
  }
  if (!zero && past == 0) return false;
  round[branch] = zero ? first : past - 1;
  return round[branch] < iterations;
}

template <class Saw>
bool PerpetualTest::BySeeking(const Wants& wants, std::size_t branch, std::uint32_t chosen,
                              std::uint64_t iterations, const Saw& saw, Round& at,
                              Round& round) const {
  const auto wanted = [&](Want want, std::uint64_t iteration) {
    for (std::size_t i = 0; i < kRegisters; ++i) {
      const Load& load = loads_[i];
      if (load.branch != branch || wants[i] != want || (chosen >> load.storer & 1) == 0) continue;
      const bool seen = saw(static_cast<Register>(i), iteration) > round[load.storer];
      if (seen != (want == Want::kValue)) return false;
    }
    return true;
  };
  bool wants_value = false;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    wants_value = wants_value || (loads_[i].branch == branch && wants[i] == Want::kValue &&
                                  (chosen >> loads_[i].storer & 1) != 0);
  }
  std::uint64_t& next = at[branch];
  if (wants_value) {
    while (next < iterations && !wanted(Want::kValue, next)) ++next;
  } else {
    while (next + 1 < iterations && wanted(Want::kZero, next + 1)) ++next;
  }
  round[branch] = next;
  return next < iterations;
}

template <class Saw>
std::uint32_t PerpetualTest::SeenIn(const Round& round, const Saw& saw) const {
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const Load& load = loads_[i];
    if (!load.there || load.storer == kNobody) continue;
    if (saw(static_cast<Register>(i), round[load.branch]) > round[load.storer]) seen |= 1u << i;
  }
  return seen;
}

template <class Left>
Ending PerpetualTest::EndingFor(std::uint32_t seen, std::uint64_t iterations,
                                const Left& left) const {
  Ending ending;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    if (!loads_[i].there) continue;
    const auto value = values_[static_cast<std::size_t>(loads_[i].of)];
    ending.values[i] = (seen >> i & 1) != 0 ? value : 0;
  }
  for (std::size_t i = 0; i < kVariables; ++i) {
    if (!named_[i]) continue;
    const std::uint64_t last = left(static_cast<Variable>(i));
    const bool whole = storers_[i] != kNobody && last == iterations;
    ending.values[kRegisters + i] = whole ? values_[i] : static_cast<std::int64_t>(last);
  }
  return ending;
}

template <class Saw>
bool PerpetualTest::Choose(const Choices& choices, const Wants& wants, std::uint64_t iterations,
                           const Saw& saw, Round& at, Round& round) const {
  const std::size_t pivot = Pivot();
  std::uint32_t chosen = 1u << pivot;
  for (std::size_t i = 0; i + 1 < branches_; ++i) {
    const std::size_t branch = choices[i].branch;
    bool found = true;
    switch (choices[i].by) {
      case Choice::By::kItself:
        round[branch] = round[pivot];
        break;
      case Choice::By::kLoads:
        found = ByLoads(wants, branch, chosen, iterations, saw, round);
        break;
      case Choice::By::kSeeking:
        found = BySeeking(wants, branch, chosen, iterations, saw, at, round);
        break;
    }
    if (!found) return false;
    chosen |= 1u << branch;
  }
  return true;
}

template <class Saw, class Left, class Visit>
void PerpetualTest::ForEachRound(const Ending& sought, std::uint64_t iterations, const Saw& saw,
                                 const Left& left, Visit&& visit) const {
  const Wants wants = WantsOf(sought);
  const Choices choices = OrderOf(wants);
  const std::size_t pivot = Pivot();
  std::array<std::optional<Round>, std::size_t{1} << kRegisters> last{};  // by what was seen
  Round at{};
  for (std::uint64_t iteration = 0; iteration < iterations; ++iteration) {
    Round round{};
    round[pivot] = iteration;
    if (!Choose(choices, wants, iterations, saw, at, round)) continue;
    const std::uint32_t seen = SeenIn(round, saw);
    bool apart = true;
    for (std::size_t i = 0; i < branches_ && last[seen]; ++i) {
      apart = apart && round[i] > (*last[seen])[i];
    }
    if (!apart) continue;
    last[seen] = round;
    visit(EndingFor(seen, iterations, left));
  }
  ForEachStray(iterations, saw, left, visit);
}

template <class Saw, class Left, class Visit>
void PerpetualTest::ForEachStray(std::uint64_t iterations, const Saw& saw, const Left& left,
                                 Visit&& visit) const {
  for (std::size_t i = 0; i < kRegisters; ++i) {
    if (!loads_[i].there) continue;
    const std::uint64_t most = loads_[i].storer == kNobody ? 0 : iterations;
    for (std::uint64_t iteration = 0; iteration < iterations; ++iteration) {
      const std::uint64_t store = saw(static_cast<Register>(i), iteration);
      if (store <= most) continue;
      Ending ending = EndingFor(0, iterations, left);
      ending.values[i] = static_cast<std::int64_t>(store);
      visit(ending);
      break;
    }
  }
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_LITMUS_PERPETUAL_H_
