// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Along a simulated run, what the specification says at each step:
//
//   const Trace trace = MakeSimulatedStage(profile)->Perform(plan, seed);
//   Follow(trace, profile,
//          [](const model::Scene& scene, const model::Clauses& clauses, std::uint32_t step) { ...
//          },
//          [](const model::State&) {});
//
// Only of plans whose steps follow one another. What searches for an order is the oracle.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_FOLLOW_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_FOLLOW_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/transition.h"
#include "harness/vocabulary/plan/trace.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec {

/// Calls visit(scene, clauses, step) for each step before it takes effect, and after(state) when it
/// has, until a step that did not return.
template <class Visit, class After>
void Follow(const Trace& trace, const model::Profile& profile, Visit&& visit, After&& after) {
  const model::Setting setting{&profile, trace.system, trace.actors};
  model::State state = model::InitialState(setting, trace.plan);
  model::Clauses clauses;
  for (std::uint32_t i = 0; i < trace.steps.size() && trace.steps[i].returned; ++i) {
    const Bindings bindings = BindingsAt(trace, i);
    model::Call call;
    call.step = i;
    call.actor = trace.plan.steps[i].actor.index;
    call.operation = &trace.plan.steps[i].operation;
    call.when = {trace.steps[i].not_before_s, trace.steps[i].not_after_s};
    model::ResolveReferences(call, [&](const Reference& reference) {
      return bindings.value(reference).value_or(WrappingSum(-1, reference.offset));
    });
    const model::Scene scene(setting, state, call);
    model::Describe(scene, clauses);
    visit(scene, clauses, i);
    model::Apply(scene, state, trace.steps[i].outcome);
    after(state);
  }
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_FOLLOW_H_
