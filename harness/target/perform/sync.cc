// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks, conditions and barriers of the C library in memory of the plan.

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ctime>

#include "harness/target/perform/families.h"
#include "harness/target/perform/waiting.h"

namespace shmspec::perform {
namespace {

static_assert(sizeof(pthread_mutex_t) <= kSyncObjectBytes &&
              sizeof(pthread_rwlock_t) <= kSyncObjectBytes &&
              sizeof(pthread_cond_t) <= kSyncObjectBytes &&
              sizeof(pthread_barrier_t) <= kSyncObjectBytes && sizeof(sem_t) <= kSyncObjectBytes);

// Those with a clock are newer than the others.
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 30)
constexpr bool kHasClocks = true;
#else
constexpr bool kHasClocks = false;
int pthread_mutex_clocklock(pthread_mutex_t*, clockid_t, const timespec*) { return ENOSYS; }
int pthread_rwlock_clockrdlock(pthread_rwlock_t*, clockid_t, const timespec*) { return ENOSYS; }
int pthread_rwlock_clockwrlock(pthread_rwlock_t*, clockid_t, const timespec*) { return ENOSYS; }
#endif

#ifndef __GLIBC__
int pthread_mutexattr_setprioceiling(pthread_mutexattr_t*, int) { return ENOTSUP; }
#endif

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
  if (op.ceiling != kNoCeiling) {
    // The C library takes no ceiling without these, and tells the error of a bad one.
    if (::sched_get_priority_min(SCHED_FIFO) == -1) {
      return Trouble{true,
                     "sched_get_priority_min is refused, without which there are no ceilings"};
    }
    if (::sched_get_priority_max(SCHED_FIFO) == -1) {
      return Trouble{true,
                     "sched_get_priority_max is refused, without which there are no ceilings"};
    }
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
  constexpr int kProtocols[] = {PTHREAD_PRIO_NONE, PTHREAD_PRIO_INHERIT, PTHREAD_PRIO_PROTECT};
  if (error == 0 && op.protocol != MutexProtocol::kNone) {
    error =
        ::pthread_mutexattr_setprotocol(&attribute, kProtocols[static_cast<unsigned>(op.protocol)]);
  }
  if (error == 0 && op.ceiling != kNoCeiling) {
    error = pthread_mutexattr_setprioceiling(&attribute, op.ceiling);
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
  const Deadline deadline(op.clock, op.how, op.within_ms);
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
Outcome Do(const SyncMutexCeiling& op, Context& context) {
  int ceiling = 0;
  const int error = ::pthread_mutex_getprioceiling(At<pthread_mutex_t>(op.at, context), &ceiling);
  return error != 0 ? Numbered(error) : Value{ceiling};
}
Outcome Do(const SyncMutexSetCeiling& op, Context& context) {
  int before = 0;
  const int error =
      ::pthread_mutex_setprioceiling(At<pthread_mutex_t>(op.at, context), op.ceiling, &before);
  return error != 0 ? Numbered(error) : Value{before};
}

Outcome Do(const SyncDestroy& op, Context& context) {
  switch (op.kind) {
    case SyncKind::kMutex:
      return Numbered(::pthread_mutex_destroy(At<pthread_mutex_t>(op.at, context)));
    case SyncKind::kRwlock:
      return Numbered(::pthread_rwlock_destroy(At<pthread_rwlock_t>(op.at, context)));
    case SyncKind::kCond:
      return Numbered(::pthread_cond_destroy(At<pthread_cond_t>(op.at, context)));
    case SyncKind::kBarrier:
      return Numbered(::pthread_barrier_destroy(At<pthread_barrier_t>(op.at, context)));
    case SyncKind::kSemaphore:
      break;
  }
  return Returned(::sem_destroy(At<sem_t>(op.at, context)));
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
  const Deadline deadline(op.clock, op.how, op.within_ms);
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
  if (op.how == Patience::kWait) return Numbered(::pthread_cond_wait(condition, mutex));
  const Deadline deadline(op.clock, op.how, op.within_ms);
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

// --- attributes

Outcome Do(const SyncGetShared& op, Context&) { return SharedOf(op.kind, nullptr); }
Outcome Do(const SyncSetShared& op, Context&) { return SharedOf(op.kind, &op.value); }

}  // namespace shmspec::perform
