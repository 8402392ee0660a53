// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <algorithm>
#include <bit>

#include "harness/model/state/state.h"

namespace shmspec::model {
namespace {

/// Whether the process maps the object, so that the system finds its locks when it ends.
bool Maps(const State& state, std::uint8_t process, const SyncPlace& place) {
  if (place.own) return place.object == process;
  const auto& mappings = state.processes[process].space->mappings();
  return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    const NodeBacking* node = mapping.node();
    const std::uint64_t object =
        node != nullptr && node->shared ? NodeOf(state, node->node).object : mapping.object;
    return object == place.object && mapping.offset <= place.offset &&
           place.offset - mapping.offset < mapping.size();
  });
}

}  // namespace

const SyncObject* FindSync(const State& state, const SyncPlace& place, SyncKind kind) {
  for (const SyncObject& one : *state.syncs) {
    if (one.place == place && one.kind == kind) return &one;
  }
  return nullptr;
}

SyncObject& OwnSync(State& state, const SyncPlace& place, SyncKind kind) {
  for (SyncObject& one : state.syncs.Own()) {
    if (one.place == place && one.kind == kind) return one;
  }
  return state.syncs.Own().emplace_back(SyncObject{.place = place, .kind = kind});
}

void RemoveSync(State& state, const SyncPlace& place) {
  std::erase_if(state.syncs.Own(), [&](const SyncObject& one) { return one.place == place; });
}

FutexQueue QueueAt(const State& state, const SyncPlace& place) {
  for (const FutexQueue& one : *state.futexes) {
    if (one.place == place) return one;
  }
  return {.place = place};
}

void SetQueue(State& state, const FutexQueue& queue) {
  auto& all = state.futexes.Own();
  std::erase_if(all, [&](const FutexQueue& one) { return one.place == queue.place; });
  if (queue.waiting != 0) all.push_back(queue);
}

void EndSync(State& state, std::uint8_t actor, bool alone) {
  const ActorSet self = OnlyActor(actor);
  const CopyOnWrite<std::vector<SyncObject>> before = state.syncs;
  for (const SyncObject& one : *before) {
    const bool owns = one.kind == SyncKind::kMutex && one.owner == actor;
    if (!owns && ((one.waiting | one.released) & self) == 0) continue;
    SyncObject& object = OwnSync(state, one.place, one.kind);
    // One that was to go on may have taken what was given to it or not: nothing is said of that.
    object.waiting &= ~self;
    object.released &= ~self;
    if (!owns) continue;
    object.owner = kNobody;
    object.count = 0;
    const bool told = object.robust && Maps(state, state.tasks[actor].process, one.place);
    object.hold = !told ? Hold::kStalled : alone ? Hold::kThreadDied : Hold::kOwnerDied;
  }
  const CopyOnWrite<std::vector<FutexQueue>> queues = state.futexes;
  for (FutexQueue queue : *queues) {
    if ((queue.waiting & self) == 0) continue;
    queue.waiting &= ~self;
    queue.unsure = queue.unsure || queue.woken != 0;
    queue.woken = std::min(queue.woken, static_cast<std::uint32_t>(std::popcount(queue.waiting)));
    SetQueue(state, queue);
  }
}

}  // namespace shmspec::model
