// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Conditions of several processes.

#include <cerrno>

#include "suites/sync/mutex.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// A mutex in the first place and a condition in the second.
void Make(const Member& maker, SyncClock clock = SyncClock::kRealtime, bool robust = false) {
  maker.Do(SyncMutexInit{maker.at, {}, {}, robust}).Gives(0);
  maker.Do(SyncCondInit{maker.at + kSecond, clock}).Gives(0);
}

void Signal(const Member& one, bool everybody = false) {
  one.Do(SyncCondSignal{one.at + kSecond, everybody}).Gives(0);
}

SyncCondWait Wait(const Member& one) { return {.at = one.at + kSecond, .mutex = one.at}; }
SyncCondWait Timed(const Member& one, std::uint32_t within_ms) {
  SyncCondWait wait = Wait(one);
  wait.how = Patience::kTimed;
  wait.within_ms = within_ms;
  return wait;
}

/// The member has the mutex and waits.
void BeginsToWait(const Member& one, const Member& other) {
  Lock(one);
  one.Begin(Wait(one)).Gives(0);
  other.AwaitBlocked(one);
}

SHMSPEC_CASE("sync.condition.signal_lets_a_waiter_of_another_process_go_on",
             "SYNC.COND.SIGNAL_WAKES"_req, "SYNC.COND.ATOMIC_RELEASE"_req) {
  const Meeting all(plan);
  Make(all.a);
  BeginsToWait(all.b, all.a);
  Lock(all.a);
  Signal(all.a);
  Unlock(all.a);
  all.b.Join();
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
  Unlock(all.b);
}

SHMSPEC_CASE("sync.condition.signal_without_the_mutex_lets_a_waiter_go_on",
             "SYNC.COND.SIGNAL_WAKES"_req) {
  const Meeting all(plan);
  Make(all.a);
  BeginsToWait(all.b, all.a);
  Signal(all.c);
  all.b.Join();
  all.a.Do(Try(all.a.at)).Fails(EBUSY);
}

SHMSPEC_CASE("sync.condition.waiter_goes_on_only_with_the_mutex", "SYNC.COND.ATOMIC_RELEASE"_req) {
  const Meeting all(plan);
  Make(all.a);
  BeginsToWait(all.b, all.a);
  Lock(all.a);
  Signal(all.a);
  all.a.Store(all.a.at + kThird, 1).Succeeds();
  Unlock(all.a);
  all.b.Join();
  all.b.Load(all.b.at + kThird).Gives(1);
}

/// Two wait. One of them ends, and with it the mutex that it may have got; the other one goes on.
void IsBroadcast(PlanBuilder& plan, bool first_ends) {
  const Meeting all(plan);
  Make(all.a, SyncClock::kRealtime, true);
  for (const Member* one : {&all.b, &all.c}) {
    Lock(*one);
    one->Begin(Wait(*one));
    all.a.AwaitBlocked(*one);
  }
  Lock(all.a);
  Signal(all.a, true);
  Unlock(all.a);
  // Both have gone on, or wait for the mutex.
  all.a.Do(ProcessAwaitBlocked{all.b});
  all.a.Do(ProcessAwaitBlocked{all.c});
  all.a.Kill(first_ends ? all.b : all.c);
  (first_ends ? all.c : all.b).Join();
}

SHMSPEC_CASE("sync.condition.broadcast_lets_the_second_waiter_go_on", "SYNC.COND.BROADCAST"_req) {
  IsBroadcast(plan, true);
}

SHMSPEC_CASE("sync.condition.broadcast_lets_the_first_waiter_go_on", "SYNC.COND.BROADCAST"_req) {
  IsBroadcast(plan, false);
}

SHMSPEC_CASE("sync.condition.signals_before_a_wait_are_lost", "SYNC.COND.TIMEDWAIT"_req) {
  const Meeting all(plan);
  Make(all.a);
  Signal(all.a);
  Signal(all.a, true);
  Lock(all.b);
  all.b.Do(Timed(all.b, kSoon_ms));
  Unlock(all.b);
}

SHMSPEC_CASE("sync.condition.is_waited_for_until_a_time", "SYNC.COND.TIMEDWAIT"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.b);
  for (const std::uint32_t within_ms : {0u, 1u, kSoon_ms}) all.b.Do(Timed(all.b, within_ms));
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
  Unlock(all.b);
  all.c.Do(Try(all.c.at)).Gives(0);
}

SHMSPEC_CASE("sync.condition.is_waited_for_by_the_monotonic_clock", "SYNC.COND.TIMEDWAIT"_req) {
  const Meeting all(plan);
  Make(all.a, SyncClock::kMonotonic);
  Lock(all.b);
  SyncCondWait timed = Timed(all.b, kSoon_ms);
  timed.clock = SyncClock::kMonotonic;
  all.b.Do(timed);
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
  Unlock(all.b);
}

SHMSPEC_CASE("sync.condition.waiter_is_told_that_the_owner_of_the_mutex_ended",
             "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req) {
  const Meeting all(plan);
  Make(all.a, SyncClock::kRealtime, true);
  Lock(all.b);
  all.b.Begin(Wait(all.b)).Fails(EOWNERDEAD);
  all.a.AwaitBlocked(all.b);
  Lock(all.a);
  Signal(all.a);
  all.a.Exit();
  all.b.Join();
  all.b.Do(SyncMutexConsistent{all.b.at}).Gives(0);
  Unlock(all.b);
  Lock(all.c);
}

SHMSPEC_CASE("sync.condition.signal_after_a_killed_waiter_returns", "SYNC.COND.KILLED_WAITER"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.b);
  all.b.Begin(Wait(all.b));
  all.a.AwaitBlocked(all.b);
  all.a.Kill(all.b);
  Signal(all.a);
  Lock(all.c);
  Unlock(all.c);
}

SHMSPEC_RACE("sync.condition.loses_no_signal_of_one_who_has_the_mutex", kRounds,
             "SYNC.COND.ATOMIC_RELEASE"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.b);
  all.a.Begin(SyncMutexLock{all.a.at}).Gives(0);
  all.b.AwaitBlocked(all.a);
  // a gets the mutex at the moment at which b begins to wait.
  all.b.Begin(Wait(all.b)).Gives(0);
  all.a.Join();
  Signal(all.a);
  Unlock(all.a);
  all.b.Join();
  Unlock(all.b);
}

SHMSPEC_CASE("sync.condition.signal_lets_a_waiter_with_a_time_limit_go_on",
             "SYNC.COND.SIGNAL_WAKES"_req) {
  const Meeting all(plan);
  for (const SyncClock clock : {SyncClock::kRealtime, SyncClock::kMonotonic}) {
    Make(all.a, clock);
    SyncCondWait timed = Timed(all.b, 60'000);
    timed.clock = clock;
    Lock(all.b);
    all.b.Begin(timed).Gives(0);
    all.a.AwaitBlocked(all.b);
    Lock(all.a);
    Signal(all.a);
    Unlock(all.a);
    all.b.Join();
    Unlock(all.b);
  }
}

}  // namespace
}  // namespace shmspec
