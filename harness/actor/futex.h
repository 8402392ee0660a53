// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// futex(2) on words in memory that several processes share. Safe in signal handlers.

#ifndef SHMSPEC_HARNESS_ACTOR_FUTEX_H_
#define SHMSPEC_HARNESS_ACTOR_FUTEX_H_

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

namespace shmspec {

using FutexWord = std::atomic<std::uint32_t>;
static_assert(sizeof(FutexWord) == 4 && FutexWord::is_always_lock_free);

/// Sleeps while the word holds `seen`; returns early for any reason, so callers look again.
inline void FutexWait(FutexWord& word, std::uint32_t seen) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, nullptr, nullptr, 0);
}

/// Wakes everybody who sleeps on the word.
inline void FutexWake(FutexWord& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_FUTEX_H_
