// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_HOST_CLOCKS_H_
#define SHMSPEC_HARNESS_HOST_CLOCKS_H_

#include <cstdint>
#include <ctime>

namespace shmspec {

/// The instant, in nanoseconds; the same clock in all processes.
inline std::uint64_t MonotonicNs() {
  timespec now{};
  if (::clock_gettime(CLOCK_MONOTONIC, &now) != 0) ::timespec_get(&now, TIME_UTC);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// A second that is not before any time stamp the kernel has made.
inline std::int64_t SecondNotBeforeNow() {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return ::time(nullptr);
  return now.tv_sec;
}

/// A second that is not after any time stamp the kernel makes from now on: it stamps with the
/// coarse clock, which is behind by less than a second.
inline std::int64_t SecondNotAfterNow() {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0) return SecondNotBeforeNow() - 1;
  return now.tv_sec;
}

/// Waits until no time stamp made from now on can be of a second in which one has been made before;
/// false when the clock does not reach it, as when it is set back. Takes a second at most, and as
/// long as the coarse clock is behind.
bool WaitForNextSecond();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_CLOCKS_H_
