// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Futexes: words that processes wait at.

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SyncFutexWait Wait(Address at, std::uint32_t expected = 0) {
  return {.at = at, .expected = expected};
}
SyncFutexWait Timed(Address at, std::uint32_t within_ms, std::uint32_t expected = 0) {
  return {.at = at, .expected = expected, .how = Patience::kTimed, .within_ms = within_ms};
}
void Wakes(const Member& one, std::uint32_t count, std::int64_t woken) {
  one.Do(SyncFutexWake{one.at, count}).Gives(woken);
}

SHMSPEC_CASE("sync.futex.wakes_a_waiter_of_another_process", "SYNC.FUTEX.SHARED_KEY"_req) {
  const Meeting all(plan);
  all.b.Begin(Wait(all.b.at)).Gives(0);
  all.a.AwaitBlocked(all.b);
  Wakes(all.a, 1, 1);
  all.b.Join();
  Wakes(all.c, 1, 0);
}

SHMSPEC_CASE("sync.futex.wakes_nobody_at_another_word", "SYNC.FUTEX.SHARED_KEY"_req) {
  const Meeting all(plan);
  all.b.Begin(Wait(all.b.at + 4)).Gives(0);
  all.a.AwaitBlocked(all.b);
  Wakes(all.a, 9, 0);
  all.a.Do(SyncFutexWake{all.a.at + 8, 9}).Gives(0);
  all.a.Do(SyncFutexWake{all.a.at + 4, 9}).Gives(1);
  all.b.Join();
}

SHMSPEC_CASE("sync.futex.is_the_same_through_a_second_attach", "SYNC.FUTEX.SHARED_KEY"_req) {
  const Meeting all(plan);
  const Attach alias = all.a.At(all.segment);
  all.b.Begin(Wait(all.b.at)).Gives(0);
  all.a.AwaitBlocked(all.b);
  all.a.Do(SyncFutexWake{alias, 1}).Gives(1);
  all.b.Join();
}

SHMSPEC_CASE("sync.futex.is_waited_for_through_a_read_only_attach",
             "SYNC.FUTEX.READONLY_WAIT"_req) {
  const Meeting all(plan);
  const Attach reading = all.b.At(all.segment, {}, kReadOnly);
  all.b.Begin(Wait(reading)).Gives(0);
  all.a.AwaitBlocked(all.b);
  Wakes(all.a, 1, 1);
  all.b.Join();
}

SHMSPEC_CASE("sync.futex.wakes_as_many_as_it_is_told", "SYNC.FUTEX.WAKE_COUNT"_req) {
  const Meeting all(plan);
  const Actor d = plan.Spawn("d");
  const Attach at = d.At(all.segment);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(Wait(one->at)).Gives(0);
    all.a.AwaitBlocked(*one);
  }
  d.Begin(Wait(at)).Gives(0);
  all.a.AwaitBlocked(d);
  Wakes(all.a, 2, 2);
  Wakes(all.a, 9, 1);
  Wakes(all.a, 9, 0);
  all.b.Join();
  all.c.Join();
  d.Join();
}

SHMSPEC_CASE("sync.futex.wakes_one_at_a_time", "SYNC.FUTEX.WAKE_COUNT"_req) {
  const Meeting all(plan);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(Wait(one->at)).Gives(0);
    all.a.AwaitBlocked(*one);
  }
  Wakes(all.a, 1, 1);
  Wakes(all.a, 1, 1);
  Wakes(all.a, 1, 0);
  all.b.Join();
  all.c.Join();
}

SHMSPEC_CASE("sync.futex.is_not_waited_for_when_the_word_differs", "SYNC.FUTEX.MISMATCH"_req) {
  const Meeting all(plan);
  all.a.Store(all.a.at, 0x80000001, Width::k4).Succeeds();
  for (const std::uint32_t other : {0u, 1u, 0x80000000u, 0x81000001u, 0x80010001u, 0x80000101u}) {
    all.b.Do(Wait(all.b.at, other)).Fails(EAGAIN);
    all.b.Do(Timed(all.b.at, 1000, other)).Fails(EAGAIN);
  }
  all.b.Do(Timed(all.b.at, 1, 0x80000001)).Fails(ETIMEDOUT);
  Wakes(all.a, 1, 0);
}

SHMSPEC_CASE("sync.futex.compares_four_bytes", "SYNC.FUTEX.MISMATCH"_req) {
  const Meeting all(plan);
  all.a.Store(all.a.at + 4, 7, Width::k4).Succeeds();
  all.b.Do(Timed(all.b.at, 1, 0)).Fails(ETIMEDOUT);
  all.b.Do(Timed(all.b.at + 4, 1000, 0)).Fails(EAGAIN);
}

SHMSPEC_RACE("sync.futex.loses_no_wake", kRounds, "SYNC.FUTEX.COMPARE_AND_BLOCK"_req) {
  const Meeting all(plan);
  plan.Race([&] {
    for (std::uint32_t i = 0; i < 3; ++i) {
      all.a.Store(all.a.at, i + 1, Width::k4).Succeeds();
      all.a.Do(SyncFutexWake{all.a.at, 1});
      all.b.Do(Wait(all.b.at, i));
    }
  });
}

SHMSPEC_CASE("sync.futex.is_waited_for_until_a_time", "SYNC.FUTEX.TIMEOUT"_req) {
  const Meeting all(plan);
  for (const std::uint32_t within_ms : {0u, 1u, kSoon_ms, 30u}) {
    all.b.Do(Timed(all.b.at, within_ms)).Fails(ETIMEDOUT);
  }
  Wakes(all.a, 9, 0);
}

SHMSPEC_CASE("sync.futex.lies_at_a_multiple_of_four", "SYNC.FUTEX.MISALIGNED"_req) {
  const Meeting all(plan);
  for (std::int64_t offset = 1; offset < 4; ++offset) {
    all.a.Do(Timed(all.a.at + offset, 1)).Fails(EINVAL);
    all.a.Do(SyncFutexWake{all.a.at + offset, 1}).Fails(EINVAL);
    all.a.Do(SyncFutexRequeue{all.a.at, all.a.at + offset}).Fails(EINVAL);
  }
}

SHMSPEC_CASE("sync.futex.needs_memory", "SYNC.FUTEX.FAULT"_req, "SYNC.FUTEX.ERRORS"_req) {
  const Meeting all(plan);
  all.a.Detach(all.a.at).Gives(0);
  all.a.Do(Timed(all.a.at, 1)).Fails(EFAULT);
  all.a.Do(SyncFutexWake{all.a.at, 1}).Fails(EFAULT);
  const Descriptor d = all.b.Memfd(0, Pages(1));
  const Mapping m = MapShared(all.b, d, 2);
  all.b.Do(Timed(m + PageOffset(1), 1)).Fails(EFAULT);
  all.b.Do(Timed(m + (PageOffset(1) - 4), 1)).Fails(ETIMEDOUT);
}

SHMSPEC_CASE("sync.futex.wakes_nobody_in_another_page_or_segment", "SYNC.FUTEX.SHARED_KEY"_req) {
  const Meeting all(plan);
  const Segment other = all.a.Get({.size = {Pages(2)}, .flags = kCreate | 0600});
  const Attach p = all.a.At(other);
  const Attach q = all.b.At(other);
  all.b.Begin(Wait(q + PageOffset(1))).Gives(0);
  all.a.AwaitBlocked(all.b);
  all.a.Do(SyncFutexWake{p, 9}).Gives(0);
  Wakes(all.a, 9, 0);
  all.a.Do(SyncFutexWake{p + PageOffset(1), 9}).Gives(1);
  all.b.Join();
  all.a.Remove(other).Gives(0);
}

SHMSPEC_CASE("sync.futex.is_found_by_its_offset_in_the_file", "SYNC.FUTEX.SHARED_KEY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Descriptor d = a.Memfd(0, Pages(3));
  const Descriptor other = a.Memfd(0, Pages(3));
  a.Fork(b);
  const Mapping whole = MapShared(a, d, 3);
  const Mapping strange = MapShared(a, other, 3);
  const Mapping last = MapShared(b, d, 1, 1 | 2, 2);
  b.Begin(Wait(last)).Gives(0);
  a.AwaitBlocked(b);
  a.Do(SyncFutexWake{whole, 9}).Gives(0);
  a.Do(SyncFutexWake{whole + PageOffset(1), 9}).Gives(0);
  a.Do(SyncFutexWake{strange + PageOffset(2), 9}).Gives(0);
  a.Do(SyncFutexWake{whole + PageOffset(2), 9}).Gives(1);
  b.Join();
}

// --- keys of one process

SyncFutexWait Own(SyncFutexWait wait) {
  wait.own = true;
  return wait;
}

SHMSPEC_CASE("sync.futex.of_one_process_is_not_woken_by_another", "SYNC.FUTEX.PRIVATE_KEY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Actor c = plan.Forked("c");
  const Segment s = a.Get({.size = {Pages(1)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Fork(b);
  a.Fork(c);
  b.Begin(Own(Wait(p)));
  a.AwaitBlocked(b);
  a.Do(SyncFutexWake{p, 9, true}).Gives(0);
  a.Do(SyncFutexWake{p, 9, false}).Gives(0);
  a.AwaitBlocked(b);
  a.Kill(b);
  c.Begin(Wait(p)).Gives(0);
  a.AwaitBlocked(c);
  a.Do(SyncFutexWake{p, 9, true}).Gives(0);
  a.AwaitBlocked(c);
  a.Do(SyncFutexWake{p, 9, false}).Gives(1);
  c.Join();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sync.futex.of_one_process_is_woken_by_its_threads", "SYNC.FUTEX.PRIVATE_KEY"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  const Segment s = a.Get({.size = {Pages(1)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach alias = a.At(s);
  a.Thread(t);
  t.Begin(Own(Wait(p))).Gives(0);
  a.AwaitBlocked(t);
  a.Do(SyncFutexWake{alias, 9, true}).Gives(0);
  a.Do(SyncFutexWake{p, 9, false}).Gives(0);
  a.Do(SyncFutexWake{p, 9, true}).Gives(1);
  t.Join();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sync.futex.in_private_memory_is_a_childs_own",
             "SYNC.FUTEX.PRIVATE_MEMORY_NOT_SHARED"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Forked("b");
  const Mapping m = Room(a);
  a.Store(m, 0).Succeeds();
  a.Fork(b);
  b.Begin(Wait(m));
  a.AwaitBlocked(b);
  a.Do(SyncFutexWake{m, 9}).Gives(0);
  a.AwaitBlocked(b);
  a.Kill(b);
}

// --- requeue, and waiters that end

SHMSPEC_CASE("sync.futex.waiters_are_moved_to_another_word", "SYNC.FUTEX.REQUEUE"_req) {
  const Meeting all(plan);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(Wait(one->at)).Gives(0);
    all.a.AwaitBlocked(*one);
  }
  all.a.Do(SyncFutexRequeue{all.a.at, all.a.at + kSecond, 1, 1}).Fails(EAGAIN);
  all.a.Do(SyncFutexRequeue{all.a.at, all.a.at + kSecond, 0, 1}).Gives(2);
  Wakes(all.a, 9, 0);
  all.a.Do(SyncFutexWake{all.a.at + kSecond, 9}).Gives(1);
  all.b.Join();
  all.c.Join();
}

SHMSPEC_CASE("sync.futex.waiters_are_all_moved_when_none_is_to_be_woken",
             "SYNC.FUTEX.REQUEUE"_req) {
  const Meeting all(plan);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(Wait(one->at)).Gives(0);
    all.a.AwaitBlocked(*one);
  }
  all.a.Do(SyncFutexRequeue{all.a.at, all.a.at + 4, 0, 0}).Gives(2);
  Wakes(all.a, 9, 0);
  all.a.Do(SyncFutexWake{all.a.at + 4, 9}).Gives(2);
  all.b.Join();
  all.c.Join();
}

SHMSPEC_CASE("sync.futex.waiter_that_was_killed_is_not_counted", "SYNC.FUTEX.KILLED_WAITER"_req) {
  const Meeting all(plan);
  for (const Member* one : {&all.b, &all.c}) {
    one->Begin(Wait(one->at));
    all.a.AwaitBlocked(*one);
  }
  all.a.Kill(all.b);
  Wakes(all.a, 9, 1);
  all.c.Join();
}

SHMSPEC_CASE("sync.futex.waiters_that_were_moved_give_up_in_time", "SYNC.FUTEX.REQUEUE"_req) {
  const Meeting all(plan);
  all.b.Begin(Wait(all.b.at));
  all.a.AwaitBlocked(all.b);
  all.c.Begin(Timed(all.c.at, 50));
  all.a.Do(ProcessAwaitBlocked{all.c});
  all.a.Do(SyncFutexRequeue{all.a.at, all.a.at + kSecond, 0, 0});
  all.c.Join();
  all.a.AwaitBlocked(all.b);
  all.a.Kill(all.b);
  all.a.Do(SyncFutexWake{all.a.at + kSecond, 9}).Gives(0);
  Wakes(all.a, 9, 0);
}

}  // namespace
}  // namespace shmspec
