// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The specification agrees with itself, call by call along drawn plans: it allows every outcome
// that it prints as allowed and every one that it chooses, and equal states have equal digests.
// RC_PARAMS="seed=N" repeats a failing run; rapidcheck prints it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/language/clauses.h"
#include "harness/model/language/transition.h"
#include "harness/target/simulated/follow.h"
#include "harness/target/simulated/linux_chooser.h"
#include "harness/target/simulated/near_outcomes.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/text.h"
#include "property/generators.h"

namespace shmspec {
namespace {

using model::Clauses;
using model::Scene;

constexpr std::size_t kSteps = 20;

/// A plan of users some of whom live in namespaces of their own or call as 32-bit programs do.
Plan DrawnPlan(std::uint64_t seed) {
  Plan plan = PlanOf(*LikelyPlans(kSteps, {}), {});
  SeededChoices choices(seed);
  for (ActorSpec& actor : plan.actors) {
    if (actor.start != Start::kSpawn || choices.Below(2) == 0) continue;
    actor.namespaces.bits = choices.Below(8);
    actor.abi = NamesOf<Abi>::kNames[choices.Below(NamesOf<Abi>::kNames.size())].value;
  }
  return plan;
}

/// Whether patterns say less of this outcome than the clauses (see AllowedOutcomes).
bool IsLooselyPrinted(const Clauses& clauses, const Outcome& outcome) {
  const bool table = std::visit(
      [](const auto& r) {
        return requires { r.rows; };
      },
      outcome);
  const bool picked = clauses.fresh().broken != nullptr && std::holds_alternative<Value>(outcome);
  return table || picked || std::holds_alternative<ToolResult>(outcome);
}

void CheckPrinted(const Clauses& clauses, const Scene& scene, const Outcome& outcome,
                  const Trace& trace) {
  const Bindings bindings = BindingsAt(trace, 0);
  bool printed = false;
  std::string texts;
  for (const model::Allowed& allowed : model::AllowedOutcomes(clauses, scene)) {
    printed = printed || Matches(allowed.pattern, outcome, bindings);
    texts += PrintPattern(allowed.pattern, trace.plan.actors) + "\n";
  }
  const bool allowed = model::Allows(clauses, scene, outcome);
  if (allowed == printed || (printed && IsLooselyPrinted(clauses, outcome))) return;
  RC_LOG(PrintStep(trace.plan.steps[scene.call().step], trace.plan.actors));
  RC_LOG(PrintOutcome(outcome, trace.plan.actors));
  RC_LOG("printed as allowed:\n" + texts);
  RC_FAIL(allowed ? "it is allowed and not printed" : "it is printed and not allowed");
}

RC_GTEST_PROP(Specification, AllowsWhatItPrintsAndNothingElse, (std::uint64_t seed)) {
  const Plan plan = DrawnPlan(seed);
  SeededChoices choices(seed);
  for (const model::Profile* profile : model::AllProfiles()) {
    const Trace trace = MakeSimulatedStage(*profile)->Perform(plan, seed);
    Follow(
        trace, *profile,
        [&](const Scene& scene, const Clauses& clauses, std::uint32_t step) {
          const auto below = [&](std::uint64_t bound) { return choices.Below(bound); };
          std::vector<Outcome> outcomes =
              NearOutcomes(clauses, scene, trace.steps[step].outcome, below);
          for (int i = 0; i < 3; ++i) outcomes.push_back(DrawOutcome(choices));
          for (const Outcome& outcome : outcomes) CheckPrinted(clauses, scene, outcome, trace);
        },
        [](const model::State&) {});
  }
}

RC_GTEST_PROP(Specification, AllowsWhatItChooses, (std::uint64_t seed)) {
  const Plan plan = DrawnPlan(seed);
  for (const model::Profile* profile : model::AllProfiles()) {
    const Trace trace = MakeSimulatedStage(*profile)->Perform(plan, seed);
    LinuxChooser chooser;  // it remembers which identifiers it gave
    Follow(
        trace, *profile,
        [&](const Scene& scene, const Clauses& clauses, std::uint32_t step) {
          RC_LOG(PrintStep(plan.steps[step], plan.actors));
          const Outcome chosen = model::Choose(clauses, scene, chooser);
          RC_LOG(PrintOutcome(chosen, plan.actors));
          RC_ASSERT(model::Allows(clauses, scene, chosen));
          RC_ASSERT(model::Allows(clauses, scene, trace.steps[step].outcome));
        },
        [](const model::State&) {});
  }
}

/// The same state that shares nothing with it.
model::State Unshared(const model::State& state) {
  model::State copy = state;
  for (auto& one : copy.namespaces) one = model::CopyOnWrite<model::IpcNamespace>(*one);
  for (auto& one : copy.objects) {
    one.memory = model::CopyOnWrite<model::MemoryObject>(*one.memory);
  }
  for (auto& one : copy.tasks) {
    one.credentials = model::CopyOnWrite<model::Credentials>(*one.credentials);
  }
  for (auto& one : copy.processes) {
    one.space = model::CopyOnWrite<model::AddressSpace>(*one.space);
    one.descriptors = model::CopyOnWrite<model::DescriptorTable>(*one.descriptors);
  }
  copy.nodes = model::CopyOnWrite<std::vector<model::Node>>(*state.nodes);
  copy.files = model::CopyOnWrite<std::vector<model::OpenFile>>(*state.files);
  return copy;
}

/// A state without what is known to be free, which digests leave out.
model::State WithoutWhatIsFree(model::State state) {
  for (auto& process : state.processes) {
    model::AddressSpace space;
    space.locks_new = process.space->locks_new;
    space.locks_more = process.space->locks_more;
    for (const model::Mapping& mapping : process.space->mappings()) space.Insert(mapping);
    process.space = model::CopyOnWrite<model::AddressSpace>(space);
    model::DescriptorTable table;
    for (const model::Descriptor& descriptor : process.descriptors->open()) {
      table.Insert(descriptor);
    }
    process.descriptors = model::CopyOnWrite<model::DescriptorTable>(table);
  }
  return state;
}

RC_GTEST_PROP(Specification, GivesEqualStatesEqualDigestsAndOthersOthers, (std::uint64_t seed)) {
  const Plan plan = DrawnPlan(seed);
  const Trace trace = MakeSimulatedStage(*model::FindProfile("linux"))->Perform(plan, seed);
  std::multimap<std::uint64_t, model::State> seen;
  std::uint32_t last = 0;
  Follow(
      trace, *model::FindProfile("linux"),
      [&](const Scene&, const Clauses&, std::uint32_t step) { last = step; },
      [&](const model::State& state) {
        const std::uint64_t digest = Digest(state);
        RC_ASSERT(Unshared(state) == state);
        RC_ASSERT(Digest(Unshared(state)) == digest);
        const model::State plain = WithoutWhatIsFree(state);
        RC_LOG(PrintStep(plan.steps[last], plan.actors));
        for (const auto& [other_digest, other] : seen) {
          RC_ASSERT((other_digest == digest) == (other == plain));
        }
        seen.emplace(digest, plain);
      });
}

}  // namespace
}  // namespace shmspec
