// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks and other objects of synchronisation that lie in memory, and those who wait at them.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_SYNC_H_
#define SHMSPEC_HARNESS_MODEL_STATE_SYNC_H_

#include <array>
#include <cstdint>

#include "harness/vocabulary/operation/sync.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec::model {

/// Where an object lies: the same for everybody who maps the memory.
struct SyncPlace {
  /// Serial of the memory object; with `own`, the process whose memory it is.
  std::uint64_t object = 0;
  std::uint64_t offset = 0;  // with `own` the address
  bool own = false;
  friend bool operator==(const SyncPlace&, const SyncPlace&) = default;
};

/// A set of actors.
using ActorSet = std::uint32_t;
constexpr ActorSet OnlyActor(std::uint8_t actor) { return ActorSet{1} << actor; }

enum class Hold : std::uint8_t {
  kFree,
  kHeld,
  /// Its owner ended, which the next one who locks it is told.
  kOwnerDied,
  /// By one who was told so and has not made it consistent.
  kInconsistent,
  kUnrecoverable,
  /// Its owner ended, and nobody is told.
  kStalled,
  /// Its owner was a thread whose process lives: kOwnerDied or kStalled.
  kThreadDied,
};

/// The ceiling of a mutex that nobody has said.
inline constexpr std::int32_t kUnknownCeiling = -1;

struct SyncObject {
  SyncPlace place;
  SyncKind kind = SyncKind::kMutex;
  // Of a mutex, and of a rwlock that is written.
  Hold hold = Hold::kFree;
  std::uint8_t owner = 255;  // kNobody
  MutexType type = MutexType::kNormal;
  MutexProtocol protocol = MutexProtocol::kNone;
  bool robust = false;
  bool bare = false;  // a word that FUTEX_LOCK_PI has made one
  std::int32_t ceiling = kUnknownCeiling;
  std::uint64_t address = 0;  // at which its owner locked it
  /// How often the owner has locked it, the value of a semaphore, or how many a barrier is for.
  std::uint32_t count = 0;
  // Of a rwlock: how often each actor has it for reading, and those who ended with it.
  std::array<std::uint8_t, ActorRef::kLimit> reads{};
  // Of a barrier and a condition: who waits, who has to go on, and how many more of those who wait.
  ActorSet waiting = 0;
  ActorSet released = 0;
  std::uint32_t signals = 0;  // of a barrier: how many of the released ones get the serial value
  bool gone = false;          // destroyed; those who have to go on have not done so yet
  bool broken = false;        // one that waited was killed: nothing is said of it any more
  friend bool operator==(const SyncObject&, const SyncObject&) = default;
};

/// The mask of one who waits without one.
inline constexpr std::uint32_t kEveryBit = 0xffffffff;

/// Those who wait at a futex. Which of them were woken shows when they return.
struct FutexQueue {
  SyncPlace place;
  ActorSet waiting = 0;
  ActorSet awake = 0;       // those who were woken for certain
  ActorSet candidates = 0;  // and those of whom `woken` were
  std::uint32_t woken = 0;
  bool unsure = false;  // one that was woken may have ended
  std::array<std::uint32_t, ActorRef::kLimit> masks{};
  friend bool operator==(const FutexQueue&, const FutexQueue&) = default;
};

/// A named semaphore that a process has open.
struct OpenSemaphore {
  std::uint8_t process = 255;  // kNobody
  std::uint32_t entry = 0;     // serial of its name
  std::uint64_t address = 0;
  std::uint32_t count = 0;  // how often it has been opened and not closed
  friend bool operator==(const OpenSemaphore&, const OpenSemaphore&) = default;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_SYNC_H_
