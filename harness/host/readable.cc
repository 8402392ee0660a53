// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/readable.h"

#include <sys/select.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

namespace shmspec {
namespace {

bool WasRefused(int ready) { return ready < 0 && errno != EINTR && errno != ENOMEM; }

/// select(2), for systems with no other of its kind. It knows small numbers of files only, and here
/// there are no others.
int Select(std::span<pollfd> files, std::int64_t timeout_ms) {
  fd_set readable;
  FD_ZERO(&readable);
  int end = 0;
  for (const pollfd& file : files) {
    if (file.fd < 0 || file.fd >= FD_SETSIZE) continue;
    FD_SET(file.fd, &readable);
    end = std::max(end, file.fd + 1);
  }
  timeval left{static_cast<time_t>(timeout_ms / 1000),
               static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
  const int ready = ::select(end, &readable, nullptr, nullptr, timeout_ms < 0 ? nullptr : &left);
  for (pollfd& file : files) {
    const bool known = ready > 0 && file.fd >= 0 && file.fd < FD_SETSIZE;
    file.revents = known && FD_ISSET(file.fd, &readable) ? POLLIN : 0;
  }
  return ready;
}

}  // namespace

int AwaitReadable(std::span<pollfd> files, std::int64_t timeout_ms) {
  const auto whole = static_cast<int>(std::clamp<std::int64_t>(timeout_ms, -1, INT_MAX));
  int ready = ::poll(files.data(), files.size(), whole);
  if (!WasRefused(ready)) return ready;
  const timespec left{static_cast<time_t>(timeout_ms / 1000),
                      static_cast<long>(timeout_ms % 1000 * 1'000'000)};
  ready = ::ppoll(files.data(), files.size(), timeout_ms < 0 ? nullptr : &left, nullptr);
  return WasRefused(ready) ? Select(files, timeout_ms) : ready;
}

}  // namespace shmspec
