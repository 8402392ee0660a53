// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/clocks.h"

#include <sched.h>

#include <algorithm>

namespace shmspec {

bool WaitForNextSecond() {
  constexpr std::int64_t kSecond_ns = 1'000'000'000;
  constexpr std::uint64_t kLongest_ns = 3 * kSecond_ns;
  constexpr std::int64_t kTick_ns = 1'000'000;  // the shortest there is
  const std::uint64_t started_ns = MonotonicNs();
  const std::int64_t wanted = SecondNotBeforeNow() + 1;
  while (SecondNotAfterNow() < wanted) {
    if (MonotonicNs() - started_ns > kLongest_ns) return false;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t left_ns = (wanted - now.tv_sec) * kSecond_ns - now.tv_nsec;
    const std::int64_t rest_ns = std::clamp(left_ns, kTick_ns, kSecond_ns - 1);
    const timespec rest{0, static_cast<long>(rest_ns)};
    // Where sleeping fails, let other processes run.
    if (::nanosleep(&rest, nullptr) != 0) ::sched_yield();
  }
  return true;
}

}  // namespace shmspec
