// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks for readers and writers of several processes.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void Make(const Member& maker) { maker.Do(SyncRwlockInit{maker.at}).Gives(0); }
void Read(const Member& one) { one.Do(SyncRwlockLock{one.at}).Gives(0); }
void Write(const Member& one) { one.Do(SyncRwlockLock{.at = one.at, .write = true}).Gives(0); }
void Unlock(const Member& one) { one.Do(SyncRwlockUnlock{one.at}).Gives(0); }

SyncRwlockLock Tries(Address at, bool write) {
  return {.at = at, .write = write, .how = Patience::kTry};
}
SyncRwlockLock Timed(Address at, bool write, std::uint32_t within_ms) {
  return {.at = at, .write = write, .how = Patience::kTimed, .within_ms = within_ms};
}

SHMSPEC_CASE("sync.rwlock.lets_readers_in_together", "SYNC.RWLOCK.SEMANTICS"_req) {
  const Meeting all(plan);
  Make(all.a);
  Read(all.a);
  Read(all.b);
  all.c.Do(Tries(all.c.at, false)).Gives(0);
  for (const Member* one : {&all.b, &all.a, &all.c}) Unlock(*one);
  Write(all.b);
}

SHMSPEC_CASE("sync.rwlock.counts_what_one_process_reads", "SYNC.RWLOCK.SEMANTICS"_req) {
  const Meeting all(plan);
  Make(all.a);
  Read(all.a);
  Read(all.a);
  Unlock(all.a);
  all.b.Do(Tries(all.b.at, true)).Fails(EBUSY);
  Unlock(all.a);
  all.b.Do(Tries(all.b.at, true)).Gives(0);
}

SHMSPEC_CASE("sync.rwlock.keeps_everybody_out_while_one_writes", "SYNC.RWLOCK.EXCLUSION"_req) {
  const Meeting all(plan);
  Make(all.a);
  Write(all.a);
  for (const bool write : {false, true}) {
    all.b.Do(Tries(all.b.at, write)).Fails(EBUSY);
    all.c.Do(Tries(all.c.at, write)).Fails(EBUSY);
  }
  Unlock(all.a);
  Write(all.c);
  all.a.Do(Tries(all.a.at, false)).Fails(EBUSY);
}

SHMSPEC_CASE("sync.rwlock.keeps_writers_out_while_one_reads", "SYNC.RWLOCK.EXCLUSION"_req) {
  const Meeting all(plan);
  Make(all.a);
  Read(all.a);
  Read(all.b);
  all.c.Do(Tries(all.c.at, true)).Fails(EBUSY);
  Unlock(all.a);
  all.c.Do(Tries(all.c.at, true)).Fails(EBUSY);
  Unlock(all.b);
  all.c.Do(Tries(all.c.at, true)).Gives(0);
}

SHMSPEC_CASE("sync.rwlock.given_up_by_its_writer_goes_to_a_writer_that_waits",
             "SYNC.RWLOCK.RELEASED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Write(all.a);
  all.b.Begin(SyncRwlockLock{.at = all.b.at, .write = true}).Gives(0);
  all.a.AwaitBlocked(all.b);
  Unlock(all.a);
  all.b.Join();
  all.a.Do(Tries(all.a.at, false)).Fails(EBUSY);
}

SHMSPEC_CASE("sync.rwlock.given_up_by_its_writer_goes_to_all_readers_that_wait",
             "SYNC.RWLOCK.RELEASED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Write(all.a);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(SyncRwlockLock{one->at}).Gives(0);
    all.a.AwaitBlocked(*one);
  }
  Unlock(all.a);
  all.b.Join();
  all.c.Join();
  all.a.Do(Tries(all.a.at, true)).Fails(EBUSY);
}

SHMSPEC_CASE("sync.rwlock.goes_to_a_writer_when_the_last_reader_gives_it_up",
             "SYNC.RWLOCK.RELEASED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Read(all.a);
  Read(all.b);
  all.c.Begin(SyncRwlockLock{.at = all.c.at, .write = true}).Gives(0);
  all.a.AwaitBlocked(all.c);
  Unlock(all.a);
  Unlock(all.b);
  all.c.Join();
  all.a.Do(Tries(all.a.at, false)).Fails(EBUSY);
}

SHMSPEC_RACE("sync.rwlock.keeps_writers_apart", kRounds, "SYNC.RWLOCK.EXCLUSION"_req) {
  const Meeting all(plan);
  Make(all.a);
  plan.Race([&] {
    std::uint64_t value = 0;
    for (const Member* one : {&all.a, &all.b, &all.c}) {
      Write(*one);
      one->Store(one->at + kSecond, ++value).Succeeds();
      one->Load(one->at + kSecond).Gives(static_cast<std::int64_t>(value));
      Unlock(*one);
    }
  });
  Write(all.a);
}

SHMSPEC_CASE("sync.rwlock.is_waited_for_until_a_time", "SYNC.RWLOCK.TIMED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Write(all.a);
  for (const bool write : {false, true}) {
    for (const std::uint32_t within_ms : {0u, 1u, kSoon_ms}) {
      all.b.Do(Timed(all.b.at, write, within_ms)).Fails(ETIMEDOUT);
    }
  }
  Unlock(all.a);
  all.b.Do(Timed(all.b.at, true, 0)).Gives(0);
  Unlock(all.b);
  Read(all.a);
  all.b.Do(Timed(all.b.at, true, kSoon_ms)).Fails(ETIMEDOUT);
  all.b.Do(Timed(all.b.at, false, 0)).Gives(0);
}

SHMSPEC_CASE("sync.rwlock.is_waited_for_by_the_monotonic_clock", "SYNC.RWLOCK.TIMED"_req) {
  const Meeting all(plan);
  Make(all.a);
  Write(all.a);
  for (const bool write : {false, true}) {
    SyncRwlockLock timed = Timed(all.b.at, write, kSoon_ms);
    timed.clock = SyncClock::kMonotonic;
    all.b.Do(timed).Fails(ETIMEDOUT);
  }
}

SHMSPEC_CASE("sync.rwlock.stays_held_when_its_reader_ends", "SYNC.RWLOCK.NOT_ROBUST"_req) {
  const Meeting all(plan);
  Make(all.a);
  Read(all.a);
  all.a.Exit();
  all.b.Do(Tries(all.b.at, true)).Fails(EBUSY);
  all.b.Do(Tries(all.b.at, false)).Gives(0);
}

SHMSPEC_CASE("sync.rwlock.stays_held_when_its_writer_is_killed", "SYNC.RWLOCK.NOT_ROBUST"_req) {
  const Meeting all(plan);
  Make(all.a);
  Write(all.a);
  all.b.Kill(all.a);
  all.b.Do(Tries(all.b.at, false)).Fails(EBUSY);
  all.c.Do(Timed(all.c.at, true, kSoon_ms)).Fails(ETIMEDOUT);
}

SHMSPEC_CASE("sync.rwlock.given_up_in_time_goes_to_those_who_wait_until_a_time",
             "SYNC.RWLOCK.RELEASED"_req) {
  const Meeting all(plan);
  Make(all.a);
  for (const SyncClock clock : {SyncClock::kRealtime, SyncClock::kMonotonic}) {
    for (const bool write : {false, true}) {
      SyncRwlockLock timed = Timed(all.b.at, write, 60'000);
      timed.clock = clock;
      Write(all.a);
      all.b.Begin(timed).Gives(0);
      all.a.AwaitBlocked(all.b);
      Unlock(all.a);
      all.b.Join();
      Unlock(all.b);
    }
  }
}

SHMSPEC_RACE("sync.rwlock.keeps_readers_from_what_is_half_written", kRounds,
             "SYNC.RWLOCK.EXCLUSION"_req) {
  const Meeting all(plan);
  Make(all.a);
  plan.Race([&] {
    for (std::uint64_t i = 1; i < 4; ++i) {
      Write(all.a);
      all.a.Store(all.a.at + kSecond, 99).Succeeds();
      all.a.Store(all.a.at + kSecond, 0).Succeeds();
      Unlock(all.a);
    }
    for (const Member* one : {&all.b, &all.c}) {
      Read(*one);
      one->Load(one->at + kSecond).Gives(0);
      Unlock(*one);
    }
  });
}

}  // namespace
}  // namespace shmspec
