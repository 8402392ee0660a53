// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Futexes: words in shared memory that processes wait at; futex(2). They belong to the family sync.
//
//   b & sync.futex_wait at=a1
//   a: process.await_blocked actor=b
//   a: sync.futex_wake at=a0                -> 1

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_FUTEX_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_FUTEX_H_

#include <cstdint>
#include <string_view>

#include "harness/vocabulary/operation/sync.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// FUTEX_WAIT: sleeps if the 4 bytes at the address are `expected`.
struct SyncFutexWait {
  static constexpr std::string_view kName = "sync.futex_wait";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  static constexpr bool kSleeps = true;
  Address at;
  std::uint32_t expected = 0;
  bool own = false;  // FUTEX_PRIVATE_FLAG
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncFutexWait::at}, Field{"expected", &SyncFutexWait::expected},
             Field{"own", &SyncFutexWait::own}, Field{"how", &SyncFutexWait::how},
             Field{"within_ms", &SyncFutexWait::within_ms});
  friend bool operator==(const SyncFutexWait&, const SyncFutexWait&) = default;
};

/// FUTEX_WAKE. The outcome is how many were woken.
struct SyncFutexWake {
  static constexpr std::string_view kName = "sync.futex_wake";
  Address at;
  std::uint32_t count = 1;
  bool own = false;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncFutexWake::at}, Field{"count", &SyncFutexWake::count},
             Field{"own", &SyncFutexWake::own});
  friend bool operator==(const SyncFutexWake&, const SyncFutexWake&) = default;
};

/// FUTEX_CMP_REQUEUE: if the word is `expected`, wakes `count` and has all others wait at `to`. The
/// outcome is how many were woken or moved.
struct SyncFutexRequeue {
  static constexpr std::string_view kName = "sync.futex_requeue";
  Address at;
  Address to;
  std::uint32_t expected = 0;
  std::uint32_t count = 1;
  static constexpr auto kFields = Fields(
      Field{"at", &SyncFutexRequeue::at}, Field{"to", &SyncFutexRequeue::to},
      Field{"expected", &SyncFutexRequeue::expected}, Field{"count", &SyncFutexRequeue::count});
  friend bool operator==(const SyncFutexRequeue&, const SyncFutexRequeue&) = default;
};

/// FUTEX_WAIT_BITSET: is woken only by those whose mask has a bit in common. Its time is one of
/// `clock`, not one from now on.
struct SyncFutexWaitBitset {
  static constexpr std::string_view kName = "sync.futex_wait_bitset";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  static constexpr bool kSleeps = true;
  Address at;
  std::uint32_t expected = 0;
  std::uint32_t mask = 1;
  bool own = false;
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  SyncClock clock = SyncClock::kMonotonic;
  static constexpr auto kFields = Fields(
      Field{"at", &SyncFutexWaitBitset::at}, Field{"expected", &SyncFutexWaitBitset::expected},
      Field{"mask", &SyncFutexWaitBitset::mask}, Field{"own", &SyncFutexWaitBitset::own},
      Field{"how", &SyncFutexWaitBitset::how}, Field{"within_ms", &SyncFutexWaitBitset::within_ms},
      Field{"clock", &SyncFutexWaitBitset::clock});
  friend bool operator==(const SyncFutexWaitBitset&, const SyncFutexWaitBitset&) = default;
};

/// FUTEX_WAKE_BITSET. The outcome is how many were woken. Who waits without a mask has every bit.
struct SyncFutexWakeBitset {
  static constexpr std::string_view kName = "sync.futex_wake_bitset";
  Address at;
  std::uint32_t count = 1;
  std::uint32_t mask = 1;
  bool own = false;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncFutexWakeBitset::at}, Field{"count", &SyncFutexWakeBitset::count},
             Field{"mask", &SyncFutexWakeBitset::mask}, Field{"own", &SyncFutexWakeBitset::own});
  friend bool operator==(const SyncFutexWakeBitset&, const SyncFutexWakeBitset&) = default;
};

/// FUTEX_LOCK_PI, or FUTEX_TRYLOCK_PI with `how=try`: the word becomes the thread of its owner, and
/// is 0 when it has none. Times are those of the realtime clock.
struct SyncFutexLockPi {
  static constexpr std::string_view kName = "sync.futex_lock_pi";
  static constexpr bool kMayTakeLong = true;
  Address at;
  bool own = false;
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncFutexLockPi::at}, Field{"own", &SyncFutexLockPi::own},
             Field{"how", &SyncFutexLockPi::how}, Field{"within_ms", &SyncFutexLockPi::within_ms});
  friend bool operator==(const SyncFutexLockPi&, const SyncFutexLockPi&) = default;
};

/// FUTEX_UNLOCK_PI.
struct SyncFutexUnlockPi {
  static constexpr std::string_view kName = "sync.futex_unlock_pi";
  Address at;
  bool own = false;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncFutexUnlockPi::at}, Field{"own", &SyncFutexUnlockPi::own});
  friend bool operator==(const SyncFutexUnlockPi&, const SyncFutexUnlockPi&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_FUTEX_OPERATIONS(X) \
  X(SyncFutexWait) X(SyncFutexWake) X(SyncFutexRequeue) X(SyncFutexWaitBitset) \
  X(SyncFutexWakeBitset) X(SyncFutexLockPi) X(SyncFutexUnlockPi)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_FUTEX_H_
