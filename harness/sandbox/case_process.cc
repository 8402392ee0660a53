// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/case_process.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/readable.h"
#include "harness/vocabulary/outcome/shortage.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

void WriteAll(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno != EINTR) return;  // the runner is gone; this process ends soon
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

/// Ties the calling process to the life of `parent` and makes it the reaper of orphans below it, so
/// that they can be found and ended.
void SettleIn(pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!ParentIs(parent)) ::_exit(1);  // the parent died before prctl could see it
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
}

[[noreturn]] void Work(const std::function<std::string()>& body, int result_fd) {
  WriteAll(result_fd, body());
  ::_exit(0);
}

}  // namespace

Result<CaseProcess> CaseProcess::Start(const std::function<std::string()>& body) {
  Result<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return pipe.error();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    return Error{fmt::format("no process for a case: {}", std::strerror(errno)), IsShortage(errno)};
  }
  if (pid == 0) {
    SettleIn(parent);
    pipe->reading.reset();
    Work(body, pipe->writing.get());
  }
  ::setpgid(pid, pid);  // in both processes, so that neither is too late
  return CaseProcess(pid, std::move(pipe->reading));
}

CaseProcess::CaseProcess(CaseProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      result_(std::move(other.result_)),
      received_(std::move(other.received_)),
      how_ended_(std::move(other.how_ended_)),
      whole_(other.whole_) {}

CaseProcess::~CaseProcess() { Kill(); }

bool CaseProcess::Receive() {
  std::array<char, 65536> chunk;
  for (;;) {
    pollfd result{result_.get(), POLLIN, 0};
    if (AwaitReadable({&result, 1}, 0) == 0) return false;
    const ssize_t count = ::read(result_.get(), chunk.data(), chunk.size());
    if (count > 0) {
      received_.append(chunk.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      return true;
    } else if (errno != EINTR) {
      return false;
    }
  }
}

void CaseProcess::Kill() {
  if (pid_ < 0) return;
  const bool group = ::kill(-pid_, SIGKILL) == 0;
  if (::kill(pid_, SIGKILL) == 0 || group || errno == ESRCH) {
    Finish();
    return;
  }
  // Where signals cannot end the process, do not wait for it.
  how_ended_ = fmt::format("the case's process cannot be ended: {}", ErrnoName(errno));
  pid_ = -1;
}

std::optional<std::string> CaseProcess::Finish() {
  if (pid_ >= 0) {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ::kill(-pid_, SIGKILL);  // what the case left in its group
    pid_ = -1;
    Receive();
    whole_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    how_ended_ =
        WIFEXITED(status)
            ? fmt::format("the case's process ended with exit code {}", WEXITSTATUS(status))
            : fmt::format("the case's process was ended by {}", SignalName(WTERMSIG(status)));
  }
  if (!whole_) return std::nullopt;
  return received_;
}

}  // namespace shmspec
