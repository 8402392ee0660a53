// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/children.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string_view>

#include "harness/actor/turns.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

// State of the signal handler; one process is in one plan.
std::atomic<const ControlRegion*> watched_region{nullptr};
std::atomic<std::int32_t> watched_pid{0};

void Reap(const ControlRegion& region, std::uint32_t actor) {
  ActorSlot& slot = region.actor(actor);
  int status = 0;
  const std::int32_t child = slot.local_pid.load();
  if (child == 0 || ::waitpid(child, &status, WNOHANG) != child) return;
  slot.local_pid.store(0);
  const std::int32_t pid = slot.pid.load();
  if (pid != 0) EndProcess(region, pid, status);
  // It may have ended before it could tell its pid.
  if (pid == 0) EndActor(region, actor, GoneHow::kUnknown, 0);
}

void OnChild(int) {
  const int error = errno;
  ReapChildren();
  errno = error;
}

/// The number that ends the target of a link below /proc, or 0.
std::int32_t NumberAtEndOf(const char* link) {
  char text[64];
  const ssize_t size = ::readlink(link, text, sizeof(text));
  if (size <= 0) return 0;
  const std::string_view whole(text, static_cast<std::size_t>(size));
  const std::string_view word = whole.substr(whole.rfind('/') + 1);
  std::int32_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

}  // namespace

void WatchChildren(const ControlRegion& region, std::int32_t pid) {
  watched_region.store(&region);
  watched_pid.store(pid);
  struct sigaction action {};
  action.sa_handler = OnChild;
  action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
  SHMSPEC_CHECK(::sigaction(SIGCHLD, &action, nullptr) == 0, "no handler for SIGCHLD");
}

std::int32_t WatchingPid() { return watched_pid.load(); }

void ReapChildren() {
  const ControlRegion* region = watched_region.load();
  const std::int32_t self = watched_pid.load();
  if (region == nullptr || self == 0) return;
  for (std::uint32_t i = 0; i < region->header().actor_count; ++i) {
    if (region->actor(i).parent_pid.load() == self) Reap(*region, i);
  }
}

std::int32_t PidForWarden(const ControlRegion& region, bool nested) {
  if (region.header().proc_matches.load()) return NumberAtEndOf("/proc/self");
  return nested ? 0 : ::getpid();
}

std::int32_t ThreadIdForWarden(const ControlRegion& region) {
  const std::int32_t number =
      region.header().proc_matches.load() ? NumberAtEndOf("/proc/thread-self") : 0;
  return number != 0 ? number : ::gettid();
}

}  // namespace shmspec
