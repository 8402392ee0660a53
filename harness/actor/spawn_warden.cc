// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/spawn_warden.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "harness/actor/actor_main.h"
#include "harness/actor/warden.h"
#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/readable.h"
#include "harness/vocabulary/value/names.h"

extern char** environ;

namespace shmspec {
namespace {

/// The pipes between a warden and its caller.
struct Wires {
  Pipe commands;
  Pipe answers;
};

Result<Wires> MakeWires() {
  // A warden that died must not end its caller too.
  struct sigaction before {};
  if (::sigaction(SIGPIPE, nullptr, &before) == 0 && before.sa_handler == SIG_DFL) {
    ::signal(SIGPIPE, SIG_IGN);
  }
  Result<Pipe> commands = MakePipe();
  if (!commands.ok()) return commands.error();
  Result<Pipe> answers = MakePipe();
  if (!answers.ok()) return answers.error();
  return Wires{std::move(*commands), std::move(*answers)};
}

/// Signals as after a boot, a process group of its own.
void StartAfresh() {
  ::setpgid(0, 0);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Executes the program as a warden; returns the errno when that fails.
int ExecWarden(const std::string& program, int region_fd, const Wires& wires) {
  std::string name = "shmspec";
  std::string word = kActorWord;
  std::string what = "warden";
  std::string region = std::to_string(KeepOverExec(region_fd));
  std::string commands = std::to_string(KeepOverExec(wires.commands.reading.get()));
  std::string answers = std::to_string(KeepOverExec(wires.answers.writing.get()));
  char* arguments[] = {name.data(),     word.data(),    what.data(), region.data(),
                       commands.data(), answers.data(), nullptr};
  ::execve(program.c_str(), arguments, environ);
  return errno;
}

/// Forks; the child runs `child`, which returns the exit code of the warden.
template <class Child>
Result<WardenProcess> StartWarden(const Child& child) {
  Result<Wires> wires = MakeWires();
  if (!wires.ok()) return wires.error();
  const pid_t pid = ::fork();
  if (pid < 0) {
    const bool denied = errno == EAGAIN || errno == ENOMEM;
    return Error{fmt::format("cannot fork a warden: {}", ErrnoName(errno)), denied};
  }
  if (pid == 0) {
    StartAfresh();
    wires->commands.writing.reset();
    wires->answers.reading.reset();
    ::_exit(child(*wires));
  }
  return WardenProcess(pid, std::move(wires->commands.writing), std::move(wires->answers.reading));
}

}  // namespace

WardenProcess::~WardenProcess() {
  if (pid_ == 0) return;
  const bool killed = !stuck_ || ::kill(pid_, SIGKILL) == 0;
  commands_.reset();
  answers_.reset();
  if (!killed) return;  // it is stuck and stays so
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool WardenProcess::Perform(std::uint32_t timeout_ms) {
  stuck_ = true;
  if (!SendWord(commands_.get(), kPerformWord)) return false;
  const std::uint64_t until_ns = MonotonicNs() + timeout_ms * std::uint64_t{1'000'000};
  for (;;) {
    const std::uint64_t now_ns = MonotonicNs();
    if (now_ns >= until_ns) return false;
    pollfd answer{answers_.get(), POLLIN, 0};
    const auto left_ms = static_cast<std::int64_t>((until_ns - now_ns) / 1'000'000) + 1;
    const int ready = AwaitReadable({&answer, 1}, left_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    stuck_ = ReceiveWord(answers_.get()) != kDoneWord;
    return !stuck_;
  }
}

Result<WardenProcess> SpawnWarden(const std::string& program, int region_fd) {
  return StartWarden([&](const Wires& wires) {
    const int error = ExecWarden(program, region_fd, wires);
    fmt::print(stderr, "shmspec: cannot start {}: {}\n", program, ErrnoName(error));
    return kActorUsage;
  });
}

Result<WardenProcess> ForkWarden(const ControlRegion& region, int region_fd) {
  return StartWarden([&](const Wires& wires) {
    const WardenFiles files{region_fd, wires.commands.reading.get(), wires.answers.writing.get()};
    return RunWarden(files, region_fd < 0 ? &region : nullptr);
  });
}

}  // namespace shmspec
