// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks for readers and writers: pthread_rwlock_rdlock(3p).

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

bool IsRead(const SyncObject& lock) {
  return std::any_of(lock.reads.begin(), lock.reads.end(), [](auto reads) { return reads != 0; });
}

bool IsRunning(const Scene& scene, std::uint8_t actor) {
  return scene.state().tasks[actor].life == Life::kAlive;
}

/// Whether one that ended has it.
bool IsLeftHeld(const Scene& scene, const SyncObject& lock) {
  if (lock.hold == Hold::kHeld) return !IsRunning(scene, lock.owner);
  for (std::uint8_t i = 0; i < scene.state().tasks.size(); ++i) {
    if (lock.reads[i] != 0 && !IsRunning(scene, i)) return true;
  }
  return false;
}

}  // namespace

bool IsLocked(const SyncObject& lock) { return lock.hold == Hold::kHeld || IsRead(lock); }

void Describe(const SyncRwlockInit&, const Scene& scene, Clauses& clauses) {
  if (!DescribeRoom(scene, scene.AddressOf<&SyncRwlockInit::at>(), clauses)) return;
  clauses.ReturnsValue(0, "SYNC.PSHARED.ALL_CARRIERS"_req, "the lock is made");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the system may be short of something else");
}

void Apply(const SyncRwlockInit&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncRwlockInit::at>();
  SoilObject(scene, state, address);
  if (!Succeeded(outcome)) return;
  MakeSync(scene, state, address, SyncKind::kRwlock);
}

void Describe(const SyncRwlockLock& op, const Scene& scene, Clauses& clauses) {
  const SyncObject* lock =
      DescribeSync(scene, scene.AddressOf<&SyncRwlockLock::at>(), SyncKind::kRwlock, clauses);
  if (lock == nullptr) return;
  const std::uint8_t self = scene.call().actor;
  const bool written = lock->hold == Hold::kHeld;
  clauses.ReturnsValue(0,
                       op.write
                           ? Requirements{"SYNC.RWLOCK.RELEASED"_req}
                           : Requirements{"SYNC.RWLOCK.SEMANTICS"_req, "SYNC.RWLOCK.RELEASED"_req},
                       "nobody has what keeps it from the caller");
  DescribeTime(op, clauses);
  // A system may see that the caller would wait for itself.
  const bool own = (written && lock->owner == self) || (op.write && lock->reads[self] != 0);
  clauses.Refuse(own, EDEADLK, Force::kMay, {}, "the caller has it already");
  if (written || (op.write && IsRead(*lock))) {
    const Requirements held = IsLeftHeld(scene, *lock) ? Requirements{"SYNC.RWLOCK.NOT_ROBUST"_req}
                              : op.how == Patience::kTimed
                                  ? Requirements{"SYNC.RWLOCK.TIMED"_req}
                                  : Requirements{"SYNC.RWLOCK.EXCLUSION"_req};
    return DescribeBusy(op, EBUSY, held, "others have it", clauses);
  }
  // Writers that wait may go before readers that come later.
  const bool may_wait = !op.write && scene.call().overlapped;
  if (may_wait) clauses.MayBlock();
  clauses.Refuse(may_wait && op.how == Patience::kTry, EBUSY, Force::kMay, {}, "a writer may wait");
  clauses.Refuse(may_wait && op.how == Patience::kTimed, ETIMEDOUT, Force::kMay, {},
                 "a writer may wait");
}

void Apply(const SyncRwlockLock& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncRwlockLock::at>();
  const SyncPlace place = PlaceAt(scene, address);
  if (!Succeeded(outcome) || FindSync(state, place, SyncKind::kRwlock) == nullptr) return;
  SoilObject(scene, state, address);
  SyncObject& lock = OwnSync(state, place, SyncKind::kRwlock);
  if (op.write) {
    lock.hold = Hold::kHeld;
    lock.owner = scene.call().actor;
  } else {
    ++lock.reads[scene.call().actor];
  }
}

void Describe(const SyncRwlockUnlock&, const Scene& scene, Clauses& clauses) {
  const SyncObject* lock =
      DescribeSync(scene, scene.AddressOf<&SyncRwlockUnlock::at>(), SyncKind::kRwlock, clauses);
  if (lock == nullptr) return;
  clauses.ReturnsValue(0, "SYNC.RWLOCK.RELEASED"_req, "the caller gives it up");
  const std::uint8_t self = scene.call().actor;
  const bool has = (lock->hold == Hold::kHeld && lock->owner == self) || lock->reads[self] != 0;
  if (!has) LeaveUndefined(clauses);
}

void Apply(const SyncRwlockUnlock&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncRwlockUnlock::at>();
  const SyncPlace place = PlaceAt(scene, address);
  if (!Succeeded(outcome) || FindSync(state, place, SyncKind::kRwlock) == nullptr) return;
  SoilObject(scene, state, address);
  SyncObject& lock = OwnSync(state, place, SyncKind::kRwlock);
  const std::uint8_t self = scene.call().actor;
  if (lock.hold == Hold::kHeld && lock.owner == self) {
    lock.hold = Hold::kFree;
    lock.owner = kNobody;
  } else if (lock.reads[self] != 0) {
    --lock.reads[self];
  } else {
    RemoveSync(state, place);
  }
}

}  // namespace shmspec::model
