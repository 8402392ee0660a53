// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/crash_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "harness/runner/watch_steps.h"
#include "harness/vocabulary/plan/handles.h"

namespace shmspec {
namespace {

constexpr std::uint8_t kNobody = 255;

std::optional<ActorRef> MadeBy(const Operation& operation) {
  if (const auto* fork = std::get_if<ProcessFork>(&operation)) return fork->child;
  if (const auto* thread = std::get_if<ProcessThread>(&operation)) return thread->child;
  return std::nullopt;
}

bool SameRace(const Step& a, const Step& b) {
  return a.timing == Timing::kRace && b.timing == Timing::kRace && a.race == b.race;
}

/// The first actor of the process of each actor, however far the plan has got. Threads belong to
/// the process of the actor that starts them.
std::vector<std::uint8_t> ProcessesOf(const Plan& plan) {
  std::vector<std::uint8_t> processes(plan.actors.size());
  for (std::uint8_t i = 0; i < processes.size(); ++i) processes[i] = i;
  for (const Step& step : plan.steps) {
    if (step.timing == Timing::kJoin) continue;
    const auto* thread = std::get_if<ProcessThread>(&step.operation);
    if (thread != nullptr) processes[thread->child.index] = processes[step.actor.index];
  }
  return processes;
}

/// Follows the pid namespaces of processes: with the first process of one all others of it end.
class PidNamespaces {
 public:
  explicit PidNamespaces(const Plan& plan) : own_(plan.actors.size()), of_children_(own_) {
    for (std::uint8_t i = 0; i < plan.actors.size(); ++i) {
      const bool apart = plan.actors[i].namespaces.Has(kNamespacePid);
      if (apart) own_[i] = of_children_[i] = Add(0, i);
    }
  }

  void Unshare(std::uint8_t process) { of_children_[process] = Add(own_[process], kNobody); }

  void Fork(std::uint8_t parent, std::uint8_t child) {
    own_[child] = of_children_[child] = of_children_[parent];
    Space& space = spaces_[own_[child]];
    if (own_[child] != 0 && space.first == kNobody) space.first = child;
  }

  /// Whether the end of the process, which is the first of its namespace, ends the other one.
  bool EndsWith(std::uint8_t process, std::uint8_t other) const {
    if (spaces_[own_[process]].first != process || other == process) return false;
    for (std::size_t space = own_[other]; space != 0; space = spaces_[space].parent) {
      if (space == own_[process]) return true;
    }
    return false;
  }

 private:
  struct Space {
    std::size_t parent = 0;
    std::uint8_t first = kNobody;
  };

  std::size_t Add(std::size_t parent, std::uint8_t first) {
    spaces_.push_back({parent, first});
    return spaces_.size() - 1;
  }

  std::vector<Space> spaces_{Space{}};  // the first one is that of the harness
  std::vector<std::size_t> own_;        // of each process
  std::vector<std::size_t> of_children_;
};

/// The step is performed alone, or is the first or last line of its race.
struct Block {
  std::size_t first = 0;
  std::size_t end = 0;
};

Block BlockAt(const Plan& plan, std::size_t step) {
  Block block{step, step + 1};
  while (block.first > 0 && SameRace(plan.steps[block.first - 1], plan.steps[step])) --block.first;
  while (block.end < plan.steps.size() && SameRace(plan.steps[block.end], plan.steps[step])) {
    ++block.end;
  }
  return block;
}

bool IsBranch(const Step& step) { return std::holds_alternative<MemoryBranch>(step.operation); }

/// `sync.mutex` of an operation on a mutex, and so on; empty for one of another family.
std::string_view SyncKindOf(const Operation& operation) {
  if (FamilyOf(operation) != Family::kSync) return {};
  const std::string_view name = OperationName(operation);
  return name.substr(0, name.find('_'));
}

bool IsInit(const Operation& operation) { return OperationName(operation).ends_with("_init"); }

/// Whether a crash inside the block means something: calls that were started are in progress
/// anyway, the branches of a litmus test wait for each other, and a tool makes several calls.
bool CanCrashInside(const Plan& plan, const Block& block) {
  return std::all_of(
      plan.steps.begin() + static_cast<std::ptrdiff_t>(block.first),
      plan.steps.begin() + static_cast<std::ptrdiff_t>(block.end), [](const Step& step) {
        const bool alone = step.timing == Timing::kTurn;
        const bool one_call = !IsBranch(step) && FamilyOf(step.operation) != Family::kSystem;
        return (alone || step.timing == Timing::kRace) && one_call;
      });
}

bool IsRwlockWait(const Step& step) {
  return step.timing != Timing::kJoin && std::holds_alternative<SyncRwlockLock>(step.operation);
}

/// Whether the crash may come while the process waits for a rwlock. Nothing is said of one whose
/// waiter was killed: glibc lets nobody have it any more.
bool MayBreakRwlock(const Plan& plan, const std::vector<std::uint8_t>& processes,
                    const CrashPoint& point) {
  const auto is_own = [&](const Step& step) {
    return processes[step.actor.index] == processes[point.victim.index];
  };
  std::set<std::uint8_t> waiting;
  for (std::size_t i = 0; i < point.before; ++i) {
    const Step& step = plan.steps[i];
    if (!is_own(step)) continue;
    if (step.timing == Timing::kJoin) waiting.erase(step.actor.index);
    if (step.timing == Timing::kStart && IsRwlockWait(step)) waiting.insert(step.actor.index);
  }
  if (!point.inside) return !waiting.empty();
  const Block block = BlockAt(plan, point.before);
  return !waiting.empty() ||
         std::any_of(plan.steps.begin() + static_cast<std::ptrdiff_t>(block.first),
                     plan.steps.begin() + static_cast<std::ptrdiff_t>(block.end),
                     [&](const Step& step) { return is_own(step) && IsRwlockWait(step); });
}

std::string FreeName(const Plan& plan) {
  std::string name = "watcher";
  const auto taken = [&](const ActorSpec& actor) { return actor.name == name; };
  while (std::any_of(plan.actors.begin(), plan.actors.end(), taken)) name += '_';
  return name;
}

/// Copies a plan step by step, with a crash.
class CrashWriter {
 public:
  CrashWriter(const Plan& plan, const CrashPoint& point)
      : plan_(plan), point_(point), processes_(ProcessesOf(plan)), pids_(plan) {
    out_.name = fmt::format("{}/crash:{}:{}", plan.name, plan.actors[point.victim.index].name,
                            point.inside ? fmt::format("in-{}", point.before + 1)
                                         : fmt::format("after-{}", point.before));
    out_.requirements = plan.requirements;
    out_.actors = plan.actors;
    watcher_.index = static_cast<std::uint8_t>(plan.actors.size());
    out_.actors.emplace_back().name = FreeName(plan);
    for (const ActorSpec& actor : plan.actors) {
      alive_.push_back(actor.start == Start::kSpawn);
      busy_.push_back(false);
    }
  }

  Plan Write() && {
    const std::vector<Step>& steps = plan_.steps;
    for (std::size_t i = 0; i < steps.size();) {
      const Block block = BlockAt(plan_, i);
      const bool here = block.first == point_.before;
      if (here && !point_.inside) Crash();
      if (here && point_.inside) CrashBefore(processes_[point_.victim.index]);
      const bool branches = std::all_of(
          steps.begin() + static_cast<std::ptrdiff_t>(block.first),
          steps.begin() + static_cast<std::ptrdiff_t>(block.end),
          [&](const Step& step) { return !IsBranch(step) || alive_[step.actor.index]; });
      for (; i < block.end; ++i) {
        if (branches || !IsBranch(steps[i])) Copy(steps[i], here && point_.inside);
      }
      if (here && point_.inside) CrashInside(steps[block.first]);
    }
    if (point_.before == steps.size() && !point_.inside) Crash();
    EndTheBusy();
    NumberRaces();
    AddWatch(out_, watcher_);
    return std::move(out_);
  }

 private:
  Step Kill(std::uint8_t victim, Timing timing) const {
    Step step;
    step.actor = watcher_;
    step.timing = timing;
    step.operation = ProcessKill{{victim}, {SIGKILL}};
    return step;
  }

  /// With the first process of a pid namespace the others of it end, which nobody sees; they are
  /// killed before.
  void CrashBefore(std::uint8_t victim) {
    for (std::uint8_t i = 0; i < alive_.size(); ++i) {
      if (processes_[i] != i || !alive_[i] || !pids_.EndsWith(victim, i)) continue;
      out_.steps.push_back(Kill(i, Timing::kTurn));
      End(i);
    }
  }

  /// Calls that a dead actor would have ended go on when the plan has ended: by then the harness
  /// ends the others, one after the other.
  void EndTheBusy() {
    for (std::uint8_t i = 0; i < alive_.size(); ++i) {
      if (!alive_[i] || !busy_[i]) continue;
      CrashBefore(processes_[i]);
      out_.steps.push_back(Kill(processes_[i], Timing::kTurn));
      End(processes_[i]);
    }
  }

  void Crash() {
    const std::uint8_t victim = processes_[point_.victim.index];
    CrashBefore(victim);
    out_.steps.push_back(Kill(victim, Timing::kTurn));
    End(victim);
  }

  void CrashInside(const Step& beside) {
    const std::uint8_t victim = processes_[point_.victim.index];
    Step kill = Kill(victim, Timing::kRace);
    kill.race = beside.timing == Timing::kRace ? beside.race : kOwnRace;
    out_.steps.push_back(std::move(kill));
    End(victim);
  }

  /// Its calls in flight are over as well.
  void End(std::uint8_t process) {
    for (std::uint8_t i = 0; i < alive_.size(); ++i) {
      if (processes_[i] != process) continue;
      alive_[i] = false;
      if (!busy_[i]) continue;
      busy_[i] = false;
      Step join;
      join.actor.index = i;
      join.timing = Timing::kJoin;
      out_.steps.push_back(std::move(join));
    }
  }

  void Follow(const Step& step) {
    const std::uint8_t process = processes_[step.actor.index];
    const auto* unshare = std::get_if<ProcessUnshare>(&step.operation);
    if (unshare != nullptr && unshare->namespaces.Has(kNamespacePid)) pids_.Unshare(process);
    const auto* fork = std::get_if<ProcessFork>(&step.operation);
    if (fork != nullptr) pids_.Fork(process, fork->child.index);
    if (const auto child = MadeBy(step.operation)) alive_[child->index] = true;
  }

  void Copy(Step step, bool beside_crash) {
    const std::uint8_t actor = step.actor.index;
    if (!alive_[actor]) return;
    if (step.timing == Timing::kJoin) {
      if (busy_[actor]) out_.steps.push_back(std::move(step));
      busy_[actor] = false;
      return;
    }
    bool lacks_value = false;
    ForEachHandle(step.operation, [&](const Handle& handle) {
      lacks_value = lacks_value || (handle.kind != HandleKind::kKey && !assigned_.contains(handle));
    });
    if (lacks_value || LacksObject(step.operation)) return;
    step.expected.reset();
    step.line = 0;
    if (auto* count = std::get_if<MemoryHistogram>(&step.operation)) {
      // It begins a new test.
      if (!std::exchange(branches_ran_, false)) return;
      count->at_least = 0;
    }
    branches_ran_ = branches_ran_ || IsBranch(step);
    if (step.assigns) assigned_.insert(*step.assigns);
    Follow(step);
    busy_[actor] = busy_[actor] || step.timing == Timing::kStart;
    if (beside_crash && step.timing == Timing::kTurn) {
      step.timing = Timing::kRace;
      step.race = kOwnRace;
    }
    out_.steps.push_back(std::move(step));
  }

  /// Whether it uses an object of synchronisation that a dead actor would have made: nothing is
  /// said of that.
  bool LacksObject(const Operation& operation) {
    const std::string_view kind = SyncKindOf(operation);
    if (kind.empty()) return false;
    if (IsInit(operation)) made_.insert(kind);
    return !made_.contains(kind) &&
           std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
             return step.timing != Timing::kJoin && IsInit(step.operation) &&
                    SyncKindOf(step.operation) == kind;
           });
  }

  void NumberRaces() {
    std::uint16_t next = 0;
    std::optional<std::uint16_t> before;
    for (Step& step : out_.steps) {
      const bool races = step.timing == Timing::kRace;
      const std::uint16_t now = step.race;
      if (before && !(races && now == *before)) ++next;
      if (races) step.race = next;
      before = races ? std::optional(now) : std::nullopt;
    }
  }

  static constexpr std::uint16_t kOwnRace = 0xffff;

  const Plan& plan_;
  const CrashPoint& point_;
  std::vector<std::uint8_t> processes_;
  PidNamespaces pids_;
  ActorRef watcher_;
  std::vector<bool> alive_;
  std::vector<bool> busy_;
  std::set<Handle> assigned_;
  std::set<std::string_view> made_;  // kinds of objects of synchronisation
  bool branches_ran_ = false;        // of a litmus test whose endings were not counted yet
  Plan out_;
};

/// Whether the step ends its process, so that nobody can kill it afterwards.
bool Exits(const Step& step) {
  const auto* exit = std::get_if<ProcessExit>(&step.operation);
  return step.timing != Timing::kJoin && exit != nullptr && exit->how != ExitHow::kThread;
}

}  // namespace

std::vector<CrashPoint> CrashPointsOf(const Plan& plan, CrashPlaces places) {
  if (plan.actors.size() == ActorRef::kLimit) return {};
  const std::vector<std::uint8_t> processes = ProcessesOf(plan);
  std::vector<CrashPoint> points;
  std::vector<Plan> plans;
  const auto add = [&](const CrashPoint& point) {
    if (std::find(points.begin(), points.end(), point) != points.end()) return;
    if (MayBreakRwlock(plan, processes, point)) return;
    Plan derived = PlanWithCrash(plan, point);
    derived.name.clear();
    if (std::find(plans.begin(), plans.end(), derived) != plans.end()) return;
    points.push_back(point);
    plans.push_back(std::move(derived));
  };
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const Block block = BlockAt(plan, i);
    const ActorRef own{processes[step.actor.index]};
    if (places == CrashPlaces::kInsideSteps) {
      if (CanCrashInside(plan, block)) add({own, block.first, true});
      continue;
    }
    add({own, block.first});
    if (!Exits(step)) add({own, block.end});
    const auto child = step.timing != Timing::kJoin ? MadeBy(step.operation) : std::nullopt;
    if (child) add({{processes[child->index]}, block.end});
  }
  return points;
}

Plan PlanWithCrash(const Plan& plan, const CrashPoint& point) {
  return CrashWriter(plan, point).Write();
}

}  // namespace shmspec
