// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Trials of the harness's own abilities.

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <optional>

#include "harness/actor/ability_attempts.h"
#include "harness/actor/actor_main.h"
#include "harness/actor/floor.h"
#include "harness/host/clocks.h"
#include "harness/host/futex.h"
#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/shared_file.h"
#include "harness/host/text_file.h"
#include "harness/host/thread_state.h"
#include "harness/target/tool/tool.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr std::size_t kBytes = 4096;
constexpr int kGiveUpSeconds = 10;

/// A child that waits until the pipe ends, or for ten seconds.
struct Waiter {
  Pipe words;
  pid_t pid = -1;
};

Result<Waiter> StartWaiter() {
  Result<Pipe> words = MakePipe();
  if (!words.ok()) return words.error();
  Waiter waiter{std::move(*words), ::fork()};
  if (waiter.pid < 0) return Refused("fork");
  if (waiter.pid == 0) {
    waiter.words.writing.reset();
    ::alarm(kGiveUpSeconds);
    ReceiveWord(waiter.words.reading.get());
    ::_exit(0);
  }
  return waiter;
}

/// Whether the waiter, or its group, ends by SIGKILL; it is reaped in any case, by its group if
/// that is what was meant.
Result<void> KillWaiter(Waiter& waiter, bool group) {
  const pid_t target = group ? -waiter.pid : waiter.pid;
  const bool sent = ::kill(target, SIGKILL) == 0;
  const Error refused = Refused("kill");
  waiter.words.writing.reset();
  int status = -1;
  pid_t reaped = -1;
  do {
    reaped = ::waitpid(target, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  const Error lost = Refused("waitpid");
  if (reaped < 0 && group) ::waitpid(waiter.pid, &status, 0);
  if (!sent) return refused;
  if (reaped != waiter.pid) return lost;
  return Expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "an end by SIGKILL");
}

/// In a process of its own, so that the caller does not become a subreaper.
int ReapAnOrphan() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return errno;
  const pid_t parent = ::fork();
  if (parent == 0) {
    if (::fork() == 0) ::_exit(5);
    ::_exit(7);
  }
  int status = 0;
  if (::waitpid(parent, &status, 0) != parent || WEXITSTATUS(status) != 7) return 255;
  const pid_t orphan = ::waitpid(-1, &status, 0);
  return orphan > 0 && orphan != parent && WEXITSTATUS(status) == 5 ? 0 : 255;
}

void* StoreOne(void* word) {
  static_cast<FutexWord*>(word)->store(1);
  return nullptr;
}

}  // namespace

Result<void> TryNothing(const std::string&) { return {}; }

Result<void> TryFutex(const std::string&) {
  Result<UniqueMapping> page = MapSharedByFork(kBytes);
  if (!page.ok()) return page.error();
  auto* words = static_cast<FutexWord*>(page->get().address);
  for (int i = 0; i < 2; ++i) new (&words[i]) FutexWord(0);
  // FutexWait yields where the call is refused, and that would look like it.
  if (Futex(words[0], FUTEX_WAKE, 1) < 0) return Refused("futex");
  const pid_t child = ::fork();
  if (child < 0) return Refused("fork");
  if (child == 0) {
    ::alarm(kGiveUpSeconds);
    words[0].store(1);
    FutexWake(words[0]);
    while (words[1].load() == 0) FutexWait(words[1], 0);
    ::_exit(0);
  }
  int status = -1;
  while (words[0].load() == 0 && ::waitpid(child, &status, WNOHANG) == 0) FutexWait(words[0], 0);
  words[1].store(1);
  FutexWake(words[1]);
  if (status == -1) ::waitpid(child, &status, 0);
  return Expect(status == 0, "waking each other");
}

Result<void> TryGroups(const std::string&) {
  Result<Waiter> waiter = StartWaiter();
  if (!waiter.ok()) return waiter.error();
  const bool joined = ::setpgid(waiter->pid, waiter->pid) == 0;
  const Error refused = Refused("setpgid");
  const Result<void> killed = KillWaiter(*waiter, joined);
  return joined ? killed : refused;
}

Result<void> TryKill(const std::string&) {
  Result<Waiter> waiter = StartWaiter();
  return waiter.ok() ? KillWaiter(*waiter, false) : waiter.error();
}

Result<void> TryOrphans(const std::string&) {
  const int status = StatusOf(ReapAnOrphan);
  if (status == 0) return {};
  const int error = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  if (error != 255) return Error{fmt::format("prctl: {}", ErrnoName(error)), true};
  return Expect(false, "reaping an orphan");
}

Result<void> TrySharedFile(const std::string&) {
  const Result<UniqueFd> file = MakeSharedFile();
  if (!file.ok()) return file.error();
  if (const auto grown = GrowSharedFile(file->get(), kBytes); !grown.ok()) return grown;
  const Result<UniqueMapping> page = MapSharedFile(file->get(), kBytes);
  if (!page.ok()) return page.error();
  auto& word = *new (page->get().address) FutexWord(0);
  const int status = StatusOf([&] {
    word.store(42);
    return 0;
  });
  return Expect(status == 0 && word.load() == 42, "seeing what a child stored");
}

Result<void> TryExec(const std::string& program) {
  if (program.empty()) return Error{"neither /proc/self/exe nor the path of it is there", true};
  // An actor without a region: main() must reach RunAsActor and go no further.
  const int status = StatusOf([&] {
    ExecActor(program.c_str(), -1, 0);
    return 128 + errno % 64;
  });
  if (WIFEXITED(status) && WEXITSTATUS(status) == kActorUsage) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) >= 128) {
    return Error{fmt::format("{}: {}", program, ErrnoName(WEXITSTATUS(status) - 128)), true};
  }
  return Expect(false, "main() calling RunAsActor");
}

Result<void> TryThreads(const std::string&) {
  const int status = StatusOf([] {
    FutexWord word{0};
    pthread_t thread{};
    if (const int error = ::pthread_create(&thread, nullptr, &StoreOne, &word)) return error;
    ::pthread_join(thread, nullptr);
    return word.load() == 1 ? 0 : 255;
  });
  if (status == 0) return {};
  const int error = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  return Error{fmt::format("pthread_create: {}", ErrnoName(error)), true};
}

Result<void> TryThreadEnds(const std::string&) {
  if (ProcIsOwn()) {
    const std::string file = fmt::format("/proc/{}/task/{}/stat", ::getpid(), ::gettid());
    if (IsThere(file)) return {};
  }
  if (::syscall(SYS_tgkill, ::getpid(), ::gettid(), 0) != 0) return Refused("tgkill");
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  if (child < 0 || ::waitpid(child, nullptr, 0) != child) return Refused("fork");
  return Expect(::syscall(SYS_tgkill, child, child, 0) != 0 && errno == ESRCH,
                "telling that a thread is gone");
}

Result<void> TryFaultStack(const std::string&) {
  stack_t stack{};
  if (::sigaltstack(nullptr, &stack) != 0) return Refused("sigaltstack");
  return {};
}

Result<void> TryPinning(const std::string&) {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return Refused("sched_getaffinity");
  if (::sched_setaffinity(0, sizeof(set), &set) != 0) return Refused("sched_setaffinity");
  return {};
}

Result<void> TryProc(const std::string&) {
  return Expect(ProcIsOwn(), "that /proc/self is this process");
}

Result<void> TryCoarseClock(const std::string&) {
  timespec coarse{};
  if (::clock_gettime(CLOCK_REALTIME_COARSE, &coarse) != 0) return Refused("clock_gettime");
  return Expect(coarse.tv_sec <= SecondNotBeforeNow(), "the coarse clock being behind");
}

Result<void> TryTools(const std::string&) {
  // Neither of these is about shared memory.
  const Result<ToolResult> said = RunTool({"ipcrm", "--version"});
  // A step reports the tool that it needs and that is not installed.
  if (!said.ok() && IsInstalled("ipcrm")) return said.error();
  if (said.ok() && (said->status != 0 || said->output.empty())) {
    return Error{fmt::format("ipcrm --version ends with {}: {}", said->status, said->output), true};
  }
  const Result<ToolResult> limits = RunTool({"ipcs", "-q", "-l"});
  const auto queues = ReadNumberFile("/proc/sys/kernel/msgmni");
  if (!limits.ok() || !queues) return {};
  const bool told = limits->output.find(fmt::format("= {}\n", *queues)) != std::string::npos;
  return Expect(limits->status == 0 && told, "ipcs telling the number of message queues");
}

Result<void> TryBlocked(const std::string&) {
  constexpr std::uint64_t kLongest_ns = 2'000'000'000;
  if (!ProcIsOwn()) return Expect(false, "that /proc/self is this process");
  const std::optional<ThreadState> own = ReadThreadState(::getpid(), ::gettid());
  if (!own) return Refused("reading the state of a thread");
  // Some systems show the same state for every thread.
  if (own->asleep) return Expect(false, "that a thread that runs is shown as running");
  Result<Waiter> waiter = StartWaiter();
  if (!waiter.ok()) return waiter.error();
  const std::uint64_t until_ns = MonotonicNs() + kLongest_ns;
  SleepWatch watch;
  bool seen = false;
  do {
    ::sched_yield();
    const auto state = ReadThreadState(waiter->pid, waiter->pid);
    seen = watch.Sees(state.value_or(ThreadState()), MonotonicNs());
  } while (!seen && MonotonicNs() < until_ns);
  waiter->words.writing.reset();
  while (::waitpid(waiter->pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return Expect(seen, "seeing a process asleep that reads an empty pipe");
}

}  // namespace shmspec
