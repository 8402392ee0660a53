// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Waiting until another actor is blocked in the call of its step. An actor that waits for its turn
// sleeps as well, so that the region has to say that it is in a call, and /proc that it sleeps.

#include <fmt/format.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "harness/actor/performer.h"
#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/thread_state.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

/// What an actor does in the acts that are open.
struct Doing {
  bool anything = false;               // it has begun a step, or will without another turn
  const StepState* in_call = nullptr;  // the step in whose call it is
};

Doing LookAt(const ControlRegion& region, std::uint32_t actor) {
  Doing doing;
  const std::uint32_t current = region.header().current.load();
  for (std::uint32_t i = 0; i < region.header().step_count; ++i) {
    const StepState& step = region.step(i);
    if (step.actor != actor || !step.performs || step.act > current) continue;
    if (step.progress.load() == StepProgress::kReturned) continue;
    doing.anything = true;
    if (step.in_call.load()) doing.in_call = &step;
  }
  return doing;
}

/// Whether there is no such thread any more. Both ids as the warden sees them.
bool IsGone(std::int32_t process, std::int32_t thread) {
  return ::syscall(SYS_tgkill, process, thread, 0) != 0 && errno == ESRCH;
}

/// A real-time process that yields keeps its processor from those with less priority.
void LetOthersRun() {
  constexpr timespec kMoment{0, 50'000};
  const int policy = ::sched_getscheduler(0);
  if (policy == SCHED_FIFO || policy == SCHED_RR) {
    ::nanosleep(&kMoment, nullptr);
  } else {
    ::sched_yield();
  }
}

}  // namespace

Outcome Performer::Do(const ProcessAwaitBlocked& op) {
  if (op.actor.index == self_) return Failure{ErrorCode{EDEADLK}};
  if (::getpid() != slot().pid.load() || !ProcIsOwn()) {
    return Trouble{true, "the actor cannot see processes outside its pid namespace (blocked)"};
  }
  const ActorSlot& other = region_.actor(op.actor.index);
  // Before the deadline of the plan, which would be held against the call of the other actor.
  const std::uint64_t until_ns =
      MonotonicNs() + std::uint64_t{region_.header().deadline_ms} * 1'000'000 / 2;
  const StepState* watched = nullptr;
  SleepWatch watch;
  // Nothing wakes this actor when the other one falls asleep.
  for (;; LetOthersRun()) {
    if (region_.header().halt.load() != Halt::kNone) ::_exit(1);
    if (other.life.load() == Liveness::kGone) return Failure{ErrorCode{ESRCH}};
    if (MonotonicNs() > until_ns) {
      return Trouble{false, "the actor that is waited for neither sleeps nor returns"};
    }
    const Doing doing = LookAt(region_, op.actor.index);
    if (!doing.anything) return Value{1};
    if (doing.in_call != watched) watch = SleepWatch();
    watched = doing.in_call;
    if (watched == nullptr) continue;
    const std::int32_t process = other.pid.load();
    const std::int32_t thread = other.tid.load() != 0 ? other.tid.load() : process;
    const auto state = ReadThreadState(process, thread);
    const int error = errno;
    if (!state && !IsGone(process, thread)) {
      return Trouble{true,
                     fmt::format("the actor may not see whether another one sleeps (blocked): {}",
                                 ErrnoName(error))};
    }
    // It may have returned since, and have slept after that.
    const bool asleep = watch.Sees(state.value_or(ThreadState()), MonotonicNs());
    if (asleep && watched->in_call.load()) return Value{0};
  }
}

}  // namespace shmspec
