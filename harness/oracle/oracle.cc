// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "harness/model/language/transition.h"
#include "harness/oracle/worlds.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec {
namespace {

using oracle::Flight;
using oracle::World;
using oracle::Worlds;

/// The values of handles as the trace goes on.
class HandleValues {
 public:
  explicit HandleValues(const Trace& trace) {
    values_.ForEach([](std::int64_t& value) { value = -1; });
    values_[HandleKind::kKey] = trace.keys;
  }

  std::int64_t operator()(const Reference& reference) const {
    if (!reference.handle) return reference.offset;
    return WrappingSum(values_[*reference.handle], reference.offset);
  }
  void Assign(Handle handle, std::int64_t value) { values_[handle] = value; }

 private:
  PerHandle<std::int64_t> values_;
};

/// Whether the plan has stores that others may see later than they were made.
bool HasWeakStores(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return std::visit(
        []<class Op>(const Op& op) {
          if constexpr (requires { op.order; }) {
            return !std::is_same_v<Op, MemoryLoad> && op.order != Order::kSeqCst;
          } else {
            return false;
          }
        },
        step.operation);
  });
}

/// One trace on its way through the worlds.
class TraceJudge {
 public:
  TraceJudge(const Trace& trace, const model::Profile& profile, const JudgeLimits& limits)
      : trace_(trace),
        limits_(limits),
        setting_{&profile, trace.system, trace.actors},
        values_(trace),
        weak_(HasWeakStores(trace.plan)),
        worlds_(setting_, model::InitialState(setting_, trace.plan), limits.worlds, limits.apart) {}

  Verdict Judge() {
    if (trace_.actors.size() < trace_.plan.actors.size()) {
      Undecided(std::nullopt,
                trace_.trouble.empty() ? "not every actor reported who it is" : trace_.trouble);
    } else {
      const std::vector<Event> events = EventsOf(trace_);
      for (std::size_t i = 0; i < events.size() && !over_; ++i) {
        const bool alone = events[i].kind == Event::Kind::kCall && worlds_.flights().empty() &&
                           i + 1 < events.size() && events[i + 1].step == events[i].step &&
                           events[i + 1].kind == Event::Kind::kReturn;
        if (alone) {
          Sequential(events[i++].step);
        } else {
          Follow(events[i]);
        }
        verdict_.worlds_peak = std::max(verdict_.worlds_peak, worlds_.size());
      }
      if (!over_ && !trace_.trouble.empty()) Undecided(std::nullopt, trace_.trouble);
    }
    verdict_.worlds_looked_at = worlds_.visited();
    verdict_.touched = worlds_.notes().touched.List();
    verdict_.observed = worlds_.notes().observed;
    verdict_.refused_by_environment = worlds_.notes().refused_by_environment;
    return std::move(verdict_);
  }

  bool IsStuck() {
    if (trace_.actors.size() < trace_.plan.actors.size()) return false;
    for (const Event& event : EventsOf(trace_)) {
      // Those that nothing in the plan ended were ended when the deadline had passed.
      if (event.kind == Event::Kind::kEnd && Lives(event.step)) continue;
      Follow(event);
      if (over_) return false;
    }
    return worlds_.IsAnyDue();
  }

 private:
  /// Whether the actor of the step lives in every world.
  bool Lives(std::uint32_t step) const {
    const std::uint8_t actor = trace_.plan.steps[step].actor.index;
    return std::all_of(worlds_.all().begin(), worlds_.all().end(), [&](const World& world) {
      return world.state.tasks[actor].life == model::Life::kAlive;
    });
  }

  model::Call CallOf(std::uint32_t step) const {
    const Performed& performed = trace_.steps[step];
    model::Call call;
    call.step = step;
    call.actor = trace_.plan.steps[step].actor.index;
    call.operation = &trace_.plan.steps[step].operation;
    call.when = {performed.not_before_s, performed.not_after_s};
    call.weakly_ordered = weak_;
    if (performed.returned) call.seen = &performed.outcome;
    model::ResolveReferences(call, values_);
    return call;
  }

  void Sequential(std::uint32_t step) {
    const Outcome& outcome = trace_.steps[step].outcome;
    if (IsTrouble(step)) return;
    const model::Call call = CallOf(step);
    if (!worlds_.Perform(call, outcome)) {
      Refute(call, worlds_.all());
      return;
    }
    Bind(step);
    CheckTotal(step);
  }

  void Follow(const Event& event) {
    if (event.kind == Event::Kind::kCall) return Begin(event.step);
    if (IsTrouble(event.step)) return;
    const bool ends = event.kind == Event::Kind::kEnd;
    const model::Call call = InFlight(event.step);
    const std::vector<World> before = ends ? worlds_.all() : std::vector<World>{};
    const Worlds::Survival survival = ends ? worlds_.End(event.step) : worlds_.Return(event.step);
    if (survival == Worlds::Survival::kTooMany) {
      Undecided(event.step, "more orders of the calls in flight than the limits allow");
    } else if (survival == Worlds::Survival::kUnexplained) {
      Died(call, before);
    } else if (survival == Worlds::Survival::kNone) {
      Refute(call, worlds_.Reachable());
    } else if (event.kind == Event::Kind::kReturn) {
      Bind(event.step);
    }
    CheckTotal(event.step);
  }

  /// The call of the step, with what is known of those that overlap it.
  model::Call InFlight(std::uint32_t step) const {
    for (const Flight& flight : worlds_.flights()) {
      if (flight.call.step == step) return flight.call;
    }
    return CallOf(step);
  }

  /// An actor that died in a call although nothing in the plan ends it.
  void Died(const model::Call& call, const std::vector<World>& before) {
    const auto* gone = std::get_if<Gone>(&trace_.steps[call.step].outcome);
    const bool killed = gone != nullptr && gone->how == GoneHow::kKilled && gone->code == SIGKILL;
    // The process that halts a plan kills the actors.
    if (gone == nullptr || gone->how == GoneHow::kUnknown) return;
    if (killed && trace_.halt != Halt::kNone) return;
    if (MayEndIn(call, before)) return;
    verdict_.death = call.step;
    const std::string message =
        fmt::format("actor {} {} in {}", trace_.plan.actors[call.actor].name, DeathText(*gone),
                    OperationName(*call.operation));
    if (killed || RoleOf(*call.operation) == Role::kPrepares) return Undecided(call.step, message);
    Refute(call, before);
    verdict_.message = message;
  }

  /// Whether the call may end its actor in any of the worlds, as one of which nothing is said may.
  bool MayEndIn(const model::Call& call, const std::vector<World>& worlds) const {
    return std::any_of(worlds.begin(), worlds.end(), [&](const World& world) {
      const model::Scene scene(setting_, world.state, call);
      model::Clauses clauses;
      model::Describe(scene, clauses);
      return model::Allows(clauses, scene, trace_.steps[call.step].outcome);
    });
  }

  void Begin(std::uint32_t step) {
    for (const Flight& flight : worlds_.flights()) {
      if (UsesResultOf(step, flight.call.step)) {
        return Undecided(step, "a handle is used while another step gives it its value");
      }
    }
    const Performed& performed = trace_.steps[step];
    worlds_.Call({CallOf(step), performed.returned ? &performed.outcome : nullptr});
  }

  bool UsesResultOf(std::uint32_t step, std::uint32_t other) const {
    const auto& assigned = trace_.plan.steps[other].assigns;
    if (!assigned) return false;
    bool uses = false;
    model::Call call;
    call.operation = &trace_.plan.steps[step].operation;
    model::ResolveReferences(call, [&](const Reference& reference) {
      uses = uses || reference.handle == assigned;
      return std::int64_t{0};
    });
    return uses;
  }

  void Bind(std::uint32_t step) {
    const auto& assigns = trace_.plan.steps[step].assigns;
    const auto* value = std::get_if<Value>(&trace_.steps[step].outcome);
    if (assigns && value != nullptr) values_.Assign(*assigns, value->number);
  }

  bool IsTrouble(std::uint32_t step) {
    if (!trace_.steps[step].returned) return false;
    const auto* trouble = std::get_if<Trouble>(&trace_.steps[step].outcome);
    if (trouble != nullptr) Undecided(step, trouble->reason);
    return trouble != nullptr;
  }

  void CheckTotal(std::uint32_t step) {
    if (!over_ && worlds_.visited() > limits_.total) {
      Undecided(step, "the trace takes more work than the limits allow");
    }
  }

  void Undecided(std::optional<std::size_t> step, std::string reason) {
    over_ = true;
    verdict_.kind = Verdict::Kind::kUndecided;
    verdict_.step = step;
    verdict_.message = std::move(reason);
  }

  /// The allowed outcomes of all possible worlds.
  void Refute(const model::Call& call, const std::vector<World>& worlds) {
    over_ = true;
    verdict_.kind = Verdict::Kind::kRefuted;
    verdict_.step = call.step;
    const Outcome& outcome = trace_.steps[call.step].outcome;
    std::string why;
    bool first = true;
    for (const World& world : worlds) {
      const model::Scene scene(setting_, world.state, call);
      model::Clauses clauses;
      model::Describe(scene, clauses);
      for (Allowed& allowed : model::AllowedOutcomes(clauses, scene)) {
        const bool listed =
            std::any_of(verdict_.allowed.begin(), verdict_.allowed.end(),
                        [&](const Allowed& other) { return other.pattern == allowed.pattern; });
        if (!listed) verdict_.allowed.push_back(std::move(allowed));
      }
      if (!std::exchange(first, false)) continue;
      model::Violation violation = model::Explain(clauses, scene, outcome);
      verdict_.violated = std::move(violation.requirements);
      why = std::move(violation.message);
    }
    std::sort(verdict_.violated.begin(), verdict_.violated.end());
    verdict_.violated.erase(std::unique(verdict_.violated.begin(), verdict_.violated.end()),
                            verdict_.violated.end());
    const auto& actors = trace_.plan.actors;
    verdict_.message =
        fmt::format("{} gave {}: {}", PrintStep(trace_.plan.steps[call.step], actors),
                    PrintOutcome(outcome, actors), why);
  }

  const Trace& trace_;
  const JudgeLimits& limits_;
  model::Setting setting_;
  HandleValues values_;
  bool weak_;
  Worlds worlds_;
  Verdict verdict_;
  bool over_ = false;
};

}  // namespace

Verdict Judge(const Trace& trace, const model::Profile& profile, const JudgeLimits& limits) {
  return TraceJudge(trace, profile, limits).Judge();
}

bool IsStuck(const Trace& trace, const model::Profile& profile, const JudgeLimits& limits) {
  return TraceJudge(trace, profile, limits).IsStuck();
}

}  // namespace shmspec
