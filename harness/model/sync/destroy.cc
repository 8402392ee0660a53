// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The end of objects: pthread_barrier_destroy(3p) and its like.

#include <algorithm>
#include <bit>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// Whether nobody has it and nobody waits at it. Those who were told to go on do not count.
bool IsUnused(const Scene& scene, const SyncObject& object) {
  switch (object.kind) {
    case SyncKind::kMutex:
      return object.hold == Hold::kFree || object.hold == Hold::kUnrecoverable;
    case SyncKind::kRwlock:
      return !IsLocked(object);
    case SyncKind::kCond:
      return !object.broken &&
             std::popcount(object.waiting & ~object.released) == static_cast<int>(object.signals);
    case SyncKind::kBarrier:
      return !object.broken && object.waiting == 0;
    case SyncKind::kSemaphore:
      break;
  }
  return object.count != 0 || scene.call().in_flight == 0;
}

}  // namespace

void Describe(const SyncDestroy& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncDestroy::at>();
  const SyncObject* object = DescribeSync(scene, address, op.kind, clauses);
  if (object == nullptr) return;
  const bool lost = object->hold == Hold::kUnrecoverable;
  clauses.ReturnsValue(0,
                       lost ? Requirements{"SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req}
                            : Requirements{"SYNC.DESTROY.UNUSED"_req, "SYNC.DESTROY.AFTER_USE"_req},
                       "nobody uses it");
  clauses.Refuse(op.kind == SyncKind::kMutex, EBUSY, Force::kMay, {},
                 "one may wait at a condition with it");
  const bool named =
      std::any_of(scene.state().semaphores->begin(), scene.state().semaphores->end(),
                  [&](const OpenSemaphore& one) {
                    return one.process == scene.process_index() && one.address == address;
                  });
  if (named || !IsUnused(scene, *object)) LeaveUndefined(clauses);
}

void Apply(const SyncDestroy&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncDestroy::at>();
  SoilObject(scene, state, address);
  if (Succeeded(outcome)) RemoveSync(state, PlaceAt(scene, address));
}

}  // namespace shmspec::model
