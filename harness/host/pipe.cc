// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/pipe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

namespace {

/// pipe(2) itself: the function of that name makes the other call in some C libraries.
bool MakePlainPipe(int* ends) {
#ifdef SYS_pipe
  return ::syscall(SYS_pipe, ends) == 0;
#else
  return ::pipe(ends) == 0;
#endif
}

}  // namespace

Result<Pipe> MakePipe() {
  int ends[2];
  const bool closed_on_exec = ::pipe2(ends, O_CLOEXEC) == 0;
  if (!closed_on_exec && !MakePlainPipe(ends)) {
    return Error{fmt::format("cannot make a pipe: {}", ErrnoName(errno))};
  }
  Pipe made{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (!closed_on_exec) {
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  return made;
}

Result<Pipe> MakeMessageSocket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0 &&
      ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{fmt::format("socketpair: {}", ErrnoName(errno)), true};
  }
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

bool MakeNonblocking(int fd) { return ::fcntl(fd, F_SETFL, O_NONBLOCK) == 0; }

bool SendWord(int fd, char word) {
  ssize_t sent = -1;
  do {
    sent = ::write(fd, &word, 1);
  } while (sent < 0 && errno == EINTR);
  return sent == 1;
}

std::optional<char> ReceiveWord(int fd) {
  char word = 0;
  ssize_t got = -1;
  do {
    got = ::read(fd, &word, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) return std::nullopt;
  return word;
}

}  // namespace shmspec
