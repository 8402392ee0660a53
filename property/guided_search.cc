// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "property/guided_search.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/oracle/features.h"

namespace shmspec {
namespace {

/// Recipes that showed something new, and how often each feature has been shown.
class Corpus {
 public:
  bool empty() const { return entries_.empty(); }

  /// Keeps the recipe when it showed what none before it did.
  void Offer(const Recipe& recipe, const std::vector<std::uint32_t>& features) {
    std::vector<std::uint32_t> firsts;
    for (const std::uint32_t feature : features) {
      if (++shown_[feature] == 1) firsts.push_back(feature);
    }
    if (!firsts.empty()) entries_.push_back({recipe, std::move(firsts)});
  }

  /// The one of a few that showed first what is still the rarest.
  const Recipe& Choose(Choices& choices) const {
    constexpr int kDrawn = 3;
    const Entry* chosen = &Any(choices);
    for (int i = 1; i < kDrawn; ++i) {
      const Entry& other = Any(choices);
      if (RarestOf(other) < RarestOf(*chosen)) chosen = &other;
    }
    return chosen->recipe;
  }

 private:
  struct Entry {
    Recipe recipe;
    std::vector<std::uint32_t> firsts;
  };

  const Entry& Any(Choices& choices) const { return entries_[choices.Below(entries_.size())]; }

  std::uint64_t RarestOf(const Entry& entry) const {
    std::uint64_t rarest = UINT64_MAX;
    for (const std::uint32_t feature : entry.firsts) {
      rarest = std::min(rarest, shown_.at(feature));
    }
    return rarest;
  }

  std::vector<Entry> entries_;
  std::unordered_map<std::uint32_t, std::uint64_t> shown_;
};

class Fuzzing {
 public:
  Fuzzing(std::uint64_t seed, std::span<const LikelyWeights> kinds, bool guided)
      : choices_(seed), kinds_(kinds), guided_(guided) {}

  Recipe Next() {
    constexpr std::uint64_t kOneIn = 5;
    const std::size_t steps = 1 + choices_.Below(Recipe::kMostSteps);
    if (!guided_ || corpus_.empty() || choices_.Below(kOneIn) == 0) {
      return DrawRecipe(choices_, kinds_.size(), steps);
    }
    Recipe recipe = corpus_.Choose(choices_);
    if (choices_.Below(kOneIn) == 0) recipe = Cross(recipe, corpus_.Choose(choices_), choices_);
    do {
      Change(recipe, choices_, kinds_);
    } while (choices_.Below(3) != 0);
    // What the recipe leads to is explored further.
    while (recipe.steps.size() < steps) Extend(recipe, choices_, kinds_);
    return recipe;
  }

  void Learn(const Recipe& recipe, const Trace& trace, const Verdict& verdict) {
    if (!guided_ || verdict.kind != Verdict::Kind::kExplained) return;
    features_.clear();
    ForEachFeature(trace, verdict, [&](std::uint32_t one) { features_.push_back(one); });
    corpus_.Offer(recipe, features_);
  }

 private:
  SeededChoices choices_;
  std::span<const LikelyWeights> kinds_;
  bool guided_;
  Corpus corpus_;
  std::vector<std::uint32_t> features_;
};

}  // namespace

std::optional<Finding> FuzzPlans(Stage& stage, const model::Profile& profile, std::uint64_t seed,
                                 std::span<const LikelyWeights> kinds, const FuzzLimits& limits) {
  Fuzzing fuzzing(seed, kinds, limits.guided);
  for (std::uint64_t i = 1; i <= limits.executions; ++i) {
    Recipe recipe = fuzzing.Next();
    Trace trace = stage.Perform(PlanOf(recipe, kinds), seed + i);
    Verdict verdict = Judge(trace, profile);
    if (verdict.kind == Verdict::Kind::kRefuted) {
      return Finding{std::move(recipe), std::move(trace), std::move(verdict), i};
    }
    fuzzing.Learn(recipe, trace, verdict);
  }
  return std::nullopt;
}

}  // namespace shmspec
