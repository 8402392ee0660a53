// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// futex(2) on words in memory that several processes share. Safe in signal handlers. Where the call
// is refused, waiters yield their processor until the word changes.

#ifndef SHMSPEC_HARNESS_HOST_FUTEX_H_
#define SHMSPEC_HARNESS_HOST_FUTEX_H_

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace shmspec {

using FutexWord = std::atomic<std::uint32_t>;
static_assert(sizeof(FutexWord) == 4 && FutexWord::is_always_lock_free);

/// The call, by either of its numbers: kernels without 32-bit time refuse the older one to 32-bit
/// programs. Without a timeout the two are the same. -1 with errno.
inline long Futex(FutexWord& word, int operation, std::uint32_t value) {
  const long result = ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
#ifdef SYS_futex_time64
  if (result < 0 && errno == ENOSYS) {
    return ::syscall(SYS_futex_time64, &word, operation, value, nullptr, nullptr, 0);
  }
#endif
  return result;
}

/// Sleeps while the word holds `seen`; returns early for any reason, so callers look again.
inline void FutexWait(FutexWord& word, std::uint32_t seen) {
  if (Futex(word, FUTEX_WAIT, seen) < 0 && errno != EAGAIN && errno != EINTR) ::sched_yield();
}

/// Wakes every process that sleeps on the word.
inline void FutexWake(FutexWord& word) { Futex(word, FUTEX_WAKE, INT_MAX); }

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_FUTEX_H_
