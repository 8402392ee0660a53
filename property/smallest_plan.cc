// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "property/smallest_plan.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/oracle/oracle.h"
#include "harness/vocabulary/plan/handles.h"
#include "property/generators.h"

namespace shmspec {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kEnough = 2;
constexpr int kMostTimes = 2000;

/// The plan without one step; nothing when others need it.
std::optional<Plan> WithoutStep(Plan plan, std::size_t step) {
  plan.steps.erase(plan.steps.begin() + static_cast<std::ptrdiff_t>(step));
  if (plan.steps.empty() || FindFlaw(plan)) return std::nullopt;
  return plan;
}

/// The plan without an actor that has no part in it.
std::optional<Plan> WithoutActor(Plan plan, std::uint8_t actor) {
  const auto names = [actor](const Step& step) {
    bool named = step.actor.index == actor;
    ForEachActor(step.operation, [&](const ActorRef& ref) { named |= ref.index == actor; });
    return named;
  };
  if (std::any_of(plan.steps.begin(), plan.steps.end(), names)) return std::nullopt;
  plan.actors.erase(plan.actors.begin() + actor);
  const auto renumber = [actor](ActorRef& ref) {
    if (ref.index > actor) --ref.index;
  };
  for (Step& step : plan.steps) {
    renumber(step.actor);
    ForEachActor(step.operation, renumber);
  }
  return plan;
}

/// The plan with its race as turns.
Plan OneAfterTheOther(Plan plan) {
  for (Step& step : plan.steps) step.timing = Timing::kTurn;
  return plan;
}

class Shrinking {
 public:
  Shrinking(Stage& stage, const model::Profile& profile, std::uint64_t seed, Clock::time_point end)
      : stage_(stage), profile_(profile), seed_(seed), end_(end) {}

  /// Finds out how often a plan has to be performed; false when it hardly ever fails.
  bool Measure(const Plan& plan) {
    best_ = Repeat(stage_, profile_, plan, seed_, kMostTimes, 2 * kEnough);
    if (best_.refuted < kEnough) return false;
    times_ = std::clamp(3 * best_.performed / best_.refuted * kEnough, 4 * kEnough, kMostTimes);
    return true;
  }

  ParallelChoices Choose(ParallelChoices choices, LikelyWeights weights) {
    for (bool smaller = true; smaller;) {
      smaller = false;
      auto candidates = ShrinkParallelChoices(choices);
      for (auto next = candidates.next(); next && !smaller; next = candidates.next()) {
        if (Clock::now() > end_) return choices;
        smaller = Try(PlanOf(*next, weights));
        if (smaller) choices = *next;
        if (smaller) break;
      }
    }
    return choices;
  }

  /// Leaves out single steps, from the last, and then actors.
  void Prune() {
    if (Try(OneAfterTheOther(best_.trace.plan))) times_ = 4 * kEnough;
    for (bool smaller = true; smaller;) {
      smaller = false;
      for (std::size_t i = best_.trace.plan.steps.size(); i-- > 0;) {
        if (Clock::now() > end_) return;
        const auto plan = WithoutStep(best_.trace.plan, i);
        smaller = (plan && Try(*plan)) || smaller;
      }
    }
    for (std::size_t i = best_.trace.plan.actors.size(); i-- > 0;) {
      const auto plan = WithoutActor(best_.trace.plan, static_cast<std::uint8_t>(i));
      if (plan) Try(*plan);
    }
  }

  Tally best() && { return std::move(best_); }

 private:
  bool Try(const Plan& plan) {
    if (plan.steps.empty() || FindFlaw(plan)) return false;
    Tally tally = Repeat(stage_, profile_, plan, seed_, times_, kEnough);
    if (tally.refuted < kEnough || tally.symptom != best_.symptom) return false;
    best_ = std::move(tally);
    return true;
  }

  Stage& stage_;
  const model::Profile& profile_;
  const std::uint64_t seed_;
  const Clock::time_point end_;
  int times_ = kMostTimes;
  Tally best_;
};

std::string NameAt(const Trace& trace, std::optional<std::size_t> step) {
  return step ? std::string(OperationName(trace.plan.steps[*step].operation)) : "";
}

/// Whether the specification does not allow the trace; says why.
bool IsRefuted(const Trace& trace, const model::Profile& profile, Tally& tally) {
  if (trace.halt == Halt::kOverdue && IsStuck(trace, profile)) {
    tally.message = "a call that can go on waits: " + trace.trouble;
    tally.symptom = "hangs in " + NameAt(trace, trace.halted_at);
    return true;
  }
  Verdict verdict = Judge(trace, profile);
  if (verdict.kind != Verdict::Kind::kRefuted) return false;
  tally.message = std::move(verdict.message);
  tally.symptom = (verdict.death ? "dies in " : "fails in ") +
                  NameAt(trace, verdict.death ? verdict.death : verdict.step);
  return true;
}

}  // namespace

Tally Repeat(Stage& stage, const model::Profile& profile, const Plan& plan, std::uint64_t seed,
             int times, int enough, std::chrono::milliseconds most) {
  const auto end = Clock::now() + most;
  Tally tally;
  while (tally.performed < times && tally.refuted < enough && Clock::now() < end) {
    const std::uint64_t own_seed = seed + static_cast<std::uint64_t>(tally.performed++);
    Trace trace = stage.Perform(plan, own_seed);
    if (tally.refuted > 0) {
      Tally again;
      tally.refuted += IsRefuted(trace, profile, again) && again.symptom == tally.symptom ? 1 : 0;
    } else if (IsRefuted(trace, profile, tally)) {
      tally.refuted = 1;
      tally.seed = own_seed;
      tally.trace = std::move(trace);
    }
  }
  return tally;
}

Tally Shrink(Stage& stage, const model::Profile& profile, const ParallelChoices& choices,
             LikelyWeights weights, std::uint64_t seed, std::chrono::milliseconds time) {
  Shrinking shrinking(stage, profile, seed, Clock::now() + time);
  if (shrinking.Measure(PlanOf(choices, weights))) {
    shrinking.Choose(choices, weights);
    shrinking.Prune();
  }
  Tally best = std::move(shrinking).best();
  if (best.refuted == 0) return best;
  // How often the last one fails, by itself.
  Tally last = Repeat(stage, profile, best.trace.plan, best.seed, 1000, 1000);
  if (last.refuted == 0) return best;
  return last;
}

}  // namespace shmspec
