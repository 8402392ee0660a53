// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/generators/recipe.h"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/generators/byte_choices.h"

namespace shmspec {
namespace {

using Bytes = Recipe::Bytes;

Bytes DrawStep(Choices& choices) {
  Bytes step;
  for (std::uint8_t& byte : step) byte = static_cast<std::uint8_t>(choices.Below(256));
  return step;
}

/// Any place, or behind the last step.
std::ptrdiff_t AnyGap(const Recipe& recipe, Choices& choices) {
  return static_cast<std::ptrdiff_t>(choices.Below(recipe.steps.size() + 1));
}

std::size_t AnyPlace(const Recipe& recipe, Choices& choices) {
  return choices.Below(recipe.steps.size());
}

void Insert(Recipe& recipe, std::ptrdiff_t at, const Bytes& step) {
  if (recipe.steps.size() < Recipe::kMostSteps)
    recipe.steps.insert(recipe.steps.begin() + at, step);
}

/// For each operation, by its index, bytes that draw it as the first steps of a plan of one kind.
using Samples = std::map<std::size_t, std::vector<Bytes>>;

Samples DrawSamples(const LikelyWeights& weights) {
  constexpr int kTries = 4000;
  constexpr std::size_t kOfEach = 4;
  Samples samples;
  SeededChoices choices(1);
  for (int i = 0; i < kTries; ++i) {
    LikelyPlan plan(weights);
    const std::size_t before = plan.plan().steps.size();
    const Bytes step = DrawStep(choices);
    ByteChoices bytes(step);
    plan.AddStep(bytes);
    if (plan.plan().steps.size() == before) continue;
    std::vector<Bytes>& of = samples[plan.plan().steps.back().operation.index()];
    if (of.size() < kOfEach) of.push_back(step);
  }
  return samples;
}

const Samples& SamplesOf(const Recipe& recipe, std::span<const LikelyWeights> kinds) {
  static std::map<std::size_t, Samples> known;
  const std::size_t kind = recipe.kind % kinds.size();
  const auto [at, is_new] = known.try_emplace(kind);
  if (is_new) at->second = DrawSamples(kinds[kind]);
  return at->second;
}

/// A step of an operation that is as likely as any other.
Bytes AnySample(const Samples& samples, Choices& choices) {
  if (samples.empty()) return DrawStep(choices);
  const auto& of =
      std::next(samples.begin(), static_cast<std::ptrdiff_t>(choices.Below(samples.size())))
          ->second;
  return of[choices.Below(of.size())];
}

/// The place of an operation's type in the list of all.
template <class Op>
std::size_t IndexOfOperation() {
  static const std::size_t index = Operation(Op{}).index();
  return index;
}

/// Has a new process, or the image that its actor executes, perform the step and those behind it
/// until another actor's.
template <class Op>
void Wrap(Recipe& recipe, Choices& choices, const Samples& samples) {
  const auto found = samples.find(IndexOfOperation<Op>());
  if (found == samples.end()) return;
  const std::size_t at = AnyPlace(recipe, choices);
  Bytes before = found->second[choices.Below(found->second.size())];
  if (std::is_same_v<Op, ProcessExec>) {
    before.front() = recipe.steps[at].front();
  } else {
    constexpr std::uint8_t kForkedActor = 2;
    recipe.steps[at].front() = kForkedActor;
  }
  Insert(recipe, static_cast<std::ptrdiff_t>(at), before);
}

/// Another choice at one place of the step; the first ones are what all steps take.
void Choose(Bytes& step, Choices& choices) {
  const std::size_t within = choices.Below(3) == 0 ? step.size() : 8;
  std::uint8_t& byte = step[choices.Below(within)];
  switch (choices.Below(4)) {
    case 0:
      ++byte;
      break;
    case 1:
      --byte;
      break;
    default:
      byte = static_cast<std::uint8_t>(choices.Below(256));
  }
}

}  // namespace

Plan PlanOf(const Recipe& recipe, std::span<const LikelyWeights> kinds) {
  LikelyPlan plan(kinds[recipe.kind % kinds.size()]);
  for (const Bytes& step : recipe.steps) {
    ByteChoices bytes(step);
    plan.AddStep(bytes);
  }
  return plan.plan();
}

Recipe RecipeOf(std::span<const std::uint8_t> bytes) {
  Recipe recipe;
  if (bytes.empty()) return recipe;
  recipe.kind = bytes.front();
  bytes = bytes.subspan(1);
  while (!bytes.empty() && recipe.steps.size() < Recipe::kMostSteps) {
    Bytes& step = recipe.steps.emplace_back();
    const std::size_t size = std::min(bytes.size(), step.size());
    std::copy_n(bytes.begin(), size, step.begin());
    bytes = bytes.subspan(size);
  }
  return recipe;
}

std::vector<std::uint8_t> BytesOf(const Recipe& recipe) {
  std::vector<std::uint8_t> bytes{recipe.kind};
  for (const Bytes& step : recipe.steps) bytes.insert(bytes.end(), step.begin(), step.end());
  return bytes;
}

Recipe DrawRecipe(Choices& choices, std::size_t kinds, std::size_t steps) {
  Recipe recipe;
  recipe.kind = static_cast<std::uint8_t>(choices.Below(kinds));
  for (std::size_t i = 0; i < steps; ++i) recipe.steps.push_back(DrawStep(choices));
  return recipe;
}

void Change(Recipe& recipe, Choices& choices, std::span<const LikelyWeights> kinds) {
  std::vector<Bytes>& steps = recipe.steps;
  if (steps.empty()) return Insert(recipe, 0, DrawStep(choices));
  const Samples& samples = SamplesOf(recipe, kinds);
  switch (choices.Below(12)) {
    case 0:
      return Insert(recipe, AnyGap(recipe, choices), DrawStep(choices));
    case 1:
    case 2:
      return Insert(recipe, AnyGap(recipe, choices), AnySample(samples, choices));
    case 3:
      steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(AnyPlace(recipe, choices)));
      return;
    case 4:
      std::swap(steps[AnyPlace(recipe, choices)], steps[AnyPlace(recipe, choices)]);
      return;
    case 5: {
      const Bytes again = steps[AnyPlace(recipe, choices)];
      return Insert(recipe, AnyGap(recipe, choices), again);
    }
    case 6:
      steps[AnyPlace(recipe, choices)].front() = static_cast<std::uint8_t>(choices.Below(5));
      return;
    case 7:
      return Wrap<ProcessFork>(recipe, choices, samples);
    case 8:
      return Wrap<ProcessExec>(recipe, choices, samples);
    default:
      return Choose(steps[AnyPlace(recipe, choices)], choices);
  }
}

void Extend(Recipe& recipe, Choices& choices, std::span<const LikelyWeights> kinds) {
  const bool likely = choices.Below(2) == 0;
  recipe.steps.push_back(likely ? DrawStep(choices) : AnySample(SamplesOf(recipe, kinds), choices));
}

Recipe Cross(const Recipe& one, const Recipe& other, Choices& choices) {
  Recipe crossed{one.kind, {}};
  const std::ptrdiff_t end = AnyGap(one, choices);
  const std::ptrdiff_t begin = AnyGap(other, choices);
  crossed.steps.assign(one.steps.begin(), one.steps.begin() + end);
  crossed.steps.insert(crossed.steps.end(), other.steps.begin() + begin, other.steps.end());
  if (crossed.steps.size() > Recipe::kMostSteps) crossed.steps.resize(Recipe::kMostSteps);
  return crossed;
}

}  // namespace shmspec
