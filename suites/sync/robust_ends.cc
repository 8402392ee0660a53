// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Robust mutexes: owners of other kinds, and ends at bad moments.

#include <cerrno>

#include "suites/sync/mutex.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SyncMutexLock Timed(Address at, std::uint32_t within_ms, SyncClock clock = SyncClock::kRealtime) {
  return {.at = at, .how = Patience::kTimed, .within_ms = within_ms, .clock = clock};
}

// --- threads

/// A thread of a has it when all of a ends.
template <class End>
void ThreadHasIt(PlanBuilder& plan, End end) {
  const Meeting all(plan);
  const Actor t = plan.Threaded("t");
  MakeRobust(all.a);
  all.a.Thread(t);
  t.Do(SyncMutexLock{all.a.at}).Gives(0);
  all.b.Do(Try(all.b.at)).Fails(EBUSY);
  end(all);
  IsTold(all.b);
  Repair(all.b);
  Unlock(all.b);
  Lock(all.c);
}

SHMSPEC_CASE("sync.robust.mutex_of_a_thread_tells_that_its_process_was_killed",
             "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req) {
  ThreadHasIt(plan, [](const Meeting& all) { all.c.Kill(all.a); });
}

SHMSPEC_CASE("sync.robust.mutex_of_a_thread_tells_that_its_process_left_quickly",
             "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req) {
  ThreadHasIt(plan, [](const Meeting& all) { all.a.Exit(); });
}

// --- those who wait already

SHMSPEC_CASE("sync.robust.second_waiter_is_told_when_the_first_one_is_killed_as_well",
             "SYNC.ROBUST_MUTEX.DEATH_WAKES"_req) {
  const Meeting all(plan);
  const Actor d = plan.Spawn("d");
  MakeRobust(all.a);
  Lock(all.a);
  all.b.Begin(SyncMutexLock{all.b.at});
  d.AwaitBlocked(all.b);
  all.c.Begin(SyncMutexLock{all.c.at}).Fails(EOWNERDEAD);
  d.AwaitBlocked(all.c);
  d.Kill(all.a);
  d.Kill(all.b);
  all.c.Join();
}

SHMSPEC_CASE("sync.robust.waiter_with_a_time_limit_is_told", "SYNC.ROBUST_MUTEX.DEATH_WAKES"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.b.Begin(Timed(all.b.at, 60'000)).Fails(EOWNERDEAD);
  all.c.AwaitBlocked(all.b);
  all.c.Kill(all.a);
  all.b.Join();
}

SHMSPEC_CASE("sync.robust.waiter_by_the_monotonic_clock_is_told",
             "SYNC.ROBUST_MUTEX.DEATH_WAKES"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.b.Begin(Timed(all.b.at, 60'000, SyncClock::kMonotonic)).Fails(EOWNERDEAD);
  all.c.AwaitBlocked(all.b);
  all.c.Kill(all.a);
  all.b.Join();
}

// --- at any moment

SHMSPEC_RACE("sync.robust.mutex_is_free_or_tells_whenever_its_user_is_killed", kRounds,
             "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  plan.Race([&] {
    for (int i = 0; i < 3; ++i) {
      all.b.Do(SyncMutexLock{all.b.at});
      all.b.Do(SyncMutexUnlock{all.b.at});
    }
    all.c.Kill(all.b);
  });
  all.a.Do(SyncMutexLock{all.a.at});
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
}

// --- with priority inheritance

SHMSPEC_CASE("sync.robust.mutex_that_inherits_tells_those_who_only_try",
             "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req) {
  const Meeting all(plan);
  MakeRobust(all.a, MutexProtocol::kInherit);
  Lock(all.a);
  all.c.Kill(all.a);
  all.b.Do(Try(all.b.at)).Fails(EOWNERDEAD);
  Repair(all.b);
  Unlock(all.b);
  all.c.Do(Timed(all.c.at, 60'000)).Gives(0);
}

SHMSPEC_CASE("sync.robust.mutex_that_inherits_tells_of_a_second_death",
             "SYNC.ROBUST_MUTEX.SECOND_DEATH"_req) {
  const Meeting all(plan);
  MakeRobust(all.a, MutexProtocol::kInherit);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  all.c.Kill(all.b);
  IsTold(all.c);
}

SHMSPEC_CASE("sync.robust.mutex_that_inherits_is_lost_without_repair",
             "SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req) {
  const Meeting all(plan);
  MakeRobust(all.a, MutexProtocol::kInherit);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  Unlock(all.b);
  all.b.Do(SyncMutexLock{all.b.at}).Fails(ENOTRECOVERABLE);
  all.c.Do(SyncMutexLock{all.c.at}).Fails(ENOTRECOVERABLE);
}

SHMSPEC_CASE("sync.robust.mutex_that_inherits_tells_that_its_owner_became_another_program",
             "SYNC.ROBUST_MUTEX.EXEC"_req) {
  const Meeting all(plan);
  MakeRobust(all.a, MutexProtocol::kInherit);
  Lock(all.a);
  all.a.Do(ProcessExec{}).Gives(0);
  IsTold(all.b);
}

// --- what comes after an exec

SHMSPEC_CASE("sync.robust.mutex_of_another_program_tells_of_its_end",
             "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req) {
  const Meeting all(plan);
  MakeRobust(all.b);
  Lock(all.a);
  all.a.Do(ProcessExec{}).Gives(0);
  IsTold(all.b);
  Repair(all.b);
  Unlock(all.b);
  const Attach again = all.a.At(all.segment);
  all.a.Do(SyncMutexLock{again}).Gives(0);
  all.c.Kill(all.a);
  IsTold(all.c);
}

}  // namespace
}  // namespace shmspec
