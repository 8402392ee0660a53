// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/disturb.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "harness/host/clocks.h"
#include "harness/host/pipe.h"
#include "harness/host/process_limit.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kNsPerUs = 1000;

void Spin(std::uint64_t time_ns) {
  const std::uint64_t until_ns = MonotonicNs() + time_ns;
  while (MonotonicNs() < until_ns) {
  }
}

/// Some translators and tracers take SIGSTOP for themselves, and a process never goes on.
bool GoesOnAfterAStop() {
  constexpr std::uint64_t kPatience_ns = 1'000'000'000;
  const pid_t pid = ::fork();
  if (pid < 0) return false;
  if (pid == 0) {
    ::kill(::getpid(), SIGSTOP);
    ::_exit(0);
  }
  const std::uint64_t until_ns = MonotonicNs() + kPatience_ns;
  bool stopped = false;
  for (;;) {
    int status = 0;
    const pid_t found = ::waitpid(pid, &status, WNOHANG | (stopped ? 0 : WUNTRACED));
    if (found == pid && WIFEXITED(status)) return stopped;
    if (found == pid && WIFSTOPPED(status)) {
      stopped = true;
      ::kill(pid, SIGCONT);
    }
    if ((found < 0 && errno != EINTR) || MonotonicNs() > until_ns) break;
    ::sched_yield();
  }
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return false;
}

}  // namespace

void PauseBefore(const ControlRegion& region, std::uint32_t step) {
  const ControlHeader& header = region.header();
  if (header.stop_actor != kNoActor && header.stop_step == step) {
    SendWord(region.idle_slots().rested_fd, kStopWord);
  }
  if (header.pauses.size == 0) return;
  const Pause pause = region.pause(step);
  if (pause.yields) ::sched_yield();
  if (pause.spin_ns != 0) Spin(pause.spin_ns);
}

void PlaceActors(const ControlRegion& region, const std::vector<int>& cpus) {
  // Turns pass fastest on one CPU, which is the caller's; actors whose steps may overlap must be on
  // several.
  ControlHeader& header = region.header();
  const int here = header.caller_cpu;
  const bool known = std::find(cpus.begin(), cpus.end(), here) != cpus.end();
  if (known && here != ::sched_getcpu()) PinToCpu(here);
  const bool apart = header.concurrent && !header.together;
  header.spread = apart && cpus.size() > 1;
  header.crowded = !header.spread || header.actor_count > cpus.size();
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    ActorSlot& slot = region.actor(i);
    slot.cpu = apart && !cpus.empty() ? cpus[slot.place % cpus.size()]
               : known                ? here
                                      : ::sched_getcpu();
  }
}

void Stopper::StopForAMoment(const ControlRegion& region) {
  const ControlHeader& header = region.header();
  if (header.stop_actor == kNoActor) return;
  if (!works_) works_ = GoesOnAfterAStop();
  const ActorSlot& slot = region.actor(header.stop_actor);
  const std::int32_t pid = slot.pid.load();
  if (!*works_ || pid <= 0 || slot.life.load() != Liveness::kAlive) return;
  if (::kill(pid, SIGSTOP) != 0) return;
  Spin(header.stop_us * kNsPerUs);
  ::kill(pid, SIGCONT);
}

}  // namespace shmspec
