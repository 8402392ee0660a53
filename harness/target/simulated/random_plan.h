// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Random plans that make sense, for the tests of model, oracle and simulated system against each
// other.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_RANDOM_PLAN_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_RANDOM_PLAN_H_

#include <cstdint>
#include <random>

#include "harness/vocabulary/plan.h"

namespace shmspec {

/// Two spawned actors with different identities, a forked one and a thread; steps that mostly
/// succeed and sometimes do not.
class RandomPlan {
 public:
  explicit RandomPlan(std::uint64_t seed) : random_(seed) {}

  Plan Sequential(std::size_t steps);
  /// Some steps in order, then races of `actors` actors (2 or 3) with `steps` steps each, then
  /// looks at what is left.
  Plan Racing(std::size_t actors, std::size_t steps);

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  void Begin();
  void Add(std::uint8_t actor, Operation operation, Timing timing = Timing::kTurn);
  Operation Draw(std::uint8_t actor);
  Operation DrawCall();
  Operation DrawControl();
  Operation DrawMemory();
  Operation DrawMapping();
  Operation DrawSystem();
  Operation DrawProcess(std::uint8_t actor);
  void Look(std::uint8_t actor);

  SegmentRef AnySegment();
  Place AnyPlace();
  std::uint64_t AnySize();
  std::uint8_t AnyActor();

  std::mt19937_64 random_;
  Plan plan_;
  std::uint16_t race_ = 0;
  std::uint8_t segments_ = 0;
  std::uint8_t attaches_ = 0;
  std::uint8_t mappings_ = 0;
  std::vector<bool> alive_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_RANDOM_PLAN_H_
