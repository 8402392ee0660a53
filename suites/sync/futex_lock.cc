// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Words that the system makes locks: FUTEX_LOCK_PI without a mutex around it.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void Lock(const Member& one) { one.Do(SyncFutexLockPi{.at = one.at}).Gives(0); }
void Unlock(const Member& one) { one.Do(SyncFutexUnlockPi{.at = one.at}).Gives(0); }

SHMSPEC_CASE("sync.futex_lock.goes_from_one_process_to_the_next", "SYNC.FUTEX.PI_LOCK"_req) {
  const Meeting all(plan);
  for (const Member* one : {&all.a, &all.b, &all.c, &all.a}) {
    Lock(*one);
    Unlock(*one);
  }
}

SHMSPEC_CASE("sync.futex_lock.is_not_taken_by_trying_while_another_one_has_it",
             "SYNC.FUTEX.PI_LOCK"_req) {
  const Meeting all(plan);
  const SyncFutexLockPi tries{.at = all.b.at, .how = Patience::kTry};
  Lock(all.a);
  all.b.Do(tries).Fails(EAGAIN);
  Unlock(all.a);
  all.b.Do(tries).Gives(0);
  Unlock(all.b);
}

SHMSPEC_CASE("sync.futex_lock.goes_to_one_that_waits", "SYNC.FUTEX.PI_LOCK"_req) {
  const Meeting all(plan);
  Lock(all.a);
  all.b.Begin(SyncFutexLockPi{.at = all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  Unlock(all.a);
  all.b.Join();
  all.c.Do(SyncFutexLockPi{.at = all.c.at, .how = Patience::kTry}).Fails(EAGAIN);
  Unlock(all.b);
  Lock(all.c);
}

SHMSPEC_CASE("sync.futex_lock.is_waited_for_until_a_time", "SYNC.FUTEX.PI_LOCK"_req) {
  const Meeting all(plan);
  Lock(all.a);
  for (const std::uint32_t within_ms : {1u, kSoon_ms, 30u}) {
    all.b.Do(SyncFutexLockPi{.at = all.b.at, .how = Patience::kTimed, .within_ms = within_ms})
        .Fails(ETIMEDOUT);
  }
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.futex_lock.is_not_taken_twice", "SYNC.FUTEX.PI_DEADLOCK"_req) {
  const Meeting all(plan);
  Lock(all.a);
  all.a.Do(SyncFutexLockPi{.at = all.a.at}).Fails(EDEADLK);
  const Attach alias = all.a.At(all.segment);
  all.a.Do(SyncFutexLockPi{.at = alias}).Fails(EDEADLK);
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.futex_lock.is_given_up_by_its_owner_alone", "SYNC.FUTEX.PI_FOREIGN"_req) {
  const Meeting all(plan);
  all.b.Do(SyncFutexUnlockPi{.at = all.b.at}).Fails(EPERM);
  Lock(all.a);
  all.b.Do(SyncFutexUnlockPi{.at = all.b.at}).Fails(EPERM);
  all.b.Do(SyncFutexLockPi{.at = all.b.at, .how = Patience::kTry}).Fails(EAGAIN);
  Unlock(all.a);
}

SHMSPEC_CASE("sync.futex_lock.goes_to_one_that_waits_when_its_owner_ends",
             "SYNC.FUTEX.PI_OWNER_ENDS"_req) {
  const Meeting all(plan);
  Lock(all.a);
  all.b.Begin(SyncFutexLockPi{.at = all.b.at}).Gives(0);
  all.c.AwaitBlocked(all.b);
  all.c.Kill(all.a);
  all.b.Join();
  all.c.Do(SyncFutexLockPi{.at = all.c.at, .how = Patience::kTry}).Fails(EAGAIN);
  Unlock(all.b);
  Lock(all.c);
}

SHMSPEC_CASE("sync.futex_lock.of_one_that_ended_is_refused", "SYNC.FUTEX.PI_OWNER_ENDS"_req) {
  const Meeting all(plan);
  Lock(all.a);
  all.c.Kill(all.a);
  for (const Member* one : {&all.b, &all.c}) {
    one->Do(SyncFutexLockPi{.at = one->at}).Fails(ESRCH);
    one->Do(SyncFutexLockPi{.at = one->at, .how = Patience::kTry}).Fails(ESRCH);
  }
}

SHMSPEC_CASE("sync.futex_lock.lies_at_a_multiple_of_four", "SYNC.FUTEX.MISALIGNED"_req) {
  const Meeting all(plan);
  for (std::int64_t offset = 1; offset < 4; ++offset) {
    all.a.Do(SyncFutexLockPi{.at = all.a.at + offset}).Fails(EINVAL);
    all.a.Do(SyncFutexUnlockPi{.at = all.a.at + offset}).Expects(Fails(EINVAL) | Fails(EPERM));
  }
}

SHMSPEC_RACE("sync.futex_lock.goes_round", kRounds, "SYNC.FUTEX.PI_LOCK"_req) {
  const Meeting all(plan);
  plan.Race([&] {
    for (const Member* one : {&all.a, &all.b, &all.c}) {
      Lock(*one);
      Unlock(*one);
    }
  });
  Lock(all.a);
}

}  // namespace
}  // namespace shmspec
