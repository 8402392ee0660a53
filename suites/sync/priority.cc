// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mutexes that raise the priority of who has them, and their ceilings.

#include <cerrno>

#include "suites/sync/mutex.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SyncMutexInit WithCeiling(Address at, std::int32_t ceiling) {
  return {.at = at, .protocol = MutexProtocol::kProtect, .ceiling = ceiling};
}
void RunsAt(const Actor& one, std::int32_t priority) {
  one.Do(ProcessSetRealtime{priority}).Gives(0);
}
void IsRaisedTo(const Actor& one, std::int32_t priority) {
  one.Do(ProcessPriority{}).Gives(priority);
}

SHMSPEC_CASE("sync.priority.ceiling_is_one_of_real_time", "SYNC.MUTEX.CEILING_RANGE"_req) {
  const Meeting all(plan);
  for (const std::int32_t ceiling : {0, 100, -7, 0x7fffffff}) {
    all.a.Do(WithCeiling(all.a.at, ceiling)).Fails(EINVAL);
  }
  for (const std::int32_t ceiling : {1, 2, 98, 99}) {
    all.a.Do(WithCeiling(all.a.at, ceiling)).Gives(0);
    all.b.Do(SyncMutexCeiling{all.b.at}).Gives(ceiling);
    all.b.Do(SyncDestroy{all.b.at}).Gives(0);
  }
}

SHMSPEC_CASE("sync.priority.ceiling_stays_until_another_one_is_set", "SYNC.MUTEX.CEILING"_req) {
  const Meeting all(plan);
  all.a.Do(WithCeiling(all.a.at, 5)).Gives(0);
  all.b.Do(SyncMutexCeiling{all.b.at}).Gives(5);
  all.b.Do(SyncMutexSetCeiling{all.b.at, 7}).Gives(5);
  all.a.Do(SyncMutexCeiling{all.a.at}).Gives(7);
  all.c.Do(SyncMutexSetCeiling{all.c.at, 1}).Gives(7);
  all.c.Do(SyncMutexSetCeiling{all.c.at, 99}).Gives(1);
  all.b.Do(SyncMutexCeiling{all.b.at}).Gives(99);
}

SHMSPEC_CASE("sync.priority.mutex_without_a_ceiling_has_none", "SYNC.MUTEX.CEILING"_req) {
  const Meeting all(plan);
  all.a.Do(SyncMutexInit{all.a.at}).Gives(0);
  all.b.Do(SyncMutexCeiling{all.b.at}).Fails(EINVAL);
  all.b.Do(SyncMutexSetCeiling{all.b.at, 7}).Fails(EINVAL);
}

SHMSPEC_CASE("sync.priority.mutex_is_kept_from_who_runs_above_its_ceiling",
             "SYNC.MUTEX.PRIO_PROTECT"_req) {
  const Meeting all(plan);
  all.a.Do(WithCeiling(all.a.at, 5)).Gives(0);
  RunsAt(all.b, 6);
  all.b.Do(SyncMutexLock{all.b.at}).Fails(EINVAL);
  all.b.Do(Try(all.b.at)).Fails(EINVAL);
  for (const std::int32_t priority : {5, 1}) {
    RunsAt(all.b, priority);
    Lock(all.b);
    Unlock(all.b);
  }
  all.a.Do(SyncMutexSetCeiling{all.a.at, 4}).Gives(5);
  RunsAt(all.b, 5);
  all.b.Do(SyncMutexLock{all.b.at}).Fails(EINVAL);
}

SHMSPEC_CASE("sync.priority.mutex_with_a_ceiling_excludes_others", "SYNC.MUTEX.EXCLUSION"_req,
             "SYNC.MUTEX.RELEASED"_req) {
  const Meeting all(plan);
  all.a.Do(WithCeiling(all.a.at, 5)).Gives(0);
  RunsAt(all.a, 2);
  RunsAt(all.b, 1);
  Lock(all.a);
  all.b.Do(Try(all.b.at)).Fails(EBUSY);
  all.b.Begin(SyncMutexLock{all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  Unlock(all.a);
  all.b.Join();
  all.a.Do(Try(all.a.at)).Fails(EBUSY);
  Unlock(all.b);
  Lock(all.a);
}

SHMSPEC_CASE("sync.priority.ceiling_raises_who_has_the_mutex", "SYNC.MUTEX.CEILING_RAISES"_req) {
  const Meeting all(plan);
  all.a.Do(WithCeiling(all.a.at, 3)).Gives(0);
  all.a.Do(WithCeiling(all.a.at + kSecond, 5)).Gives(0);
  RunsAt(all.b, 1);
  IsRaisedTo(all.b, 1);
  Lock(all.b);
  IsRaisedTo(all.b, 3);
  all.b.Do(SyncMutexLock{all.b.at + kSecond}).Gives(0);
  IsRaisedTo(all.b, 5);
  all.b.Do(SyncMutexUnlock{all.b.at + kSecond}).Gives(0);
  IsRaisedTo(all.b, 3);
  Unlock(all.b);
  IsRaisedTo(all.b, 1);
}

SHMSPEC_CASE("sync.priority.lower_ceiling_changes_nothing", "SYNC.MUTEX.CEILING_RAISES"_req) {
  const Meeting all(plan);
  all.a.Do(WithCeiling(all.a.at, 9)).Gives(0);
  all.a.Do(WithCeiling(all.a.at + kSecond, 4)).Gives(0);
  RunsAt(all.b, 2);
  Lock(all.b);
  all.b.Do(SyncMutexLock{all.b.at + kSecond});
  IsRaisedTo(all.b, 9);
  Unlock(all.b);
}

SHMSPEC_CASE("sync.priority.of_who_waits_is_lent_to_who_has_the_mutex",
             "SYNC.MUTEX.PRIO_INHERIT"_req) {
  const Meeting all(plan);
  all.a.Do(SyncMutexInit{.at = all.a.at, .protocol = MutexProtocol::kInherit}).Gives(0);
  RunsAt(all.a, 1);
  RunsAt(all.b, 4);
  Lock(all.a);
  IsRaisedTo(all.a, 1);
  all.b.Begin(SyncMutexLock{all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  IsRaisedTo(all.a, 4);
  Unlock(all.a);
  IsRaisedTo(all.a, 1);
  all.b.Join();
  IsRaisedTo(all.b, 4);
  Unlock(all.b);
}

SHMSPEC_CASE("sync.priority.of_who_waits_for_a_word_is_lent_to_who_has_it",
             "SYNC.MUTEX.PRIO_INHERIT"_req, "SYNC.FUTEX.PI_LOCK"_req) {
  const Meeting all(plan);
  RunsAt(all.a, 2);
  RunsAt(all.b, 7);
  all.a.Do(SyncFutexLockPi{all.a.at}).Gives(0);
  all.b.Begin(SyncFutexLockPi{all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  IsRaisedTo(all.a, 7);
  all.a.Do(SyncFutexUnlockPi{all.a.at}).Gives(0);
  IsRaisedTo(all.a, 2);
  all.b.Join();
}

}  // namespace
}  // namespace shmspec
