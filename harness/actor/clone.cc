// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Children that are no actors, and moves into another actor's namespaces.

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "harness/actor/performer.h"
#include "harness/host/process_limit.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr std::size_t kStackBytes = 65536;

/// The arguments of the child and the meaning of its exit status.
struct ChildTask {
  const SysvCalls* calls;
  std::uint64_t detach;
};

/// Ends with 0, or with the errno of its detach. Touches nothing else, since the memory may be its
/// parent's.
int RunChild(void* told) {
  const auto& task = *static_cast<const ChildTask*>(told);
  const bool failed = task.detach != 0 && task.calls->detach(task.detach) != 0;
  ::_exit(failed ? errno : 0);
}

/// No signal at the end: only its parent here waits for the child.
unsigned long FlagsOf(Sharing shares) {
  unsigned long flags = 0;
  if (shares.Has(kShareMemory)) flags |= CLONE_VM | CLONE_VFORK;
  if (shares.Has(kShareSemaphoreUndo)) flags |= CLONE_SYSVSEM;
  if (shares.Has(kNewIpc)) flags |= CLONE_NEWIPC;
  return flags;
}

Outcome OutcomeOf(bool exited, int status) {
  if (!exited) return Trouble{false, "a child did not end by itself"};
  if (status != 0) return Failure{ErrorCode{status}};
  return Value{0};
}

Outcome AwaitReaped(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, __WALL) < 0) {
    if (errno != EINTR) {
      return Trouble{false, fmt::format("lost a child: {}", ErrnoName(errno))};
    }
  }
  return OutcomeOf(WIFEXITED(status), WEXITSTATUS(status));
}

Outcome AwaitUnreaped(pid_t child) {
  siginfo_t end{};
  while (::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | __WALL | WNOWAIT) != 0) {
    if (errno == EINTR) continue;
    const bool lost = errno == ECHILD;
    return Trouble{!lost,
                   fmt::format("a child cannot be left unreaped, by waitid: {}", ErrnoName(errno))};
  }
  return OutcomeOf(end.si_code == CLD_EXITED, end.si_status);
}

/// setns(2), by a pidfd, otherwise by files of /proc; the errno, or 0.
int EnterNamespacesOf(pid_t process, Namespaces namespaces) {
  const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  if (pidfd) return ::setns(pidfd.get(), CloneFlags(namespaces)) == 0 ? 0 : errno;
  constexpr std::array kFiles{std::pair{kNamespaceUser, "user"}, std::pair{kNamespaceIpc, "ipc"},
                              std::pair{kNamespacePid, "pid"}, std::pair{kNamespaceMount, "mnt"}};
  for (const auto& [bit, name] : kFiles) {
    if (!namespaces.Has(bit)) continue;
    const UniqueFd file(
        ::open(fmt::format("/proc/{}/ns/{}", process, name).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return ENOSYS;  // there is no other way
    if (::setns(file.get(), 0) != 0) return errno;
  }
  return 0;
}

}  // namespace

Outcome Performer::Do(const ProcessClone& op) {
  ChildTask task{&context_.sysv(), context_.AddressOf(op.detach)};
  alignas(16) static thread_local std::array<char, kStackBytes> stack;
  const pid_t child =
      ::clone(RunChild, stack.data() + stack.size(), static_cast<int>(FlagsOf(op.shares)), &task);
  const int error = errno;
  const bool conflict = op.shares.Has(kNewIpc) && op.shares.Has(kShareSemaphoreUndo);
  if (child < 0 && error == EINVAL && !conflict) {
    return Trouble{true, "this system has no such children: clone: EINVAL"};
  }
  if (child < 0) return Failure{ErrorCode{error}};
  return op.unreaped ? AwaitUnreaped(child) : AwaitReaped(child);
}

Outcome Performer::Do(const ProcessEnterNamespace& op) {
  const std::int32_t other = region_.actor(op.actor.index).pid.load();
  if (::getpid() != slot().pid.load()) {
    return Trouble{false, "the actor cannot name a process outside its pid namespace"};
  }
  const int error = EnterNamespacesOf(other, op.namespaces);
  if (error != 0) return Failure{ErrorCode{error}};
  return Value{0};
}

}  // namespace shmspec
