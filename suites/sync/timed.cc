// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Times that are none, and times that have come: the same for every kind of object.

#include <cerrno>

#include "suites/sync/mutex.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr Patience kNoTimes[] = {Patience::kNegative, Patience::kExcess};
constexpr SyncClock kClocks[] = {SyncClock::kRealtime, SyncClock::kMonotonic};

/// The call with each time that is none, by each clock.
template <class Op>
void IsRefused(const Member& one, Op op) {
  for (const SyncClock clock : kClocks) {
    for (const Patience how : kNoTimes) {
      op.how = how;
      op.clock = clock;
      one.Do(op).Fails(EINVAL);
    }
  }
}

/// The call until a time that is now, by each clock.
template <class Op, class Undo>
void IsGiven(const Member& one, Op op, Undo undo) {
  op.how = Patience::kTimed;
  op.within_ms = 0;
  for (const SyncClock clock : kClocks) {
    op.clock = clock;
    one.Do(op).Gives(0);
    one.Do(undo).Gives(0);
  }
}

SHMSPEC_CASE("sync.timed.mutex_is_not_waited_for_until_a_time_that_is_none",
             "SYNC.TIMED.NANOSECONDS"_req) {
  const Meeting all(plan);
  all.a.Do(SyncMutexInit{all.a.at}).Gives(0);
  Lock(all.a);
  IsRefused(all.b, SyncMutexLock{all.b.at});
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.timed.inheriting_mutex_is_not_waited_for_until_a_time_that_is_none",
             "SYNC.TIMED.NANOSECONDS"_req) {
  const Meeting all(plan);
  all.a.Do(SyncMutexInit{.at = all.a.at, .protocol = MutexProtocol::kInherit}).Gives(0);
  Lock(all.a);
  for (const Patience how : kNoTimes) all.b.Do(SyncMutexLock{all.b.at, how}).Fails(EINVAL);
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.timed.rwlock_is_not_waited_for_until_a_time_that_is_none",
             "SYNC.TIMED.NANOSECONDS"_req) {
  const Meeting all(plan);
  all.a.Do(SyncRwlockInit{all.a.at}).Gives(0);
  all.a.Do(SyncRwlockLock{.at = all.a.at, .write = true}).Gives(0);
  for (const bool write : {false, true}) {
    IsRefused(all.b, SyncRwlockLock{.at = all.b.at, .write = write});
  }
  all.a.Do(SyncRwlockUnlock{all.a.at}).Gives(0);
  all.b.Do(SyncRwlockLock{.at = all.b.at, .write = true}).Gives(0);
}

SHMSPEC_CASE("sync.timed.semaphore_is_not_waited_for_until_a_time_that_is_none",
             "SYNC.TIMED.NANOSECONDS"_req) {
  const Meeting all(plan);
  all.a.Do(SyncSemInit{all.a.at, 0}).Gives(0);
  IsRefused(all.b, SyncSemWait{all.b.at});
  all.a.Do(SyncSemPost{all.a.at}).Gives(0);
  all.c.Do(SyncSemValue{all.c.at}).Gives(1);
}

SHMSPEC_CASE("sync.timed.condition_is_not_waited_for_until_a_time_that_is_none",
             "SYNC.TIMED.NANOSECONDS"_req) {
  const Meeting all(plan);
  for (const SyncClock clock : kClocks) {
    all.a.Do(SyncMutexInit{all.a.at}).Gives(0);
    all.a.Do(SyncCondInit{all.a.at + kSecond, clock}).Gives(0);
    Lock(all.b);
    for (const Patience how : kNoTimes) {
      all.b.Do(SyncCondWait{all.b.at + kSecond, all.b.at, how, 0, clock}).Fails(EINVAL);
    }
    all.c.Do(Try(all.c.at)).Fails(EBUSY);
    Unlock(all.b);
  }
}

SHMSPEC_CASE("sync.timed.futex_is_not_waited_for_until_a_time_that_is_none",
             "SYNC.TIMED.NANOSECONDS"_req) {
  const Meeting all(plan);
  for (const Patience how : kNoTimes) {
    all.b.Do(SyncFutexWait{.at = all.b.at, .how = how}).Fails(EINVAL);
  }
  IsRefused(all.b, SyncFutexWaitBitset{.at = all.b.at});
  all.a.Do(SyncFutexWake{all.a.at, 9}).Gives(0);
}

SHMSPEC_CASE("sync.timed.mutex_that_is_free_is_given_at_any_time", "SYNC.TIMED.NOT_WHEN_FREE"_req) {
  const Meeting all(plan);
  all.a.Do(SyncMutexInit{all.a.at}).Gives(0);
  IsGiven(all.b, SyncMutexLock{all.b.at}, SyncMutexUnlock{all.b.at});
  MakeRobust(all.a);
  IsGiven(all.c, SyncMutexLock{all.c.at}, SyncMutexUnlock{all.c.at});
}

SHMSPEC_CASE("sync.timed.rwlock_that_is_free_is_given_at_any_time",
             "SYNC.TIMED.NOT_WHEN_FREE"_req) {
  const Meeting all(plan);
  all.a.Do(SyncRwlockInit{all.a.at}).Gives(0);
  IsGiven(all.b, SyncRwlockLock{.at = all.b.at, .write = true}, SyncRwlockUnlock{all.b.at});
  all.a.Do(SyncRwlockLock{all.a.at}).Gives(0);
  IsGiven(all.b, SyncRwlockLock{all.b.at}, SyncRwlockUnlock{all.b.at});
}

SHMSPEC_CASE("sync.timed.semaphore_that_is_not_zero_is_taken_at_any_time",
             "SYNC.TIMED.NOT_WHEN_FREE"_req) {
  const Meeting all(plan);
  all.a.Do(SyncSemInit{all.a.at, 1}).Gives(0);
  IsGiven(all.b, SyncSemWait{all.b.at}, SyncSemPost{all.b.at});
}

}  // namespace
}  // namespace shmspec
