// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_HOST_PIPE_H_
#define SHMSPEC_HARNESS_HOST_PIPE_H_

#include <optional>

#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// Both ends of a pipe, closed on exec where the system can do that.
struct Pipe {
  UniqueFd reading;
  UniqueFd writing;
};

/// pipe2(2), or pipe(2) and fcntl(2).
Result<Pipe> MakePipe();

/// A socket whose messages keep their bounds, for processes that are forked afterwards; closed on
/// exec.
Result<Pipe> MakeMessageSocket();

/// Has reads and writes return at once with EAGAIN where they would wait; false where that is
/// refused.
bool MakeNonblocking(int fd);

/// Writes one byte; false when the reader is gone. The caller ignores SIGPIPE.
bool SendWord(int fd, char word);

/// Waits for one byte; nothing at the end of the file.
std::optional<char> ReceiveWord(int fd);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_PIPE_H_
