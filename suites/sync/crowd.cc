// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Many who wait for one object: each of them goes on, once.

#include <cerrno>
#include <string>
#include <vector>

#include "suites/sync/meeting.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr int kWaiters = 5;
constexpr int kArrivals = 3;  // of whom each may get the serial value

/// Many who have the segment of a meeting.
std::vector<Member> Crowd(PlanBuilder& plan, const Meeting& all, int count = kWaiters) {
  std::vector<Member> crowd;
  for (int i = 0; i < count; ++i) {
    const Actor one = plan.Spawn("w" + std::to_string(i));
    crowd.emplace_back(one, one.At(all.segment));
  }
  return crowd;
}

SHMSPEC_CASE("sync.crowd.of_a_semaphore_goes_on_by_as_many_posts", "SYNC.SEM.POST_WAKES"_req,
             "SYNC.SEM.CONSERVATION"_req) {
  const Meeting all(plan);
  const std::vector<Member> crowd = Crowd(plan, all);
  all.a.Do(SyncSemInit{all.a.at, 0}).Gives(0);
  for (const Member& one : crowd) {
    one.Begin(SyncSemWait{one.at}).Gives(0);
    all.a.AwaitBlocked(one);
  }
  for (std::size_t i = 0; i < crowd.size(); ++i) all.b.Do(SyncSemPost{all.b.at}).Gives(0);
  for (const Member& one : crowd) one.Join();
  all.c.Do(SyncSemValue{all.c.at}).Gives(0);
}

SHMSPEC_CASE("sync.crowd.of_a_barrier_goes_on_with_the_last", "SYNC.BARRIER.COUNT"_req,
             "SYNC.BARRIER.SERIAL"_req) {
  const Meeting all(plan);
  const std::vector<Member> crowd = Crowd(plan, all, kArrivals);
  all.a.Do(SyncBarrierInit{all.a.at, kArrivals + 1}).Gives(0);
  for (const Member& one : crowd) {
    one.Begin(SyncBarrierWait{one.at});
    all.a.AwaitBlocked(one);
  }
  all.a.Do(SyncBarrierWait{all.a.at});
  for (const Member& one : crowd) one.Join();
}

SHMSPEC_CASE("sync.crowd.of_a_futex_is_woken_in_two_parts", "SYNC.FUTEX.WAKE_COUNT"_req) {
  const Meeting all(plan);
  const std::vector<Member> crowd = Crowd(plan, all);
  for (const Member& one : crowd) {
    one.Begin(SyncFutexWait{.at = one.at}).Gives(0);
    all.a.AwaitBlocked(one);
  }
  all.a.Do(SyncFutexWake{all.a.at, 2}).Gives(2);
  all.b.Do(SyncFutexWake{all.b.at, 100}).Gives(kWaiters - 2);
  all.a.Do(SyncFutexWake{all.a.at, 100}).Gives(0);
  for (const Member& one : crowd) one.Join();
}

SHMSPEC_RACE("sync.crowd.of_a_mutex_gets_it_one_after_the_other", kRounds,
             "SYNC.MUTEX.RELEASED"_req, "SYNC.MUTEX.EXCLUSION"_req) {
  const Meeting all(plan);
  const std::vector<Member> crowd = Crowd(plan, all, 4);
  all.a.Do(SyncMutexInit{all.a.at}).Gives(0);
  all.a.Do(SyncMutexLock{all.a.at}).Gives(0);
  plan.Race([&] {
    all.a.Do(SyncMutexUnlock{all.a.at}).Gives(0);
    for (const Member& one : crowd) {
      one.Do(SyncMutexLock{one.at}).Gives(0);
      one.Do(SyncMutexUnlock{one.at}).Gives(0);
    }
  });
  all.b.Do(Try(all.b.at)).Gives(0);
}

SHMSPEC_RACE("sync.crowd.of_a_rwlock_reads_and_writes_in_turn", kRounds, "SYNC.RWLOCK.RELEASED"_req,
             "SYNC.RWLOCK.EXCLUSION"_req) {
  const Meeting all(plan);
  const std::vector<Member> crowd = Crowd(plan, all, 4);
  all.a.Do(SyncRwlockInit{all.a.at}).Gives(0);
  all.a.Do(SyncRwlockLock{.at = all.a.at, .write = true}).Gives(0);
  plan.Race([&] {
    all.a.Do(SyncRwlockUnlock{all.a.at}).Gives(0);
    bool write = false;
    for (const Member& one : crowd) {
      one.Do(SyncRwlockLock{.at = one.at, .write = write}).Gives(0);
      one.Do(SyncRwlockUnlock{one.at}).Gives(0);
      write = !write;
    }
  });
  all.b.Do(SyncRwlockLock{.at = all.b.at, .write = true, .how = Patience::kTry}).Gives(0);
}

}  // namespace
}  // namespace shmspec
