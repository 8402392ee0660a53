// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Whether a thread of another process sleeps in the kernel, see proc_pid_status(5).
//
//   SleepWatch watch;
//   while (!watch.Sees(ReadThreadState(pid, tid).value_or(ThreadState()), MonotonicNs())) {
//     ::sched_yield();
//   }

#ifndef SHMSPEC_HARNESS_HOST_THREAD_STATE_H_
#define SHMSPEC_HARNESS_HOST_THREAD_STATE_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace shmspec {

/// What one look at a thread tells.
struct ThreadState {
  /// It sleeps until an event or a signal wakes it (S). Not D: the kernel waits in that state for
  /// resources of its own, such as a page or a lock, also in calls that do not block.
  bool asleep = false;
  /// How often it gave up its processor in order to wait; 0 where the system does not count.
  std::uint64_t waits = 0;

  friend bool operator==(const ThreadState&, const ThreadState&) = default;
};

/// Reads /proc, which has to be the caller's own (own_process.h). Nothing with errno when the
/// thread is gone, or is not shown to the caller.
std::optional<ThreadState> ReadThreadState(pid_t process, pid_t thread);

/// The same of the text of the file; nothing with EINVAL when it names no state.
std::optional<ThreadState> ParseThreadState(std::string_view status);

/// Waits for a sleep that lasts. A thread also sleeps for a moment where another thread holds a
/// lock of the C library or of an emulator, which is no call that blocks.
class SleepWatch {
 public:
  static constexpr std::uint64_t kLasting_ns = 1'000'000;

  /// Takes a look made at `now_ns`. True once all looks since `kLasting_ns` showed the same sleep.
  bool Sees(const ThreadState& state, std::uint64_t now_ns);

 private:
  ThreadState sleep_;  // the sleep that the last look showed, if any
  std::uint64_t since_ns_ = 0;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_THREAD_STATE_H_
