// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/litmus/litmus_search.h"

#include <algorithm>

namespace shmspec {

std::optional<LitmusTurn> LitmusSearch::Next() const {
  const std::uint64_t nth = turns_ / techniques_;
  if ((turns_ > 0 && shown()) || nth == kTurns) return std::nullopt;
  // A quarter of the rounds, half of them, then all of them.
  const std::uint64_t rounds = nth < 2 ? rounds_ >> (2 - nth) : rounds_;
  return LitmusTurn{static_cast<Technique>(turns_ % techniques_),
                    std::max<std::uint64_t>(rounds, 1)};
}

void LitmusSearch::Add(const LitmusTurn& turn, std::uint64_t hits) {
  ++turns_;
  effort_.technique = turn.technique;
  effort_.Of(turn.technique).rounds += turn.rounds;
  effort_.Of(turn.technique).hits += hits;
}

}  // namespace shmspec
