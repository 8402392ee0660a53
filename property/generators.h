// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What rapidcheck generates. It brings the randomness, the loop and the search for a smaller
// failure; harness/vocabulary decides what is drawn.

#ifndef SHMSPEC_PROPERTY_GENERATORS_H_
#define SHMSPEC_PROPERTY_GENERATORS_H_

#include <rapidcheck.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "property/plan_choices.h"

namespace shmspec {

/// Lists of numbers that shrink to shorter lists of smaller numbers, hence to plainer values.
inline rc::Gen<std::vector<std::uint64_t>> ChoiceLists() {
  return rc::gen::container<std::vector<std::uint64_t>>(
      rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40));
}

/// rapidcheck as a source of choices.
class RandomChoices : public Choices {
 public:
  explicit RandomChoices(rc::Random random) : random_(std::move(random)) {}
  std::uint64_t Below(std::uint64_t bound) override { return random_.next() % bound; }

 private:
  rc::Random random_;
};

/// Simpler choices: without some of the steps, or with smaller numbers in one of them.
inline rc::Seq<PlanChoices> ShrinkPlanChoices(const PlanChoices& choices) {
  return rc::seq::concat(
      rc::shrink::removeChunks(choices),
      rc::shrink::eachElement(choices, [](const std::vector<std::uint64_t>& numbers) {
        return rc::shrink::eachElement(numbers, [](std::uint64_t number) {
          return rc::shrink::towards(number, std::uint64_t{0});
        });
      }));
}

/// The same of a parallel plan: without a branch, or with one of its parts simpler.
inline rc::Seq<ParallelChoices> ShrinkParallelChoices(const ParallelChoices& choices) {
  using Branches = std::vector<ParallelChoices::Branch>;
  const auto with = [choices](auto set) {
    ParallelChoices simpler = choices;
    set(simpler);
    return simpler;
  };
  rc::Seq<ParallelChoices> all = rc::seq::concat(
      rc::seq::map(rc::shrink::removeChunks(choices.branches),
                   [=](Branches&& branches) {
                     return with([&](ParallelChoices& to) { to.branches = std::move(branches); });
                   }),
      rc::seq::map(ShrinkPlanChoices(choices.prefix),
                   [=](PlanChoices&& steps) {
                     return with([&](ParallelChoices& to) { to.prefix = std::move(steps); });
                   }),
      rc::seq::map(ShrinkPlanChoices(choices.suffix), [=](PlanChoices&& steps) {
        return with([&](ParallelChoices& to) { to.suffix = std::move(steps); });
      }));
  for (std::size_t i = 0; i < choices.branches.size(); ++i) {
    all = rc::seq::concat(
        std::move(all),
        rc::seq::map(ShrinkPlanChoices(choices.branches[i].steps), [=](PlanChoices&& steps) {
          return with([&](ParallelChoices& to) { to.branches[i].steps = std::move(steps); });
        }));
  }
  return all;
}

/// Plans of `steps` steps that shrink to fewer and plainer ones. The numbers are drawn all at once:
/// a tree of shrinkable values for each of them would cost more than performing the plan.
inline rc::Gen<PlanChoices> LikelyPlans(std::size_t steps, LikelyWeights weights) {
  return [=](const rc::Random& random, int) {
    RandomChoices source(random);
    return rc::shrinkable::shrinkRecur(DrawPlanChoices(source, steps, weights), &ShrinkPlanChoices);
  };
}

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_GENERATORS_H_
