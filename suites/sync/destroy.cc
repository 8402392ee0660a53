// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Objects that are destroyed, and the memory that they leave.

#include <cerrno>

#include "suites/sync/mutex.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

void Make(const Member& one, SyncKind kind) {
  switch (kind) {
    case SyncKind::kMutex:
      one.Do(SyncMutexInit{one.at}).Gives(0);
      return;
    case SyncKind::kRwlock:
      one.Do(SyncRwlockInit{one.at}).Gives(0);
      return;
    case SyncKind::kCond:
      one.Do(SyncCondInit{one.at}).Gives(0);
      return;
    case SyncKind::kBarrier:
      one.Do(SyncBarrierInit{one.at, 1}).Gives(0);
      return;
    case SyncKind::kSemaphore:
      break;
  }
  one.Do(SyncSemInit{one.at, 1}).Gives(0);
}

/// It works for one alone.
void Use(const Member& one, SyncKind kind) {
  switch (kind) {
    case SyncKind::kMutex:
      Lock(one);
      return Unlock(one);
    case SyncKind::kRwlock:
      one.Do(SyncRwlockLock{.at = one.at, .write = true}).Gives(0);
      one.Do(SyncRwlockUnlock{one.at}).Gives(0);
      return;
    case SyncKind::kCond:
      one.Do(SyncCondSignal{one.at, true}).Gives(0);
      return;
    case SyncKind::kBarrier:
      one.Do(SyncBarrierWait{one.at}).Gives(1);
      return;
    case SyncKind::kSemaphore:
      break;
  }
  one.Do(SyncSemWait{one.at}).Gives(0);
  one.Do(SyncSemPost{one.at}).Gives(0);
}

/// Made by one, used by a second one and destroyed by a third one.
void Serves(const Meeting& all, SyncKind kind) {
  Make(all.a, kind);
  Use(all.b, kind);
  all.c.Do(SyncDestroy{all.c.at, kind}).Gives(0);
}

SHMSPEC_CASE("sync.destroy.leaves_room_for_another_of_its_kind", "SYNC.DESTROY.UNUSED"_req) {
  const Meeting all(plan);
  for (const auto& kind : NamesOf<SyncKind>::kNames) {
    Serves(all, kind.value);
    Serves(all, kind.value);
  }
}

SHMSPEC_CASE("sync.destroy.leaves_room_for_every_kind", "SYNC.DESTROY.UNUSED"_req) {
  const Meeting all(plan);
  for (const auto& first : NamesOf<SyncKind>::kNames) {
    for (const auto& second : NamesOf<SyncKind>::kNames) {
      Serves(all, first.value);
      Serves(all, second.value);
    }
  }
}

SHMSPEC_CASE("sync.destroy.takes_a_mutex_that_was_waited_for", "SYNC.DESTROY.UNUSED"_req) {
  const Meeting all(plan);
  Make(all.a, SyncKind::kMutex);
  Lock(all.a);
  all.b.Begin(SyncMutexLock{all.b.at}).Gives(0);
  all.a.AwaitBlocked(all.b);
  Unlock(all.a);
  all.b.Join();
  Unlock(all.b);
  all.b.Do(SyncDestroy{all.b.at}).Gives(0);
  Make(all.a, SyncKind::kMutex);
  Lock(all.b);
}

SHMSPEC_CASE("sync.destroy.takes_a_barrier_that_others_leave", "SYNC.DESTROY.AFTER_USE"_req) {
  const Meeting all(plan);
  for (int round = 0; round < 3; ++round) {
    all.a.Do(SyncBarrierInit{all.a.at, 3}).Gives(0);
    for (const Member* one : {&all.b, &all.c}) {
      one->Begin(SyncBarrierWait{one->at});
      all.a.AwaitBlocked(*one);
    }
    all.a.Do(SyncBarrierWait{all.a.at});
    all.a.Do(SyncDestroy{all.a.at, SyncKind::kBarrier}).Gives(0);
    all.b.Join();
    all.c.Join();
  }
}

SHMSPEC_RACE("sync.destroy.takes_a_barrier_at_once", kRounds, "SYNC.DESTROY.AFTER_USE"_req) {
  const Meeting all(plan);
  all.a.Do(SyncBarrierInit{all.a.at, 2}).Gives(0);
  plan.Race([&] {
    all.a.Do(SyncBarrierWait{all.a.at});
    all.a.Do(SyncDestroy{all.a.at, SyncKind::kBarrier}).Gives(0);
    all.a.Do(SyncBarrierInit{all.a.at, 2}).Gives(0);
    all.b.Do(SyncBarrierWait{all.b.at});
  });
  all.c.Do(SyncDestroy{all.c.at, SyncKind::kBarrier}).Gives(0);
}

SHMSPEC_CASE("sync.destroy.takes_a_condition_once_all_are_told", "SYNC.DESTROY.AFTER_USE"_req,
             "SYNC.COND.BROADCAST"_req) {
  const Meeting all(plan);
  for (const bool everybody : {true, false}) {
    all.a.Do(SyncMutexInit{all.a.at}).Gives(0);
    all.a.Do(SyncCondInit{all.a.at + kSecond}).Gives(0);
    Lock(all.b);
    all.b.Begin(SyncCondWait{all.b.at + kSecond, all.b.at}).Gives(0);
    all.a.AwaitBlocked(all.b);
    Lock(all.a);
    all.a.Do(SyncCondSignal{all.a.at + kSecond, everybody}).Gives(0);
    all.a.Do(SyncDestroy{all.a.at + kSecond, SyncKind::kCond}).Gives(0);
    Unlock(all.a);
    all.b.Join();
    Unlock(all.b);
    all.c.Do(SyncDestroy{all.c.at}).Gives(0);
  }
}

}  // namespace
}  // namespace shmspec
