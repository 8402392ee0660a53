// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/spawn_warden.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "harness/actor/actor_main.h"
#include "harness/actor/clocks.h"
#include "harness/actor/warden.h"
#include "harness/vocabulary/names.h"

extern char** environ;

namespace shmspec {
namespace {

/// Numbers above those that a file action of posix_spawn could overwrite.
constexpr int kFirstHighFd = 64;

/// How the warden is to start: signals as after a boot, a process group of its own, the two files.
class Start {
 public:
  Start(int region_fd, int socket) {
    ::posix_spawn_file_actions_init(&actions_);
    // Onto itself: kept open over the exec.
    ::posix_spawn_file_actions_adddup2(&actions_, region_fd, region_fd);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, socket);
    ::posix_spawnattr_init(&attributes_);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~Start() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;

  /// An errno value, 0 on success.
  int Run(const std::string& program, char** arguments, pid_t& pid) {
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments, environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

/// What a warden is started with.
struct Ends {
  UniqueFd own;  // the caller's end of the socket pair
  UniqueFd socket;
  UniqueFd region;
};

Result<Ends> MakeEnds(int region_fd) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{fmt::format("cannot make a socket pair: {}", ErrnoName(errno))};
  }
  UniqueFd own(ends[0]);
  const UniqueFd low(ends[1]);
  UniqueFd socket(::fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstHighFd));
  UniqueFd region(::fcntl(region_fd, F_DUPFD_CLOEXEC, kFirstHighFd));
  if (!socket || !region) {
    return Error{
        fmt::format("an actor needs files above number {}: {}; raise the limit of open files "
                    "(ulimit -n)",
                    kFirstHighFd, ErrnoName(errno)),
        true};
  }
  return Ends{std::move(own), std::move(socket), std::move(region)};
}

/// What an exec of Start does: signals as after a boot, a process group of its own.
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

}  // namespace

WardenProcess::~WardenProcess() {
  if (pid_ == 0) return;
  if (stuck_) ::kill(pid_, SIGKILL);
  socket_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool WardenProcess::Perform(std::uint32_t timeout_ms) {
  auto word = WardenWord::kPerform;
  stuck_ = true;
  if (::send(socket_.get(), &word, sizeof(word), MSG_NOSIGNAL) != sizeof(word)) return false;
  const std::uint64_t until_ns = MonotonicNs() + timeout_ms * std::uint64_t{1'000'000};
  for (;;) {
    const std::uint64_t now_ns = MonotonicNs();
    if (now_ns >= until_ns) return false;
    pollfd socket{socket_.get(), POLLIN, 0};
    const int ready = ::poll(&socket, 1, static_cast<int>((until_ns - now_ns) / 1'000'000) + 1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    stuck_ = ::recv(socket_.get(), &word, sizeof(word), 0) != sizeof(word);
    return !stuck_;
  }
}

Result<WardenProcess> SpawnWarden(const std::string& program, int region_fd) {
  Result<Ends> ends = MakeEnds(region_fd);
  if (!ends.ok()) return ends.error();
  std::string name = "shmspec";
  std::string word = kActorWord;
  std::string what = "warden";
  std::string region_word = std::to_string(ends->region.get());
  std::string socket_word = std::to_string(ends->socket.get());
  char* arguments[] = {name.data(),        word.data(),        what.data(),
                       region_word.data(), socket_word.data(), nullptr};
  pid_t pid = 0;
  Start start(ends->region.get(), ends->socket.get());
  if (const int error = start.Run(program, arguments, pid)) {
    return Error{fmt::format("cannot start {}: {}", program, ErrnoName(error))};
  }
  return WardenProcess(pid, std::move(ends->own));
}

Result<WardenProcess> ForkWarden(int region_fd) {
  Result<Ends> ends = MakeEnds(region_fd);
  if (!ends.ok()) return ends.error();
  const pid_t pid = ::fork();
  if (pid < 0) return Error{fmt::format("cannot fork a warden: {}", ErrnoName(errno))};
  if (pid == 0) {
    StartAfresh();
    ::_exit(RunWarden(ends->region.get(), ends->socket.get()));
  }
  return WardenProcess(pid, std::move(ends->own));
}

}  // namespace shmspec
