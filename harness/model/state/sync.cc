// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <algorithm>
#include <bit>

#include "harness/model/state/state.h"

namespace shmspec::model {
namespace {

/// The system finds the locks of one that ends by the addresses at which it locked them.
enum class Found : std::uint8_t { kYes, kNo, kDoubtful };

bool Shows(const State& state, const Mapping& mapping, const SyncPlace& place) {
  const NodeBacking* node = mapping.node();
  const std::uint64_t object =
      node != nullptr && node->shared ? NodeOf(state, node->node).object : mapping.object;
  return object == place.object && mapping.offset <= place.offset &&
         place.offset - mapping.offset < mapping.size();
}

Found Finds(const State& state, std::uint8_t process, const SyncObject& mutex) {
  if (mutex.place.own) return mutex.place.object == process ? Found::kYes : Found::kNo;
  const AddressSpace& space = *state.processes[process].space;
  const Mapping* there = space.Find(mutex.address);
  if (there != nullptr && Shows(state, *there, mutex.place)) {
    return (there->protection & kProtectWrite) != 0 ? Found::kYes : Found::kDoubtful;
  }
  const auto& mappings = space.mappings();
  const bool elsewhere = std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    return Shows(state, mapping, mutex.place);
  });
  return elsewhere || there != nullptr ? Found::kDoubtful : Found::kNo;
}

/// Whether the actor has a robust mutex where the system does not find it: then it may not find
/// others either.
bool HasLostOne(const State& state, std::uint8_t actor) {
  return std::any_of(state.syncs->begin(), state.syncs->end(), [&](const SyncObject& one) {
    return one.kind == SyncKind::kMutex && one.owner == actor && one.robust &&
           Finds(state, state.tasks[actor].process, one) != Found::kYes;
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
  auto& all = state.syncs.Own();
  std::erase_if(all, [&](const SyncObject& one) {
    return one.place == place && one.released == 0 && one.signals == 0;
  });
  for (SyncObject& one : all) one.gone = one.gone || one.place == place;
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

void CloseSemaphores(State& state, std::uint8_t process) {
  const auto own = [process](const OpenSemaphore& one) { return one.process == process; };
  if (std::none_of(state.semaphores->begin(), state.semaphores->end(), own)) return;
  std::erase_if(state.semaphores.Own(), own);
}

void CopySemaphores(State& state, std::uint8_t parent, std::uint8_t child) {
  const CopyOnWrite<std::vector<OpenSemaphore>> before = state.semaphores;
  for (OpenSemaphore one : *before) {
    if (one.process != parent) continue;
    one.process = child;
    state.semaphores.Own().push_back(one);
  }
}

void EndSync(State& state, std::uint8_t actor, bool alone) {
  const ActorSet self = OnlyActor(actor);
  const bool lost = HasLostOne(state, actor);
  const CopyOnWrite<std::vector<SyncObject>> before = state.syncs;
  for (const SyncObject& one : *before) {
    const bool owns = one.kind == SyncKind::kMutex && one.owner == actor;
    if (!owns && ((one.waiting | one.released) & self) == 0) continue;
    SyncObject& object = OwnSync(state, one.place, one.kind);
    const bool waited = (one.waiting & ~one.released & self) != 0;
    object.waiting &= ~self;
    object.released &= ~self;
    object.broken = object.broken || waited;
    // It may have been the one that was told to go on.
    if (waited && object.signals != 0) --object.signals;
    if (!owns) continue;
    object.owner = kNobody;
    object.count = 0;
    const Found found = Finds(state, state.tasks[actor].process, one);
    if (object.bare) {
      object.hold = Hold::kOwnerDied;
    } else if (!object.robust || found == Found::kNo) {
      object.hold = Hold::kStalled;
    } else {
      object.hold = alone || lost || found != Found::kYes ? Hold::kThreadDied : Hold::kOwnerDied;
    }
  }
  const CopyOnWrite<std::vector<FutexQueue>> queues = state.futexes;
  for (FutexQueue queue : *queues) {
    if ((queue.waiting & self) == 0) continue;
    const bool chosen = (queue.candidates & self) != 0;
    queue.waiting &= ~self;
    queue.awake &= ~self;
    queue.candidates &= ~self;
    queue.unsure = queue.unsure || chosen;
    queue.woken =
        std::min(queue.woken, static_cast<std::uint32_t>(std::popcount(queue.candidates)));
    SetQueue(state, queue);
  }
}

}  // namespace shmspec::model
