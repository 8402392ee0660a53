// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A plan says which actors do which operations in which order. It is the only input of the harness:
// suites, properties, fuzzers and files differ only in where the plan comes from.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_PLAN_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/operation/operation.h"
#include "harness/vocabulary/outcome/pattern.h"
#include "harness/vocabulary/plan/actor_spec.h"

namespace shmspec {

/// When a step runs relative to the others.
enum class Timing : std::uint8_t {
  kTurn,   // `a: op`  starts when every step before it is complete, and is waited for
  kStart,  // `a & op` starts the same way and is not waited for
  kJoin,   // `join a` waits for the step that a was started on; carries no operation
  kRace,   // a line inside `race { }`: only the order within its own branch is fixed
};

template <>
struct NamesOf<Timing> {
  static constexpr std::array kNames{
      Named<Timing>{"turn", Timing::kTurn}, Named<Timing>{"start", Timing::kStart},
      Named<Timing>{"join", Timing::kJoin}, Named<Timing>{"race", Timing::kRace}};
};

/// One step: who does what, when, what handle it assigns and what the plan's author expects.
struct Step {
  static constexpr std::string_view kName = "step";
  ActorRef actor;
  Timing timing = Timing::kTurn;
  std::uint16_t race = 0;  // for kRace: which race block, numbered from 0
  Operation operation;
  std::optional<Handle> assigns;
  std::optional<Pattern> expected;

  /// Where the step was written, for messages; 0 when it was built by a program. Not compared.
  std::uint32_t line = 0;

  static constexpr auto kFields = Fields(
      Field{"actor", &Step::actor}, Field{"timing", &Step::timing}, Field{"race", &Step::race},
      Field{"operation", &Step::operation}, Field{"assigns", &Step::assigns},
      Field{"expected", &Step::expected}, Field{"line", &Step::line});
  friend bool operator==(const Step& a, const Step& b);
};

/// A whole plan. `name` is family.topic.sentence, the same string in every list and report.
struct Plan {
  static constexpr std::string_view kName = "plan";
  std::string name;
  std::vector<Requirement> requirements;
  std::vector<ActorSpec> actors;
  std::vector<Step> steps;

  static constexpr auto kFields =
      Fields(Field{"name", &Plan::name}, Field{"requirements", &Plan::requirements},
             Field{"actors", &Plan::actors}, Field{"steps", &Plan::steps});
  friend bool operator==(const Plan& a, const Plan& b);
};

/// What is wrong with a plan that is well-formed text but cannot be performed: an actor that no
/// step starts, a handle used before any step assigns it, too many actors. `step` is an index into
/// plan.steps or nullopt when the whole plan is meant.
struct PlanFlaw {
  std::optional<std::size_t> step;
  std::string message;
};

/// The first flaw of a plan, or nullopt when it can be performed.
std::optional<PlanFlaw> FindFlaw(const Plan& plan);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_PLAN_H_
