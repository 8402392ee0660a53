// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks, semaphores, barriers and conditions of POSIX threads that lie in shared memory; futexes
// are in futex.h. Each is named by its address in the caller's process; others may have it at
// another one. A named semaphore has the address that sem_open(3) gave.
//
//   a: sync.mutex_init at=a0 robust=true
//   a: sync.mutex_lock at=a0
//   a: process.exit
//   b: sync.mutex_lock at=a1                -> EOWNERDEAD
//   b: sync.mutex_consistent at=a1
//
// Functions that return an error number fail with it. A call with `how=timed` gives up after
// `within_ms`, with ETIME where that time has not come; one with `how=wait` may take as long as it
// has to; and one with `how=negative_ns` or `how=excess_ns` gets a time that is none.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYNC_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYNC_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/file_value.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// How long a call waits; kNegative and kExcess: until a time whose nanoseconds are less than 0, or
/// a whole second.
enum class Patience : std::uint8_t { kWait, kTry, kTimed, kNegative, kExcess };
template <>
struct NamesOf<Patience> {
  static constexpr std::array kNames{Named<Patience>{"wait", Patience::kWait},
                                     Named<Patience>{"try", Patience::kTry},
                                     Named<Patience>{"timed", Patience::kTimed},
                                     Named<Patience>{"negative_ns", Patience::kNegative},
                                     Named<Patience>{"excess_ns", Patience::kExcess}};
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

/// What the one who has a mutex runs at: its own priority, that of those who wait, or a ceiling.
enum class MutexProtocol : std::uint8_t { kNone, kInherit, kProtect };
template <>
struct NamesOf<MutexProtocol> {
  static constexpr std::array kNames{Named<MutexProtocol>{"none", MutexProtocol::kNone},
                                     Named<MutexProtocol>{"inherit", MutexProtocol::kInherit},
                                     Named<MutexProtocol>{"protect", MutexProtocol::kProtect}};
};

/// The kinds of objects. All but semaphores have an attribute PTHREAD_PROCESS_SHARED.
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

/// The ceiling of a mutex for which none is asked for.
inline constexpr std::int32_t kNoCeiling = -1;

/// pthread_mutex_init(3) for processes that share it.
struct SyncMutexInit {
  static constexpr std::string_view kName = "sync.mutex_init";
  Address at;
  MutexType type = MutexType::kNormal;
  MutexProtocol protocol = MutexProtocol::kNone;
  bool robust = false;
  std::int32_t ceiling = kNoCeiling;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncMutexInit::at}, Field{"type", &SyncMutexInit::type},
             Field{"protocol", &SyncMutexInit::protocol}, Field{"robust", &SyncMutexInit::robust},
             Field{"ceiling", &SyncMutexInit::ceiling});
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

/// pthread_mutex_getprioceiling(3). The outcome is the ceiling.
struct SyncMutexCeiling {
  static constexpr std::string_view kName = "sync.mutex_ceiling";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncMutexCeiling::at});
  friend bool operator==(const SyncMutexCeiling&, const SyncMutexCeiling&) = default;
};

/// pthread_mutex_setprioceiling(3), which locks the mutex for as long as it takes. The outcome is
/// the old ceiling.
struct SyncMutexSetCeiling {
  static constexpr std::string_view kName = "sync.mutex_set_ceiling";
  static constexpr bool kMayTakeLong = true;
  Address at;
  std::int32_t ceiling = 1;
  static constexpr auto kFields = Fields(Field{"at", &SyncMutexSetCeiling::at},
                                         Field{"ceiling", &SyncMutexSetCeiling::ceiling});
  friend bool operator==(const SyncMutexSetCeiling&, const SyncMutexSetCeiling&) = default;
};

/// pthread_mutex_destroy(3), pthread_rwlock_destroy(3), pthread_cond_destroy(3),
/// pthread_barrier_destroy(3) or sem_destroy(3). It may wait for those who are on their way out.
struct SyncDestroy {
  static constexpr std::string_view kName = "sync.destroy";
  static constexpr bool kMayTakeLong = true;
  Address at;
  SyncKind kind = SyncKind::kMutex;
  static constexpr auto kFields =
      Fields(Field{"at", &SyncDestroy::at}, Field{"kind", &SyncDestroy::kind});
  friend bool operator==(const SyncDestroy&, const SyncDestroy&) = default;
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

/// sem_open(3). Assigns the address of the semaphore, which is the same for each name that the
/// process has open. Of the flags create and exclusive have a meaning.
struct SyncSemOpen {
  static constexpr std::string_view kName = "sync.sem_open";
  static constexpr HandleKind kAssigns = HandleKind::kMapping;
  std::string name = "/n0";
  ObjectFlags flags;
  Mode mode{0600};
  std::uint32_t value = 0;
  static constexpr auto kFields =
      Fields(Field{"name", &SyncSemOpen::name}, Field{"flags", &SyncSemOpen::flags},
             Field{"mode", &SyncSemOpen::mode}, Field{"value", &SyncSemOpen::value});
  friend bool operator==(const SyncSemOpen&, const SyncSemOpen&) = default;
};

/// sem_close(3).
struct SyncSemClose {
  static constexpr std::string_view kName = "sync.sem_close";
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SyncSemClose::at});
  friend bool operator==(const SyncSemClose&, const SyncSemClose&) = default;
};

/// sem_unlink(3).
struct SyncSemUnlink {
  static constexpr std::string_view kName = "sync.sem_unlink";
  std::string name = "/n0";
  static constexpr auto kFields = Fields(Field{"name", &SyncSemUnlink::name});
  friend bool operator==(const SyncSemUnlink&, const SyncSemUnlink&) = default;
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
  X(SyncMutexInit) X(SyncMutexLock) X(SyncMutexUnlock) X(SyncMutexConsistent) X(SyncMutexCeiling) \
  X(SyncMutexSetCeiling) X(SyncDestroy) X(SyncRwlockInit) X(SyncRwlockLock) X(SyncRwlockUnlock) \
  X(SyncCondInit) X(SyncCondWait) X(SyncCondSignal) X(SyncBarrierInit) X(SyncBarrierWait) \
  X(SyncSemInit) X(SyncSemWait) X(SyncSemPost) X(SyncSemValue) X(SyncSemOpen) X(SyncSemClose) \
  X(SyncSemUnlink) X(SyncGetShared) X(SyncSetShared)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_SYNC_H_
