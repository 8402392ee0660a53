// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/adapter_kill.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/host/clocks.h"
#include "harness/host/readable.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr std::int64_t kStep_us = 20;

/// The threads of a process, by /proc; only the first where that does not show them.
std::vector<pid_t> ThreadsOf(pid_t process) {
  std::vector<pid_t> threads;
  if (DIR* folder = ::opendir(fmt::format("/proc/{}/task", process).c_str())) {
    while (const dirent* entry = ::readdir(folder)) {
      if (entry->d_name[0] != '.') threads.push_back(std::stoi(entry->d_name));
    }
    ::closedir(folder);
  }
  return threads.empty() ? std::vector{process} : threads;
}

/// Whether the adapter has answered, and the answer is a success; waits for it a moment.
bool HasAnswered(Adapter& adapter) {
  const std::optional<std::string> line = adapter.TakeLine(1);
  return line && line->find("-> 0") != std::string::npos;
}

/// Threads that are stopped at each system call.
class Tracer {
 public:
  explicit Tracer(pid_t process) : process_(process) {}

  /// Stops all threads. False where the system does not allow it.
  bool Seize() {
    constexpr auto kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    for (const pid_t thread : ThreadsOf(process_)) {
      if (::ptrace(PTRACE_SEIZE, thread, nullptr, kOptions) != 0) return false;
      inside_[thread] = false;  // a call that is interrupted is begun again
      ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
    }
    return true;
  }

  enum class Met : std::uint8_t { kCall, kAnswer, kNothing };

  /// Lets the threads go on until one begins its next call, or the adapter has answered. Nothing is
  /// met when it ends, or within `timeout_ms`.
  Met Next(Adapter& adapter, std::int64_t timeout_ms) {
    const std::uint64_t until_ns =
        MonotonicNs() + static_cast<std::uint64_t>(timeout_ms) * 1'000'000;
    while (MonotonicNs() < until_ns) {
      int status = 0;
      const pid_t thread = ::waitpid(-1, &status, __WALL | WNOHANG);
      if (thread < 0 && errno != EINTR) return Met::kNothing;
      if (thread <= 0) {
        if (HasAnswered(adapter)) return Met::kAnswer;
        continue;
      }
      if (!WIFSTOPPED(status)) {
        if (thread == process_) return Met::kNothing;
        continue;
      }
      const bool at_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
      bool& inside = inside_[thread];
      if (at_call) inside = !inside;
      stopped_ = thread;
      if (at_call && inside) return Met::kCall;
      Continue(at_call || status >> 16 != 0 ? 0 : WSTOPSIG(status));
    }
    return Met::kNothing;
  }

  void Continue(int signal = 0) { ::ptrace(PTRACE_SYSCALL, stopped_, nullptr, signal); }

 private:
  const pid_t process_;
  pid_t stopped_ = 0;
  std::map<pid_t, bool> inside_;  // a system call
};

/// Kills and reaps it.
void Kill(Adapter& adapter) {
  SHMSPEC_CHECK(adapter.pid() > 0, "an adapter that has ended is not killed");
  ::kill(adapter.pid(), SIGKILL);
  // Of a traced process the end is told after those of all its threads.
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, __WALL);
    if (ended < 0 && errno != EINTR) break;
    if (ended == adapter.pid() && (WIFEXITED(status) || WIFSIGNALED(status))) break;
  }
  adapter.NoteEnded();
}

}  // namespace

Result<bool> KillAtCall(Adapter& adapter, std::string_view line, std::uint32_t call,
                        std::int64_t timeout_ms) {
  Tracer tracer(adapter.pid());
  if (!tracer.Seize()) {
    adapter.Send(line);
    const std::uint64_t until_ns = MonotonicNs() + call * kStep_us * std::uint64_t{1000};
    while (MonotonicNs() < until_ns) {
    }
    const bool answered = HasAnswered(adapter);
    Kill(adapter);
    return answered;
  }
  // The first call is the read that was interrupted, which is begun again.
  if (tracer.Next(adapter, timeout_ms) != Tracer::Met::kCall) {
    Kill(adapter);
    return Error{"the adapter made no system call under ptrace", true};
  }
  adapter.Send(line);
  Tracer::Met met = Tracer::Met::kCall;
  for (std::uint32_t made = 0; met == Tracer::Met::kCall && made < call; ++made) {
    tracer.Continue();
    met = tracer.Next(adapter, timeout_ms);
  }
  const bool answered = met == Tracer::Met::kAnswer || HasAnswered(adapter);
  Kill(adapter);
  return answered;
}

}  // namespace shmspec
