// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Time limits, priorities, masks and ends of objects that break what processes rely on.

#include <algorithm>
#include <cerrno>

#include "harness/target/faulty/sync_change.h"

namespace shmspec {
namespace {

using model::SyncObject;

/// The patience of a call that waits; kWait for others.
Patience PatienceOf(const model::Call& call) {
  return std::visit(
      []<class Op>(const Op& op) {
        if constexpr (requires {
                        op.how;
                        op.within_ms;
                      })
          return op.how;
        return Patience::kWait;
      },
      static_cast<const OperationVariant&>(*call.operation));
}

/// A time that is none has come.
void TakeAnyTime(const Aftermath& a) {
  const Patience how = PatienceOf(a.call);
  const bool none = how == Patience::kNegative || how == Patience::kExcess;
  if (none && a.FailedWith(EINVAL)) a.outcome = Failure{ErrorCode{ETIMEDOUT}};
}

/// One that need not wait gives up.
void GiveUpAtOnce(const Aftermath& a) {
  if (IsOneOf<SyncFutexWait, SyncFutexWaitBitset, SyncCondWait>(a.call)) return;
  if (PatienceOf(a.call) == Patience::kTimed && a.Succeeded()) a.Fail(ETIMEDOUT);
}

// --- ends

template <SyncKind... kinds>
void KeepBusy(const Aftermath& a) {
  const auto* destroy = As<SyncDestroy>(a.call);
  if (destroy != nullptr && a.Succeeded() && ((destroy->kind == kinds) || ...)) a.Fail(EBUSY);
}

// --- priorities

void KeepCeiling(const Aftermath& a) {
  if (IsOneOf<SyncMutexSetCeiling>(a.call) && a.Succeeded()) a.after = a.before;
}

bool HasOne(const Aftermath& a, MutexProtocol protocol) {
  const auto& all = *a.before.syncs;
  return std::any_of(all.begin(), all.end(), [&](const SyncObject& one) {
    return one.protocol == protocol && one.owner == a.call.actor;
  });
}

template <MutexProtocol protocol>
void RaiseNobody(const Aftermath& a) {
  if (!IsOneOf<ProcessPriority>(a.call) || !a.Succeeded() || !HasOne(a, protocol)) return;
  a.outcome = Value{std::max(a.before.tasks[a.call.actor].realtime, 0)};
}

void LockAboveCeiling(const Aftermath& a) {
  if (!IsOneOf<SyncMutexLock>(a.call) || !a.FailedWith(EINVAL)) return;
  if (PatienceOf(a.call) == Patience::kWait) a.outcome = Value{0};
}

// --- futexes

void WakeByAnyMask(const model::State&, model::Call&, Operation& operation) {
  auto* wake = std::get_if<SyncFutexWakeBitset>(&operation);
  if (wake != nullptr && wake->mask != 0) wake->mask = model::kEveryBit;
}

constexpr SeededFault kFaults[] = {
    {"sync_takes_any_time", "SYNC.TIMED.NANOSECONDS"_req, "a call waits until a time that is none",
     Afterwards<TakeAnyTime>},
    {"sync_gives_up_at_once", "SYNC.TIMED.NOT_WHEN_FREE"_req,
     "a call gives up though it need not wait", Afterwards<GiveUpAtOnce>},
    {"sync_keeps_what_is_unused", "SYNC.DESTROY.UNUSED"_req,
     "an object that nobody uses cannot be destroyed",
     Afterwards<KeepBusy<SyncKind::kMutex, SyncKind::kRwlock, SyncKind::kSemaphore>>},
    {"sync_keeps_what_was_used", "SYNC.DESTROY.AFTER_USE"_req,
     "a barrier or condition cannot be destroyed",
     Afterwards<KeepBusy<SyncKind::kBarrier, SyncKind::kCond>>},
    {"mutex_has_any_ceiling", "SYNC.MUTEX.CEILING_RANGE"_req,
     "a ceiling that is no priority is taken", Afterwards<SucceedInstead<SyncMutexInit, EINVAL>>},
    {"mutex_keeps_its_ceiling", "SYNC.MUTEX.CEILING"_req, "a ceiling that is set has no effect",
     Afterwards<KeepCeiling>},
    {"mutex_raises_nobody", "SYNC.MUTEX.CEILING_RAISES"_req,
     "who has a mutex with a ceiling runs at its own priority",
     Afterwards<RaiseNobody<MutexProtocol::kProtect>>},
    {"mutex_lends_nothing", "SYNC.MUTEX.PRIO_INHERIT"_req,
     "who has a mutex that others wait for runs at its own priority",
     Afterwards<RaiseNobody<MutexProtocol::kInherit>>},
    {"mutex_is_locked_above_its_ceiling", "SYNC.MUTEX.PRIO_PROTECT"_req,
     "one that runs above the ceiling gets the mutex", Afterwards<LockAboveCeiling>},
    {"futex_knows_no_masks", "SYNC.FUTEX.BITSET"_req, "a wake by a mask wakes all",
     Rewritten<WakeByAnyMask>},
    {"futex_takes_no_bits", "SYNC.FUTEX.BITSET_EMPTY"_req, "a wake by no bits succeeds",
     Afterwards<SucceedInstead<SyncFutexWakeBitset, EINVAL>>},
    {"futex_with_bits_gives_up_early", "SYNC.FUTEX.BITSET_TIMEOUT"_req,
     "a wait by a mask gives up before its time", Afterwards<GiveUpEarly<SyncFutexWaitBitset>>},
    {"futex_lock_lets_triers_in", "SYNC.FUTEX.PI_LOCK"_req, "a lock that only tries gets the word",
     Afterwards<SucceedInstead<SyncFutexLockPi, EAGAIN>>},
    {"futex_lock_is_recursive", "SYNC.FUTEX.PI_DEADLOCK"_req, "the owner gets the word again",
     Afterwards<SucceedInstead<SyncFutexLockPi, EDEADLK>>},
    {"futex_lock_is_given_up_by_anyone", "SYNC.FUTEX.PI_FOREIGN"_req,
     "anybody can give the word up", Afterwards<SucceedInstead<SyncFutexUnlockPi, EPERM>>},
    {"futex_lock_of_the_dead_is_free", "SYNC.FUTEX.PI_OWNER_ENDS"_req,
     "a word whose owner ended is free", Afterwards<SucceedInstead<SyncFutexLockPi, ESRCH>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
