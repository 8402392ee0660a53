// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Futexes, by the system call alone: no C library has a function for them.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>

#include "harness/target/perform/families.h"
#include "harness/target/perform/waiting.h"

namespace shmspec::perform {
namespace {

/// The timespec of the kernel, which may be narrower than that of the C library.
struct KernelTime {
  explicit KernelTime(const timespec& time)
      : words{static_cast<long>(time.tv_sec), static_cast<long>(time.tv_nsec)} {}
  long words[2];
};

constexpr int Private(bool own) { return own ? FUTEX_PRIVATE_FLAG : 0; }

long Futex(std::uint32_t* word, int operation, std::uint32_t value, const void* timeout = nullptr,
           std::uint32_t* other = nullptr, std::uint32_t expected = 0) {
  return ::syscall(SYS_futex, word, operation, value, timeout, other, expected);
}

}  // namespace

Outcome Do(const SyncFutexWait& op, Context& context) {
  auto* word = At<std::uint32_t>(op.at, context);
  const int operation = FUTEX_WAIT | Private(op.own);
  if (op.how == Patience::kWait) return Returned(Futex(word, operation, op.expected));
  const Deadline deadline(SyncClock::kMonotonic, op.how, op.within_ms);
  const KernelTime wait(WaitOf(op.how, op.within_ms));
  const long result = Futex(word, operation, op.expected, wait.words);
  return result == -1 ? Numbered(deadline.Checked(errno)) : Returned(result);
}

Outcome Do(const SyncFutexWake& op, Context& context) {
  const int operation = FUTEX_WAKE | Private(op.own);
  return Returned(Futex(At<std::uint32_t>(op.at, context), operation, op.count));
}

Outcome Do(const SyncFutexRequeue& op, Context& context) {
  // How many to move is where other calls have their timeout.
  const auto* most = reinterpret_cast<const void*>(std::uintptr_t{INT_MAX});
  return Returned(Futex(At<std::uint32_t>(op.at, context), FUTEX_CMP_REQUEUE, op.count, most,
                        At<std::uint32_t>(op.to, context), op.expected));
}

Outcome Do(const SyncFutexWaitBitset& op, Context& context) {
  auto* word = At<std::uint32_t>(op.at, context);
  const bool realtime = op.clock == SyncClock::kRealtime;
  const int operation = FUTEX_WAIT_BITSET | Private(op.own) | (realtime ? FUTEX_CLOCK_REALTIME : 0);
  if (op.how == Patience::kWait) {
    return Returned(Futex(word, operation, op.expected, nullptr, nullptr, op.mask));
  }
  const Deadline deadline(op.clock, op.how, op.within_ms);
  const KernelTime until(*deadline.at());
  const long result = Futex(word, operation, op.expected, until.words, nullptr, op.mask);
  return result == -1 ? Numbered(deadline.Checked(errno)) : Returned(result);
}

Outcome Do(const SyncFutexWakeBitset& op, Context& context) {
  return Returned(Futex(At<std::uint32_t>(op.at, context), FUTEX_WAKE_BITSET | Private(op.own),
                        op.count, nullptr, nullptr, op.mask));
}

Outcome Do(const SyncFutexLockPi& op, Context& context) {
  auto* word = At<std::uint32_t>(op.at, context);
  if (op.how == Patience::kTry) return Returned(Futex(word, FUTEX_TRYLOCK_PI | Private(op.own), 0));
  const int operation = FUTEX_LOCK_PI | Private(op.own);
  if (op.how == Patience::kWait) return Returned(Futex(word, operation, 0));
  const Deadline deadline(SyncClock::kRealtime, op.how, op.within_ms);
  const KernelTime until(*deadline.at());
  const long result = Futex(word, operation, 0, until.words);
  return result == -1 ? Numbered(deadline.Checked(errno)) : Returned(result);
}

Outcome Do(const SyncFutexUnlockPi& op, Context& context) {
  return Returned(Futex(At<std::uint32_t>(op.at, context), FUTEX_UNLOCK_PI | Private(op.own), 0));
}

}  // namespace shmspec::perform
