// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the operations that wait share. Private to this folder.

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_WAITING_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_WAITING_H_

#include <cerrno>
#include <cstdint>
#include <ctime>

#include "harness/host/address.h"
#include "harness/target/perform/families.h"

namespace shmspec::perform {

template <class T>
T* At(const Address& address, Context& context) {
  return static_cast<T*>(PointerTo(context.AddressOf(address)));
}

/// What a function returned that returns an error number.
inline Outcome Numbered(int error) {
  if (error != 0) return Failure{ErrorCode{error}};
  return Value{0};
}

inline Outcome NoClocks() { return Trouble{true, "this C library waits by one clock alone"}; }

inline clockid_t ClockId(SyncClock clock) {
  return clock == SyncClock::kMonotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

/// The time from now on that a call waits; with kNegative and kExcess, what is none.
inline timespec WaitOf(Patience how, std::uint32_t within_ms) {
  constexpr long kNsPerMs = 1'000'000;
  constexpr long kNsPerSecond = 1'000'000'000;
  timespec wait{static_cast<time_t>(within_ms / 1000),
                static_cast<long>(within_ms % 1000) * kNsPerMs};
  if (how == Patience::kNegative) wait.tv_nsec = -1;
  if (how == Patience::kExcess) wait.tv_nsec = kNsPerSecond;
  return wait;
}

/// A time to wait for.
class Deadline {
 public:
  Deadline(SyncClock clock, Patience how, std::uint32_t within_ms) : clock_(ClockId(clock)) {
    constexpr long kNsPerSecond = 1'000'000'000;
    ::clock_gettime(clock_, &at_);
    const timespec wait = WaitOf(how, within_ms);
    at_.tv_sec += wait.tv_sec;
    if (how == Patience::kNegative || how == Patience::kExcess) {
      at_.tv_nsec = wait.tv_nsec;
      return;
    }
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

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_WAITING_H_
