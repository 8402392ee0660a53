// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A plan as the choices that its steps are drawn by: what fuzzers keep, change and cross. Each step
// takes its choices from bytes of its own, so that one can be left out, moved or taken from another
// plan without a change to the others, and every sequence of steps is a plan that makes sense.
//
//   SeededChoices choices(7);
//   Recipe recipe = DrawRecipe(choices, /*kinds=*/1, /*steps=*/10);
//   Change(recipe, choices, kinds);
//   stage.Perform(PlanOf(recipe, kinds), 1);

#ifndef SHMSPEC_HARNESS_GENERATORS_RECIPE_H_
#define SHMSPEC_HARNESS_GENERATORS_RECIPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/generators/likely_plan.h"

namespace shmspec {

struct Recipe {
  /// Most steps need fewer; one that needs more goes on with the plainest choices.
  static constexpr std::size_t kStepBytes = 24;
  static constexpr std::size_t kMostSteps = 40;
  using Bytes = std::array<std::uint8_t, kStepBytes>;

  std::uint8_t kind = 0;  // which of the weights steps are drawn by; modulo their number
  std::vector<Bytes> steps;
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// The plan, drawn by the weights of the recipe's kind, of which there is at least one.
Plan PlanOf(const Recipe& recipe, std::span<const LikelyWeights> kinds);

/// The kind, then step after step; missing bytes of the last one are 0, more steps than the most
/// are dropped. BytesOf gives them back.
Recipe RecipeOf(std::span<const std::uint8_t> bytes);
std::vector<std::uint8_t> BytesOf(const Recipe& recipe);

/// Any recipe of that many steps.
Recipe DrawRecipe(Choices& choices, std::size_t kinds, std::size_t steps);

/// Makes one change: inserts, drops, repeats, moves or swaps steps, gives one to another actor, has
/// one performed by a new process or after execve(2), or makes another choice in it, at times the
/// next or the last one.
void Change(Recipe& recipe, Choices& choices, std::span<const LikelyWeights> kinds);

/// Adds a step at the end: one as plans have them, or of an operation that is as likely as any
/// other.
void Extend(Recipe& recipe, Choices& choices, std::span<const LikelyWeights> kinds);

/// The beginning of one and the end of another; of the first one's kind.
Recipe Cross(const Recipe& one, const Recipe& other, Choices& choices);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_GENERATORS_RECIPE_H_
