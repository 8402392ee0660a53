// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/adapter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "harness/actor/strays.h"
#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/readable.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr int kCannotExecute = 127;
constexpr std::int64_t kEnd_ms = 2000;
constexpr std::int64_t kLook_ms = 50;
constexpr rlim_t kMemoryBytes = rlim_t{4} << 30;
constexpr rlim_t kFiles = 512;
constexpr rlim_t kProcesses = 4096;

void Limit(decltype(RLIMIT_CORE) what, rlim_t most) {
  rlimit limit{};
  if (::getrlimit(what, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_cur, most);
  limit.rlim_max = std::min(limit.rlim_max, most);
  ::setrlimit(what, &limit);
}

void TakeUser(std::int64_t user) {
  if (user < 0) return;
  const auto id = static_cast<uid_t>(user);
  if (::setgroups(0, nullptr) != 0 || ::setresgid(id, id, id) != 0 ||
      ::setresuid(id, id, id) != 0) {
    ::_exit(kCannotExecute);
  }
}

/// Signals as after a boot.
void ForgetSignals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// In the child: becomes the program.
[[noreturn]] void Become(const AdapterProgram& program, int reading, int writing) {
  CloseFilesBut({reading, writing});
  ::dup2(reading, STDIN_FILENO);
  ::dup2(writing, STDOUT_FILENO);
  const int nowhere = program.shows_errors ? -1 : ::open("/dev/null", O_WRONLY);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  if (nowhere > STDERR_FILENO) ::close(nowhere);
  ForgetSignals();
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_DATA, kMemoryBytes);
  Limit(RLIMIT_NOFILE, kFiles);
  Limit(RLIMIT_NPROC, kProcesses);
  TakeUser(program.user);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::array<const char*, 5> environment{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
      "HOME=/nonexistent", "TMPDIR=/tmp", nullptr};
  std::vector<char*> words;
  for (const std::string& word : program.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvpe(words[0], words.data(), const_cast<char**>(environment.data()));
  ::_exit(kCannotExecute);
}

Gone EndOf(int status) {
  if (WIFSIGNALED(status)) return {GoneHow::kKilled, WTERMSIG(status)};
  return {GoneHow::kExited, WEXITSTATUS(status)};
}

}  // namespace

Result<std::unique_ptr<Adapter>> Adapter::Start(const AdapterProgram& program,
                                                std::int64_t timeout_ms) {
  Result<Pipe> asks = MakePipe();
  if (!asks.ok()) return asks.error();
  Result<Pipe> answers = MakePipe();
  if (!answers.ok()) return answers.error();
  // A program that has ended must not end this one.
  ::signal(SIGPIPE, SIG_IGN);
  const pid_t pid = ::fork();
  if (pid < 0) {
    return Error{fmt::format("the adapter cannot be started: {}", ErrnoName(errno)), true};
  }
  if (pid == 0) Become(program, asks->reading.get(), answers->writing.get());
  std::unique_ptr<Adapter> adapter(new Adapter);
  adapter->pid_ = pid;
  // The low numbers are the plan's.
  adapter->to_.reset(Raised(asks->writing.release()));
  adapter->from_.reset(Raised(answers->reading.release()));
  asks->reading.reset();
  answers->writing.reset();
  const Heard heard = adapter->Ask(kAdapterGreeting, timeout_ms);
  switch (heard.kind) {
    case Heard::Kind::kLine:
      break;
    case Heard::Kind::kLate:
      return Error{"the adapter did not say what it is in time"};
    case Heard::Kind::kBad:
      return Error{"the adapter " + heard.why + " before it said what it is"};
    case Heard::Kind::kEnded:
      if (heard.end.how == GoneHow::kExited && heard.end.code == kCannotExecute) {
        return Error{fmt::format("the adapter {} cannot be executed by user {}",
                                 program.words.front(), ::geteuid())};
      }
      return Error{fmt::format("the adapter {} before it said what it is", DeathText(heard.end))};
  }
  Result<AdapterIntroduction> introduction = ReadIntroduction(heard.line);
  if (!introduction.ok()) return introduction.error();
  adapter->introduction_ = std::move(*introduction);
  return adapter;
}

Adapter::~Adapter() { End(kEnd_ms); }

std::optional<Gone> Adapter::Reap() {
  int status = 0;
  if (pid_ == 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  return EndOf(status);
}

bool Adapter::Send(std::string_view line) {
  std::string bytes(line);
  bytes += '\n';
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::write(to_.get(), bytes.data() + sent, bytes.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

Adapter::Heard Adapter::Hear(std::int64_t timeout_ms) {
  const std::uint64_t until_ns = MonotonicNs() + static_cast<std::uint64_t>(timeout_ms) * 1'000'000;
  bool open = true;
  for (;;) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      Heard heard{.kind = Heard::Kind::kLine, .line = read_.substr(0, end)};
      read_.erase(0, end + 1);
      if (read_.empty()) return heard;
      return {.kind = Heard::Kind::kBad, .why = "wrote more than one line"};
    }
    if (read_.size() > kLongestAdapterLine) {
      return {.kind = Heard::Kind::kBad, .why = "wrote a line of more than 64 KiB"};
    }
    if (!open) {
      // What it started may still have its output open, and the other way round.
      if (const auto end = Reap()) return {.kind = Heard::Kind::kEnded, .end = *end};
    }
    const std::uint64_t now_ns = MonotonicNs();
    if (now_ns >= until_ns) {
      if (open) return {.kind = Heard::Kind::kLate};
      return {.kind = Heard::Kind::kBad, .why = "closed its output"};
    }
    const auto left_ms = static_cast<std::int64_t>((until_ns - now_ns) / 1'000'000) + 1;
    pollfd from{from_.get(), POLLIN, 0};
    const auto files = std::span(&from, open ? 1 : 0);
    if (AwaitReadable(files, std::min(left_ms, kLook_ms)) <= 0) {
      if (const auto end = Reap()) return {.kind = Heard::Kind::kEnded, .end = *end};
      continue;
    }
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(from_.get(), bytes.data(), bytes.size());
    if (count > 0) read_.append(bytes.data(), static_cast<std::size_t>(count));
    if (count == 0) open = false;
  }
}

std::optional<std::string> Adapter::TakeLine(std::int64_t timeout_ms) {
  pollfd from{from_.get(), POLLIN, 0};
  if (AwaitReadable({&from, 1}, timeout_ms) > 0) {
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(from_.get(), bytes.data(), bytes.size());
    if (count > 0) read_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  const std::size_t end = read_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

Adapter::Heard Adapter::Ask(std::string_view line, std::int64_t timeout_ms) {
  // What it wrote before it was asked is no answer.
  pollfd from{from_.get(), POLLIN, 0};
  if (AwaitReadable({&from, 1}, 0) > 0 && (from.revents & POLLIN) != 0) {
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(from_.get(), bytes.data(), bytes.size());
    if (count > 0) return {.kind = Heard::Kind::kBad, .why = "wrote a line that nobody asked for"};
  }
  Send(line);  // a program that has ended is noticed by its silence
  return Hear(timeout_ms);
}

std::optional<Gone> Adapter::End(std::int64_t timeout_ms) {
  const bool was_there = pid_ != 0;
  to_.reset();
  std::optional<Gone> end;
  const std::uint64_t until_ns = MonotonicNs() + static_cast<std::uint64_t>(timeout_ms) * 1'000'000;
  while (pid_ != 0 && MonotonicNs() < until_ns) {
    end = Reap();
    if (pid_ != 0) AwaitReadable({}, 1);
  }
  from_.reset();
  if (!was_there) return std::nullopt;
  if (pid_ == 0) return end;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return std::nullopt;
}

}  // namespace shmspec
