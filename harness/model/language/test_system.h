// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For tests: a state of the model in which calls are described and made one by one, with numbers in
// place of handles.
//
//   TestSystem system;
//   system.Make(SysvGet{.flags = kCreate | 0600}, Value{7});
//   EXPECT_FALSE(system.Allows(SysvRemove{SegmentId(8)}, Value{0}));

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_TEST_SYSTEM_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_TEST_SYSTEM_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"
#include "harness/model/language/transition.h"
#include "harness/vocabulary/plan/plan_builder.h"
#include "harness/vocabulary/plan/usual_facts.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::model {

class TestSystem {
 public:
  /// Its actors are spawned; without any there is one, who is root.
  explicit TestSystem(std::string_view profile = "linux", std::vector<ActorSpec> actors = {}) {
    Plan plan;
    plan.actors = actors.empty() ? std::vector<ActorSpec>(1) : std::move(actors);
    setting = {FindProfile(profile), UsualSystem(),
               FactsOf(plan, [](std::size_t, const ActorFacts&) {})};
    state = InitialState(setting, plan);
  }
  TestSystem(const TestSystem&) = delete;
  TestSystem& operator=(const TestSystem&) = delete;

  /// The call in the state as it is; void once another one is called.
  Scene Call(Operation operation, std::uint8_t actor = 0) {
    operation_ = std::move(operation);
    ++call_.step;
    call_.actor = actor;
    call_.operation = &operation_;
    call_.when = {now_s, now_s};
    call_.instant = true;
    ResolveReferences(call_, [](const Reference& reference) { return reference.offset; });
    return {setting, state, call_};
  }

  const Clauses& Describe(Operation operation, std::uint8_t actor = 0) {
    model::Describe(Call(std::move(operation), actor), clauses_);
    return clauses_;
  }

  bool Allows(Operation operation, const Outcome& outcome, std::uint8_t actor = 0) {
    const Scene scene = Call(std::move(operation), actor);
    model::Describe(scene, clauses_);
    return model::Allows(clauses_, scene, outcome);
  }

  /// The call is made and ends so, which has to be allowed.
  void Make(Operation operation, const Outcome& outcome, std::uint8_t actor = 0) {
    SHMSPEC_CHECK(Allows(std::move(operation), outcome, actor), "the test makes a forbidden call");
    Apply({setting, state, call_}, state, outcome);
  }

  Setting setting;
  State state;
  std::int64_t now_s = 1000;

 private:
  Operation operation_;
  model::Call call_;
  Clauses clauses_;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_TEST_SYSTEM_H_
