// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/system_v.h"

#include <fmt/format.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "harness/vocabulary/names.h"

namespace shmspec {
namespace {

constexpr int kNobodysKey = 0x7368fffe;

/// Looks for a segment that hardly exists: any answer of System V itself will do.
int Ask() {
  // No core file for a death that is expected.
  const long id = ::syscall(SYS_shmget, kNobodysKey, 0, 0);
  const int error = id < 0 ? errno : 0;
  return error == ENOENT || error == EACCES || error == EINVAL ? 0 : error;
}

Error Lacking(std::string message) { return Error{std::move(message), true}; }

}  // namespace

Result<void> ProbeSystemV() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(Ask());
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child < 0) return Error{"no process to ask for System V shared memory"};
  if (WIFSIGNALED(status)) {
    return Lacking(fmt::format(
        "shmget was answered with {}: a seccomp filter forbids System V shared memory here; run "
        "outside it or allow shmget, shmat, shmdt and shmctl",
        SignalName(WTERMSIG(status))));
  }
  const int error = WEXITSTATUS(status);
  if (error == 0) return {};
  return Lacking(fmt::format(
      "shmget was refused with {}: {}", ErrnoName(error),
      error == ENOSYS ? "this system has no System V shared memory, or a seccomp filter hides it"
                      : "a seccomp filter or security module forbids System V shared memory here"));
}

}  // namespace shmspec
