// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/simulated_run.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <tuple>
#include <utility>

#include "harness/model/language/transition.h"
#include "harness/vocabulary/plan/usual_facts.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kHugePageBytes = 2ull << 20;
constexpr std::uint64_t kHugePages = 8;
constexpr std::int32_t kUmask = 022;

}  // namespace

SimulatedRun::SimulatedRun(const model::Profile& profile, const Plan& plan, std::uint64_t seed,
                           Tampering* tampering)
    : plan_(plan), tampering_(tampering), random_(seed) {
  trace_.plan = plan;
  trace_.steps.resize(plan.steps.size());
  trace_.system = UsualSystem();
  trace_.system.huge_page_size = kHugePageBytes;
  trace_.system.huge_pages_free = kHugePages;
  trace_.system.protected_regular = 1;
  for (std::size_t i = 0; i < trace_.keys.size(); ++i) {
    trace_.keys[i] = kUsualFirstKey + static_cast<std::int64_t>(i);
  }
  handles_.ForEach([](std::int64_t& value) { value = -1; });
  handles_[HandleKind::kKey] = trace_.keys;
  MakeFacts();
  setting_ = {&profile, trace_.system, trace_.actors};
  state_ = model::InitialState(setting_, plan);
  if (tampering_ != nullptr) tampering_->Begin();
}

void SimulatedRun::MakeFacts() {
  for (std::size_t i = 0; i < plan_.actors.size(); ++i) {
    trace_.actors.push_back(UsualFacts(plan_.actors[i], i));
    trace_.actors.back().umask = kUmask;
  }
}

Trace SimulatedRun::Perform() && {
  for (std::uint32_t i = 0; i < plan_.steps.size() && trace_.halt == Halt::kNone; ++i) {
    const Step& step = plan_.steps[i];
    if (step.timing == Timing::kJoin) {
      Join(step.actor.index);
      overlapping_ = --started_ > 0;
    } else if (step.timing == Timing::kStart) {
      ++started_;
      overlapping_ = true;
      Start(i);
    } else if (step.timing == Timing::kRace) {
      std::vector<std::uint32_t> steps{i};
      while (i + 1 < plan_.steps.size() && plan_.steps[i + 1].timing == Timing::kRace &&
             plan_.steps[i + 1].race == step.race) {
        steps.push_back(++i);
      }
      PerformRace(std::move(steps));
    } else if (overlapping_) {
      PerformBeside(i);
    } else {
      PerformAlone(i);
    }
  }
  while (GoOnOrGiveUp()) {
  }
  trace_.actors = setting_.actors;
  return std::move(trace_);
}

model::Call SimulatedRun::Make(std::uint32_t step) {
  model::Call call;
  call.step = step;
  call.actor = plan_.steps[step].actor.index;
  call.operation = &plan_.steps[step].operation;
  const std::int64_t now = std::time(nullptr) + ahead_s_;
  call.when = {now, now};
  call.instant = true;
  model::ResolveReferences(call, [this](const Reference& reference) {
    if (!reference.handle) return reference.offset;
    const Handle& handle = *reference.handle;
    return WrappingSum(handles_[handle], reference.offset);
  });
  Performed& performed = trace_.steps[step];
  performed.called = true;
  performed.not_before_s = performed.not_after_s = now;
  return call;
}

void SimulatedRun::PerformAlone(std::uint32_t step) {
  model::Call call = Make(step);
  Outcome outcome;
  if (!PerformAtOnce(call, outcome)) return Wait(step);
  Record(step, outcome);
}

bool SimulatedRun::PerformAtOnce(model::Call& call, Outcome& outcome) {
  // Actors that were never started make no calls, so no fault applies.
  const bool started = state_.tasks[call.actor].process != model::kNobody;
  Tampering* const tampering = started ? tampering_ : nullptr;
  std::optional<model::State> before;
  std::optional<std::pair<model::State, model::Call>> untouched;
  if (tampering != nullptr) {
    untouched.emplace(state_, call);
    tampering->Before(state_, call);
    before = state_;
  }
  const model::Scene scene(setting_, state_, call);
  model::Describe(scene, clauses_);
  if (clauses_.IsBlocked()) {
    // It is made again later, when the fault has something else in mind.
    if (untouched) std::tie(state_, call) = std::move(*untouched);
    return false;
  }
  outcome = model::Choose(clauses_, scene, chooser_);
  model::Apply(scene, state_, outcome);
  if (tampering != nullptr) tampering->After(*before, call, state_, outcome);
  return true;
}

void SimulatedRun::Wait(std::uint32_t step) {
  trace_.halt = Halt::kOverdue;
  trace_.halted_at = step;
  trace_.trouble = "nothing could go on";
}

void SimulatedRun::Record(std::uint32_t step, const Outcome& outcome) {
  Performed& performed = trace_.steps[step];
  performed.returned = true;
  performed.outcome = outcome;
  if (overlapping_) performed.return_ns = ++instant_ns_;
  if (std::holds_alternative<SystemNextSecond>(plan_.steps[step].operation)) ++ahead_s_;
  const auto& assigns = plan_.steps[step].assigns;
  if (const auto* value = std::get_if<Value>(&outcome); assigns && value != nullptr) {
    handles_[*assigns] = value->number;
  }
  NoteChild(step, outcome);
  const bool last = step + 1 == plan_.steps.size();
  if (last || trace_.halt != Halt::kNone || !EndsPlan(plan_.steps[step], outcome)) return;
  trace_.halt = Halt::kRefused;
  trace_.halted_at = step;
}

void SimulatedRun::NoteChild(std::uint32_t step, const Outcome& outcome) {
  const Operation& operation = plan_.steps[step].operation;
  const auto* fork = std::get_if<ProcessFork>(&operation);
  const auto* thread = std::get_if<ProcessThread>(&operation);
  if ((fork == nullptr && thread == nullptr) || !Succeeded(outcome)) return;
  const std::size_t child = fork != nullptr ? fork->child.index : thread->child.index;
  const ActorFacts& parent = setting_.actors[plan_.steps[step].actor.index];
  ActorFacts& facts = setting_.actors[child];
  const std::int64_t pid = thread != nullptr ? parent.pid : facts.pid;
  const bool shares_ids = parent.pid == parent.inner_pid;
  const std::int64_t inner = thread != nullptr ? parent.inner_pid : shares_ids ? pid : pid + 1;
  const model::Credentials& credentials = *state_.tasks[child].credentials;
  facts = parent;
  facts.pid = pid;
  facts.inner_pid = inner;
  facts.uid = credentials.uid;
  facts.real_uid = credentials.real_uid;
  facts.saved_uid = credentials.saved_uid;
  facts.file_uid = credentials.file_uid;
  facts.gid = credentials.gid;
  facts.real_gid = credentials.real_gid;
  facts.saved_gid = credentials.saved_gid;
  facts.file_gid = credentials.file_gid;
  facts.groups = credentials.groups;
  facts.caps = credentials.caps;
  facts.user_namespace = credentials.user_namespace;
  facts.ipc_namespace = state_.namespaces[state_.tasks[child].ipc]->inode;
  facts.mount_namespace = state_.mount_namespaces[state_.tasks[child].mounts].inode;
  facts.umask = state_.processes[state_.tasks[child].process].umask;
}

// --- calls that overlap -------------------------------------------------------------------------

std::size_t SimulatedRun::Below(std::size_t count) {
  return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
}

bool SimulatedRun::IsBusy(std::uint8_t actor) const {
  return std::any_of(flights_.begin(), flights_.end(),
                     [actor](const Flight& flight) { return flight.call.actor == actor; });
}

void SimulatedRun::UpdateOverlap() {
  std::uint32_t everyone = 0;
  for (const Flight& flight : flights_) everyone |= 1u << flight.call.actor;
  for (Flight& flight : flights_) {
    flight.call.in_flight = everyone & ~(1u << flight.call.actor);
    flight.call.overlapped = flight.call.overlapped || flight.call.in_flight != 0;
  }
}

void SimulatedRun::LetSleep(std::uint8_t actor) {
  for (bool moves = true; moves;) {
    const auto own = std::find_if(flights_.begin(), flights_.end(), [actor](const Flight& flight) {
      return flight.call.actor == actor;
    });
    moves = own != flights_.end() && GoOn(static_cast<std::size_t>(own - flights_.begin()));
  }
}

void SimulatedRun::Start(std::uint32_t step) {
  if (const auto* await = std::get_if<ProcessAwaitBlocked>(&plan_.steps[step].operation)) {
    LetSleep(await->actor.index);
  }
  flights_.push_back({Make(step), {}, std::nullopt});
  trace_.steps[step].call_ns = ++instant_ns_;
  UpdateOverlap();
  if (tampering_ != nullptr) tampering_->Called(state_, flights_.back().call);
}

bool SimulatedRun::GoOn() {
  if (flights_.empty()) return false;
  const std::size_t first = Below(flights_.size());
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    if (GoOn((first + i) % flights_.size())) return true;
  }
  return false;
}

bool SimulatedRun::GoOnOrGiveUp() {
  if (GoOn()) return true;
  gives_up_ = true;
  const bool gave_up = GoOn();
  gives_up_ = false;
  return gave_up;
}

bool SimulatedRun::MayEndSo(const Outcome& outcome) const {
  const auto* failure = std::get_if<Failure>(&outcome);
  return failure == nullptr || failure->error.number != ETIMEDOUT || gives_up_;
}

bool SimulatedRun::GoOn(std::size_t slot) {
  Flight& flight = flights_[slot];
  if (flight.progress.done) {
    Finish(slot);
    return true;
  }
  const bool lives = state_.tasks[flight.call.actor].life == model::Life::kAlive;
  const bool waits = flight.progress.phase == 0 || flight.progress.sleeps;
  if (!lives && waits && flight.outcome == std::nullopt) {
    // Killed before anything of the call happened, or while it slept: it will never return.
    if (state_.tasks[flight.call.actor].life != model::Life::kGone) return false;
    Lose(slot);
    return true;
  }
  const bool sleeps = Sleeps(*flight.call.operation);
  if (tampering_ != nullptr && !sleeps) {
    Outcome outcome;
    const model::State before = state_;
    const model::Call made = flight.call;
    if (!PerformAtOnce(flight.call, outcome)) return false;
    if (!MayEndSo(outcome)) {
      state_ = before;
      flight.call = made;
      return false;
    }
    flight.outcome = outcome;
    flight.progress.done = true;
    return true;
  }
  std::vector<model::Next> ways;
  model::Notes notes;
  model::Advance(setting_, state_, flight.call, flight.progress, nullptr, chooser_, notes, ways);
  // The last ways are those of a caller that is killed meanwhile; here no caller gives up.
  if (ways.empty()) return false;
  model::Next& next = ways.front();
  if (next.outcome && !MayEndSo(*next.outcome)) return false;
  const std::optional<model::State> before =
      tampering_ != nullptr ? std::optional(std::exchange(state_, std::move(next.state)))
                            : std::nullopt;
  if (!before) state_ = std::move(next.state);
  flight.progress = next.progress;
  if (next.outcome) flight.outcome = std::move(next.outcome);
  if (before) {
    Outcome seen = flight.outcome.value_or(Outcome());
    tampering_->After(*before, flight.call, state_, seen);
    // A fault may settle the outcome of a call that would have slept.
    flight.progress.done = flight.progress.done || !(seen == Outcome());
    if (flight.progress.done) flight.outcome = std::move(seen);
  }
  return true;
}

void SimulatedRun::Finish(std::size_t slot) {
  const Flight flight = std::move(flights_[slot]);
  flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(slot));
  Record(flight.call.step, *flight.outcome);
  UpdateOverlap();
}

void SimulatedRun::Lose(std::size_t slot) {
  trace_.steps[flights_[slot].call.step].return_ns = ++instant_ns_;
  flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(slot));
  UpdateOverlap();
}

void SimulatedRun::PerformRace(std::vector<std::uint32_t> steps) {
  overlapping_ = true;
  const bool started = started_ > 0;
  const auto next_of = [&](std::uint8_t actor) {
    return std::find_if(steps.begin(), steps.end(),
                        [&](std::uint32_t step) { return plan_.steps[step].actor.index == actor; });
  };
  while (true) {
    std::vector<std::uint32_t> ready;
    for (std::uint8_t actor = 0; actor < plan_.actors.size(); ++actor) {
      const auto next = next_of(actor);
      const bool lives = state_.tasks[actor].life != model::Life::kGone;
      if (next != steps.end() && !IsBusy(actor) && lives) ready.push_back(*next);
    }
    // Chooses among the actors that can begin a step and the calls in flight.
    const std::size_t choices = ready.size() + flights_.size();
    if (choices == 0) break;
    const std::size_t choice = Below(choices);
    if (choice < ready.size()) {
      std::erase(steps, ready[choice]);
      Start(ready[choice]);
    } else if (!GoOn(choice - ready.size()) && ready.empty() && !GoOnOrGiveUp()) {
      if (!flights_.empty() && !started) Wait(flights_.front().call.step);
      break;
    }
  }
  overlapping_ = started;
}

void SimulatedRun::PerformBeside(std::uint32_t step) {
  for (std::size_t i = Below(3); i > 0; --i) GoOn();
  Start(step);
  Join(plan_.steps[step].actor.index);
}

void SimulatedRun::Join(std::uint8_t actor) {
  while (IsBusy(actor) && GoOnOrGiveUp()) {
  }
  for (const Flight& flight : flights_) {
    if (flight.call.actor == actor && trace_.halt == Halt::kNone) Wait(flight.call.step);
  }
}

}  // namespace shmspec
