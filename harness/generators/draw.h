// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Generation: values of the vocabulary from a source of choices. rapidcheck, libFuzzer and a plain
// seeded generator are such sources; none of them knows an operation by name.

#ifndef SHMSPEC_HARNESS_GENERATORS_DRAW_H_
#define SHMSPEC_HARNESS_GENERATORS_DRAW_H_

#include <cstdint>
#include <random>

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// Where choices come from.
class Choices {
 public:
  Choices() = default;
  Choices(const Choices&) = delete;
  Choices& operator=(const Choices&) = delete;
  virtual ~Choices() = default;

  /// A number below `bound`, which is at least 1. Generators shrink towards 0, so 0 is the
  /// plainest.
  virtual std::uint64_t Below(std::uint64_t bound) = 0;
};

/// Choices from a seed; the same on every machine.
class SeededChoices : public Choices {
 public:
  explicit SeededChoices(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Below(std::uint64_t bound) override { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

/// Limits of a drawn plan.
struct DrawLimits {
  std::size_t actors = 3;
  std::size_t steps = 16;
};

Operation DrawOperation(Choices& choices, std::size_t actors);
Outcome DrawOutcome(Choices& choices);
/// A pattern that its text form gives back unchanged.
Pattern DrawPattern(Choices& choices, std::size_t actors);
/// A plan without flaw, over the whole vocabulary. Every kind of value occurs, sensible or not:
/// generators of useful plans choose what they draw.
Plan DrawPlan(Choices& choices, const DrawLimits& limits);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_GENERATORS_DRAW_H_
