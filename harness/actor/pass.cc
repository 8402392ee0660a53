// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/pass.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "harness/actor/performer.h"
#include "harness/host/own_process.h"
#include "harness/host/text_file.h"
#include "harness/vocabulary/value/unique_handle.h"

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

namespace shmspec {

Pipe OpenMessages(ControlHeader& header) {
  if (!header.passes) return {};
  Result<Pipe> messages = MakeMessageSocket();
  if (!messages.ok()) return {};
  for (UniqueFd* end : {&messages->reading, &messages->writing}) {
    *end = UniqueFd(Raised(end->release()));
  }
  header.sending_fd = messages->writing.get();
  header.receiving_fd = messages->reading.get();
  return std::move(*messages);
}

void KeepMessagesOverExec(const ControlHeader& header) {
  for (const int file : {header.sending_fd, header.receiving_fd}) {
    if (file >= 0) KeepOverExec(file);
  }
}

namespace {

/// pidfd_getfd(2) of a process; errno when that is -1.
int GetFrom(pid_t process, int number) {
  const auto opened = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (opened < 0) return -1;
  // Out of the way: the number of the copy is a part of the outcome.
  const UniqueFd pidfd(Raised(opened));
  return static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd.get(), number, 0));
}

/// Why nobody gets a descriptor here, not even of a process's own; nullptr when that is possible.
const char* WhyNever() {
  if (ReadNumberFile("/proc/sys/kernel/yama/ptrace_scope") == 3) {
    return "nobody may trace anybody here (kernel.yama.ptrace_scope)";
  }
  const UniqueFd own(GetFrom(::getpid(), STDIN_FILENO));
  return own ? nullptr : "this system forbids pidfd_open or pidfd_getfd";
}

}  // namespace

Outcome Performer::Do(const DescriptorGetFrom& op) {
  const ActorSlot& other = region_.actor(op.actor.index);
  // Once it is reaped its number may belong to a stranger.
  if (other.life.load() != Liveness::kAlive) return Failure{ErrorCode{ESRCH}};
  std::int32_t pid = other.pid.load();
  if (::getpid() != slot().pid.load()) {
    pid = other.pid.load() == slot().pid.load() ? ::getpid() : other.local_pid.load();
    if (pid == 0) return Trouble{false, "the actor cannot name a process outside its namespace"};
  }
  const int copy = GetFrom(pid, context_.FileOf(op.descriptor));
  const int error = errno;
  if (copy < 0 && (error == EPERM || error == ENOSYS)) {
    if (const char* why = WhyNever()) return Trouble{true, why};
  }
  if (copy < 0) return Failure{ErrorCode{error}};
  return Value{copy};
}

}  // namespace shmspec
