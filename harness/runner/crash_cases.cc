// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/crash_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "harness/model/profile/profile.h"
#include "harness/runner/crash_plan.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace {

constexpr std::string_view kCrash = "/crash:";

/// How many orders of a race are tried for what they lead to.
constexpr std::uint64_t kOrders = 4;

/// Of races, how often a case with a crash between its steps is performed.
constexpr int kRaceRounds = 8;

/// Crashes inside steps, where nobody says how often.
constexpr int kInsideRounds = 100;

bool Races(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return step.timing == Timing::kRace; });
}

/// Takes the step away, and the join that waits for it.
void RemoveStep(Plan& plan, std::size_t index) {
  const Step removed = plan.steps[index];
  plan.steps.erase(plan.steps.begin() + static_cast<std::ptrdiff_t>(index));
  if (removed.timing != Timing::kStart) return;
  const auto join =
      std::find_if(plan.steps.begin() + static_cast<std::ptrdiff_t>(index), plan.steps.end(),
                   [&](const Step& step) {
                     return step.timing == Timing::kJoin && step.actor == removed.actor;
                   });
  if (join != plan.steps.end()) plan.steps.erase(join);
}

/// The step that waits for ever in some order of the races.
std::optional<std::size_t> StepThatWaits(const std::vector<Trace>& traces) {
  for (const Trace& trace : traces) {
    if (trace.halt == Halt::kOverdue && trace.halted_at) return trace.halted_at;
  }
  return std::nullopt;
}

/// The first step that uses a handle that has no value in any order of the races.
std::optional<std::size_t> StepWithoutValue(const std::vector<Trace>& traces) {
  std::set<Handle> valued;
  for (const Trace& trace : traces) {
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
      const bool given =
          trace.steps[i].returned && std::holds_alternative<Value>(trace.steps[i].outcome);
      if (given && trace.plan.steps[i].assigns) valued.insert(*trace.plan.steps[i].assigns);
    }
  }
  const std::vector<Step>& steps = traces.front().plan.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].timing == Timing::kJoin) continue;
    bool lacks_value = false;
    ForEachHandle(steps[i].operation, [&](const Handle& handle) {
      lacks_value = lacks_value || (handle.kind != HandleKind::kKey && !valued.contains(handle));
    });
    if (lacks_value) return i;
  }
  return std::nullopt;
}

Case WithCrash(const Case& base, const CrashPoint& point, const CrashOptions& options) {
  auto plan = std::make_shared<const Plan>(WithoutDeadEnds(PlanWithCrash(PlanOf(base), point)));
  Case derived = base;
  derived.id = plan->name;
  derived.build = nullptr;
  derived.rounds = point.inside   ? options.inside_rounds
                   : Races(*plan) ? std::min(base.rounds, kRaceRounds)
                                  : 1;
  derived.derived = std::move(plan);
  return derived;
}

/// Lists, as cases are known by their addresses.
std::deque<std::vector<Case>>& Made() {
  static std::deque<std::vector<Case>> made;
  return made;
}

const Case* FindMade(std::string_view id) {
  for (const std::vector<Case>& list : Made()) {
    for (const Case& made : list) {
      if (made.id == id) return &made;
    }
  }
  return nullptr;
}

}  // namespace

Plan WithoutDeadEnds(Plan plan) {
  const std::unique_ptr<Stage> stage = MakeSimulatedStage(*model::FindProfile("linux"));
  const bool races = Races(plan);
  while (true) {
    std::vector<Trace> traces;
    for (std::uint64_t seed = 0; seed < (races ? kOrders : 1); ++seed) {
      traces.push_back(stage->Perform(plan, seed));
    }
    std::optional<std::size_t> step = StepThatWaits(traces);
    if (!step) step = StepWithoutValue(traces);
    if (!step) return plan;
    RemoveStep(plan, *step);
  }
}

const std::vector<Case>& CrashCasesOf(std::span<const Case* const> cases,
                                      const CrashOptions& options) {
  std::vector<Case>& made = Made().emplace_back();
  for (const Case* base : cases) {
    const Plan plan = PlanOf(*base);
    std::vector<CrashPoint> points = CrashPointsOf(plan, CrashPlaces::kBetweenSteps);
    if (options.inside_rounds > 0) {
      const std::vector<CrashPoint> inside = CrashPointsOf(plan, CrashPlaces::kInsideSteps);
      points.insert(points.end(), inside.begin(), inside.end());
    }
    for (const CrashPoint& point : points) made.push_back(WithCrash(*base, point, options));
  }
  return made;
}

SelectionOptions BasesOf(const SelectionOptions& selecting) {
  SelectionOptions bases = selecting;
  bases.filters.clear();
  for (const std::string& filter : selecting.filters) {
    if (filter.starts_with("-") && NamesCrash(filter)) continue;
    bases.filters.emplace_back(WithoutCrash(filter));
  }
  bases.shard = {};
  bases.shuffle.reset();
  return bases;
}

Result<Selection> SelectCrashes(const SelectionOptions& selecting, const CrashOptions& options) {
  const Result<Selection> selected = Select(AllCases(), BasesOf(selecting));
  if (!selected.ok()) return selected.error();
  return Select(CrashCasesOf(selected->cases, options), selecting);
}

bool NamesCrash(std::string_view id) { return id.find(kCrash) != std::string_view::npos; }

std::string_view WithoutCrash(std::string_view id) { return id.substr(0, id.find(kCrash)); }

std::string CrashWords(const Case& test_case) {
  if (!NamesCrash(test_case.id)) return "";
  const bool inside = test_case.id.find(":in-") != std::string_view::npos;
  return inside ? fmt::format("--crash-inside {} ", test_case.rounds) : "--crash ";
}

const Case* FindCrashCase(std::string_view id) {
  if (const Case* made = FindMade(id)) return made;
  const Case* base = NamesCrash(id) ? FindCase(WithoutCrash(id)) : nullptr;
  if (base == nullptr) return nullptr;
  CrashCasesOf({&base, 1}, {kInsideRounds});
  return FindMade(id);
}

}  // namespace shmspec
