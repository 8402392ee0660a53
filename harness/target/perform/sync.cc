// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks and semaphores of the C library in memory of the plan, and futexes.

#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>

#include "harness/host/address.h"
#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

static_assert(sizeof(pthread_mutex_t) <= kSyncObjectBytes &&
              sizeof(pthread_rwlock_t) <= kSyncObjectBytes &&
              sizeof(pthread_cond_t) <= kSyncObjectBytes &&
              sizeof(pthread_barrier_t) <= kSyncObjectBytes && sizeof(sem_t) <= kSyncObjectBytes);

constexpr long kNsPerSecond = 1'000'000'000;

template <class T>
T* At(const Address& address, Context& context) {
  return static_cast<T*>(PointerTo(context.AddressOf(address)));
}

/// What a function returned that returns an error number.
Outcome Numbered(int error) {
  if (error != 0) return Failure{ErrorCode{error}};
  return Value{0};
}

clockid_t ClockId(SyncClock clock) {
  return clock == SyncClock::kMonotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

timespec After(std::uint32_t within_ms) {
  return {static_cast<time_t>(within_ms / 1000), static_cast<long>(within_ms % 1000) * 1'000'000};
}

/// A time to wait for.
class Deadline {
 public:
  Deadline(SyncClock clock, std::uint32_t within_ms) : clock_(ClockId(clock)) {
    ::clock_gettime(clock_, &at_);
    const timespec wait = After(within_ms);
    at_.tv_sec += wait.tv_sec;
    at_.tv_nsec += wait.tv_nsec;
    if (at_.tv_nsec < kNsPerSecond) return;
    at_.tv_nsec -= kNsPerSecond;
    ++at_.tv_sec;
  }

  clockid_t clock() const { return clock_; }
  const timespec* at() const { return &at_; }
  /// The error, or ETIME when the call gave up before its time.
  int Checked(int error) const {
    timespec now{};
    if (error != ETIMEDOUT || ::clock_gettime(clock_, &now) != 0) return error;
    const bool early =
        now.tv_sec < at_.tv_sec || (now.tv_sec == at_.tv_sec && now.tv_nsec < at_.tv_nsec);
    return early ? ETIME : error;
  }

 private:
  clockid_t clock_;
  timespec at_{};
};

// Those with a clock are newer than the others.
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 30)
constexpr bool kHasClocks = true;
#else
constexpr bool kHasClocks = false;
int pthread_mutex_clocklock(pthread_mutex_t*, clockid_t, const timespec*) { return ENOSYS; }
int pthread_rwlock_clockrdlock(pthread_rwlock_t*, clockid_t, const timespec*) { return ENOSYS; }
int pthread_rwlock_clockwrlock(pthread_rwlock_t*, clockid_t, const timespec*) { return ENOSYS; }
int sem_clockwait(sem_t*, clockid_t, const timespec*) { return -1; }
#endif

Outcome NoClocks() { return Trouble{true, "this C library waits by one clock alone"}; }

bool Lacks(SyncClock clock) { return clock == SyncClock::kMonotonic && !kHasClocks; }

// --- one attribute of five kinds of objects

template <class Attribute>
struct SharedAttribute {
  int (*init)(Attribute*);
  int (*destroy)(Attribute*);
  int (*get)(const Attribute*, int*);
  int (*set)(Attribute*, int);
};

template <class Attribute>
Outcome SharedOf(const SharedAttribute<Attribute>& functions, const std::int32_t* value) {
  Attribute attribute;
  if (const int error = functions.init(&attribute); error != 0) return Numbered(error);
  int shared = -1;
  int error = value != nullptr ? functions.set(&attribute, *value) : 0;
  if (error == 0) error = functions.get(&attribute, &shared);
  functions.destroy(&attribute);
  if (error != 0) return Numbered(error);
  if (shared == PTHREAD_PROCESS_PRIVATE) return Value{0};
  return Value{shared == PTHREAD_PROCESS_SHARED ? 1 : shared};
}

Outcome SharedOf(SyncKind kind, const std::int32_t* value) {
  switch (kind) {
    case SyncKind::kMutex:
      return SharedOf<pthread_mutexattr_t>(
          {::pthread_mutexattr_init, ::pthread_mutexattr_destroy, ::pthread_mutexattr_getpshared,
           ::pthread_mutexattr_setpshared},
          value);
    case SyncKind::kRwlock:
      return SharedOf<pthread_rwlockattr_t>(
          {::pthread_rwlockattr_init, ::pthread_rwlockattr_destroy, ::pthread_rwlockattr_getpshared,
           ::pthread_rwlockattr_setpshared},
          value);
    case SyncKind::kCond:
      return SharedOf<pthread_condattr_t>(
          {::pthread_condattr_init, ::pthread_condattr_destroy, ::pthread_condattr_getpshared,
           ::pthread_condattr_setpshared},
          value);
    case SyncKind::kBarrier:
      return SharedOf<pthread_barrierattr_t>(
          {::pthread_barrierattr_init, ::pthread_barrierattr_destroy,
           ::pthread_barrierattr_getpshared, ::pthread_barrierattr_setpshared},
          value);
    case SyncKind::kSemaphore:
      break;
  }
  return Trouble{true, "semaphores have no attributes"};
}

long Futex(std::uint32_t* word, int operation, std::uint32_t value, const void* timeout = nullptr,
           std::uint32_t* other = nullptr, std::uint32_t expected = 0) {
  return ::syscall(SYS_futex, word, operation, value, timeout, other, expected);
}

/// Whether the kernel finds the robust mutexes of one that ends. The C library does not say so: it
/// asks when a process begins, and goes on without.
bool KeepsRobustList() {
  // With another size than that of its list the call does nothing.
  return ::syscall(SYS_set_robust_list, nullptr, 0) == 0 || (errno != ENOSYS && errno != EPERM);
}

}  // namespace

// --- mutexes

Outcome Do(const SyncMutexInit& op, Context& context) {
  if (op.robust && !KeepsRobustList()) {
    return Trouble{true, "set_robust_list(2) is refused, without which no mutex is robust"};
  }
  pthread_mutexattr_t attribute;
  if (const int error = ::pthread_mutexattr_init(&attribute); error != 0) return Numbered(error);
  constexpr int kTypes[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK,
                            PTHREAD_MUTEX_RECURSIVE};
  int error = ::pthread_mutexattr_setpshared(&attribute, PTHREAD_PROCESS_SHARED);
  if (error == 0) {
    error = ::pthread_mutexattr_settype(&attribute, kTypes[static_cast<unsigned>(op.type)]);
  }
  if (error == 0 && op.robust) {
    error = ::pthread_mutexattr_setrobust(&attribute, PTHREAD_MUTEX_ROBUST);
  }
  if (error == 0 && op.protocol == MutexProtocol::kInherit) {
    error = ::pthread_mutexattr_setprotocol(&attribute, PTHREAD_PRIO_INHERIT);
  }
  if (error == 0) error = ::pthread_mutex_init(At<pthread_mutex_t>(op.at, context), &attribute);
  ::pthread_mutexattr_destroy(&attribute);
  return Numbered(error);
}

Outcome Do(const SyncMutexLock& op, Context& context) {
  auto* mutex = At<pthread_mutex_t>(op.at, context);
  if (op.how == Patience::kWait) return Numbered(::pthread_mutex_lock(mutex));
  if (op.how == Patience::kTry) return Numbered(::pthread_mutex_trylock(mutex));
  if (Lacks(op.clock)) return NoClocks();
  const Deadline deadline(op.clock, op.within_ms);
  const int error = op.clock == SyncClock::kMonotonic
                        ? pthread_mutex_clocklock(mutex, deadline.clock(), deadline.at())
                        : ::pthread_mutex_timedlock(mutex, deadline.at());
  return Numbered(deadline.Checked(error));
}

Outcome Do(const SyncMutexUnlock& op, Context& context) {
  return Numbered(::pthread_mutex_unlock(At<pthread_mutex_t>(op.at, context)));
}
Outcome Do(const SyncMutexConsistent& op, Context& context) {
  return Numbered(::pthread_mutex_consistent(At<pthread_mutex_t>(op.at, context)));
}
Outcome Do(const SyncMutexDestroy& op, Context& context) {
  return Numbered(::pthread_mutex_destroy(At<pthread_mutex_t>(op.at, context)));
}

// --- rwlocks

Outcome Do(const SyncRwlockInit& op, Context& context) {
  pthread_rwlockattr_t attribute;
  if (const int error = ::pthread_rwlockattr_init(&attribute); error != 0) return Numbered(error);
  int error = ::pthread_rwlockattr_setpshared(&attribute, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = ::pthread_rwlock_init(At<pthread_rwlock_t>(op.at, context), &attribute);
  ::pthread_rwlockattr_destroy(&attribute);
  return Numbered(error);
}

Outcome Do(const SyncRwlockLock& op, Context& context) {
  auto* lock = At<pthread_rwlock_t>(op.at, context);
  if (op.how == Patience::kWait) {
    return Numbered(op.write ? ::pthread_rwlock_wrlock(lock) : ::pthread_rwlock_rdlock(lock));
  }
  if (op.how == Patience::kTry) {
    return Numbered(op.write ? ::pthread_rwlock_trywrlock(lock) : ::pthread_rwlock_tryrdlock(lock));
  }
  if (Lacks(op.clock)) return NoClocks();
  const Deadline deadline(op.clock, op.within_ms);
  int error = 0;
  if (op.clock == SyncClock::kMonotonic) {
    error = op.write ? pthread_rwlock_clockwrlock(lock, deadline.clock(), deadline.at())
                     : pthread_rwlock_clockrdlock(lock, deadline.clock(), deadline.at());
  } else {
    error = op.write ? ::pthread_rwlock_timedwrlock(lock, deadline.at())
                     : ::pthread_rwlock_timedrdlock(lock, deadline.at());
  }
  return Numbered(deadline.Checked(error));
}

Outcome Do(const SyncRwlockUnlock& op, Context& context) {
  return Numbered(::pthread_rwlock_unlock(At<pthread_rwlock_t>(op.at, context)));
}

// --- conditions

Outcome Do(const SyncCondInit& op, Context& context) {
  pthread_condattr_t attribute;
  if (const int error = ::pthread_condattr_init(&attribute); error != 0) return Numbered(error);
  int error = ::pthread_condattr_setpshared(&attribute, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = ::pthread_condattr_setclock(&attribute, ClockId(op.clock));
  if (error == 0) error = ::pthread_cond_init(At<pthread_cond_t>(op.at, context), &attribute);
  ::pthread_condattr_destroy(&attribute);
  return Numbered(error);
}

Outcome Do(const SyncCondWait& op, Context& context) {
  auto* condition = At<pthread_cond_t>(op.at, context);
  auto* mutex = At<pthread_mutex_t>(op.mutex, context);
  if (op.how != Patience::kTimed) return Numbered(::pthread_cond_wait(condition, mutex));
  const Deadline deadline(op.clock, op.within_ms);
  return Numbered(deadline.Checked(::pthread_cond_timedwait(condition, mutex, deadline.at())));
}

Outcome Do(const SyncCondSignal& op, Context& context) {
  auto* condition = At<pthread_cond_t>(op.at, context);
  return Numbered(op.all ? ::pthread_cond_broadcast(condition) : ::pthread_cond_signal(condition));
}

// --- barriers

Outcome Do(const SyncBarrierInit& op, Context& context) {
  pthread_barrierattr_t attribute;
  if (const int error = ::pthread_barrierattr_init(&attribute); error != 0) return Numbered(error);
  int error = ::pthread_barrierattr_setpshared(&attribute, PTHREAD_PROCESS_SHARED);
  if (error == 0) {
    error = ::pthread_barrier_init(At<pthread_barrier_t>(op.at, context), &attribute, op.count);
  }
  ::pthread_barrierattr_destroy(&attribute);
  return Numbered(error);
}

Outcome Do(const SyncBarrierWait& op, Context& context) {
  const int result = ::pthread_barrier_wait(At<pthread_barrier_t>(op.at, context));
  if (result == PTHREAD_BARRIER_SERIAL_THREAD) return Value{1};
  return Numbered(result);
}

// --- semaphores

Outcome Do(const SyncSemInit& op, Context& context) {
  return Returned(::sem_init(At<sem_t>(op.at, context), 1, op.value));
}

Outcome Do(const SyncSemWait& op, Context& context) {
  auto* semaphore = At<sem_t>(op.at, context);
  if (op.how == Patience::kWait) return Returned(::sem_wait(semaphore));
  if (op.how == Patience::kTry) return Returned(::sem_trywait(semaphore));
  if (Lacks(op.clock)) return NoClocks();
  const Deadline deadline(op.clock, op.within_ms);
  const int result = op.clock == SyncClock::kMonotonic
                         ? sem_clockwait(semaphore, deadline.clock(), deadline.at())
                         : ::sem_timedwait(semaphore, deadline.at());
  return Numbered(result == 0 ? 0 : deadline.Checked(errno));
}

Outcome Do(const SyncSemPost& op, Context& context) {
  return Returned(::sem_post(At<sem_t>(op.at, context)));
}

Outcome Do(const SyncSemValue& op, Context& context) {
  int value = 0;
  if (::sem_getvalue(At<sem_t>(op.at, context), &value) != 0) return Returned(-1);
  return Value{value};
}

// --- futexes

Outcome Do(const SyncFutexWait& op, Context& context) {
  auto* word = At<std::uint32_t>(op.at, context);
  const int operation = FUTEX_WAIT | (op.own ? FUTEX_PRIVATE_FLAG : 0);
  if (op.how != Patience::kTimed) return Returned(Futex(word, operation, op.expected));
  const Deadline deadline(SyncClock::kMonotonic, op.within_ms);
  // The call has a timespec of the kernel's, which may be narrower than that of the C library.
  const timespec wait = After(op.within_ms);
  const long words[] = {static_cast<long>(wait.tv_sec), static_cast<long>(wait.tv_nsec)};
  const long result = Futex(word, operation, op.expected, words);
  return result == -1 ? Numbered(deadline.Checked(errno)) : Returned(result);
}

Outcome Do(const SyncFutexWake& op, Context& context) {
  const int operation = FUTEX_WAKE | (op.own ? FUTEX_PRIVATE_FLAG : 0);
  return Returned(Futex(At<std::uint32_t>(op.at, context), operation, op.count));
}

Outcome Do(const SyncFutexRequeue& op, Context& context) {
  // How many to move is where other calls have their timeout.
  const auto* most = reinterpret_cast<const void*>(std::uintptr_t{INT_MAX});
  return Returned(Futex(At<std::uint32_t>(op.at, context), FUTEX_CMP_REQUEUE, op.count, most,
                        At<std::uint32_t>(op.to, context), op.expected));
}

// --- attributes

Outcome Do(const SyncGetShared& op, Context&) { return SharedOf(op.kind, nullptr); }
Outcome Do(const SyncSetShared& op, Context&) { return SharedOf(op.kind, &op.value); }

}  // namespace shmspec::perform
