// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>

#include "harness/host/pipe.h"
#include "harness/host/readable.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kTick{1000};
constexpr milliseconds kPatienceWithStop{30000};

/// While this object lives the end of a child makes its descriptor readable, and orphans below the
/// caller become its children.
class Children {
 public:
  Children() {
    sigset_t ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &ended, &before_);
    ended_.reset(::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK));
    ::prctl(PR_GET_CHILD_SUBREAPER, &adopted_before_);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children() {
    ::prctl(PR_SET_CHILD_SUBREAPER, adopted_before_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  int fd() const { return ended_.get(); }
  const sigset_t& mask_before() const { return before_; }
  void Acknowledge() const {
    signalfd_siginfo info;
    while (::read(ended_.get(), &info, sizeof(info)) > 0) {
    }
  }

 private:
  UniqueFd ended_;
  sigset_t before_{};
  int adopted_before_ = 0;
};

/// The command as a process that leads a session, with its output.
class Command {
 public:
  Command(const std::vector<std::string>& words, const Children& children) {
    Result<Pipe> out = MakePipe();
    Result<Pipe> err = MakePipe();
    Result<Pipe> trouble = MakePipe();
    if (!out.ok() || !err.ok() || !trouble.ok()) {
      error_ = EMFILE;
      return;
    }
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
      Become(words, children, parent, out->writing.get(), err->writing.get(),
             trouble->writing.get());
    }
    if (pid_ < 0) error_ = errno;
    trouble->writing.reset();
    if (::read(trouble->reading.get(), &error_, sizeof(error_)) > 0) {
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
    out_ = std::move(out->reading);
    err_ = std::move(err->reading);
    MakeNonblocking(out_.get());
    MakeNonblocking(err_.get());
  }
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  ~Command() = default;

  bool started() const { return pid_ > 0; }
  int error() const { return error_; }
  pid_t pid() const { return pid_; }
  int out() const { return out_ ? out_.get() : -1; }
  int err() const { return err_ ? err_.get() : -1; }
  bool talks() const { return out_ || err_; }

  /// Takes what has arrived.
  void Receive(Launched& to) {
    Take(out_, [&](std::string_view bytes) {
      to.output += bytes;
      to.console += bytes;
    });
    Take(err_, [&](std::string_view bytes) { to.console += bytes; });
  }

 private:
  template <class Keep>
  static void Take(UniqueFd& fd, const Keep& keep) {
    std::array<char, 65536> chunk;
    while (fd) {
      const ssize_t count = ::read(fd.get(), chunk.data(), chunk.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        fd.reset();
      } else {
        keep(std::string_view(chunk.data(), static_cast<std::size_t>(count)));
        if (static_cast<std::size_t>(count) < chunk.size()) return;
      }
    }
  }

  [[noreturn]] static void Become(const std::vector<std::string>& words, const Children& children,
                                  pid_t parent, int out, int err, int trouble) {
    ::setsid();
    // When shmspec itself is killed the command is asked to end.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &children.mask_before(), nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    const int error = errno;
    static_cast<void>(!::write(trouble, &error, sizeof(error)));
    ::_exit(127);
  }

  pid_t pid_ = -1;
  int error_ = 0;
  UniqueFd out_;
  UniqueFd err_;
};

/// The children of this process, as far as the kernel lists them.
std::vector<pid_t> OwnChildren() {
  std::vector<pid_t> found;
  std::ifstream children(fmt::format("/proc/self/task/{}/children", ::getpid()));
  for (pid_t one = 0; children >> one;) found.push_back(one);
  return found;
}

/// One launch from its start until nothing of it runs.
class Run {
 public:
  Run(const LaunchOptions& options, Launched& result)
      : options_(options), result_(result), command_(options.command, children_) {}

  void Perform() {
    if (!command_.started()) {
      result_.code = command_.error();
      return;
    }
    const Clock::time_point deadline = begin_ + milliseconds(options_.deadline_ms);
    while (!ended_ && !HasSaidAll() && result_.end == LaunchEnd::kNotStarted) {
      if (Clock::now() >= deadline) result_.end = LaunchEnd::kDeadline;
      if (result_.end == LaunchEnd::kNotStarted) Wait(deadline, true);
      if (result_.console.size() > options_.most_output) result_.end = LaunchEnd::kTooMuchOutput;
    }
    const bool by_itself = result_.end == LaunchEnd::kNotStarted;
    if (by_itself) {
      result_.end = !ended_ || WIFEXITED(status_) ? LaunchEnd::kExited : LaunchEnd::kKilled;
      if (ended_) result_.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : WTERMSIG(status_);
    } else {
      ::kill(-command_.pid(), SIGTERM);
    }
    // What it started may need a moment to end as well.
    AwaitSilence(milliseconds(options_.grace_ms));
    if (!options_.stop.empty() && (!ended_ || result_.end != LaunchEnd::kExited)) Stop();
    KillTheRest();
    command_.Receive(result_);
    result_.duration_s = std::chrono::duration<double>(Clock::now() - begin_).count();
  }

 private:
  bool HasSaidAll() {
    const std::string& mark = options_.end_mark;
    if (mark.empty()) return false;
    const std::size_t from = searched_ - std::min(searched_, mark.size());
    searched_ = result_.console.size();
    return result_.console.find(mark, from) != std::string::npos;
  }

  /// Waits for output, the end of a child, or a request to stop where that counts, until then or
  /// the next second.
  void Wait(Clock::time_point until, bool may_be_stopped) {
    const auto left =
        std::clamp(std::chrono::ceil<milliseconds>(until - Clock::now()), milliseconds(0), kTick);
    std::array<pollfd, 4> files{pollfd{command_.out(), POLLIN, 0},
                                pollfd{command_.err(), POLLIN, 0},
                                pollfd{children_.fd(), POLLIN, 0},
                                pollfd{may_be_stopped ? options_.stop_fd : -1, POLLIN, 0}};
    AwaitReadable(files, left.count());
    if (files[3].revents != 0) result_.end = LaunchEnd::kStopped;
    command_.Receive(result_);
    children_.Acknowledge();
    Reap();
    ShowProgress();
  }

  void ShowProgress() {
    const auto elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - begin_);
    if (!options_.progress || elapsed < shown_ + kTick) return;
    shown_ = elapsed;
    options_.progress(elapsed.count());
  }

  /// Reaps what has ended; `childless_` when nothing is left.
  void Reap() {
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(-1, &status, WNOHANG);
      if (ended < 0 && errno == EINTR) continue;
      childless_ = ended < 0;
      if (ended <= 0) return;
      if (ended != command_.pid()) continue;
      ended_ = true;
      status_ = status;
    }
  }

  void AwaitSilence(milliseconds patience) {
    const Clock::time_point until = Clock::now() + patience;
    Reap();
    while ((!childless_ || command_.talks()) && Clock::now() < until &&
           result_.console.size() <= options_.most_output) {
      Wait(until, false);
    }
  }

  /// Runs the command that ends what the first one left.
  void Stop() {
    const Command stop(options_.stop, children_);
    if (!stop.started()) return;
    const Clock::time_point until = Clock::now() + kPatienceWithStop;
    while (::kill(stop.pid(), 0) == 0 && Clock::now() < until) Wait(until, false);
  }

  void KillTheRest() {
    ::kill(-command_.pid(), SIGKILL);
    // Each child's own children become ours when it is gone. One that sleeps in the kernel may not
    // end at all.
    const Clock::time_point until = Clock::now() + kPatienceWithStop;
    for (Reap(); !childless_ && Clock::now() < until; Reap()) {
      const std::vector<pid_t> children = OwnChildren();
      for (const pid_t one : children) ::kill(one, SIGKILL);
      if (children.empty()) return;  // the kernel lists none: no more can be done
      Wait(until, false);
    }
  }

  const LaunchOptions& options_;
  Launched& result_;
  const Clock::time_point begin_ = Clock::now();
  const Children children_;
  Command command_;
  milliseconds shown_{0};
  std::size_t searched_ = 0;  // bytes of the console that do not have the mark of the end
  bool ended_ = false;
  bool childless_ = false;
  int status_ = 0;
};

}  // namespace

Launched Launch(const LaunchOptions& options) {
  Launched result;
  Run(options, result).Perform();
  return result;
}

}  // namespace shmspec
