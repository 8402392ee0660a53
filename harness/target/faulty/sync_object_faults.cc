// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Waits that end early, and rwlocks, conditions, barriers, semaphores and futexes that
// break what processes rely on.

#include <bit>
#include <cerrno>

#include "harness/target/faulty/sync_change.h"

namespace shmspec {
namespace {

using model::ActorSet;
using model::FutexQueue;
using model::Hold;
using model::SyncObject;

/// The call does nothing while another one waits.
template <class Op>
void DoNothingForWaiters(const Aftermath& a) {
  if (a.call.in_flight != 0) DoNothing<Op>(a);
}

// --- rwlocks

void ReadAlone(const Aftermath& a) {
  const auto* lock = As<SyncRwlockLock>(a.call);
  if (lock == nullptr || lock->write || !a.Succeeded()) return;
  bool others = false;
  ForEachOf(a, SyncKind::kRwlock, [&](const SyncObject& before, const SyncObject&) {
    for (std::size_t i = 0; i < before.reads.size(); ++i) {
      others = others || (before.reads[i] != 0 && i != a.call.actor);
    }
  });
  if (others) a.Fail(EBUSY);
}

void FreeAtDeath(const Aftermath& a) {
  if (!Ends(a)) return;
  ForEachOf(a, SyncKind::kRwlock, [](const SyncObject&, SyncObject& after) {
    after.hold = Hold::kFree;
    after.reads = {};
  });
}

// --- conditions

void SignalNobody(const Aftermath& a) {
  const auto* signal = As<SyncCondSignal>(a.call);
  if (signal != nullptr && !signal->all) a.after = a.before;
}

void SignalOne(const Aftermath& a) {
  const auto* signal = As<SyncCondSignal>(a.call);
  if (signal == nullptr || !signal->all) return;
  ForEachOf(a, SyncKind::kCond, [](const SyncObject&, SyncObject& after) {
    after.released &= -after.released;  // the lowest one
  });
}

void KeepMutex(const Aftermath& a) {
  if (!IsOneOf<SyncCondWait>(a.call)) return;
  ForEachOf(a, SyncKind::kMutex, [&](const SyncObject& before, SyncObject& after) {
    if (before.owner == a.call.actor && after.hold == Hold::kFree) after = before;
  });
}

// --- barriers

void WaitForOneLess(const Aftermath& a) {
  if (!IsOneOf<SyncBarrierInit>(a.call) || !a.Succeeded()) return;
  for (SyncObject& one : a.after.syncs.Own()) {
    if (one.kind == SyncKind::kBarrier && one.count > 1) --one.count;
  }
}

void GiveNoSerial(const Aftermath& a) {
  if (IsOneOf<SyncBarrierWait>(a.call) && a.Succeeded()) a.outcome = Value{0};
}

// --- semaphores

void PostTwice(const Aftermath& a) {
  if (!IsOneOf<SyncSemPost>(a.call) || !a.Succeeded()) return;
  ForEachOf(a, SyncKind::kSemaphore, [](const SyncObject& before, SyncObject& after) {
    if (after.count > before.count) ++after.count;
  });
}

void GiveBackAtDeath(const Aftermath& a) {
  if (!Ends(a)) return;
  ForEachOf(a, SyncKind::kSemaphore, [](const SyncObject&, SyncObject& after) { ++after.count; });
}

// --- futexes

bool AnybodyWaits(const model::State& state) { return !state.futexes->empty(); }

void WakeNobody(const Aftermath& a) {
  const auto* wake = As<SyncFutexWake>(a.call);
  if (wake == nullptr || wake->own || !a.Succeeded()) return;
  a.after = a.before;
  a.outcome = Value{0};
}

/// The wake is counted and nobody wakes.
void LoseWakes(const Aftermath& a) {
  if (IsOneOf<SyncFutexWake>(a.call) && a.Succeeded()) a.after.futexes = a.before.futexes;
}

void WakeAcross(const Aftermath& a) {
  const auto* wake = As<SyncFutexWake>(a.call);
  const auto* value = std::get_if<Value>(&a.outcome);
  if (wake == nullptr || value == nullptr || value->number != 0) return;
  if (wake->own && AnybodyWaits(a.before)) a.outcome = Value{1};
}

void WakeCopies(const Aftermath& a) {
  const auto* wake = As<SyncFutexWake>(a.call);
  const auto* value = std::get_if<Value>(&a.outcome);
  if (wake == nullptr || wake->own || value == nullptr || value->number != 0) return;
  for (const FutexQueue& queue : *a.before.futexes) {
    if (queue.place.own) a.outcome = Value{1};
  }
}

void CountOneMore(const Aftermath& a) {
  auto* value = IsOneOf<SyncFutexWake>(a.call) ? std::get_if<Value>(&a.outcome) : nullptr;
  if (value != nullptr && value->number > 1) ++value->number;
}

void RefuseReaders(const Aftermath& a) {
  const auto* wait = As<SyncFutexWait>(a.call);
  if (wait == nullptr || wait->how != Patience::kWait) return;
  const auto& space = *a.before.processes[ProcessOf(a.before, a.call)].space;
  const auto* mapping = space.Find(static_cast<std::uint64_t>(a.call.references[0]));
  if (mapping != nullptr && (mapping->protection & model::kProtectWrite) == 0) a.Fail(EFAULT);
}

void MoveNobody(const Aftermath& a) {
  const auto* requeue = As<SyncFutexRequeue>(a.call);
  if (requeue == nullptr || !a.Succeeded()) return;
  a.outcome = Value{static_cast<std::int64_t>(requeue->count)};
}

void CountTheDead(const Aftermath& a) {
  if (IsOneOf<ProcessKill>(a.call)) a.after.futexes = a.before.futexes;
}

constexpr SeededFault kFaults[] = {
    {"mutex_gives_up_early", "SYNC.MUTEX.TIMED"_req, "a lock gives up before its time",
     Afterwards<GiveUpEarly<SyncMutexLock>>},
    {"rwlock_is_read_alone", "SYNC.RWLOCK.SEMANTICS"_req, "a second reader is refused",
     Afterwards<ReadAlone>},
    {"rwlock_lets_triers_in", "SYNC.RWLOCK.EXCLUSION"_req, "a lock that only tries gets the rwlock",
     Afterwards<SucceedInstead<SyncRwlockLock, EBUSY>>},
    {"rwlock_stays_locked", "SYNC.RWLOCK.RELEASED"_req, "an unlock does nothing",
     Afterwards<DoNothing<SyncRwlockUnlock>>},
    {"rwlock_gives_up_early", "SYNC.RWLOCK.TIMED"_req, "a lock gives up before its time",
     Afterwards<GiveUpEarly<SyncRwlockLock>>},
    {"rwlock_of_the_dead_is_free", "SYNC.RWLOCK.NOT_ROBUST"_req,
     "a rwlock is free when one that has it ends", Afterwards<FreeAtDeath>},
    {"condition_signals_nobody", "SYNC.COND.SIGNAL_WAKES"_req, "a signal is lost",
     Afterwards<SignalNobody>},
    {"condition_signals_one", "SYNC.COND.BROADCAST"_req, "a broadcast lets one waiter go on",
     Afterwards<SignalOne>},
    {"condition_keeps_the_mutex", "SYNC.COND.ATOMIC_RELEASE"_req,
     "the mutex stays with one who waits", Afterwards<KeepMutex>},
    {"condition_gives_up_early", "SYNC.COND.TIMEDWAIT"_req, "a wait gives up before its time",
     Afterwards<GiveUpEarly<SyncCondWait>>},
    {"barrier_waits_for_one_less", "SYNC.BARRIER.COUNT"_req,
     "a barrier lets one less go on than it is for", Afterwards<WaitForOneLess>},
    {"barrier_gives_no_serial_value", "SYNC.BARRIER.SERIAL"_req, "nobody gets the serial value",
     Afterwards<GiveNoSerial>},
    {"barrier_of_nobody", "SYNC.BARRIER.ZERO"_req, "a barrier for nobody is made",
     Afterwards<SucceedInstead<SyncBarrierInit, EINVAL>>},
    {"semaphore_is_not_posted", "SYNC.SEM.UNNAMED"_req, "a post does nothing",
     Afterwards<DoNothing<SyncSemPost>>},
    {"semaphore_lets_waiters_wait", "SYNC.SEM.POST_WAKES"_req,
     "a post while others wait does nothing", Afterwards<DoNothingForWaiters<SyncSemPost>>},
    {"semaphore_has_no_largest_value", "SYNC.SEM.VALUES"_req,
     "a post beyond the largest value succeeds",
     Afterwards<SucceedInstead<SyncSemPost, EOVERFLOW>>},
    {"semaphore_takes_any_value", "SYNC.SEM.VALUES"_req, "a semaphore is made with any value",
     Afterwards<SucceedInstead<SyncSemInit, EINVAL>>},
    {"semaphore_is_posted_twice", "SYNC.SEM.CONSERVATION"_req, "a post counts twice",
     Afterwards<PostTwice>},
    {"semaphore_is_given_back", "SYNC.SEM.NO_UNDO"_req, "the end of a process posts",
     Afterwards<GiveBackAtDeath>},
    {"semaphore_lets_triers_in", "SYNC.SEM.TRY_AT_ZERO"_req, "a wait that only tries succeeds at 0",
     Afterwards<SucceedInstead<SyncSemWait, EAGAIN>>},
    {"semaphore_gives_up_early", "SYNC.SEM.TIMED"_req, "a wait gives up before its time",
     Afterwards<GiveUpEarly<SyncSemWait>>},
    {"futex_is_of_one_process", "SYNC.FUTEX.SHARED_KEY"_req, "a wake finds nobody",
     Afterwards<WakeNobody>},
    {"futex_loses_wakes", "SYNC.FUTEX.COMPARE_AND_BLOCK"_req, "a wake is counted and nobody wakes",
     Afterwards<LoseWakes>},
    {"futex_crosses_processes", "SYNC.FUTEX.PRIVATE_KEY"_req, "a wake of one process wakes others",
     Afterwards<WakeAcross>},
    {"futex_crosses_copies", "SYNC.FUTEX.PRIVATE_MEMORY_NOT_SHARED"_req,
     "a wake in private memory wakes a child", Afterwards<WakeCopies>},
    {"futex_refuses_readers", "SYNC.FUTEX.READONLY_WAIT"_req,
     "nobody waits through a read-only mapping", Afterwards<RefuseReaders>},
    {"futex_counts_one_more", "SYNC.FUTEX.WAKE_COUNT"_req, "a wake reports one more than it woke",
     Afterwards<CountOneMore>},
    {"futex_compares_nothing", "SYNC.FUTEX.MISMATCH"_req,
     "a wait at another word than expected succeeds",
     Afterwards<SucceedInstead<SyncFutexWait, EAGAIN>>},
    {"futex_lies_anywhere", "SYNC.FUTEX.MISALIGNED"_req, "a misaligned wake succeeds",
     Afterwards<SucceedInstead<SyncFutexWake, EINVAL>>},
    {"futex_needs_no_memory", "SYNC.FUTEX.FAULT"_req, "a wait where nothing is mapped succeeds",
     Afterwards<SucceedInstead<SyncFutexWait, EFAULT>>},
    {"futex_gives_up_early", "SYNC.FUTEX.TIMEOUT"_req, "a wait gives up before its time",
     Afterwards<GiveUpEarly<SyncFutexWait>>},
    {"futex_moves_nobody", "SYNC.FUTEX.REQUEUE"_req, "a requeue does not report those it moves",
     Afterwards<MoveNobody>},
    {"futex_counts_the_dead", "SYNC.FUTEX.KILLED_WAITER"_req, "a waiter that was killed is counted",
     Afterwards<CountTheDead>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
