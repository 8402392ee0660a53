// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// SIGINT, SIGTERM and SIGHUP as requests to stop, so that the results so far are not lost.

#ifndef SHMSPEC_HARNESS_RUNNER_STOP_REQUESTS_H_
#define SHMSPEC_HARNESS_RUNNER_STOP_REQUESTS_H_

#include <csignal>

#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// Turns the signals into requests while it lives; at most one lives at a time. A signal that was
/// ignored before stays ignored, as nohup(1) wants it.
class StopRequests {
 public:
  StopRequests();
  StopRequests(const StopRequests&) = delete;
  StopRequests& operator=(const StopRequests&) = delete;
  ~StopRequests();

  /// The signal that asked to stop, 0 while none did or no StopRequests lives.
  static int Pending();
  /// Readable once a signal arrived, so that no poll sleeps through it; -1 when none lives.
  static int fd();

 private:
  UniqueFd readable_;
  UniqueFd writable_;
  struct sigaction before_[3]{};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_STOP_REQUESTS_H_
