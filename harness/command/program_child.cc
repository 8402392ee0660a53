// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/program_child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace shmspec {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{120};  // for one run on a loaded machine
constexpr std::chrono::seconds kSilence{10};

int Left_ms(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  UniqueFd read;
  UniqueFd write;
};

struct Terminal {
  Terminal() {
    int controlling = -1;
    int controlled = -1;
    const winsize size{24, 100, 0, 0};
    if (::openpty(&controlling, &controlled, nullptr, nullptr, &size) != 0) {
      throw std::runtime_error("no terminal");
    }
    read.reset(controlling);
    write.reset(controlled);
    for (const int fd : {controlling, controlled}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  UniqueFd read;
  UniqueFd write;
};

/// A file without a name, at its beginning.
UniqueFd FileWith(const std::string& text) {
  UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
  const auto size = static_cast<ssize_t>(text.size());
  if (::write(file.get(), text.data(), text.size()) != size) throw std::runtime_error("no input");
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

[[noreturn]] void Become(const std::vector<std::string>& arguments, const ChildOptions& options,
                         int program, int in, int out, int err, int preparation) {
  ::setpgid(0, 0);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<std::string> environment = options.environment;  // the first of a name counts
  environment.insert(environment.end(), {"PATH=/usr/bin:/bin", "TERM=xterm"});
  std::vector<char*> argv;
  for (const std::string& one : options.launcher) argv.push_back(const_cast<char*>(one.c_str()));
  argv.push_back(const_cast<char*>(options.launcher.empty() ? "shmspec" : SHMSPEC_PROGRAM));
  for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (std::string& one : environment) envp.push_back(one.data());
  envp.push_back(nullptr);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (options.preparation) {
    if (const auto reason = options.preparation()) {
      static_cast<void>(!::write(preparation, reason->data(), reason->size()));
      ::_exit(0);
    }
  }
  if (!options.launcher.empty()) {
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(126);
  }
  // By descriptor: in a restricted environment the path may be out of reach.
  ::syscall(SYS_execveat, program, "", argv.data(), envp.data(), AT_EMPTY_PATH);
  ::_exit(126);
}

/// Takes what has arrived; closes the descriptor at the end.
void Take(UniqueFd& fd, std::string& into) {
  std::array<char, 65536> chunk;
  const ssize_t count = ::read(fd.get(), chunk.data(), chunk.size());
  if (count > 0) {
    into.append(chunk.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    fd.reset();  // a terminal gives EIO when its last user has closed it
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Finished& run) {
  return out << "exit code " << run.exit_code << ", signal " << run.signal
             << (run.in_time ? "" : ", not in time") << "\nstandard output:\n"
             << run.out << "standard error:\n"
             << run.err;
}

ProgramChild::ProgramChild(const std::vector<std::string>& arguments, const ChildOptions& options) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const UniqueFd program(::open(SHMSPEC_PROGRAM, O_PATH | O_CLOEXEC));
  const UniqueFd in = FileWith(options.input);
  Pipe preparation;
  std::optional<Pipe> out, err;
  std::optional<Terminal> terminal;
  if (options.terminal) {
    terminal.emplace();
  } else {
    out.emplace();
    err.emplace();
  }
  const int out_fd = terminal ? terminal->write.get() : out->write.get();
  const int err_fd = terminal ? terminal->write.get() : err->write.get();
  pid_ = ::fork();
  if (pid_ == 0) {
    Become(arguments, options, program.get(), in.get(), out_fd, err_fd, preparation.write.get());
  }
  ::setpgid(pid_, pid_);
  out_ = std::move(terminal ? terminal->read : out->read);
  if (err) err_ = std::move(err->read);
  place_ = std::move(preparation.read);
}

ProgramChild::~ProgramChild() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void ProgramChild::Receive(int timeout_ms) {
  std::array<pollfd, 3> waiting{pollfd{out_ ? out_.get() : -1, POLLIN, 0},
                                pollfd{err_ ? err_.get() : -1, POLLIN, 0},
                                pollfd{place_ ? place_.get() : -1, POLLIN, 0}};
  if (::poll(waiting.data(), waiting.size(), timeout_ms) <= 0) return;
  if (waiting[0].revents != 0) Take(out_, finished_.out);
  if (waiting[1].revents != 0) Take(err_, finished_.err);
  if (waiting[2].revents != 0) Take(place_, finished_.no_place);
}

bool ProgramChild::AwaitOutput(std::string_view text) {
  const auto until = Clock::now() + kPatience;
  while (finished_.out.find(text) == std::string::npos) {
    if (!out_ || Clock::now() >= until) return false;
    Receive(Left_ms(until));
  }
  return true;
}

Finished ProgramChild::Finish() {
  const auto until = Clock::now() + kPatience;
  while ((out_ || err_ || place_) && Clock::now() < until) Receive(Left_ms(until));
  if (out_ || err_ || place_) {
    finished_.in_time = false;
    ::kill(-pid_, SIGKILL);
  }
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status)) finished_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) finished_.signal = WTERMSIG(status);
  return finished_;
}

Finished RunProgram(const std::vector<std::string>& arguments, const ChildOptions& options) {
  return ProgramChild(arguments, options).Finish();
}

std::vector<pid_t> Descendants() {
  std::vector<pid_t> found;
  std::vector<pid_t> open{::getpid()};
  while (!open.empty()) {
    const std::string pid = std::to_string(open.back());
    open.pop_back();
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    for (pid_t child = 0; children >> child;) {
      open.push_back(child);
      found.push_back(child);
    }
  }
  return found;
}

bool AwaitSilence() {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &child, &before);
  const auto until = Clock::now() + kSilence;
  bool silent = false;
  while (Clock::now() < until) {
    const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    silent = pid < 0 && errno == ECHILD;
    if (silent) break;
    const timespec left{1, 0};
    if (pid == 0) ::sigtimedwait(&child, nullptr, &left);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return silent;
}

Leftovers::Leftovers() {
  static const bool alone = ::unshare(CLONE_NEWIPC) == 0;
  static_cast<void>(alone);  // if not, processes of others come and go; see Remaining()
  before_ = TakeInventory();
}

std::vector<std::string> Leftovers::Remaining() const {
  if (!AwaitSilence()) return {fmt::format("{} processes are left", Descendants().size())};
  std::vector<std::string> left = Residue(before_, TakeInventory());
  // Objects of others go when their owners end; later ones are not ours.
  for (const auto until = Clock::now() + kSilence; !left.empty() && Clock::now() < until;) {
    ::poll(nullptr, 0, 20);
    const std::vector<std::string> now = Residue(before_, TakeInventory());
    std::erase_if(left, [&](const std::string& line) {
      return std::find(now.begin(), now.end(), line) == now.end();
    });
  }
  return left;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "shmspec-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::vector<std::string> TemporaryFolder::Names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string ReadWhole(const std::string& file) {
  // Files below /proc fail in the middle when their process ends; an iterator would throw then.
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void WriteWhole(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string DayFromNow(int days) {
  const std::time_t time = std::time(nullptr) + days * 86400;
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", std::gmtime(&time));
  return text.data();
}

}  // namespace shmspec
