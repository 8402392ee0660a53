// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Finds the technique by which a litmus test shows an ending on this processor. Techniques take
// turns, a few rounds at first and more each time, until one has shown enough or all have had their
// share.

#ifndef SHMSPEC_HARNESS_VOCABULARY_LITMUS_LITMUS_SEARCH_H_
#define SHMSPEC_HARNESS_VOCABULARY_LITMUS_LITMUS_SEARCH_H_

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "harness/vocabulary/litmus/litmus.h"

namespace shmspec {

/// The rounds of one technique, and those of them that ended as was sought.
struct Tried {
  std::uint64_t rounds = 0;
  std::uint64_t hits = 0;
  friend bool operator==(const Tried&, const Tried&) = default;
};

/// All rounds of a test by technique, and the technique of the last of them.
struct LitmusEffort {
  Technique technique = Technique::kPaced;
  std::array<Tried, kTechniques> tried{};

  Tried& Of(Technique one) { return tried[static_cast<std::size_t>(one)]; }
  const Tried& Of(Technique one) const { return tried[static_cast<std::size_t>(one)]; }
  friend bool operator==(const LitmusEffort&, const LitmusEffort&) = default;
};

/// Some rounds in a row by one technique.
struct LitmusTurn {
  Technique technique = Technique::kPaced;
  std::uint64_t rounds = 0;  // of each branch
  friend bool operator==(const LitmusTurn&, const LitmusTurn&) = default;
};

/// Techniques, by their numbers.
using TechniqueSet = std::bitset<kTechniques>;

/// Chooses what to try next. Owns nothing and allocates nothing, so that a fault may leave it.
class LitmusSearch {
 public:
  /// Turns of each technique in total.
  static constexpr std::uint64_t kTurns = 12;

  /// At most `rounds` in a turn; `at_least` hits of one of the techniques end the search.
  LitmusSearch(std::uint64_t rounds, std::uint64_t at_least, TechniqueSet usable);

  /// The turn to take now; nothing when the search is over.
  std::optional<LitmusTurn> Next() const;
  /// Records the result of the turn, in which as many rounds were found.
  void Add(const LitmusTurn& turn, Tried found);

  const LitmusEffort& effort() const { return effort_; }
  /// Whether the last technique has shown enough.
  bool shown() const { return effort_.Of(effort_.technique).hits >= at_least_; }

 private:
  std::uint64_t rounds_;
  std::uint64_t at_least_;
  std::array<Technique, kTechniques> usable_{};  // as many as there are, in order
  std::size_t techniques_ = 0;
  std::uint64_t turns_ = 0;
  LitmusEffort effort_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_LITMUS_LITMUS_SEARCH_H_
