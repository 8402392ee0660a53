// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Futexes with masks.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kLowest = 1;
constexpr std::uint32_t kHighest = 0x80000000;

SyncFutexWaitBitset Wait(Address at, std::uint32_t mask) { return {.at = at, .mask = mask}; }
void Wakes(const Member& one, std::uint32_t mask, std::int64_t woken) {
  one.Do(SyncFutexWakeBitset{one.at, 9, mask}).Gives(woken);
}

/// The member waits with that mask.
void BeginsToWait(const Member& one, std::uint32_t mask, const Member& other) {
  one.Begin(Wait(one.at, mask)).Gives(0);
  other.AwaitBlocked(one);
}

SHMSPEC_CASE("sync.futex_bitset.wakes_by_a_bit_in_common", "SYNC.FUTEX.BITSET"_req) {
  const Meeting all(plan);
  for (const std::uint32_t mask : {kLowest, kHighest, 0x00010000u, ~0u}) {
    BeginsToWait(all.b, mask, all.a);
    if (mask != ~0u) Wakes(all.a, ~mask, 0);
    all.a.AwaitBlocked(all.b);
    Wakes(all.c, mask, 1);
    all.b.Join();
  }
}

SHMSPEC_CASE("sync.futex_bitset.wakes_some_and_not_others", "SYNC.FUTEX.BITSET"_req) {
  const Meeting all(plan);
  BeginsToWait(all.b, 0b0011, all.a);
  BeginsToWait(all.c, 0b1100, all.a);
  Wakes(all.a, 0b10000, 0);
  Wakes(all.a, 0b01000, 1);
  all.c.Join();
  all.a.AwaitBlocked(all.b);
  Wakes(all.a, 0b01100, 0);
  Wakes(all.a, 0b00110, 1);
  all.b.Join();
}

SHMSPEC_CASE("sync.futex_bitset.wakes_as_many_as_it_is_told", "SYNC.FUTEX.BITSET"_req,
             "SYNC.FUTEX.WAKE_COUNT"_req) {
  const Meeting all(plan);
  BeginsToWait(all.b, 0b011, all.a);
  BeginsToWait(all.c, 0b110, all.a);
  all.a.Do(SyncFutexWakeBitset{all.a.at, 1, 0b010}).Gives(1);
  all.a.Do(SyncFutexWakeBitset{all.a.at, 9, 0b010}).Gives(1);
  Wakes(all.a, ~0u, 0);
  all.b.Join();
  all.c.Join();
}

SHMSPEC_CASE("sync.futex_bitset.wait_is_ended_by_a_wake_without_a_mask", "SYNC.FUTEX.BITSET"_req,
             "SYNC.FUTEX.SHARED_KEY"_req) {
  const Meeting all(plan);
  BeginsToWait(all.b, kHighest, all.a);
  all.a.Do(SyncFutexWake{all.a.at, 9}).Gives(1);
  all.b.Join();
}

SHMSPEC_CASE("sync.futex_bitset.wake_ends_a_wait_without_a_mask", "SYNC.FUTEX.BITSET"_req) {
  const Meeting all(plan);
  for (const std::uint32_t mask : {kLowest, kHighest}) {
    all.b.Begin(SyncFutexWait{.at = all.b.at}).Gives(0);
    all.a.AwaitBlocked(all.b);
    Wakes(all.a, mask, 1);
    all.b.Join();
  }
}

SHMSPEC_CASE("sync.futex_bitset.mask_stays_with_one_that_is_moved", "SYNC.FUTEX.BITSET"_req,
             "SYNC.FUTEX.REQUEUE"_req) {
  const Meeting all(plan);
  BeginsToWait(all.b, 0b01, all.a);
  all.a.Do(SyncFutexRequeue{all.a.at, all.a.at + 4, 0, 0}).Gives(1);
  all.a.Do(SyncFutexWakeBitset{all.a.at + 4, 9, 0b10}).Gives(0);
  all.a.AwaitBlocked(all.b);
  all.a.Do(SyncFutexWakeBitset{all.a.at + 4, 9, 0b11}).Gives(1);
  all.b.Join();
}

SHMSPEC_CASE("sync.futex_bitset.has_a_bit", "SYNC.FUTEX.BITSET_EMPTY"_req) {
  const Meeting all(plan);
  all.a.Do(Wait(all.a.at, 0)).Fails(EINVAL);
  all.a.Do(SyncFutexWakeBitset{all.a.at, 1, 0}).Fails(EINVAL);
}

SHMSPEC_CASE("sync.futex_bitset.is_waited_for_until_a_time_of_a_clock",
             "SYNC.FUTEX.BITSET_TIMEOUT"_req) {
  const Meeting all(plan);
  for (const SyncClock clock : {SyncClock::kRealtime, SyncClock::kMonotonic}) {
    for (const std::uint32_t within_ms : {0u, 1u, kSoon_ms, 30u}) {
      all.b
          .Do(SyncFutexWaitBitset{
              .at = all.b.at, .how = Patience::kTimed, .within_ms = within_ms, .clock = clock})
          .Fails(ETIMEDOUT);
    }
  }
  Wakes(all.a, ~0u, 0);
}

SHMSPEC_CASE("sync.futex_bitset.wakes_one_that_waits_until_a_time", "SYNC.FUTEX.BITSET"_req) {
  const Meeting all(plan);
  for (const SyncClock clock : {SyncClock::kRealtime, SyncClock::kMonotonic}) {
    all.b
        .Begin(SyncFutexWaitBitset{
            .at = all.b.at, .how = Patience::kTimed, .within_ms = 60'000, .clock = clock})
        .Gives(0);
    all.a.AwaitBlocked(all.b);
    Wakes(all.a, 1, 1);
    all.b.Join();
  }
}

SHMSPEC_CASE("sync.futex_bitset.is_not_waited_for_when_the_word_differs",
             "SYNC.FUTEX.MISMATCH"_req) {
  const Meeting all(plan);
  all.a.Store(all.a.at, 5, Width::k4).Succeeds();
  all.b.Do(SyncFutexWaitBitset{.at = all.b.at, .expected = 4}).Fails(EAGAIN);
  Wakes(all.a, ~0u, 0);
}

SHMSPEC_CASE("sync.futex_bitset.of_one_process_is_not_woken_by_another",
             "SYNC.FUTEX.PRIVATE_KEY"_req) {
  const Meeting all(plan);
  SyncFutexWaitBitset wait = Wait(all.b.at, 1);
  wait.own = true;
  all.b.Begin(wait);
  all.a.AwaitBlocked(all.b);
  Wakes(all.a, ~0u, 0);
  all.a.Do(SyncFutexWakeBitset{all.a.at, 9, ~0u, true}).Gives(0);
  all.a.Kill(all.b);
}

SHMSPEC_CASE("sync.futex_bitset.of_one_process_is_woken_by_its_thread",
             "SYNC.FUTEX.PRIVATE_KEY"_req, "SYNC.FUTEX.BITSET"_req) {
  const Meeting all(plan);
  const Actor t = plan.Threaded("t");
  all.b.Thread(t);
  SyncFutexWaitBitset wait = Wait(all.b.at, 2);
  wait.own = true;
  all.b.Begin(wait).Gives(0);
  all.a.AwaitBlocked(all.b);
  t.Do(SyncFutexWakeBitset{all.b.at, 9, 1, true}).Gives(0);
  t.Do(SyncFutexWakeBitset{all.b.at, 9, 3, true}).Gives(1);
  all.b.Join();
}

}  // namespace
}  // namespace shmspec
