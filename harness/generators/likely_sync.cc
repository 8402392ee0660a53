// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Steps of likely plans on locks, semaphores and futexes. These lie in a segment of their own,
// which nothing else names: what happens to an object whose bytes were overwritten is undefined,
// and may take for ever. For the same reason a call waits without end only where its lock is taken
// and given back by neighbouring steps that nothing can part.

#include <array>

#include "harness/generators/likely_plan.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

// Where the objects lie in their segment.
constexpr std::int64_t kGuard = 0;  // a mutex of critical sections
constexpr std::int64_t kRwlock = 64;
constexpr std::array<std::int64_t, 3> kMutexes{128, 192, 256};
constexpr std::array<std::int64_t, 2> kSemaphores{320, 384};
constexpr std::array<std::int64_t, 2> kWords{1024, 1028};
constexpr std::int64_t kCounter = 2048;  // what critical sections change
constexpr std::uint32_t kMoment_ms = 1;

}  // namespace

/// Before anything else, so that nothing keeps actors from it.
void LikelyPlan::MakeSyncRoom() {
  const Handle segment{HandleKind::kSegment, kRoomHandle};
  Add(0, SysvGet{{}, {kPage}, kCreate | 0666}, segment);
  for (std::uint8_t actor = 0; actor < plan_.actors.size(); ++actor) {
    if (!alive_[actor]) continue;
    sync_rooms_[actor] = static_cast<std::uint8_t>(kRoomHandle + actor);
    Add(actor, SysvAttach{{{segment, 0}}, {}, {}},
        Handle{HandleKind::kAttach, *sync_rooms_[actor]});
  }
  actor_ = 0;
  const auto none = MutexProtocol::kNone;
  Add(0, SyncMutexInit{InSyncRoom(kGuard), MutexType::kNormal, none, true});
  Add(0, SyncRwlockInit{InSyncRoom(kRwlock)});
  Add(0, SyncMutexInit{InSyncRoom(kMutexes[0]), MutexType::kErrorCheck});
  Add(0, SyncMutexInit{InSyncRoom(kMutexes[1]), MutexType::kRecursive, none, true});
  Add(0, SyncMutexInit{InSyncRoom(kMutexes[2]), MutexType::kErrorCheck, MutexProtocol::kInherit});
  Add(0, SyncSemInit{InSyncRoom(kSemaphores[0]), 1});
  Add(0, SyncSemInit{InSyncRoom(kSemaphores[1]), 0});
}

Address LikelyPlan::InSyncRoom(std::int64_t place) const {
  return {{Handle{HandleKind::kAttach, *sync_rooms_[processes_[actor_]]}, place}};
}

Operation LikelyPlan::DrawSync() {
  // A program that was executed has it no more.
  if (!sync_rooms_[processes_[actor_]]) return SystemSegments{};
  switch (Below(10)) {
    case 0:
    case 1:
    case 2:
      return DrawLock();
    case 3:
    case 4:
    case 5:
      return DrawSemaphore();
    case 6:
    case 7:
      return DrawFutex();
    case 8: {
      constexpr std::array kKinds{SyncKind::kMutex, SyncKind::kRwlock, SyncKind::kCond,
                                  SyncKind::kBarrier};
      if (Below(2) == 1) return SyncSetShared{OneOf(kKinds), static_cast<std::int32_t>(Below(3))};
      return SyncGetShared{OneOf(kKinds)};
    }
    default:
      return DrawCritical();
  }
}

/// Only mutexes that refuse what is undefined for others.
Operation LikelyPlan::DrawLock() {
  const Address mutex = InSyncRoom(OneOf(kMutexes));
  switch (Below(6)) {
    case 0:
    case 1:
      return SyncMutexUnlock{mutex};
    case 2:
      return SyncMutexLock{mutex, Patience::kTimed, kMoment_ms,
                           Below(2) == 1 ? SyncClock::kMonotonic : SyncClock::kRealtime};
    case 3:
      return SyncMutexConsistent{InSyncRoom(kMutexes[1])};
    default:
      return SyncMutexLock{mutex, Patience::kTry};
  }
}

Operation LikelyPlan::DrawSemaphore() {
  const Address semaphore = InSyncRoom(OneOf(kSemaphores));
  switch (Below(6)) {
    case 0:
    case 1:
      return SyncSemPost{semaphore};
    case 2:
      return SyncSemValue{semaphore};
    case 3:
      return SyncSemWait{semaphore, Patience::kTimed, kMoment_ms,
                         Below(2) == 1 ? SyncClock::kMonotonic : SyncClock::kRealtime};
    default:
      return SyncSemWait{semaphore, Patience::kTry};
  }
}

Operation LikelyPlan::DrawFutex() {
  const Address word = InSyncRoom(OneOf(kWords));
  const auto few = static_cast<std::uint32_t>(Below(3));
  switch (Below(6)) {
    case 0:
    case 1:
      return SyncFutexWait{word, few / 2, Below(4) == 3, Patience::kTimed, kMoment_ms};
    case 2:
      return SyncFutexRequeue{word, InSyncRoom(OneOf(kWords)), few / 2, few};
    case 3:
      return MemoryFetchAdd{word, Width::k4, Below(2), Order::kSeqCst};
    default:
      return SyncFutexWake{word, 1 + few, Below(4) == 3};
  }
}

/// A lock that is waited for, and given back by the next step but one. Where actors may end in
/// between, it is only tried.
Operation LikelyPlan::DrawCritical() {
  const bool write = Below(2) == 0;
  const Address counter = InSyncRoom(kCounter);
  const Operation work = write ? Operation(MemoryFetchAdd{counter, Width::k8, 1, Order::kSeqCst})
                               : MemoryLoad{counter, Width::k8, Order::kSeqCst};
  if (weights_.processes > 0) return work;
  if (Below(2) == 0) {
    Add(actor_, SyncMutexLock{InSyncRoom(kGuard)});
    Add(actor_, work);
    return SyncMutexUnlock{InSyncRoom(kGuard)};
  }
  Add(actor_, SyncRwlockLock{InSyncRoom(kRwlock), write});
  Add(actor_, work);
  return SyncRwlockUnlock{InSyncRoom(kRwlock)};
}

}  // namespace shmspec
