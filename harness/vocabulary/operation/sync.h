// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks, semaphores, barriers and conditions of POSIX threads that lie in shared memory, and
// futexes. Each is named by its address in the caller's process; others may have it at another one.
//
//   a: sync.mutex_init at=a0 robust=true
//   a: sync.mutex_lock at=a0
//   a: process.exit
//   b: sync.mutex_lock at=a1                -> EOWNERDEAD
//   b: sync.mutex_consistent at=a1
//
// Functions that return an error number fail with it. A call with `how=timed` gives up after
// `within_ms`, with ETIME where that time has not come; one with `how=wait` may take as long as it
// has to.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYNC_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYNC_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// How long a call waits.
enum class Patience : std::uint8_t { kWait, kTry, kTimed };
template <>
struct NamesOf<Patience> {
  static constexpr std::array kNames{Named<Patience>{"wait", Patience::kWait},
                                     Named<Patience>{"try", Patience::kTry},
                                     Named<Patience>{"timed", Patience::kTimed}};
};

/// The clock of a time that is waited for.
enum class SyncClock : std::uint8_t { kRealtime, kMonotonic };
template <>
struct NamesOf<SyncClock> {
  static constexpr std::array kNames{Named<SyncClock>{"realtime", SyncClock::kRealtime},
                                     Named<SyncClock>{"monotonic", SyncClock::kMonotonic}};
};

enum class MutexType : std::uint8_t { kNormal, kErrorCheck, kRecursive };
template <>
struct NamesOf<MutexType> {
  static constexpr std::array kNames{Named<MutexType>{"normal", MutexType::kNormal},
                                     Named<MutexType>{"errorcheck", MutexType::kErrorCheck},
                                     Named<MutexType>{"recursive", MutexType::kRecursive}};
};

enum class MutexProtocol : std::uint8_t { kNone, kInherit };
template <>
struct NamesOf<MutexProtocol> {
  static constexpr std::array kNames{Named<MutexProtocol>{"none", MutexProtocol::kNone},
                                     Named<MutexProtocol>{"inherit", MutexProtocol::kInherit}};
};

/// The kinds of objects that have an attribute PTHREAD_PROCESS_SHARED.
enum class SyncKind : std::uint8_t { kMutex, kRwlock, kCond, kBarrier, kSemaphore };
template <>
struct NamesOf<SyncKind> {
  static constexpr std::array kNames{
      Named<SyncKind>{"mutex", SyncKind::kMutex}, Named<SyncKind>{"rwlock", SyncKind::kRwlock},
      Named<SyncKind>{"cond", SyncKind::kCond}, Named<SyncKind>{"barrier", SyncKind::kBarrier},
      Named<SyncKind>{"semaphore", SyncKind::kSemaphore}};
};

/// Bytes at the address of an object that its functions may change: no object of a C library is
/// larger.
inline constexpr std::uint64_t kSyncObjectBytes = 64;

/// pthread_mutex_init(3) for processes that share it.
struct SyncMutexInit {
  static constexpr std::string_view kName = "sync.mutex_init";
  Address at;
  MutexType type = MutexType::kNormal;
  MutexProtocol protocol = MutexProtocol::kNone;
  bool robust = false;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncMutexInit::at}, Field{"type", &SyncMutexInit::type},
             Field{"protocol", &SyncMutexInit::protocol}, Field{"robust", &SyncMutexInit::robust});
  friend bool operator==(const SyncMutexInit&, const SyncMutexInit&) = default;
};

/// pthread_mutex_lock(3), pthread_mutex_trylock(3), pthread_mutex_timedlock(3) or
/// pthread_mutex_clocklock(3). With EOWNERDEAD the caller has the mutex.
struct SyncMutexLock {
  static constexpr std::string_view kName = "sync.mutex_lock";
  static constexpr bool kMayTakeLong = true;
  Address at;
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  SyncClock clock = SyncClock::kRealtime;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncMutexLock::at}, Field{"how", &SyncMutexLock::how},
             Field{"within_ms", &SyncMutexLock::within_ms}, Field{"clock", &SyncMutexLock::clock});
  friend bool operator==(const SyncMutexLock&, const SyncMutexLock&) = default;
};

struct SyncMutexUnlock {
  static constexpr std::string_view kName = "sync.mutex_unlock";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncMutexUnlock::at});
  friend bool operator==(const SyncMutexUnlock&, const SyncMutexUnlock&) = default;
};

/// pthread_mutex_consistent(3).
struct SyncMutexConsistent {
  static constexpr std::string_view kName = "sync.mutex_consistent";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncMutexConsistent::at});
  friend bool operator==(const SyncMutexConsistent&, const SyncMutexConsistent&) = default;
};

struct SyncMutexDestroy {
  static constexpr std::string_view kName = "sync.mutex_destroy";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncMutexDestroy::at});
  friend bool operator==(const SyncMutexDestroy&, const SyncMutexDestroy&) = default;
};

/// pthread_rwlock_init(3) for processes that share it.
struct SyncRwlockInit {
  static constexpr std::string_view kName = "sync.rwlock_init";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncRwlockInit::at});
  friend bool operator==(const SyncRwlockInit&, const SyncRwlockInit&) = default;
};

/// pthread_rwlock_rdlock(3), pthread_rwlock_wrlock(3) and those that try and that give up.
struct SyncRwlockLock {
  static constexpr std::string_view kName = "sync.rwlock_lock";
  static constexpr bool kMayTakeLong = true;
  Address at;
  bool write = false;
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  SyncClock clock = SyncClock::kRealtime;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncRwlockLock::at}, Field{"write", &SyncRwlockLock::write},
             Field{"how", &SyncRwlockLock::how}, Field{"within_ms", &SyncRwlockLock::within_ms},
             Field{"clock", &SyncRwlockLock::clock});
  friend bool operator==(const SyncRwlockLock&, const SyncRwlockLock&) = default;
};

struct SyncRwlockUnlock {
  static constexpr std::string_view kName = "sync.rwlock_unlock";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncRwlockUnlock::at});
  friend bool operator==(const SyncRwlockUnlock&, const SyncRwlockUnlock&) = default;
};

/// pthread_cond_init(3) for processes that share it; `clock` is that of its timed waits.
struct SyncCondInit {
  static constexpr std::string_view kName = "sync.cond_init";
  Address at;
  SyncClock clock = SyncClock::kRealtime;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncCondInit::at}, Field{"clock", &SyncCondInit::clock});
  friend bool operator==(const SyncCondInit&, const SyncCondInit&) = default;
};

/// pthread_cond_wait(3), or pthread_cond_timedwait(3) with `how=timed`; the clock is that which the
/// condition was made with, and the caller names it again.
struct SyncCondWait {
  static constexpr std::string_view kName = "sync.cond_wait";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  static constexpr bool kSleeps = true;
  Address at;
  Address mutex;
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  SyncClock clock = SyncClock::kRealtime;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncCondWait::at}, Field{"mutex", &SyncCondWait::mutex},
             Field{"how", &SyncCondWait::how}, Field{"within_ms", &SyncCondWait::within_ms},
             Field{"clock", &SyncCondWait::clock});
  friend bool operator==(const SyncCondWait&, const SyncCondWait&) = default;
};

/// pthread_cond_signal(3), or pthread_cond_broadcast(3) for all.
struct SyncCondSignal {
  static constexpr std::string_view kName = "sync.cond_signal";
  Address at;
  bool all = false;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncCondSignal::at}, Field{"all", &SyncCondSignal::all});
  friend bool operator==(const SyncCondSignal&, const SyncCondSignal&) = default;
};

/// pthread_barrier_init(3) for processes that share it.
struct SyncBarrierInit {
  static constexpr std::string_view kName = "sync.barrier_init";
  Address at;
  std::uint32_t count = 2;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncBarrierInit::at}, Field{"count", &SyncBarrierInit::count});
  friend bool operator==(const SyncBarrierInit&, const SyncBarrierInit&) = default;
};

/// pthread_barrier_wait(3). The outcome is 1 for PTHREAD_BARRIER_SERIAL_THREAD, otherwise 0.
struct SyncBarrierWait {
  static constexpr std::string_view kName = "sync.barrier_wait";
  static constexpr bool kMayTakeLong = true;
  static constexpr bool kInPhases = true;
  static constexpr bool kSleeps = true;
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncBarrierWait::at});
  friend bool operator==(const SyncBarrierWait&, const SyncBarrierWait&) = default;
};

/// sem_init(3) for processes that share it.
struct SyncSemInit {
  static constexpr std::string_view kName = "sync.sem_init";
  Address at;
  std::uint32_t value = 0;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncSemInit::at}, Field{"value", &SyncSemInit::value});
  friend bool operator==(const SyncSemInit&, const SyncSemInit&) = default;
};

/// sem_wait(3), sem_trywait(3), sem_timedwait(3) or sem_clockwait(3).
struct SyncSemWait {
  static constexpr std::string_view kName = "sync.sem_wait";
  static constexpr bool kMayTakeLong = true;
  Address at;
  Patience how = Patience::kWait;
  std::uint32_t within_ms = 0;
  SyncClock clock = SyncClock::kRealtime;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncSemWait::at}, Field{"how", &SyncSemWait::how},
             Field{"within_ms", &SyncSemWait::within_ms}, Field{"clock", &SyncSemWait::clock});
  friend bool operator==(const SyncSemWait&, const SyncSemWait&) = default;
};

struct SyncSemPost {
  static constexpr std::string_view kName = "sync.sem_post";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncSemPost::at});
  friend bool operator==(const SyncSemPost&, const SyncSemPost&) = default;
};

/// sem_getvalue(3).
struct SyncSemValue {
  static constexpr std::string_view kName = "sync.sem_value";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncSemValue::at});
  friend bool operator==(const SyncSemValue&, const SyncSemValue&) = default;
};

/// FUTEX_WAIT of futex(2): sleeps if the 4 bytes at the address are `expected`.
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

/// The attribute of fresh attributes that says who may use the object: 0 for
/// PTHREAD_PROCESS_PRIVATE, 1 for PTHREAD_PROCESS_SHARED.
struct SyncGetShared {
  static constexpr std::string_view kName = "sync.get_shared";
  SyncKind kind = SyncKind::kMutex;
  static constexpr auto kFields = Fields(Field{"kind", &SyncGetShared::kind});
  friend bool operator==(const SyncGetShared&, const SyncGetShared&) = default;
};

/// Sets that attribute to a number; the outcome is what it is then.
struct SyncSetShared {
  static constexpr std::string_view kName = "sync.set_shared";
  SyncKind kind = SyncKind::kMutex;
  std::int32_t value = 1;
  static constexpr auto kFields =
      Fields(Field{"kind", &SyncSetShared::kind}, Field{"value", &SyncSetShared::value});
  friend bool operator==(const SyncSetShared&, const SyncSetShared&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_SYNC_OPERATIONS(X) \
  X(SyncMutexInit) X(SyncMutexLock) X(SyncMutexUnlock) X(SyncMutexConsistent) X(SyncMutexDestroy) \
  X(SyncRwlockInit) X(SyncRwlockLock) X(SyncRwlockUnlock) X(SyncCondInit) X(SyncCondWait) \
  X(SyncCondSignal) X(SyncBarrierInit) X(SyncBarrierWait) X(SyncSemInit) X(SyncSemWait) \
  X(SyncSemPost) X(SyncSemValue) X(SyncFutexWait) X(SyncFutexWake) X(SyncFutexRequeue) \
  X(SyncGetShared) X(SyncSetShared)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYNC_H_
