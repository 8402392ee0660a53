// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mutexes that processes share.

#include "suites/sync/mutex.h"

#include <cerrno>

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void Make(const Member& maker, MutexType type = MutexType::kNormal,
          MutexProtocol protocol = MutexProtocol::kNone) {
  maker.Do(SyncMutexInit{maker.at, type, protocol, false}).Gives(0);
}

void IsBusyFor(const Member& one) { one.Do(Try(one.at)).Fails(EBUSY); }

/// Only one at a time has it.
void Excludes(PlanBuilder& plan, MutexType type, MutexProtocol protocol) {
  const Meeting all(plan);
  Make(all.a, type, protocol);
  Lock(all.a);
  IsBusyFor(all.b);
  IsBusyFor(all.c);
  Unlock(all.a);
  all.b.Do(Try(all.b.at)).Gives(0);
  IsBusyFor(all.a);
  IsBusyFor(all.c);
  Unlock(all.b);
  Lock(all.c);
  IsBusyFor(all.b);
  Unlock(all.c);
}

SHMSPEC_CASE("sync.mutex.excludes_other_processes", "SYNC.MUTEX.EXCLUSION"_req,
             "SYNC.PSHARED.ANY_MAPPING"_req) {
  Excludes(plan, MutexType::kNormal, MutexProtocol::kNone);
}

SHMSPEC_CASE("sync.mutex.of_checked_type_excludes_other_processes", "SYNC.MUTEX.EXCLUSION"_req) {
  Excludes(plan, MutexType::kErrorCheck, MutexProtocol::kNone);
}

SHMSPEC_CASE("sync.mutex.of_recursive_type_excludes_other_processes", "SYNC.MUTEX.EXCLUSION"_req) {
  Excludes(plan, MutexType::kRecursive, MutexProtocol::kNone);
}

SHMSPEC_CASE("sync.mutex.that_inherits_priorities_excludes_other_processes",
             "SYNC.MUTEX.EXCLUSION"_req) {
  Excludes(plan, MutexType::kNormal, MutexProtocol::kInherit);
}

/// b waits, a gives it up, b has it.
void IsHandedOver(PlanBuilder& plan, MutexProtocol protocol) {
  const Meeting all(plan);
  Make(all.a, MutexType::kNormal, protocol);
  Lock(all.a);
  all.b.Begin(SyncMutexLock{all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  IsBusyFor(all.c);
  Unlock(all.a);
  all.b.Join();
  IsBusyFor(all.a);
  Unlock(all.b);
}

SHMSPEC_CASE("sync.mutex.given_up_goes_to_one_who_waits", "SYNC.MUTEX.RELEASED"_req) {
  IsHandedOver(plan, MutexProtocol::kNone);
}

SHMSPEC_CASE("sync.mutex.that_inherits_goes_to_one_who_waits", "SYNC.MUTEX.RELEASED"_req) {
  IsHandedOver(plan, MutexProtocol::kInherit);
}

SHMSPEC_RACE("sync.mutex.goes_to_everybody_who_asks", kRounds, "SYNC.MUTEX.RELEASED"_req) {
  const Meeting all(plan);
  Make(all.a);
  for (int i = 0; i < 3; ++i) {
    Lock(all.a);
    plan.Race([&] {
      Unlock(all.a);
      for (const Member* one : {&all.b, &all.c}) {
        Lock(*one);
        Unlock(*one);
      }
    });
  }
  all.a.Do(Try(all.a.at)).Gives(0);
}

SHMSPEC_RACE("sync.mutex.keeps_others_out_while_one_is_in", kRounds, "SYNC.MUTEX.EXCLUSION"_req,
             "SYNC.MUTEX.MEMORY_SYNC"_req) {
  const Meeting all(plan);
  Make(all.a);
  plan.Race([&] {
    std::uint64_t value = 0;
    for (const Member* one : {&all.a, &all.b, &all.c}) {
      for (int i = 0; i < 2; ++i) {
        Lock(*one);
        one->Store(one->at + kSecond, ++value).Succeeds();
        one->Load(one->at + kSecond).Gives(static_cast<std::int64_t>(value));
        Unlock(*one);
      }
    }
  });
}

SHMSPEC_CASE("sync.mutex.shows_what_was_stored_under_it", "SYNC.MUTEX.MEMORY_SYNC"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.a);
  all.a.Do(MemoryFill{all.a.at + kSecond, {1000}, 5}).Gives(0);
  Unlock(all.a);
  Lock(all.b);
  all.b.Do(MemoryChecksum{all.b.at + kSecond, {1000}}).Gives(ChecksumOfFill(1000, 5));
  all.b.Do(MemoryFill{all.b.at + kSecond, {1000}, 6}).Gives(0);
  Unlock(all.b);
  Lock(all.c);
  all.c.Do(MemoryChecksum{all.c.at + kSecond, {1000}}).Gives(ChecksumOfFill(1000, 6));
}

// --- types

SHMSPEC_CASE("sync.mutex.of_normal_type_is_busy_for_its_owner", "SYNC.MUTEX.TYPES"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.a);
  IsBusyFor(all.a);
  all.a.Do(SyncMutexLock{.at = all.a.at, .how = Patience::kTimed, .within_ms = kSoon_ms})
      .Fails(ETIMEDOUT);
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.mutex.of_checked_type_reports_a_second_lock", "SYNC.MUTEX.TYPES"_req) {
  const Meeting all(plan);
  Make(all.a, MutexType::kErrorCheck);
  Lock(all.a);
  all.a.Do(SyncMutexLock{all.a.at}).Fails(EDEADLK);
  all.a.Do(SyncMutexLock{.at = all.a.at, .how = Patience::kTimed, .within_ms = 1000})
      .Fails(EDEADLK);
  IsBusyFor(all.a);
  IsBusyFor(all.b);
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.mutex.of_checked_type_is_given_up_by_its_owner_alone", "SYNC.MUTEX.TYPES"_req) {
  const Meeting all(plan);
  Make(all.a, MutexType::kErrorCheck);
  all.a.Do(SyncMutexUnlock{all.a.at}).Fails(EPERM);
  Lock(all.a);
  all.b.Do(SyncMutexUnlock{all.b.at}).Fails(EPERM);
  IsBusyFor(all.c);
  Unlock(all.a);
  all.a.Do(SyncMutexUnlock{all.a.at}).Fails(EPERM);
}

SHMSPEC_CASE("sync.mutex.of_recursive_type_counts", "SYNC.MUTEX.TYPES"_req) {
  const Meeting all(plan);
  Make(all.a, MutexType::kRecursive);
  Lock(all.a);
  Lock(all.a);
  all.a.Do(Try(all.a.at)).Gives(0);
  for (int i = 0; i < 2; ++i) {
    Unlock(all.a);
    IsBusyFor(all.b);
    all.b.Do(SyncMutexUnlock{all.b.at}).Fails(EPERM);
  }
  Unlock(all.a);
  Lock(all.b);
  all.a.Do(SyncMutexUnlock{all.a.at}).Fails(EPERM);
}

// --- time limits

SHMSPEC_CASE("sync.mutex.is_waited_for_until_a_time", "SYNC.MUTEX.TIMED"_req) {
  const Meeting all(plan);
  for (const MutexProtocol protocol : {MutexProtocol::kNone, MutexProtocol::kInherit}) {
    Make(all.a, MutexType::kNormal, protocol);
    Lock(all.a);
    for (const std::uint32_t within_ms : {0u, 1u, kSoon_ms}) {
      all.b.Do(SyncMutexLock{.at = all.b.at, .how = Patience::kTimed, .within_ms = within_ms})
          .Fails(ETIMEDOUT);
    }
    Unlock(all.a);
    all.b.Do(SyncMutexLock{.at = all.b.at, .how = Patience::kTimed, .within_ms = 0}).Gives(0);
    Unlock(all.b);
  }
}

SHMSPEC_CASE("sync.mutex.is_waited_for_by_the_monotonic_clock", "SYNC.MUTEX.TIMED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.a);
  SyncMutexLock timed{.at = all.b.at, .how = Patience::kTimed, .within_ms = kSoon_ms};
  timed.clock = SyncClock::kMonotonic;
  all.b.Do(timed).Fails(ETIMEDOUT);
  Unlock(all.a);
  all.b.Do(timed).Gives(0);
}

SHMSPEC_CASE("sync.mutex.given_up_in_time_goes_to_one_who_waits_until_a_time",
             "SYNC.MUTEX.TIMED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.a);
  all.b.Begin(SyncMutexLock{.at = all.b.at, .how = Patience::kTimed, .within_ms = 60'000}).Gives(0);
  all.a.AwaitBlocked(all.b);
  Unlock(all.a);
  all.b.Join();
  IsBusyFor(all.a);
}

// --- owners that end

/// Nobody is told, and nobody gets it.
template <class End>
void StaysHeld(PlanBuilder& plan, MutexType type, End end) {
  const Meeting all(plan);
  Make(all.a, type);
  Lock(all.a);
  end(all);
  IsBusyFor(all.b);
  all.c.Do(SyncMutexLock{.at = all.c.at, .how = Patience::kTimed, .within_ms = kSoon_ms})
      .Fails(ETIMEDOUT);
}

SHMSPEC_CASE("sync.mutex.stays_held_when_its_owner_exits", "SYNC.MUTEX.NORMAL_OWNER_DIES"_req) {
  StaysHeld(plan, MutexType::kNormal, [](const Meeting& all) { all.a.Exit(); });
}

SHMSPEC_CASE("sync.mutex.stays_held_when_its_owner_is_killed", "SYNC.MUTEX.NORMAL_OWNER_DIES"_req) {
  StaysHeld(plan, MutexType::kNormal, [](const Meeting& all) { all.b.Kill(all.a); });
}

SHMSPEC_CASE("sync.mutex.of_recursive_type_stays_held_when_its_owner_is_killed",
             "SYNC.MUTEX.NORMAL_OWNER_DIES"_req) {
  StaysHeld(plan, MutexType::kRecursive, [](const Meeting& all) { all.b.Kill(all.a); });
}

SHMSPEC_CASE("sync.mutex.is_not_held_up_by_a_waiter_that_was_killed", "SYNC.MUTEX.RELEASED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Lock(all.a);
  all.b.Begin(SyncMutexLock{all.b.at});
  all.a.AwaitBlocked(all.b);
  all.a.Kill(all.b);
  Unlock(all.a);
  Lock(all.c);
  IsBusyFor(all.a);
  Unlock(all.c);
  Lock(all.a);
}

SHMSPEC_CASE("sync.mutex.of_a_parent_is_not_the_childs", "SYNC.MUTEX.TYPES"_req) {
  const Meeting all(plan);
  const Actor d = plan.Forked("d");
  Make(all.a, MutexType::kErrorCheck);
  Lock(all.a);
  all.a.Fork(d);
  d.Do(SyncMutexUnlock{all.a.at}).Fails(EPERM);
  d.Do(Try(all.a.at)).Fails(EBUSY);
  d.Exit();
  IsBusyFor(all.b);
  Unlock(all.a);
  Lock(all.b);
}

SHMSPEC_CASE("sync.mutex.given_up_in_time_goes_to_one_who_waits_by_the_monotonic_clock",
             "SYNC.MUTEX.TIMED"_req) {
  const Meeting all(plan);
  for (const MutexProtocol protocol : {MutexProtocol::kNone, MutexProtocol::kInherit}) {
    Make(all.a, MutexType::kNormal, protocol);
    Lock(all.a);
    SyncMutexLock timed{.at = all.b.at, .how = Patience::kTimed, .within_ms = 60'000};
    if (protocol == MutexProtocol::kNone) timed.clock = SyncClock::kMonotonic;
    all.b.Begin(timed).Gives(0);
    all.a.AwaitBlocked(all.b);
    Unlock(all.a);
    all.b.Join();
    Unlock(all.b);
  }
}

}  // namespace
}  // namespace shmspec
