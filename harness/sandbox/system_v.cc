// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/system_v.h"

#include <fmt/format.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr int kNobodysKey = 0x7368fffe;
constexpr int kNobodysId = -1;

struct SystemVCall {
  const char* name;
  long number;
  std::array<long, 3> arguments;  // of a call that does nothing: any answer of System V will do
};
constexpr SystemVCall kGet{"shmget", SYS_shmget, {kNobodysKey, 0, 0}};
constexpr SystemVCall kAttach{"shmat", SYS_shmat, {kNobodysId, 0, 0}};
constexpr SystemVCall kControl{"shmctl", SYS_shmctl, {kNobodysId, IPC_STAT, 0}};
constexpr SystemVCall kDetach{"shmdt", SYS_shmdt, {1, 0, 0}};  // nothing begins at such an address

/// 0 when System V itself answers.
int Ask(const SystemVCall& call) {
  const auto& [first, second, third] = call.arguments;
  const long result = ::syscall(call.number, first, second, third);
  const int error = result < 0 ? errno : 0;
  return error == ENOSYS || error == EPERM ? error : 0;
}

Error Lacking(std::string message) { return Error{std::move(message), true}; }

Result<void> Probe(const SystemVCall& call) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(Ask(call));
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child < 0) return Error{"no process to ask for System V shared memory"};
  if (WIFSIGNALED(status)) {
    return Lacking(fmt::format(
        "{} was answered with {}: a seccomp filter forbids System V shared memory here; run "
        "outside it or allow shmget, shmat, shmdt and shmctl",
        call.name, SignalName(WTERMSIG(status))));
  }
  const int error = WEXITSTATUS(status);
  if (error == 0) return {};
  return Lacking(fmt::format(
      "{} was refused with {}: {}", call.name, ErrnoName(error),
      error == ENOSYS ? "this system has no System V shared memory, or a seccomp filter hides it"
                      : "a seccomp filter or security module forbids System V shared memory here"));
}

}  // namespace

Result<void> ProbeSystemV() {
  for (const SystemVCall& call : {kGet, kAttach, kControl}) {
    if (auto probed = Probe(call); !probed.ok()) return probed;
  }
  return {};
}

Result<void> ProbeDetach() { return Probe(kDetach); }

}  // namespace shmspec
