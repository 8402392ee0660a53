// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_HOST_READABLE_H_
#define SHMSPEC_HARNESS_HOST_READABLE_H_

#include <poll.h>

#include <cstdint>
#include <span>

namespace shmspec {

/// Waits until one of the files can be read or has ended, at most `timeout_ms`; negative: without
/// end. As poll(2) does: how many there are, with `revents` set; 0 after the time; -1 with errno,
/// EINTR when a signal came.
///
///   pollfd answer{fd, POLLIN, 0};
///   if (AwaitReadable({&answer, 1}, 1000) > 0) ReceiveWord(fd);
int AwaitReadable(std::span<pollfd> files, std::int64_t timeout_ms);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_READABLE_H_
