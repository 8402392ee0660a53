// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Semaphores of several processes.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kMostValue = 0x7fffffff;

void Make(const Member& maker, std::uint32_t value) {
  maker.Do(SyncSemInit{maker.at, value}).Gives(0);
}
void Post(const Member& one) { one.Do(SyncSemPost{one.at}).Gives(0); }
void Take(const Member& one) { one.Do(SyncSemWait{one.at}).Gives(0); }
void Has(const Member& one, std::int64_t value) { one.Do(SyncSemValue{one.at}).Gives(value); }

SyncSemWait Tries(Address at) { return {.at = at, .how = Patience::kTry}; }
SyncSemWait Timed(Address at, std::uint32_t within_ms) {
  return {.at = at, .how = Patience::kTimed, .within_ms = within_ms};
}

SHMSPEC_CASE("sync.semaphore.is_posted_by_one_and_taken_by_another", "SYNC.SEM.UNNAMED"_req,
             "SYNC.SEM.CONSERVATION"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  Post(all.a);
  Post(all.b);
  Has(all.c, 2);
  Take(all.c);
  Take(all.a);
  Has(all.b, 0);
}

SHMSPEC_CASE("sync.semaphore.begins_with_its_value", "SYNC.SEM.UNNAMED"_req,
             "SYNC.SEM.VALUES"_req) {
  const Meeting all(plan);
  for (const std::uint32_t value : {0u, 1u, 2u, 0xffffu, 0x10000u, kMostValue - 1, kMostValue}) {
    Make(all.a, value);
    Has(all.b, value);
  }
}

SHMSPEC_CASE("sync.semaphore.post_lets_a_waiter_of_another_process_go_on",
             "SYNC.SEM.POST_WAKES"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  all.b.Begin(SyncSemWait{all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  Post(all.a);
  all.b.Join();
  Has(all.c, 0);
}

SHMSPEC_CASE("sync.semaphore.posts_let_as_many_waiters_go_on", "SYNC.SEM.POST_WAKES"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(SyncSemWait{one->at}).Gives(0);
    all.a.AwaitBlocked(*one);
  }
  Post(all.a);
  Post(all.a);
  all.b.Join();
  all.c.Join();
  Has(all.a, 0);
}

SHMSPEC_CASE("sync.semaphore.post_lets_a_waiter_with_a_time_limit_go_on",
             "SYNC.SEM.POST_WAKES"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  all.b.Begin(Timed(all.b.at, 60'000)).Gives(0);
  all.a.AwaitBlocked(all.b);
  Post(all.c);
  all.b.Join();
  Has(all.a, 0);
}

SHMSPEC_RACE("sync.semaphore.keeps_the_sum_whatever_the_order", kRounds,
             "SYNC.SEM.CONSERVATION"_req) {
  const Meeting all(plan);
  Make(all.a, 1);
  plan.Race([&] {
    for (int i = 0; i < 3; ++i) Post(all.a);
    for (int i = 0; i < 2; ++i) Take(all.b);
    for (int i = 0; i < 2; ++i) all.c.Do(Tries(all.c.at));
  });
  all.a.Do(SyncSemValue{all.a.at});
}

SHMSPEC_CASE("sync.semaphore.of_value_zero_is_not_taken_by_trying", "SYNC.SEM.TRY_AT_ZERO"_req) {
  const Meeting all(plan);
  Make(all.a, 1);
  all.b.Do(Tries(all.b.at)).Gives(0);
  all.b.Do(Tries(all.b.at)).Fails(EAGAIN);
  all.c.Do(Tries(all.c.at)).Fails(EAGAIN);
  Has(all.a, 0);
  Post(all.c);
  all.a.Do(Tries(all.a.at)).Gives(0);
}

SHMSPEC_CASE("sync.semaphore.is_waited_for_until_a_time", "SYNC.SEM.TIMED"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  for (const std::uint32_t within_ms : {0u, 1u, kSoon_ms}) {
    all.b.Do(Timed(all.b.at, within_ms)).Fails(ETIMEDOUT);
  }
  Has(all.a, 0);
  Post(all.a);
  all.b.Do(Timed(all.b.at, 0)).Gives(0);
}

SHMSPEC_CASE("sync.semaphore.is_waited_for_by_the_monotonic_clock", "SYNC.SEM.TIMED"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  SyncSemWait timed = Timed(all.b.at, kSoon_ms);
  timed.clock = SyncClock::kMonotonic;
  all.b.Do(timed).Fails(ETIMEDOUT);
  Post(all.a);
  all.b.Do(timed).Gives(0);
}

SHMSPEC_CASE("sync.semaphore.has_a_largest_value", "SYNC.SEM.VALUES"_req) {
  const Meeting all(plan);
  all.a.Do(SyncSemInit{all.a.at, kMostValue + 1}).Fails(EINVAL);
  all.a.Do(SyncSemInit{all.a.at, ~0u}).Fails(EINVAL);
  Make(all.a, kMostValue);
  all.b.Do(SyncSemPost{all.b.at}).Fails(EOVERFLOW);
  Has(all.c, kMostValue);
  Take(all.b);
  Post(all.a);
  all.a.Do(SyncSemPost{all.a.at}).Fails(EOVERFLOW);
}

SHMSPEC_CASE("sync.semaphore.is_not_given_back_by_one_that_dies", "SYNC.SEM.NO_UNDO"_req) {
  const Meeting all(plan);
  Make(all.a, 2);
  Take(all.b);
  all.a.Kill(all.b);
  Has(all.a, 1);
  Take(all.c);
  all.c.Exit();
  Has(all.a, 0);
}

SHMSPEC_CASE("sync.semaphore.is_not_taken_by_a_waiter_that_was_killed", "SYNC.SEM.NO_UNDO"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  all.b.Begin(SyncSemWait{all.b.at});
  all.a.AwaitBlocked(all.b);
  all.a.Kill(all.b);
  Post(all.a);
  Has(all.c, 1);
  Take(all.c);
}

SHMSPEC_CASE("sync.semaphore.in_memory_of_one_process_is_a_childs_own", "SYNC.SEM.UNNAMED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Mapping m = Room(a);
  a.Do(SyncSemInit{m, 1}).Gives(0);
  a.Fork(b);
  b.Do(SyncSemWait{m, Patience::kTry});
  a.Do(SyncSemValue{m}).Gives(1);
}

SHMSPEC_CASE("sync.semaphore.post_lets_a_waiter_by_the_monotonic_clock_go_on",
             "SYNC.SEM.POST_WAKES"_req) {
  const Meeting all(plan);
  Make(all.a, 0);
  SyncSemWait timed = Timed(all.b.at, 60'000);
  timed.clock = SyncClock::kMonotonic;
  all.b.Begin(timed).Gives(0);
  all.a.AwaitBlocked(all.b);
  Post(all.c);
  all.b.Join();
  Has(all.a, 0);
}

}  // namespace
}  // namespace shmspec
