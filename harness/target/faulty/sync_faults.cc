// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mutexes that break what processes rely on. Those of other objects are in sync_object_faults.cc.

#include <cerrno>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

using model::Hold;
using model::SyncObject;

/// Calls change(mutex before, mutex after) for each mutex that was there before and is after.
template <class Change>
void ForEachMutex(const Aftermath& a, Change&& change) {
  for (const SyncObject& before : *a.before.syncs) {
    if (before.kind != SyncKind::kMutex) continue;
    if (FindSync(a.after, before.place, SyncKind::kMutex) == nullptr) continue;
    change(before, OwnSync(a.after, before.place, SyncKind::kMutex));
  }
}

/// The calls that end an actor or its image.
bool Ends(const Aftermath& a) { return IsOneOf<ProcessExit, ProcessKill, ProcessExec>(a.call); }

/// A mutex whose owner has just ended, from one state of hold to another.
template <Hold from, Hold to>
void AfterDeath(const Aftermath& a) {
  if (!Ends(a)) return;
  ForEachMutex(a, [](const SyncObject& before, SyncObject& after) {
    if (before.hold != after.hold && after.hold == from) after.hold = to;
  });
}

void ForgetAtExec(const Aftermath& a) {
  if (IsOneOf<ProcessExec>(a.call) && a.Succeeded()) a.after.syncs = a.before.syncs;
}

/// The death of the one who was told is not reported.
void TellOnce(const Aftermath& a) {
  if (!Ends(a)) return;
  ForEachMutex(a, [](const SyncObject& before, SyncObject& after) {
    const bool again = before.hold == Hold::kInconsistent || before.count == 1;
    if (again && before.hold != Hold::kHeld && after.hold == Hold::kOwnerDied) {
      after.hold = Hold::kStalled;
    }
  });
}

/// Those who wait already are not told.
void LetWaitersWait(const Aftermath& a) {
  if (!Ends(a) || a.call.in_flight == 0) return;
  ForEachMutex(a, [](const SyncObject& before, SyncObject& after) {
    if (before.hold != after.hold && after.hold == Hold::kOwnerDied) after.hold = Hold::kStalled;
  });
}

void LetTriersIn(const Aftermath& a) {
  if (IsOneOf<SyncMutexLock>(a.call) && a.FailedWith(EBUSY)) a.outcome = Value{0};
}

/// One who has it gets it again through another address.
void LetOwnersIn(const Aftermath& a) {
  if (!IsOneOf<SyncMutexLock>(a.call) || !a.FailedWith(EBUSY)) return;
  ForEachMutex(a, [&](const SyncObject& before, SyncObject&) {
    if (before.owner == a.call.actor) a.outcome = Value{0};
  });
}

void RefuseAnonymous(const Aftermath& a) {
  if (!IsOneOf<SyncMutexInit>(a.call) || !a.Succeeded() || a.before.nodes->empty()) return;
  if (a.before.nodes->front().anonymous) a.Fail(EINVAL);
}

void KeepLocked(const Aftermath& a) {
  if (IsOneOf<SyncMutexUnlock>(a.call) && a.Succeeded()) a.after = a.before;
}

void LoseStores(const Aftermath& a) {
  if (!IsOneOf<SyncMutexUnlock>(a.call) || !a.Succeeded()) return;
  ForEachMutex(a, [&](const SyncObject& before, SyncObject&) {
    if (!before.place.own) {
      OwnObject(a.after, before.place.object)
          .Zero(before.place.offset + kSyncObjectBytes, std::uint64_t{16} * kSyncObjectBytes);
    }
  });
}

void LockOnceMore(const Aftermath& a) {
  if (IsOneOf<SyncMutexLock>(a.call) && a.FailedWith(EDEADLK)) a.outcome = Value{0};
}

void ReleaseForGood(SyncObject& mutex) {
  mutex.hold = Hold::kFree;
  mutex.owner = model::kNobody;
  mutex.count = 0;
}

void CountNothing(const Aftermath& a) {
  if (!IsOneOf<SyncMutexUnlock>(a.call) || !a.Succeeded()) return;
  ForEachMutex(a, [](const SyncObject& before, SyncObject& after) {
    if (before.count == 2 && after.count == 1) ReleaseForGood(after);
  });
}

void UnlockForeign(const Aftermath& a) {
  if (!IsOneOf<SyncMutexUnlock>(a.call) || !a.FailedWith(EPERM)) return;
  a.outcome = Value{0};
  ForEachMutex(a, [](const SyncObject&, SyncObject& after) { ReleaseForGood(after); });
}

void RepairNothing(const Aftermath& a) {
  if (IsOneOf<SyncMutexConsistent>(a.call) && a.Succeeded()) a.after = a.before;
}

void RepairAnything(const Aftermath& a) {
  if (IsOneOf<SyncMutexConsistent>(a.call) && a.FailedWith(EINVAL)) a.outcome = Value{0};
}

void ForgiveUnlock(const Aftermath& a) {
  if (!IsOneOf<SyncMutexUnlock>(a.call)) return;
  ForEachMutex(a, [](const SyncObject&, SyncObject& after) {
    if (after.hold == Hold::kUnrecoverable) ReleaseForGood(after);
  });
}

void TellEverybody(const Aftermath& a) {
  if (IsOneOf<SyncMutexLock>(a.call) && a.FailedWith(EOWNERDEAD)) a.after = a.before;
}

// --- attributes

void ShareByDefault(const Aftermath& a) {
  if (IsOneOf<SyncGetShared>(a.call)) a.outcome = Value{1};
}

void SetNothing(const Aftermath& a) {
  if (IsOneOf<SyncSetShared>(a.call) && a.Succeeded()) a.outcome = Value{0};
}

void SetAnything(const Aftermath& a) {
  const auto* set = As<SyncSetShared>(a.call);
  if (set != nullptr && a.FailedWith(EINVAL)) a.outcome = Value{set->value};
}

constexpr SeededFault kFaults[] = {
    {"sync_shared_by_default", "SYNC.PSHARED.DEFAULT_PRIVATE"_req,
     "fresh attributes say that processes share the object", Afterwards<ShareByDefault>},
    {"sync_sets_nothing", "SYNC.PSHARED.SETTABLE"_req, "an attribute cannot be set",
     Afterwards<SetNothing>},
    {"sync_sets_anything", "SYNC.PSHARED.INVALID"_req, "an attribute takes any value",
     Afterwards<SetAnything>},
    {"sync_not_in_anonymous_memory", "SYNC.PSHARED.ALL_CARRIERS"_req,
     "no mutex can be made in anonymous memory", Afterwards<RefuseAnonymous>},
    {"mutex_knows_addresses", "SYNC.PSHARED.ANY_MAPPING"_req,
     "the owner of a mutex gets it again through an alias", Afterwards<LetOwnersIn>},
    {"mutex_lets_triers_in", "SYNC.MUTEX.EXCLUSION"_req, "a lock that only tries gets the mutex",
     Afterwards<LetTriersIn>},
    {"mutex_stays_locked", "SYNC.MUTEX.RELEASED"_req, "an unlock does nothing",
     Afterwards<KeepLocked>},
    {"mutex_loses_stores", "SYNC.MUTEX.MEMORY_SYNC"_req,
     "what was stored under a mutex is lost when it is given up", Afterwards<LoseStores>},
    {"mutex_of_the_dead_is_free", "SYNC.MUTEX.NORMAL_OWNER_DIES"_req,
     "a mutex whose owner ends is free", Afterwards<AfterDeath<Hold::kStalled, Hold::kFree>>},
    {"mutex_checks_nothing", "SYNC.MUTEX.TYPES"_req, "a second lock is not reported",
     Afterwards<LockOnceMore>},
    {"mutex_counts_nothing", "SYNC.MUTEX.TYPES"_req, "one unlock undoes several locks",
     Afterwards<CountNothing>},
    {"mutex_tells_nobody", "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req,
     "a robust mutex whose owner ends is free",
     Afterwards<AfterDeath<Hold::kOwnerDied, Hold::kFree>>},
    {"mutex_lets_waiters_wait", "SYNC.ROBUST_MUTEX.DEATH_WAKES"_req,
     "those who wait already are not told that the owner ended", Afterwards<LetWaitersWait>},
    {"mutex_tells_everybody", "SYNC.ROBUST_MUTEX.ONE_WAITER_AT_A_TIME"_req,
     "several get a mutex whose owner ended", Afterwards<TellEverybody>},
    {"mutex_tells_once", "SYNC.ROBUST_MUTEX.SECOND_DEATH"_req,
     "nobody is told that the one who was told died", Afterwards<TellOnce>},
    {"mutex_repairs_nothing", "SYNC.ROBUST_MUTEX.CONSISTENT"_req, "a mutex stays inconsistent",
     Afterwards<RepairNothing>},
    {"mutex_repairs_anything", "SYNC.ROBUST_MUTEX.CONSISTENT_INVALID"_req,
     "any mutex can be made consistent", Afterwards<RepairAnything>},
    {"mutex_is_forgiven", "SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req,
     "a mutex given up while inconsistent is free", Afterwards<ForgiveUnlock>},
    {"mutex_is_given_up_by_anyone", "SYNC.ROBUST_MUTEX.FOREIGN_UNLOCK"_req,
     "anybody can give a mutex up", Afterwards<UnlockForeign>},
    {"mutex_of_a_dead_thread_is_free", "SYNC.ROBUST_MUTEX.THREAD_DEATH_MAY"_req,
     "a robust mutex whose thread ended is free",
     Afterwards<AfterDeath<Hold::kThreadDied, Hold::kFree>>},
    {"mutex_outlives_exec", "SYNC.ROBUST_MUTEX.EXEC"_req,
     "a mutex stays with a process that becomes another program", Afterwards<ForgetAtExec>},
    {"mutex_tells_of_unmapped", "SYNC.ROBUST_MUTEX.UNMAPPED_OWNER"_req,
     "nobody has a mutex whose owner unmapped it and ended",
     Afterwards<AfterDeath<Hold::kStalled, Hold::kFree>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
