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

/// Loads that are not aligned see half of a store, as across two cache lines.
void TearLoads(Ending& ending, Width width) {
  const std::int64_t low_bits = static_cast<std::int64_t>(width) * 4;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    if (ending.values[i] != Ending::kAny) ending.values[i] &= ~((std::int64_t{1} << low_bits) - 1);
  }
}

std::vector<Program> ProgramsOf(const model::Trial& trial) {
  std::vector<Program> programs;
  for (const model::TrialBranch& run : trial.runs) programs.push_back(run.program);
  return programs;
}

/// A test in a system that shows torn loads only where stores and zeros take turns, like some
/// processors.
class Sampler {
 public:
  Sampler(const model::Trial& trial, const model::LitmusTest& test,
          const model::Reordering& reordering)
      : trial_(trial), test_(test), reordering_(reordering), random_(SeedOf(trial)) {}

  Outcome Run(const MemoryHistogram& operation) {
    const model::TrialBranch& first = trial_.runs.front();
    const std::uint64_t rounds = first.layout.rounds;
    const bool can_alternate = CanAlternate(ProgramsOf(trial_));
    if (first.tuning == Tuning::kSearch) {
      TechniqueSet usable = TechniqueSet().set();
      usable[static_cast<std::size_t>(Technique::kAlternating)] = can_alternate;
      usable[static_cast<std::size_t>(Technique::kPerpetual)] = false;
      LitmusSearch search(rounds, operation.at_least, usable);
      while (const auto turn = search.Next()) {
        search.Add(*turn, {turn->rounds, Take(*turn, operation.of)});
      }
      return Conclude(operation, counts_, search.effort());
    }
    const bool alternates = first.tuning == Tuning::kKeep && can_alternate;
    LitmusEffort effort{.technique = alternates ? Technique::kAlternating : Technique::kPaced};
    const LitmusTurn turn{effort.technique, rounds};
    effort.Of(turn.technique) = {rounds, Take(turn, operation.of)};
    return Conclude(operation, counts_, effort);
  }

 private:
  /// Runs the rounds of a turn; the result is how many ended like `of`.
  std::uint64_t Take(const LitmusTurn& turn, const Ending& of) {
    const bool tears =
        !model::IsIndivisible(trial_, kEveryAbility) && turn.technique == Technique::kAlternating;
    const std::uint64_t sampled = std::min(turn.rounds, kSampledRounds);
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < sampled; ++i) {
      // The first rounds share the remainder.
      const std::uint64_t count = turn.rounds / sampled + (i < turn.rounds % sampled ? 1 : 0);
      Ending ending = model::OneEndingOf(test_, reordering_, [&](std::size_t ways) {
        return static_cast<std::size_t>(random_() % ways);
      });
      if (tears && i % 8 == 0) TearLoads(ending, trial_.runs.front().width);
      counts_.Add(ending, count);
      if (of.Includes(ending)) hits += count;
    }
    return hits;
  }

  const model::Trial& trial_;
  const model::LitmusTest& test_;
  const model::Reordering& reordering_;
  std::mt19937_64 random_;
  EndingCounts counts_;
};

}  // namespace

Outcome SampleLitmus(const MemoryHistogram& operation, const model::Trial* trial,
                     const model::Reordering& reordering) {
  const auto test = trial != nullptr ? model::TestOf(*trial) : std::nullopt;
  if (!test) return Conclude(operation, {});
  return Sampler(*trial, *test, reordering).Run(operation);
}

}  // namespace shmspec
