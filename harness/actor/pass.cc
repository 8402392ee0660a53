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

Outcome Performer::Do(const DescriptorGetFrom& op) {
  const ActorSlot& other = region_.actor(op.actor.index);
  // Once it is reaped its number may belong to a stranger.
  if (other.life.load() != Liveness::kAlive) return Failure{ErrorCode{ESRCH}};
  std::int32_t pid = other.pid.load();
  if (::getpid() != slot().pid.load()) {
    pid = other.pid.load() == slot().pid.load() ? ::getpid() : other.local_pid.load();
    if (pid == 0) return Trouble{false, "the actor cannot name a process outside its namespace"};
  }
  const auto opened = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (opened < 0) return Failure{ErrorCode{errno}};
  // Out of the way: the number of the copy is a part of the outcome.
  const UniqueFd process(Raised(opened));
  const auto copy = static_cast<int>(
      ::syscall(SYS_pidfd_getfd, process.get(), context_.FileOf(op.descriptor), 0));
  const int error = errno;
  if (copy < 0 && error == EPERM && ReadNumberFile("/proc/sys/kernel/yama/ptrace_scope") == 3) {
    return Trouble{true, "nobody may trace anybody here (kernel.yama.ptrace_scope)"};
  }
  if (copy < 0) return Failure{ErrorCode{error}};
  return Value{copy};
}

}  // namespace shmspec
