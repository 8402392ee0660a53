// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Generated plans as lists of choices: for each step the numbers that its choices returned. Leaving
// a step out, or making its numbers smaller, leaves a plan that makes sense.

#ifndef SHMSPEC_PROPERTY_PLAN_CHOICES_H_
#define SHMSPEC_PROPERTY_PLAN_CHOICES_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "harness/generators/likely_plan.h"

namespace shmspec {

/// Choices from a list of numbers; 0, the plainest, once they are used up.
class ListedChoices : public Choices {
 public:
  explicit ListedChoices(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
  std::uint64_t Below(std::uint64_t bound) override {
    return next_ < numbers_.size() ? numbers_[next_++] % bound : 0;
  }

 private:
  std::vector<std::uint64_t> numbers_;
  std::size_t next_ = 0;
};

/// Choices from a seed that are recorded as they are made.
class NotedChoices : public Choices {
 public:
  explicit NotedChoices(Choices& source) : source_(source) {}
  std::uint64_t Below(std::uint64_t bound) override {
    numbers_.push_back(source_.Below(bound));
    return numbers_.back();
  }
  /// The choices since the last call.
  std::vector<std::uint64_t> Take() { return std::exchange(numbers_, {}); }

 private:
  Choices& source_;
  std::vector<std::uint64_t> numbers_;
};

/// The numbers of each step.
using PlanChoices = std::vector<std::vector<std::uint64_t>>;

/// Draws the numbers of a plan of that number of steps.
inline PlanChoices DrawPlanChoices(Choices& source, std::size_t steps, LikelyWeights weights) {
  NotedChoices noted(source);
  LikelyPlan plan(weights);
  PlanChoices choices;
  for (std::size_t i = 0; i < steps; ++i) {
    plan.AddStep(noted);
    choices.push_back(noted.Take());
  }
  return choices;
}

/// The plan that the numbers stand for.
inline Plan PlanOf(const PlanChoices& choices, LikelyWeights weights) {
  LikelyPlan plan(weights);
  for (const std::vector<std::uint64_t>& numbers : choices) {
    ListedChoices listed(numbers);
    plan.AddStep(listed);
  }
  return plan.plan();
}

/// The same of a parallel plan.
struct ParallelChoices {
  struct Branch {
    std::uint8_t actor = 0;
    PlanChoices steps;
  };
  PlanChoices prefix;
  std::vector<Branch> branches;
  PlanChoices suffix;
};

/// Draws the numbers of a parallel plan of any shape.
inline ParallelChoices DrawParallelChoices(Choices& source, LikelyWeights weights) {
  const ParallelShape shape = DrawShape(source, weights);
  NotedChoices noted(source);
  PlanChoices steps;
  ParallelPlan(shape, weights, [&]() -> Choices& {
    steps.push_back(noted.Take());
    return noted;
  });
  steps.push_back(noted.Take());
  // What was noted before a step was asked for belongs to the one before it.
  auto step = std::next(steps.begin());
  const auto take = [&](std::size_t count) {
    const auto begin = step;
    step += static_cast<std::ptrdiff_t>(count);
    return PlanChoices(begin, step);
  };
  ParallelChoices choices;
  choices.prefix = take(shape.prefix);
  for (const ParallelShape::Branch& branch : shape.branches) {
    choices.branches.push_back({branch.actor, take(branch.steps)});
  }
  choices.suffix = take(shape.suffix);
  return choices;
}

inline Plan PlanOf(const ParallelChoices& choices, LikelyWeights weights) {
  ParallelShape shape;
  std::vector<const std::vector<std::uint64_t>*> steps;
  const auto add = [&](const PlanChoices& part) {
    for (const std::vector<std::uint64_t>& numbers : part) steps.push_back(&numbers);
    return part.size();
  };
  shape.prefix = add(choices.prefix);
  for (const ParallelChoices::Branch& branch : choices.branches) {
    shape.branches.push_back({branch.actor, add(branch.steps)});
  }
  shape.suffix = add(choices.suffix);
  std::optional<ListedChoices> listed;
  auto step = steps.begin();
  return ParallelPlan(shape, weights, [&]() -> Choices& { return listed.emplace(**step++); });
}

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_PLAN_CHOICES_H_
