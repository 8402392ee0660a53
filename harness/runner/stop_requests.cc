// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/stop_requests.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "harness/host/pipe.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

// Signal handlers reach nothing but these.
volatile std::sig_atomic_t pending = 0;
volatile std::sig_atomic_t read_end = -1;
volatile std::sig_atomic_t write_end = -1;

void Note(int signal) {
  const int error = errno;
  pending = signal;
  static_cast<void>(!::write(write_end, "s", 1));
  errno = error;
}

}  // namespace

StopRequests::StopRequests() {
  SHMSPEC_CHECK(write_end == -1, "one StopRequests at a time");
  // Without a pipe a request is noticed a little later, at the next result.
  if (Result<Pipe> pipe = MakePipe(); pipe.ok()) {
    readable_ = std::move(pipe->reading);
    writable_ = std::move(pipe->writing);
    MakeNonblocking(writable_.get());
  }
  pending = 0;
  read_end = readable_.get();
  write_end = writable_.get();
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = &Note;
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

StopRequests::~StopRequests() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  pending = 0;
  read_end = -1;
  write_end = -1;
}

int StopRequests::Pending() { return pending; }
int StopRequests::fd() { return read_end; }

}  // namespace shmspec
