// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What processes that exchange messages in a segment wait with. Each lies in memory that they share
// and has one process that takes: Post() from any of them lets one Take() return.

#ifndef SHMSPEC_SUITES_PERFORMANCE_EXCHANGE_SIGNALS_H_
#define SHMSPEC_SUITES_PERFORMANCE_EXCHANGE_SIGNALS_H_

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include <atomic>
#include <cstdint>

#include "harness/host/futex.h"

namespace shmspec {

/// Looks again and again, and lets others run now and then: on one CPU nobody else would post.
class SpinningSignal {
 public:
  static constexpr const char* kName = "spinning";
  void Post() { posted_.fetch_add(1); }
  void Take() {
    for (std::uint32_t looks = 1; posted_.load() == taken_; ++looks) {
      if (looks % 1024 == 0) ::sched_yield();
    }
    ++taken_;
  }

 private:
  std::atomic<std::uint32_t> posted_{0};
  std::uint32_t taken_ = 0;
};

/// Sleeps in futex(2).
class FutexSignal {
 public:
  static constexpr const char* kName = "futex";
  void Post() {
    posted_.fetch_add(1);
    FutexWake(posted_);
  }
  void Take() {
    while (posted_.load() == taken_) FutexWait(posted_, taken_);
    ++taken_;
  }

 private:
  FutexWord posted_{0};
  std::uint32_t taken_ = 0;
};

/// A process-shared semaphore.
class SemaphoreSignal {
 public:
  static constexpr const char* kName = "semaphore";
  SemaphoreSignal() { ::sem_init(&semaphore_, 1, 0); }
  ~SemaphoreSignal() { ::sem_destroy(&semaphore_); }
  SemaphoreSignal(const SemaphoreSignal&) = delete;
  SemaphoreSignal& operator=(const SemaphoreSignal&) = delete;
  void Post() { ::sem_post(&semaphore_); }
  void Take() {
    while (::sem_wait(&semaphore_) != 0) {
    }
  }

 private:
  sem_t semaphore_;
};

/// A process-shared mutex with a condition.
class ConditionSignal {
 public:
  static constexpr const char* kName = "condition";
  ConditionSignal() {
    pthread_mutexattr_t of_mutex;
    ::pthread_mutexattr_init(&of_mutex);
    ::pthread_mutexattr_setpshared(&of_mutex, PTHREAD_PROCESS_SHARED);
    ::pthread_mutex_init(&mutex_, &of_mutex);
    ::pthread_mutexattr_destroy(&of_mutex);
    pthread_condattr_t of_condition;
    ::pthread_condattr_init(&of_condition);
    ::pthread_condattr_setpshared(&of_condition, PTHREAD_PROCESS_SHARED);
    ::pthread_cond_init(&condition_, &of_condition);
    ::pthread_condattr_destroy(&of_condition);
  }
  ConditionSignal(const ConditionSignal&) = delete;
  ConditionSignal& operator=(const ConditionSignal&) = delete;
  void Post() {
    ::pthread_mutex_lock(&mutex_);
    ++posted_;
    ::pthread_mutex_unlock(&mutex_);
    ::pthread_cond_signal(&condition_);
  }
  void Take() {
    ::pthread_mutex_lock(&mutex_);
    while (posted_ == 0) ::pthread_cond_wait(&condition_, &mutex_);
    --posted_;
    ::pthread_mutex_unlock(&mutex_);
  }

 private:
  pthread_mutex_t mutex_;
  pthread_cond_t condition_;
  std::uint32_t posted_ = 0;
};

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_PERFORMANCE_EXCHANGE_SIGNALS_H_
