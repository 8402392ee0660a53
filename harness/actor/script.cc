// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "harness/vocabulary/form/wire.h"
#include "harness/vocabulary/form/wire_codec.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

// Untouched pages of the arena cost nothing.
constexpr std::size_t kArenaBytes = 1 << 20;
constexpr std::size_t kArenaBytesPerStep = 256;

constexpr std::size_t Aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

/// The parts of a region, one after the other.
struct Layout {
  explicit Layout(const Script& script) {
    acts = Next(script.schedule.acts.size() * sizeof(ActState));
    steps = Next(script.operations.size() * sizeof(StepState));
    pauses = Next(script.perturbation.pauses.size() * sizeof(Pause));
    text = Next(script.text.size());
    arena = Next(kArenaBytes + kArenaBytesPerStep * script.operations.size());
  }

  Extent acts, steps, pauses, text, arena;
  std::size_t end = ControlRegion::kHeaderAt + Aligned(sizeof(ControlHeader));

 private:
  Extent Next(std::size_t bytes) {
    const Extent extent{static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(bytes)};
    end += Aligned(bytes);
    return extent;
  }
};

template <class T>
Extent AppendTo(std::string& text, const T& value) {
  const std::size_t at = text.size();
  wire::Append(text, value);
  return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(text.size() - at)};
}

Extent Moved(Extent extent, std::uint32_t by) { return {extent.at + by, extent.size}; }

void LoadStep(const Step& step, const Script& script, std::size_t index, std::uint32_t text_at,
              StepState& state) {
  const Schedule& schedule = script.schedule;
  state.act = schedule.act_of_step[index];
  state.actor = step.actor.index;
  state.makes = static_cast<std::uint8_t>(schedule.makes[index]);
  state.timed = schedule.timed[index];
  state.performs = step.timing != Timing::kJoin;
  state.foundation = IsFoundation(step);
  if (step.assigns) {
    state.assigns =
        static_cast<std::int16_t>(static_cast<int>(step.assigns->kind) * 256 + step.assigns->index);
  }
  state.operation = Moved(script.operations[index], text_at);
}

Gone GoneOf(const ActorSlot& slot) {
  return {static_cast<GoneHow>(slot.how.load()), slot.code.load()};
}

/// A step that has no outcome of its own, because its actor is gone.
void EndStep(const ActorSlot& slot, const Step& step, bool timed, Performed& performed) {
  performed.outcome = GoneOf(slot);
  if (!performed.called) return;
  performed.returned = std::holds_alternative<ProcessExit>(step.operation);
  performed.not_after_s = slot.ended_s.load();
  if (timed) performed.return_ns = slot.ended_ns.load();
}

void ReadStep(const ControlRegion& region, const Step& step, const StepState& state,
              Performed& performed) {
  const StepProgress progress = state.progress.load();
  performed.called = progress != StepProgress::kNone;
  performed.returned = progress == StepProgress::kReturned;
  performed.call_ns = state.call_ns;
  performed.return_ns = state.return_ns;
  performed.not_before_s = state.not_before_s;
  performed.not_after_s = state.not_after_s;
  if (performed.returned) {
    std::string_view bytes = region.Bytes(state.outcome);
    SHMSPEC_CHECK(ReadWire(bytes, performed.outcome), "an outcome came over damaged");
    return;
  }
  const ActorSlot& slot = region.actor(state.actor);
  const bool gone = slot.ended.load() != 0;
  if (gone && state.performs) EndStep(slot, step, state.timed, performed);
}

}  // namespace

Script WriteScript(const Plan& plan) {
  Script script;
  script.schedule = MakeSchedule(plan);
  for (const ActorSpec& spec : plan.actors) script.specs.push_back(AppendTo(script.text, spec));
  for (const Step& step : plan.steps) {
    script.operations.push_back(AppendTo(script.text, step.operation));
  }
  return script;
}

std::size_t RegionBytes(const Script& script) { return Layout(script).end; }

void LoadScript(const Plan& plan, const Script& script, const ControlRegion& region) {
  const Layout layout(script);
  SHMSPEC_CHECK(layout.end <= region.bytes(), "a control region too small for its plan");
  ControlHeader& header = *new (&region.header()) ControlHeader;
  header.bytes = layout.end;
  header.actor_count = static_cast<std::uint32_t>(plan.actors.size());
  header.act_count = static_cast<std::uint32_t>(script.schedule.acts.size());
  header.step_count = static_cast<std::uint32_t>(plan.steps.size());
  header.acts = layout.acts;
  header.steps = layout.steps;
  header.pauses = layout.pauses;
  header.script = layout.text;
  header.arena = layout.arena;
  header.concurrent = script.schedule.concurrent;
  header.passes = std::any_of(plan.steps.begin(), plan.steps.end(),
                              [](const Step& step) { return Passes(step.operation); });
  const std::vector<Pause>& pauses = script.perturbation.pauses;
  if (!pauses.empty()) {
    std::memcpy(region.BytesAt(layout.pauses), pauses.data(), pauses.size() * sizeof(Pause));
  }
  header.disturbed = !pauses.empty() || script.perturbation.stop;
  header.together = script.perturbation.together;
  if (const auto& stop = script.perturbation.stop) {
    header.stop_actor = stop->actor;
    header.stop_step = stop->step;
    header.stop_us = stop->for_us;
  }
  std::memcpy(region.BytesAt(layout.text), script.text.data(), script.text.size());
  const std::vector<std::uint8_t> places = PlacesOf(plan);
  const ActorSet stayers = script.lasting ? Stayers(plan) : 0;
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    ActorSlot& slot = region.actor(i);
    slot.stays = (stayers & SetOf(i)) != 0;
    slot.spec = Moved(script.specs[i], layout.text.at);
    slot.abi = plan.actors[i].abi;
    slot.place = places[i];
    if (plan.actors[i].start == Start::kSpawn) slot.life.store(Liveness::kAlive);
  }
  for (std::uint32_t i = 0; i < header.act_count; ++i) {
    ActState& act = *new (&region.act(i)) ActState;
    act.cast = script.schedule.acts[i].cast;
    act.barrier = script.schedule.acts[i].barrier;
    act.finished_first = script.schedule.acts[i].finished_first ? 1 : 0;
  }
  for (std::uint32_t i = 0; i < header.step_count; ++i) {
    LoadStep(plan.steps[i], script, i, layout.text.at, *new (&region.step(i)) StepState);
  }
}

namespace {

void NumberSharedNamespace(const Plan& plan, std::uint64_t kind, std::uint64_t ActorFacts::*number,
                           std::vector<ActorFacts>& actors) {
  const bool all_share =
      std::none_of(plan.actors.begin(), plan.actors.end(),
                   [&](const ActorSpec& spec) { return spec.namespaces.Has(kind); });
  const auto shares = [&](std::size_t i) {
    const ActorSpec& spec = plan.actors[i];
    return all_share || (spec.start == Start::kSpawn && !spec.namespaces.Has(kind));
  };
  std::uint64_t known = 0;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    // The number of a forked actor may be of a namespace that its parent made later.
    if (shares(i) && plan.actors[i].start == Start::kSpawn) {
      known = std::max(known, actors[i].*number);
    }
  }
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (shares(i) && actors[i].*number == 0) actors[i].*number = known;
  }
}

}  // namespace

void NumberSharedNamespaces(const Plan& plan, std::vector<ActorFacts>& actors) {
  NumberSharedNamespace(plan, kNamespaceIpc, &ActorFacts::ipc_namespace, actors);
  NumberSharedNamespace(plan, kNamespaceUser, &ActorFacts::user_namespace, actors);
  NumberSharedNamespace(plan, kNamespacePid, &ActorFacts::pid_namespace, actors);
  NumberSharedNamespace(plan, kNamespaceMount, &ActorFacts::mount_namespace, actors);
}

void ReadResults(const ControlRegion& region, Trace& trace) {
  trace.actors.resize(trace.plan.actors.size());
  trace.steps.resize(trace.plan.steps.size());
  for (std::uint32_t i = 0; i < trace.actors.size(); ++i) {
    std::string_view bytes = region.Bytes(region.actor(i).facts);
    if (bytes.empty()) continue;
    SHMSPEC_CHECK(ReadWire(bytes, trace.actors[i]), "the facts of an actor came over damaged");
  }
  NumberSharedNamespaces(trace.plan, trace.actors);
  for (std::uint32_t i = 0; i < trace.steps.size(); ++i) {
    ReadStep(region, trace.plan.steps[i], region.step(i), trace.steps[i]);
  }
}

}  // namespace shmspec
