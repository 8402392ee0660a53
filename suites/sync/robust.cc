// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Robust mutexes: the next one is told that the owner ended, in whatever way it did.

#include <cerrno>
#include <csignal>

#include "suites/sync/mutex.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr Requirement kOwnerDead = "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req;
constexpr Requirement kDeathWakes = "SYNC.ROBUST_MUTEX.DEATH_WAKES"_req;

/// a has it and ends; b is told and has it, repairs it, and c finds it as good as new.
template <class End>
void OwnerEnds(PlanBuilder& plan, MutexProtocol protocol, End end) {
  const Meeting all(plan);
  MakeRobust(all.a, protocol);
  Lock(all.a);
  end(all);
  IsTold(all.b);
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
  Repair(all.b);
  Unlock(all.b);
  Lock(all.c);
  Unlock(all.c);
}

SHMSPEC_CASE("sync.robust.mutex_tells_that_its_owner_exited", kOwnerDead,
             "SYNC.ROBUST_MUTEX.CONSISTENT"_req) {
  OwnerEnds(plan, MutexProtocol::kNone, [](const Meeting& all) { all.a.Exit(ExitHow::kNormal); });
}

SHMSPEC_CASE("sync.robust.mutex_tells_that_its_owner_left_quickly", kOwnerDead) {
  OwnerEnds(plan, MutexProtocol::kNone, [](const Meeting& all) { all.a.Exit(ExitHow::kQuick); });
}

SHMSPEC_CASE("sync.robust.mutex_tells_that_its_owner_aborted", kOwnerDead) {
  OwnerEnds(plan, MutexProtocol::kNone, [](const Meeting& all) { all.a.Exit(ExitHow::kAbort); });
}

SHMSPEC_CASE("sync.robust.mutex_tells_that_its_owner_was_killed", kOwnerDead) {
  OwnerEnds(plan, MutexProtocol::kNone, [](const Meeting& all) { all.b.Kill(all.a); });
}

SHMSPEC_CASE("sync.robust.mutex_that_inherits_tells_that_its_owner_was_killed", kOwnerDead) {
  OwnerEnds(plan, MutexProtocol::kInherit, [](const Meeting& all) { all.b.Kill(all.a); });
}

SHMSPEC_CASE("sync.robust.mutex_that_inherits_tells_that_its_owner_left_quickly", kOwnerDead) {
  OwnerEnds(plan, MutexProtocol::kInherit, [](const Meeting& all) { all.a.Exit(); });
}

SHMSPEC_CASE("sync.robust.mutex_tells_that_its_owner_became_another_program",
             "SYNC.ROBUST_MUTEX.EXEC"_req) {
  OwnerEnds(plan, MutexProtocol::kNone,
            [](const Meeting& all) { all.a.Do(ProcessExec{}).Gives(0); });
}

SHMSPEC_CASE("sync.robust.mutex_tells_those_who_only_try", kOwnerDead) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  all.b.Do(Try(all.b.at)).Fails(EOWNERDEAD);
  Repair(all.b);
  Unlock(all.b);
  all.c.Do(Try(all.c.at)).Gives(0);
}

SHMSPEC_CASE("sync.robust.mutex_tells_those_with_a_time_limit", kOwnerDead) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  all.b.Do(SyncMutexLock{.at = all.b.at, .how = Patience::kTimed, .within_ms = 60'000})
      .Fails(EOWNERDEAD);
}

SHMSPEC_CASE("sync.robust.mutex_of_recursive_type_tells_that_its_owner_was_killed", kOwnerDead) {
  const Meeting all(plan);
  MakeRobust(all.a, MutexProtocol::kNone, MutexType::kRecursive);
  Lock(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  Repair(all.b);
  Unlock(all.b);
  Lock(all.c);
}

SHMSPEC_CASE("sync.robust.mutex_that_nobody_had_says_nothing", kOwnerDead) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  Unlock(all.a);
  all.c.Kill(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.robust.mutexes_all_tell_that_their_owner_was_killed", kOwnerDead) {
  const Meeting all(plan);
  for (std::int64_t i = 0; i < 8; ++i) {
    all.a.Do(SyncMutexInit{all.a.at + i * kSecond, {}, {}, true}).Gives(0);
    all.a.Do(SyncMutexLock{all.a.at + i * kSecond}).Gives(0);
  }
  all.c.Kill(all.a);
  for (std::int64_t i = 0; i < 8; ++i) {
    all.b.Do(SyncMutexLock{all.b.at + i * kSecond}).Fails(EOWNERDEAD);
  }
}

// --- those who wait already

/// b is blocked when a ends, and is told.
template <class End>
void WaiterIsWoken(PlanBuilder& plan, MutexProtocol protocol, End end) {
  const Meeting all(plan);
  MakeRobust(all.a, protocol);
  Lock(all.a);
  all.b.Begin(SyncMutexLock{all.b.at}).Fails(EOWNERDEAD);
  all.c.AwaitBlocked(all.b);
  end(all);
  all.b.Join();
  Repair(all.b);
  Unlock(all.b);
  Lock(all.c);
}

SHMSPEC_CASE("sync.robust.waiter_is_told_that_the_owner_exited", kDeathWakes) {
  WaiterIsWoken(plan, MutexProtocol::kNone,
                [](const Meeting& all) { all.a.Exit(ExitHow::kNormal); });
}

SHMSPEC_CASE("sync.robust.waiter_is_told_that_the_owner_left_quickly", kDeathWakes) {
  WaiterIsWoken(plan, MutexProtocol::kNone, [](const Meeting& all) { all.a.Exit(); });
}

SHMSPEC_CASE("sync.robust.waiter_is_told_that_the_owner_was_killed", kDeathWakes) {
  WaiterIsWoken(plan, MutexProtocol::kNone, [](const Meeting& all) { all.c.Kill(all.a); });
}

SHMSPEC_CASE("sync.robust.waiter_that_lends_its_priority_is_told", kDeathWakes) {
  WaiterIsWoken(plan, MutexProtocol::kInherit, [](const Meeting& all) { all.c.Kill(all.a); });
}

SHMSPEC_CASE("sync.robust.waiter_is_told_that_the_owner_became_another_program", kDeathWakes) {
  WaiterIsWoken(plan, MutexProtocol::kNone,
                [](const Meeting& all) { all.a.Do(ProcessExec{}).Gives(0); });
}

SHMSPEC_RACE("sync.robust.waiters_get_it_one_at_a_time", kRounds,
             "SYNC.ROBUST_MUTEX.ONE_WAITER_AT_A_TIME"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  const Actor d = plan.Spawn("d");
  const Attach at = d.At(all.segment);
  plan.Race([&] {
    all.a.Exit();
    all.b.Do(SyncMutexLock{all.b.at});
    all.b.Do(SyncMutexConsistent{all.b.at});
    all.b.Do(SyncMutexUnlock{all.b.at}).Gives(0);
    all.c.Do(SyncMutexLock{all.c.at});
    all.c.Do(SyncMutexConsistent{all.c.at});
    all.c.Do(SyncMutexUnlock{all.c.at}).Gives(0);
  });
  d.Do(SyncMutexLock{at}).Gives(0);
}

// --- what the one who was told does

SHMSPEC_CASE("sync.robust.mutex_given_up_without_repair_is_lost",
             "SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  Unlock(all.b);
  all.b.Do(SyncMutexLock{all.b.at}).Fails(ENOTRECOVERABLE);
  all.c.Do(SyncMutexLock{.at = all.c.at, .how = Patience::kTimed, .within_ms = kSoon_ms})
      .Fails(ENOTRECOVERABLE);
  all.c.Do(Try(all.c.at)).Fails(ENOTRECOVERABLE);
  all.c.Do(SyncDestroy{all.c.at}).Gives(0);
  MakeRobust(all.c);
  Lock(all.b);
}

SHMSPEC_CASE("sync.robust.waiter_is_told_that_the_mutex_is_lost",
             "SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  all.c.Begin(SyncMutexLock{all.c.at}).Fails(ENOTRECOVERABLE);
  all.b.AwaitBlocked(all.c);
  Unlock(all.b);
  all.c.Join();
}

SHMSPEC_CASE("sync.robust.second_owner_that_dies_is_told_of_as_well",
             "SYNC.ROBUST_MUTEX.SECOND_DEATH"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  all.c.Kill(all.b);
  IsTold(all.c);
  Repair(all.c);
  Unlock(all.c);
  Lock(all.c);
}

SHMSPEC_CASE("sync.robust.owner_that_repaired_and_dies_is_told_of",
             "SYNC.ROBUST_MUTEX.SECOND_DEATH"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.c.Kill(all.a);
  IsTold(all.b);
  Repair(all.b);
  all.c.Kill(all.b);
  IsTold(all.c);
}

SHMSPEC_CASE("sync.robust.mutex_that_is_well_needs_no_repair",
             "SYNC.ROBUST_MUTEX.CONSISTENT_INVALID"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  all.a.Do(SyncMutexConsistent{all.a.at}).Fails(EINVAL);
  Lock(all.a);
  all.a.Do(SyncMutexConsistent{all.a.at}).Fails(EINVAL);
  Unlock(all.a);
  all.a.Do(SyncMutexInit{all.a.at, {}, {}, false}).Gives(0);
  all.a.Do(SyncMutexConsistent{all.a.at}).Fails(EINVAL);
}

SHMSPEC_CASE("sync.robust.mutex_is_given_up_by_its_owner_alone",
             "SYNC.ROBUST_MUTEX.FOREIGN_UNLOCK"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.b.Do(SyncMutexUnlock{all.b.at}).Fails(EPERM);
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.robust.mutex_that_inherits_is_given_up_by_its_owner_alone",
             "SYNC.ROBUST_MUTEX.FOREIGN_UNLOCK"_req) {
  const Meeting all(plan);
  MakeRobust(all.a, MutexProtocol::kInherit);
  Lock(all.a);
  all.b.Do(SyncMutexUnlock{all.b.at}).Fails(EPERM);
  all.c.Do(Try(all.c.at)).Fails(EBUSY);
}

SHMSPEC_CASE("sync.robust.owner_that_unmapped_it_is_not_told_of",
             "SYNC.ROBUST_MUTEX.UNMAPPED_OWNER"_req) {
  const Meeting all(plan);
  MakeRobust(all.a);
  Lock(all.a);
  all.a.Detach(all.a.at).Gives(0);
  all.a.Exit(ExitHow::kQuick);
  all.b.Do(Try(all.b.at)).Fails(EBUSY);
  all.c.Do(SyncMutexLock{.at = all.c.at, .how = Patience::kTimed, .within_ms = kSoon_ms})
      .Fails(ETIMEDOUT);
}

SHMSPEC_CASE("sync.robust.thread_that_ends_may_be_told_of",
             "SYNC.ROBUST_MUTEX.THREAD_DEATH_MAY"_req) {
  const Meeting all(plan);
  const Actor t = plan.Threaded("t");
  MakeRobust(all.a);
  all.a.Thread(t);
  t.Do(SyncMutexLock{all.a.at}).Gives(0);
  t.Exit(ExitHow::kThread);
  all.b.Do(Try(all.b.at));
}

}  // namespace
}  // namespace shmspec
