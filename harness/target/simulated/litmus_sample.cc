// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/litmus_sample.h"

#include <algorithm>
#include <random>
#include <string_view>

namespace shmspec {
namespace {

/// Enough to see every ending of a small test, few enough for hundreds of systems to be tried.
constexpr std::uint64_t kSampledRounds = 500;

std::uint64_t SeedOf(const model::Trial& trial) {
  std::uint64_t seed = model::kHashBasis;
  for (const model::TrialBranch& run : trial.runs) {
    for (const char c : PrintProgram(run.program)) {
      seed = (seed ^ static_cast<unsigned char>(c)) * model::kHashPrime;
    }
  }
  return seed;
}

/// Loads that are not aligned see half of a store now and then, as across two cache lines.
void TearLoads(Ending& ending, Width width) {
  const std::int64_t low_bits = static_cast<std::int64_t>(width) * 4;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    if (ending.values[i] != Ending::kAny) ending.values[i] &= ~((std::int64_t{1} << low_bits) - 1);
  }
}

}  // namespace

Outcome SampleLitmus(const MemoryHistogram& operation, const model::Trial* trial,
                     const model::Reordering& reordering) {
  EndingCounts counts;
  const auto test = trial != nullptr ? model::TestOf(*trial) : std::nullopt;
  if (!test) return Conclude(operation, counts);
  const bool indivisible = model::IsIndivisible(*trial);
  std::mt19937_64 random(SeedOf(*trial));
  const std::uint64_t sampled = std::min(trial->rounds, kSampledRounds);
  for (std::uint64_t i = 0; i < sampled; ++i) {
    // What the rounds do not share evenly goes to the first of them.
    const std::uint64_t rest = i < trial->rounds % sampled ? 1 : 0;
    Ending ending = model::OneEndingOf(*test, reordering, [&](std::size_t count) {
      return static_cast<std::size_t>(random() % count);
    });
    if (!indivisible && i % 8 == 0) TearLoads(ending, trial->runs.front().width);
    counts.Add(ending, trial->rounds / sampled + rest);
  }
  return Conclude(operation, counts);
}

}  // namespace shmspec
