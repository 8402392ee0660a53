// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs the command of a launcher: in a session of its own, with a deadline, and with nothing left
// running afterwards.

#ifndef SHMSPEC_HARNESS_LAUNCHER_LAUNCH_H_
#define SHMSPEC_HARNESS_LAUNCHER_LAUNCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace shmspec {

struct LaunchOptions {
  std::vector<std::string> command;
  /// Ends what the command started and does not end with it, such as a container; called when the
  /// command did not end by itself. Empty: nothing does not.
  std::vector<std::string> stop;
  std::int64_t deadline_ms = 0;
  /// Readable when somebody asks to stop; -1: nobody will.
  int stop_fd = -1;
  /// Where the console shows this, the system has said all that it will, and is ended as soon as it
  /// has had its time to end by itself. Empty: nothing says so.
  std::string end_mark;
  /// After a request to stop, or the deadline, the command has this long to end by itself.
  std::int64_t grace_ms = 10000;
  std::size_t most_output = std::size_t{256} << 20;  // bytes; more is a mistake
  /// Called about once a second with the time since the beginning.
  std::function<void(std::int64_t elapsed_ms)> progress = nullptr;
};

enum class LaunchEnd : std::uint8_t {
  kNotStarted,  // `code` is an errno
  kExited,      // `code` is its exit code
  kKilled,      // by signal `code`
  kDeadline,
  kStopped,  // because somebody asked to
  kTooMuchOutput,
};

struct Launched {
  LaunchEnd end = LaunchEnd::kNotStarted;
  int code = 0;
  std::string output;   // of standard output
  std::string console;  // of standard output and standard error, as they came
  double duration_s = 0;
};

/// Starts the command and waits for its end. Then no process below it runs any more: what did not
/// end by itself was asked to (SIGTERM), then ended by `stop`, then killed. Processes that left the
/// session are found as well, since the caller adopts orphans below it while this function runs; a
/// caller must not have other children.
Launched Launch(const LaunchOptions& options);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_LAUNCH_H_
