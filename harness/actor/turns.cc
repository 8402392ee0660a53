// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/turns.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/actor/children.h"
#include "harness/host/clocks.h"

namespace shmspec {
namespace {

bool IsOver(const ControlRegion& region, std::uint32_t act) {
  const ActState& state = region.act(act);
  return (state.cast & ~(state.finished.load() | region.header().gone.load())) == 0;
}

/// Opens the first `acts` acts to an actor, unless another process has opened more meanwhile.
void Raise(FutexWord& open, std::uint32_t acts) {
  std::uint32_t now = open.load();
  while (now < acts && !open.compare_exchange_weak(now, acts)) {
  }
}

void Open(const ControlRegion& region, std::uint32_t act, std::uint32_t self) {
  const ActorSet cast = region.act(act).cast;
  const std::int32_t own_pid = WatchingPid();
  const auto shares_process = [&](std::uint32_t actor) {
    return own_pid != 0 && region.actor(actor).pid.load() == own_pid;
  };
  // Actors in the process of this thread come last, because they may end the process when they go
  // on.
  for (const bool own_process : {false, true}) {
    for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
      if ((cast & SetOf(i)) == 0 || shares_process(i) != own_process) continue;
      Raise(region.actor(i).open, act + 1);
      if (i != self) FutexWake(region.actor(i).open);
    }
  }
}

/// /proc/PID/task/TID/stat, without formatting that a signal handler may not do.
class StatPath {
 public:
  StatPath(std::int32_t pid, std::int32_t tid) {
    Append("/proc/");
    Append(pid);
    Append("/task/");
    Append(tid);
    Append("/stat");
  }
  const char* text() const { return text_; }

 private:
  void Append(const char* word) {
    const std::size_t size = std::strlen(word);
    std::memcpy(text_ + size_, word, size);
    size_ += size;
  }
  void Append(std::int32_t number) {
    if (number >= 10) Append(number / 10);
    text_[size_++] = static_cast<char>('0' + number % 10);
  }

  char text_[64] = {};
  std::size_t size_ = 0;
};

/// Whether a thread has finished ending: its effects on shared memory come before that. Both ids as
/// the warden sees them, which in a pid namespace of one's own only /proc knows.
bool HasLeft(const ControlRegion& region, std::int32_t pid, std::int32_t tid) {
  if (!region.header().proc_matches.load()) {
    return ::syscall(SYS_tgkill, pid, tid, 0) != 0 && errno == ESRCH;
  }
  const UniqueFd file(::open(StatPath(pid, tid).text(), O_RDONLY | O_CLOEXEC));
  if (!file) return true;
  char stat[512] = {};
  if (::read(file.get(), stat, sizeof(stat) - 1) <= 0) return true;
  const char* name_end = std::strrchr(stat, ')');
  return name_end == nullptr || name_end[2] == 'Z' || name_end[2] == 'X';
}

/// A thread cannot report itself that it has left, so the next actor looks.
void AwaitLeavers(const ControlRegion& region) {
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    ActorSlot& slot = region.actor(i);
    const std::int32_t tid = slot.leaving.load();
    if (tid == 0) continue;
    while (!HasLeft(region, slot.pid.load(), tid)) ::sched_yield();
    // What it did as it ended may have come after its own word.
    const std::uint64_t now_ns = MonotonicNs();
    const std::int64_t now_s = SecondNotBeforeNow();
    std::int32_t leaver = tid;
    if (!slot.leaving.compare_exchange_strong(leaver, 0)) continue;
    slot.ended_ns.store(now_ns);
    slot.ended_s.store(now_s);
  }
}

/// A step of a race begins when all branches are at theirs: spinning keeps the start close, and
/// yielding now and then lets it work on one CPU.
void AwaitRacers(const ControlRegion& region, ActState& act, std::uint32_t self) {
  act.arrived.fetch_or(SetOf(self));
  const std::uint32_t patience = region.header().crowded ? 16 : 4096;
  for (std::uint32_t spins = 1;; ++spins) {
    if ((act.barrier & ~(act.arrived.load() | region.header().gone.load())) == 0) return;
    if (spins % patience == 0) ::sched_yield();
  }
}

/// An actor on a processor of its own looks for a moment before it sleeps: waking a processor that
/// went idle takes longer than most acts do.
void AwaitOpen(const ControlRegion& region, FutexWord& open, std::uint32_t act) {
  constexpr std::uint64_t kLook_ns = 50'000;
  if (region.header().spread && open.load() <= act) {
    const std::uint64_t until_ns = MonotonicNs() + kLook_ns;
    for (std::uint32_t looks = 1; open.load() <= act; ++looks) {
      if (looks % 64 != 0) continue;
      if (MonotonicNs() >= until_ns) break;
      if (region.header().crowded) ::sched_yield();
    }
  }
  for (std::uint32_t seen = open.load(); seen <= act; seen = open.load()) {
    // Where processes cannot be killed, the waiting ones end by themselves.
    if (region.header().halt.load() != Halt::kNone) ::_exit(1);
    FutexWait(open, seen);
  }
}

/// The actors that a gone actor did not live to make.
void EndUnborn(const ControlRegion& region, std::uint32_t parent) {
  for (std::uint32_t i = 0; i < region.header().step_count; ++i) {
    const StepState& step = region.step(i);
    if (step.actor != parent || step.makes == kNoActor) continue;
    Liveness unborn = Liveness::kUnborn;
    if (region.actor(step.makes).life.load() == unborn) {
      EndActor(region, step.makes, GoneHow::kUnknown, 0);
    }
  }
}

}  // namespace

void OpenNextActs(const ControlRegion& region, std::uint32_t self) {
  ControlHeader& header = region.header();
  for (;;) {
    std::uint32_t act = header.current.load();
    if (act + 1 >= header.act_count || header.halt.load() != Halt::kNone) return;
    if (!IsOver(region, act)) return;
    if (header.current.compare_exchange_strong(act, act + 1)) Open(region, act + 1, self);
  }
}

void EnterAct(const ControlRegion& region, std::uint32_t act, std::uint32_t self) {
  AwaitOpen(region, region.actor(self).open, act);
  if (region.header().halt.load() != Halt::kNone) ::_exit(0);
  if (region.header().leavers.load() != 0) AwaitLeavers(region);
  ActState& state = region.act(act);
  if ((state.barrier & SetOf(self)) != 0) AwaitRacers(region, state, self);
}

void DismissActors(const ControlRegion& region) {
  constexpr std::uint32_t kEveryAct = 0xffffffff;
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    region.actor(i).open.store(kEveryAct);
    FutexWake(region.actor(i).open);
  }
}

void FinishAct(const ControlRegion& region, std::uint32_t act, std::uint32_t self) {
  region.act(act).finished.fetch_or(SetOf(self));
  OpenNextActs(region, self);
}

void EndActor(const ControlRegion& region, std::uint32_t actor, GoneHow how, std::int32_t code) {
  ActorSlot& slot = region.actor(actor);
  const std::uint64_t now_ns = MonotonicNs();
  if (slot.life.exchange(Liveness::kGone) == Liveness::kGone) return;
  slot.how.store(static_cast<std::uint32_t>(how));
  slot.code.store(code);
  slot.ended_ns.store(now_ns);
  slot.ended_s.store(SecondNotBeforeNow());
  region.header().gone.fetch_or(SetOf(actor));
  slot.introduced.fetch_or(2);
  FutexWake(slot.introduced);
  slot.ended.store(1);
  FutexWake(slot.ended);
  EndUnborn(region, actor);
  OpenNextActs(region);
}

void EndProcess(const ControlRegion& region, std::int32_t pid, int status) {
  const GoneHow how = WIFEXITED(status) ? GoneHow::kExited : GoneHow::kKilled;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  bool had_actors = false;
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    if (region.actor(i).pid.load() != pid) continue;
    EndActor(region, i, how, code);
    had_actors = true;
  }
  // It may have ended while it opened an act to the others.
  if (had_actors) Open(region, region.header().current.load(), kNoActor);
}

}  // namespace shmspec
