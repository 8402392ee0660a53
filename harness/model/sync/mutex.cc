// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mutexes: pthread_mutex_lock(3p) and its table of types.

#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// Locking once more what the caller has.
void DescribeRelock(const SyncMutexLock& op, const SyncObject& mutex, Clauses& clauses) {
  const Requirements types = "SYNC.MUTEX.TYPES"_req;
  if (mutex.type == MutexType::kRecursive) {
    return clauses.ReturnsValue(0, types, "the caller has it once more");
  }
  if (mutex.type == MutexType::kErrorCheck && op.how != Patience::kTry) {
    return clauses.Refuse(true, EDEADLK, Force::kMust, types, "the caller has it already");
  }
  DescribeBusy(op, EBUSY, types, "the caller has it already", clauses);
  clauses.Refuse(mutex.type == MutexType::kErrorCheck, EDEADLK, Force::kMay, {},
                 "a lock that only tries may fail so as well");
}

}  // namespace

bool IsOwner(const Scene& scene, const SyncObject& mutex) {
  const bool held = mutex.hold == Hold::kHeld || mutex.hold == Hold::kInconsistent;
  return held && !mutex.bare && mutex.owner == scene.call().actor;
}

void TakeMutex(SyncObject& mutex, std::uint8_t actor) {
  mutex.hold = mutex.hold == Hold::kOwnerDied || mutex.hold == Hold::kThreadDied
                   ? Hold::kInconsistent
                   : Hold::kHeld;
  mutex.owner = actor;
  mutex.count = 1;
}

void ReleaseMutex(SyncObject& mutex) {
  mutex.hold = mutex.hold == Hold::kInconsistent ? Hold::kUnrecoverable : Hold::kFree;
  mutex.owner = kNobody;
  mutex.count = 0;
}

void Describe(const SyncMutexInit& op, const Scene& scene, Clauses& clauses) {
  if (!DescribeRoom(scene, scene.AddressOf<&SyncMutexInit::at>(), clauses)) return;
  clauses.ReturnsValue(0, "SYNC.PSHARED.ALL_CARRIERS"_req, "the mutex is made");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the system may be short of something else");
  constexpr std::int32_t kMostPriority = 99;
  clauses.Refuse(op.ceiling != kNoCeiling && (op.ceiling < 1 || op.ceiling > kMostPriority), EINVAL,
                 Force::kMust, "SYNC.MUTEX.CEILING_RANGE"_req, "no thread has such a priority");
  clauses.RefuseHere(op.protocol != MutexProtocol::kNone || op.robust || op.ceiling != kNoCeiling,
                     ENOTSUP, Force::kMay, {}, "the system may have no such mutexes");
}

void Apply(const SyncMutexInit& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncMutexInit::at>();
  SoilObject(scene, state, address);
  if (!Succeeded(outcome)) return;
  SyncObject& mutex = MakeSync(scene, state, address, SyncKind::kMutex);
  mutex.type = op.type;
  mutex.protocol = op.protocol;
  mutex.robust = op.robust;
  if (op.protocol == MutexProtocol::kProtect) mutex.ceiling = op.ceiling;
}

void Describe(const SyncMutexLock& op, const Scene& scene, Clauses& clauses) {
  const SyncObject* mutex =
      DescribeSync(scene, scene.AddressOf<&SyncMutexLock::at>(), SyncKind::kMutex, clauses);
  if (mutex == nullptr) return;
  clauses.ReturnsValue(0,
                       {"SYNC.MUTEX.EXCLUSION"_req, "SYNC.MUTEX.RELEASED"_req,
                        "SYNC.PSHARED.ANY_MAPPING"_req, "SYNC.ROBUST_MUTEX.CONSISTENT"_req},
                       "nobody else has the mutex");
  DescribeTime(op, clauses);
  if (IsOwner(scene, *mutex)) return DescribeRelock(op, *mutex, clauses);
  DescribeCeiling(scene, *mutex, clauses);
  switch (mutex->hold) {
    case Hold::kFree:
      return;
    case Hold::kHeld:
    case Hold::kInconsistent:
      return DescribeBusy(
          op, EBUSY,
          op.how == Patience::kTimed
              ? Requirements{"SYNC.MUTEX.TIMED"_req, "SYNC.MUTEX.EXCLUSION"_req}
              : Requirements{"SYNC.MUTEX.EXCLUSION"_req, "SYNC.PSHARED.ANY_MAPPING"_req},
          "another one has the mutex", clauses);
    case Hold::kOwnerDied:
      return clauses.Refuse(true, EOWNERDEAD, Force::kMust,
                            {"SYNC.ROBUST_MUTEX.OWNER_DEAD"_req,
                             "SYNC.ROBUST_MUTEX.SECOND_DEATH"_req, "SYNC.ROBUST_MUTEX.EXEC"_req},
                            "its owner ended with it");
    case Hold::kUnrecoverable:
      return clauses.Refuse(true, ENOTRECOVERABLE, Force::kMust,
                            "SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req,
                            "it was given up without being made consistent");
    case Hold::kStalled:
      return DescribeBusy(op, EBUSY,
                          mutex->robust ? "SYNC.ROBUST_MUTEX.UNMAPPED_OWNER"_req
                                        : "SYNC.MUTEX.NORMAL_OWNER_DIES"_req,
                          "its owner ended with it, and nobody is told", clauses);
    case Hold::kThreadDied:
      clauses.Refuse(true, EOWNERDEAD, Force::kMust, "SYNC.ROBUST_MUTEX.THREAD_DEATH_MAY"_req,
                     "the thread that has it ended");
      clauses.Refuse(op.how == Patience::kTry, EBUSY, Force::kMay, {}, "its process lives");
      clauses.Refuse(op.how == Patience::kTimed, ETIMEDOUT, Force::kMay, {}, "its process lives");
      clauses.MayBlock();
      return;
  }
}

void Apply(const SyncMutexLock&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncMutexLock::at>();
  const auto* failure = std::get_if<Failure>(&outcome);
  const bool told = failure != nullptr && failure->error.number == EOWNERDEAD;
  if (!Succeeded(outcome) && !told) return;
  SoilObject(scene, state, address);
  const SyncPlace place = PlaceAt(scene, address);
  if (FindSync(state, place, SyncKind::kMutex) == nullptr) return;
  SyncObject& mutex = OwnSync(state, place, SyncKind::kMutex);
  if (IsOwner(scene, mutex)) {
    ++mutex.count;
  } else {
    TakeMutex(mutex, scene.call().actor);
    mutex.address = address;
  }
}

void Describe(const SyncMutexUnlock&, const Scene& scene, Clauses& clauses) {
  const SyncObject* mutex =
      DescribeSync(scene, scene.AddressOf<&SyncMutexUnlock::at>(), SyncKind::kMutex, clauses);
  if (mutex == nullptr) return;
  clauses.ReturnsValue(0, "SYNC.MUTEX.RELEASED"_req, "the caller gives it up");
  if (IsOwner(scene, *mutex)) return;
  const bool checks = mutex->robust || mutex->type != MutexType::kNormal;
  const bool defined = mutex->hold == Hold::kFree || mutex->hold == Hold::kHeld ||
                       mutex->hold == Hold::kInconsistent;
  if (!checks || !defined) return LeaveUndefined(clauses);
  clauses.Refuse(true, EPERM, Force::kMust,
                 mutex->robust
                     ? Requirements{"SYNC.ROBUST_MUTEX.FOREIGN_UNLOCK"_req, "SYNC.MUTEX.TYPES"_req}
                     : Requirements{"SYNC.MUTEX.TYPES"_req},
                 "the caller does not have it");
}

void Apply(const SyncMutexUnlock&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncMutexUnlock::at>();
  const SyncPlace place = PlaceAt(scene, address);
  const SyncObject* found = FindSync(state, place, SyncKind::kMutex);
  if (!Succeeded(outcome) || found == nullptr) return;
  SoilObject(scene, state, address);
  // An unlock of which nothing is said leaves a mutex of which nothing is said.
  if (!IsOwner(scene, *found)) return RemoveSync(state, place);
  SyncObject& mutex = OwnSync(state, place, SyncKind::kMutex);
  if (--mutex.count == 0) ReleaseMutex(mutex);
}

void Describe(const SyncMutexConsistent&, const Scene& scene, Clauses& clauses) {
  const SyncObject* mutex =
      DescribeSync(scene, scene.AddressOf<&SyncMutexConsistent::at>(), SyncKind::kMutex, clauses);
  if (mutex == nullptr) return;
  clauses.ReturnsValue(0, "SYNC.ROBUST_MUTEX.CONSISTENT"_req, "the mutex is consistent again");
  if (IsOwner(scene, *mutex) && mutex->hold == Hold::kInconsistent) return;
  // By another one than its owner, or of one whose next owner does not know yet.
  const bool doubtful = mutex->hold == Hold::kInconsistent || mutex->hold == Hold::kOwnerDied ||
                        mutex->hold == Hold::kThreadDied;
  clauses.Refuse(true, EINVAL, doubtful ? Force::kMay : Force::kMust,
                 "SYNC.ROBUST_MUTEX.CONSISTENT_INVALID"_req, "it is not inconsistent");
  clauses.Refuse(true, EPERM, Force::kMay, {}, "the caller does not have it");
}

void Apply(const SyncMutexConsistent&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncMutexConsistent::at>();
  const SyncPlace place = PlaceAt(scene, address);
  const SyncObject* found = FindSync(state, place, SyncKind::kMutex);
  if (!Succeeded(outcome) || found == nullptr) return;
  SoilObject(scene, state, address);
  if (!IsOwner(scene, *found)) return RemoveSync(state, place);
  OwnSync(state, place, SyncKind::kMutex).hold = Hold::kHeld;
}

}  // namespace shmspec::model
