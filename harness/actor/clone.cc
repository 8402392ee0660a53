// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Children that are no actors, and moves into another actor's namespaces.

#include <fmt/format.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "harness/actor/performer.h"
#include "harness/target/process_limit.h"
#include "harness/vocabulary/names.h"

namespace shmspec {
namespace {

constexpr std::size_t kStackBytes = 65536;
constexpr int kNothingSaid = -1;

/// What the child is told, and what it says by its exit status.
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

/// No signal at the end: nobody but its parent here is to wait for the child.
unsigned long FlagsOf(Sharing shares) {
  unsigned long flags = 0;
  if (shares.Has(kShareMemory)) flags |= CLONE_VM | CLONE_VFORK;
  if (shares.Has(kShareSemaphoreUndo)) flags |= CLONE_SYSVSEM;
  if (shares.Has(kNewIpc)) flags |= CLONE_NEWIPC;
  return flags;
}

}  // namespace

Outcome Performer::Do(const ProcessClone& op) {
  ChildTask task{&context_.calls(), context_.Address(op.detach)};
  alignas(16) static thread_local std::array<char, kStackBytes> stack;
  const pid_t child =
      ::clone(RunChild, stack.data() + stack.size(), static_cast<int>(FlagsOf(op.shares)), &task);
  if (child < 0) return Failure{ErrorCode{errno}};
  siginfo_t end{};
  const int options = WEXITED | __WALL | (op.unreaped ? WNOWAIT : 0);
  while (::waitid(P_PID, static_cast<id_t>(child), &end, options) != 0) {
    if (errno != EINTR) {
      return Trouble{false, fmt::format("lost a child: {}", ErrnoName(errno))};
    }
  }
  const int status = end.si_code == CLD_EXITED ? end.si_status : kNothingSaid;
  if (status == kNothingSaid) return Trouble{false, "a child did not end by itself"};
  if (status != 0) return Failure{ErrorCode{status}};
  return Value{0};
}

Outcome Performer::Do(const ProcessEnterNamespace& op) {
  const std::int32_t other = region_.actor(op.actor.index).pid.load();
  if (::getpid() != slot().pid.load()) {
    return Trouble{false, "the actor cannot name a process outside its pid namespace"};
  }
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, other, 0)));
  if (!process) {
    return Trouble{errno == ENOSYS, fmt::format("no pidfd: {}", ErrnoName(errno))};
  }
  if (::setns(process.get(), CloneFlags(op.namespaces)) != 0) return Failure{ErrorCode{errno}};
  return Value{0};
}

}  // namespace shmspec
