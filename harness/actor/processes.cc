// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What an actor does to other actors, and to its own existence.

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "harness/actor/actor_main.h"
#include "harness/actor/children.h"
#include "harness/actor/pass.h"
#include "harness/actor/performer.h"
#include "harness/actor/strays.h"
#include "harness/actor/turns.h"
#include "harness/host/fault_guard.h"

extern char** environ;

namespace shmspec {
namespace {

/// Whether the default action of a signal ends a process.
bool Ends(int signal) {
  constexpr std::array kHarmless{0,       SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP,
                                 SIGTTIN, SIGTTOU, SIGURG,  SIGWINCH};
  for (const int harmless : kHarmless) {
    if (signal == harmless) return false;
  }
  return true;
}

/// The program that makes the calls of an actor dies first, and is dead before the actor is. True
/// when there was one; then the actor may follow it by itself.
bool EndAdapter(const ActorSlot& victim, int signal) {
  constexpr std::int64_t kMost_ms = 2000;
  const std::int32_t adapter = victim.adapter_pid.load();
  if (adapter == 0 || ::kill(adapter, signal) != 0) return false;
  AwaitChildrenOf(victim.pid.load(), kMost_ms);
  return true;
}

/// The arguments of a new thread.
struct ThreadStart {
  const KernelTarget* target;
  const ControlRegion* region;
  int region_fd;
  std::uint32_t self;
};

void* RunActorThread(void* start) {
  const std::unique_ptr<ThreadStart> told(static_cast<ThreadStart*>(start));
  Liveness unborn = Liveness::kUnborn;
  if (!told->region->actor(told->self).life.compare_exchange_strong(unborn, Liveness::kAlive)) {
    return nullptr;
  }
  const ControlHeader& header = told->region->header();
  Context context(*told->target, told->region->header().handles);
  context.private_ipc = header.private_ipc;
  context.private_shm = header.private_shm;
  context.shared_mounts = header.shared_mounts;
  Performer(*told->region, told->region_fd, told->self, context).Live(Birth::kThread);
  LeaveFaultGuard();
  return nullptr;
}

}  // namespace

Outcome Performer::DoOnOthers(const Operation& operation) {
  return std::visit(
      [this]<class Op>(const Op& op) -> Outcome {
        if constexpr (ConcerningOthers<Op>) return Do(op);
        SHMSPEC_CHECK(false, "an operation that concerns nobody else");
      },
      operation);
}

Outcome Performer::AwaitBirth(std::uint32_t child) {
  FutexWord& introduced = region_.actor(child).introduced;
  while (introduced.load() == 0) FutexWait(introduced, 0);
  // The child may have met trouble; the warden notices when a child of its own ends.
  if (region_.header().halt.load() == Halt::kTrouble) ::_exit(1);
  return Value{0};
}

Outcome Performer::Do(const ProcessFork& op) {
  ActorSlot& child = region_.actor(op.child.index);
  child.parent_pid.store(slot().pid.load());
  child.abi = slot().abi;
  const bool nested = children_nested_ || ::getpid() != slot().pid.load();
  const pid_t pid = ::fork();
  if (pid < 0) {
    const int error = errno;
    EndActor(region_, op.child.index, GoneHow::kUnknown, 0);
    return Failure{ErrorCode{error}};
  }
  if (pid == 0) {
    Liveness unborn = Liveness::kUnborn;
    if (!child.life.compare_exchange_strong(unborn, Liveness::kAlive)) ::_exit(1);
    const std::int32_t own = PidForWarden(region_, nested);
    Performer performer(region_, region_fd_, op.child.index, context_);
    performer.children_nested_ = nested;
    if (own == 0) performer.GiveUp(Error{"forks in pid namespaces need their own /proc", true});
    child.pid.store(own);
    performer.LiveAndEnd(Birth::kForked);
  }
  if (!nested) child.pid.store(pid);
  child.local_pid.store(pid);
  ReapChildren();
  return AwaitBirth(op.child.index);
}

Outcome Performer::Do(const ProcessThread& op) {
  region_.actor(op.child.index).pid.store(slot().pid.load());
  auto start = std::make_unique<ThreadStart>(
      ThreadStart{&context_.target(), &region_, region_fd_, op.child.index});
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  const int error = ::pthread_create(&thread, &attributes, RunActorThread, start.get());
  ::pthread_attr_destroy(&attributes);
  if (error != 0) {
    EndActor(region_, op.child.index, GoneHow::kUnknown, 0);
    return Failure{ErrorCode{error}};
  }
  static_cast<void>(start.release());
  return AwaitBirth(op.child.index);
}

bool Performer::HasOtherThreads() const {
  for (std::uint32_t i = 0; i < region_.header().actor_count; ++i) {
    const ActorSlot& other = region_.actor(i);
    if (i != self_ && other.pid.load() == slot().pid.load() &&
        other.life.load() == Liveness::kAlive) {
      return true;
    }
  }
  return false;
}

Outcome Performer::Do(const ProcessExec& op) {
  const char* self = kIs32Bit ? "/proc/self/exe" : region_.header().program.data();
  const char* program = op.image == Image::kSelf ? self : "/nonexistent/shmspec";
  slot().exec_uid = ::geteuid();
  slot().exec_gid = ::getegid();
  // The region and the sockets are the only files that go along.
  const ControlHeader& header = region_.header();
  KeepMessagesOverExec(header);
  ExecActor(program, region_fd_, self_);
  const int error = errno;
  // Another thread of this process may be in execve as well, and has to find them open.
  if (!HasOtherThreads()) {
    for (const int file : {region_fd_, header.sending_fd, header.receiving_fd}) {
      ::fcntl(file, F_SETFD, FD_CLOEXEC);
    }
  }
  return Failure{ErrorCode{error}};
}

Outcome Performer::Do(const ProcessExit& op) {
  if (foreign_ != nullptr) {
    if (const auto error = foreign_->Exit(op)) return Trouble{error->lacking, error->message};
  }
  switch (op.how) {
    case ExitHow::kQuick:
      ::_exit(op.code);
    case ExitHow::kNormal:
      std::exit(op.code);
    case ExitHow::kAbort:
      ::signal(SIGABRT, SIG_DFL);
      ::kill(::getpid(), SIGABRT);
      std::abort();  // where a process may not signal itself
    case ExitHow::kThread:
      break;
  }
  slot().leaving.store(ThreadIdForWarden(region_));
  region_.header().leavers.fetch_add(1);
  left_ = true;
  EndActor(region_, self_, GoneHow::kExited, op.code);
  return Value{0};
}

Outcome Performer::Do(const ProcessKill& op) {
  ActorSlot& victim = region_.actor(op.actor.index);
  // Once it is reaped its number may belong to a stranger.
  if (victim.life.load() != Liveness::kAlive) return Failure{ErrorCode{ESRCH}};
  std::int32_t pid = victim.pid.load();
  if (::getpid() != slot().pid.load()) {
    pid = victim.pid.load() == slot().pid.load() ? ::getpid() : victim.local_pid.load();
    if (pid == 0) return Trouble{false, "the killer cannot name a process outside its namespace"};
  }
  const bool follows = Ends(op.signal.number) && EndAdapter(victim, op.signal.number);
  if (::kill(pid, op.signal.number) != 0 && !(follows && errno == ESRCH)) {
    return Failure{ErrorCode{errno}};
  }
  if (Ends(op.signal.number)) {
    while (victim.ended.load() == 0) FutexWait(victim.ended, 0);
  }
  return Value{0};
}

}  // namespace shmspec
