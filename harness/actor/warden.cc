// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/warden.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <set>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/actor/children.h"
#include "harness/actor/clocks.h"
#include "harness/actor/control_region.h"
#include "harness/actor/performer.h"
#include "harness/actor/turns.h"
#include "harness/vocabulary/names.h"

namespace shmspec {
namespace {

constexpr int kLostHarness = 3;

/// Leaves the standard streams and the two files given, which keep their numbers.
void CloseOtherFiles(int first, int second) {
  const int low = std::min(first, second);
  const int high = std::max(first, second);
  const auto close_range = [](int from, int to) {
    if (from > to) return;
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, from, to, 0) == 0) return;
#endif
    const long limit = ::sysconf(_SC_OPEN_MAX);
    for (int fd = from; fd <= to && fd < limit; ++fd) ::close(fd);
  };
  close_range(STDERR_FILENO + 1, low - 1);
  close_range(low + 1, high - 1);
  close_range(high + 1, 0x7fffffff);
  ::fcntl(first, F_SETFD, FD_CLOEXEC);
  ::fcntl(second, F_SETFD, FD_CLOEXEC);
  const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDIN_FILENO);
}

std::vector<int> AllowedCpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

class Warden {
 public:
  Warden(int region_fd, int socket) : region_fd_(region_fd), socket_(socket) {}

  int Run();

 private:
  Result<void> Prepare();
  void Perform(const ControlRegion& region);
  void SpreadOverCpus(const ControlRegion& region);
  void Spawn(const ControlRegion& region, std::uint32_t actor);
  /// What is left to do when the caller died in the middle of a plan: ends the actors and removes
  /// what they made, which in an IPC namespace that others use would stay for ever.
  void CleanUp(const ControlRegion& region);
  /// Reaps who has ended; false when nobody is left.
  bool Reap(const ControlRegion& region);
  void AwaitChange(const ControlRegion& region, std::uint64_t until_ns);
  void KillActors(const ControlRegion& region);

  const int region_fd_;
  const int socket_;
  sigset_t while_waiting_{};
};

Result<void> Warden::Prepare() {
  CloseOtherFiles(region_fd_, socket_);
  // Orphans of actors become children of this process.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    return Error{fmt::format("cannot become a subreaper: {}", ErrnoName(errno))};
  }
  // Aborts and faults are part of plans and need no dumps.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  // SIGCHLD is heard only while waiting, so that none is missed between looking and waiting.
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGCHLD, &action, nullptr);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, &while_waiting_);
  sigdelset(&while_waiting_, SIGCHLD);
  return {};
}

int Warden::Run() {
  if (const auto prepared = Prepare(); !prepared.ok()) {
    fmt::print(stderr, "shmspec: {}\n", prepared.error().message);
    return kLostHarness;
  }
  Result<ControlRegion> region = ControlRegion::Map(region_fd_);
  for (;;) {
    auto word = WardenWord::kDone;
    const ssize_t got = ::recv(socket_, &word, sizeof(word), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    if (region.ok() && region->header().bytes > region->bytes()) {
      region = ControlRegion::Map(region_fd_);
    }
    if (!region.ok()) return kLostHarness;
    Perform(*region);
    word = WardenWord::kDone;
    if (::send(socket_, &word, sizeof(word), MSG_NOSIGNAL) <= 0) return kLostHarness;
  }
}

void Warden::SpreadOverCpus(const ControlRegion& region) {
  const std::vector<int> cpus = AllowedCpus();
  const int here = ::sched_getcpu();
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    // Turns pass fastest on one CPU; what may overlap has to be on several.
    region.actor(i).cpu =
        !region.header().concurrent || cpus.empty() ? here : cpus[i % cpus.size()];
  }
}

void Warden::Spawn(const ControlRegion& region, std::uint32_t actor) {
  ActorSlot& slot = region.actor(actor);
  ControlHeader& header = region.header();
  const pid_t pid = ::fork();
  if (pid < 0) {
    ReportTrouble(region, fmt::format("cannot fork an actor: {}", ErrnoName(errno)), false);
    return;
  }
  if (pid == 0) {
    ::setpgid(0, header.group.load());
    ::close(socket_);
    ::signal(SIGCHLD, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &while_waiting_, nullptr);
    if (!header.fresh_images) RunActorProcess(region, region_fd_, actor, Birth::kSpawned);
    ::fcntl(region_fd_, F_SETFD, 0);
    ExecActor(header.program.data(), region_fd_, actor);
    ReportTrouble(region,
                  fmt::format("cannot execute {}: {}", header.program.data(), ErrnoName(errno)),
                  false);
    ::_exit(1);
  }
  // Both sides do it, so that it is done whoever comes first.
  ::setpgid(pid, header.group.load());
  std::int32_t none = 0;
  header.group.compare_exchange_strong(none, pid);
  none = 0;
  slot.pid.compare_exchange_strong(none, pid);
}

bool Warden::Reap(const ControlRegion& region) {
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid > 0) EndProcess(region, pid, status);
    if (pid == 0) return true;
    if (pid < 0 && errno != EINTR) return false;
  }
}

void Warden::KillActors(const ControlRegion& region) {
  const std::int32_t group = region.header().group.load();
  if (group > 0) ::kill(-group, SIGKILL);
}

void Warden::AwaitChange(const ControlRegion& region, std::uint64_t until_ns) {
  const std::uint64_t now_ns = MonotonicNs();
  const std::uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
  const timespec left{static_cast<time_t>(left_ns / 1'000'000'000),
                      static_cast<long>(left_ns % 1'000'000'000)};
  pollfd caller{socket_, POLLIN, 0};
  if (::ppoll(&caller, 1, &left, &while_waiting_) > 0) {
    // Nothing is said while a plan runs: the caller is dead.
    CleanUp(region);
    ::_exit(kLostHarness);
  }
}

void Warden::CleanUp(const ControlRegion& region) {
  KillActors(region);
  if (region.header().private_ipc) return;
  std::set<std::int64_t> pids;
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    pids.insert(region.actor(i).pid.load());
  }
  pids.erase(0);  // those that were never started
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  shm_info info{};
  const int highest = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&info));
  for (int index = 0; index <= highest; ++index) {
    shmid_ds record{};
    const int id = ::shmctl(index, SHM_STAT_ANY, &record);
    if (id >= 0 && pids.contains(record.shm_cpid)) ::shmctl(id, IPC_RMID, nullptr);
  }
}

void Warden::Perform(const ControlRegion& region) {
  ControlHeader& header = region.header();
  header.warden.store(::getpid());
  header.proc_matches.store(true);
  header.proc_matches.store(PidForWarden(region, true) == ::getpid());
  const std::uint64_t begin_ns = MonotonicNs();
  std::uint64_t until_ns = begin_ns + header.deadline_ms * std::uint64_t{1'000'000};
  SpreadOverCpus(region);
  // The cast of the assembly, not whoever lives: the first may have forked before this ends.
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    if ((region.act(0).cast & SetOf(i)) != 0) Spawn(region, i);
  }
  bool killed = false;
  while (Reap(region)) {
    Halt none = Halt::kNone;
    if (MonotonicNs() >= until_ns) header.halt.compare_exchange_strong(none, Halt::kOverdue);
    if (header.halt.load() != Halt::kNone && !killed) {
      KillActors(region);
      killed = true;
      // From here on only what cannot be killed keeps this waiting.
      until_ns = MonotonicNs() + 5'000'000'000;
      continue;
    }
    if (killed && MonotonicNs() >= until_ns) return;
    AwaitChange(region, until_ns);
  }
}

}  // namespace

int RunWarden(int region_fd, int socket) { return Warden(region_fd, socket).Run(); }

}  // namespace shmspec
