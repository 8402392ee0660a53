// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/litmus/litmus_search.h"

#include <algorithm>
#include <cstddef>

namespace shmspec {

LitmusSearch::LitmusSearch(std::uint64_t rounds, std::uint64_t at_least, TechniqueSet usable)
    : rounds_(rounds), at_least_(at_least) {
  for (std::size_t i = 0; i < kTechniques; ++i) {
    if (usable[i]) usable_[techniques_++] = static_cast<Technique>(i);
  }
  if (techniques_ > 0) effort_.technique = usable_[0];
}

std::optional<LitmusTurn> LitmusSearch::Next() const {
  if (techniques_ == 0) return std::nullopt;
  const std::uint64_t nth = turns_ / techniques_;
  if ((turns_ > 0 && shown()) || nth == kTurns) return std::nullopt;
  // A quarter of the rounds, half of them, then all of them.
  const std::uint64_t rounds = nth < 2 ? rounds_ >> (2 - nth) : rounds_;
  return LitmusTurn{usable_[static_cast<std::size_t>(turns_ % techniques_)],
                    std::max<std::uint64_t>(rounds, 1)};
}

void LitmusSearch::Add(const LitmusTurn& turn, Tried found) {
  ++turns_;
  effort_.technique = turn.technique;
  effort_.Of(turn.technique).rounds += found.rounds;
  effort_.Of(turn.technique).hits += found.hits;
}

}  // namespace shmspec
