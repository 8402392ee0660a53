// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/warden.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/actor/children.h"
#include "harness/actor/clocks.h"
#include "harness/actor/control_region.h"
#include "harness/actor/i386_program.h"
#include "harness/actor/performer.h"
#include "harness/actor/turns.h"
#include "harness/target/process_limit.h"
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

/// Whether the actor is a 32-bit program, which nobody else is.
bool IsI386(const ControlRegion& region, std::uint32_t actor) {
  const KernelTarget* target = FindTarget(region.header().target.data(), region.actor(actor).abi);
  return target != nullptr && target->abi == Abi::kI386;
}

class Warden {
 public:
  Warden(int region_fd, int socket) : region_fd_(region_fd), socket_(socket) {}

  int Run();

 private:
  /// A process that stays from plan to plan.
  struct Stayer {
    pid_t pid = 0;
    std::string spec;  // in wire form
  };

  Result<void> Prepare();
  /// Sees to it that the region is mapped as far as the plan goes; false when it cannot be.
  bool Map();
  void Perform(const ControlRegion& region);
  void SpreadOverCpus(const ControlRegion& region);
  /// Has the actor join the plan: the process that was it in the plan before, or a new one.
  void Engage(const ControlRegion& region, std::uint32_t actor);
  void Spawn(const ControlRegion& region, std::uint32_t actor);
  /// In the process that is to be the actor.
  [[noreturn]] void Become(const ControlRegion& region, std::uint32_t actor);
  void Dismiss(Stayer& stayer);
  /// Reaps who has ended.
  void Reap(const ControlRegion& region);
  /// Whether everybody has ended, or rests.
  bool IsOver(const ControlRegion& region) const;
  /// What is left to do when the caller died in the middle of a plan: ends the actors and removes
  /// what they made, which in an IPC namespace that others use would stay for ever.
  void CleanUp(const ControlRegion& region);
  void AwaitChange(const ControlRegion& region, std::uint64_t until_ns);
  void KillActors(const ControlRegion& region);

  const int region_fd_;
  const int socket_;
  const std::int32_t pid_ = ::getpid();
  bool proc_matches_ = false;  // /proc tells pids as this process sees them
  UniqueFd rested_;
  std::optional<ControlRegion> region_;
  std::optional<I386Program> i386_program_;  // once an actor has needed it
  std::vector<int> cpus_;
  std::array<Stayer, ActorRef::kLimit> stayers_;
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
  cpus_ = AllowedCpus();
  rested_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!rested_) return Error{fmt::format("cannot make an eventfd: {}", ErrnoName(errno))};
  return {};
}

bool Warden::Map() {
  if (region_ && region_->header().bytes <= region_->bytes()) return true;
  // Those who stayed have mapped less than they would need now.
  for (Stayer& stayer : stayers_) Dismiss(stayer);
  Result<ControlRegion> region = ControlRegion::Map(region_fd_);
  if (!region.ok()) return false;
  region_.emplace(std::move(*region));
  region_->resting_places().rested_fd = rested_.get();
  region_->header().proc_matches.store(true);
  proc_matches_ = PidForWarden(*region_, true) == pid_;
  return true;
}

int Warden::Run() {
  if (const auto prepared = Prepare(); !prepared.ok()) {
    fmt::print(stderr, "shmspec: {}\n", prepared.error().message);
    return kLostHarness;
  }
  for (;;) {
    auto word = WardenWord::kDone;
    const ssize_t got = ::recv(socket_, &word, sizeof(word), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (!Map()) return kLostHarness;
    Perform(*region_);
    word = WardenWord::kDone;
    if (::send(socket_, &word, sizeof(word), MSG_NOSIGNAL) <= 0) break;
  }
  for (Stayer& stayer : stayers_) Dismiss(stayer);
  return 0;
}

void Warden::SpreadOverCpus(const ControlRegion& region) {
  // Turns pass fastest on one CPU, which is the caller's; what may overlap has to be on several.
  const int here = region.header().caller_cpu;
  const bool known = std::find(cpus_.begin(), cpus_.end(), here) != cpus_.end();
  if (known && here != ::sched_getcpu()) PinToCpu(here);
  region.header().spread = region.header().concurrent && cpus_.size() > 1;
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    region.actor(i).cpu = region.header().concurrent && !cpus_.empty() ? cpus_[i % cpus_.size()]
                          : known                                      ? here
                                                                       : ::sched_getcpu();
  }
}

void Warden::Dismiss(Stayer& stayer) {
  if (stayer.pid == 0) return;
  ::kill(stayer.pid, SIGKILL);
  while (::waitpid(stayer.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  stayer = {};
}

void Warden::Engage(const ControlRegion& region, std::uint32_t actor) {
  ActorSlot& slot = region.actor(actor);
  slot.stays = slot.stays && !region.header().fresh_images;
  Stayer& stayer = stayers_[actor];
  const std::string_view spec = region.Bytes(slot.spec);
  RestingPlace& place = region.resting_places().places[actor];
  place.at_work.store(slot.stays);
  if (slot.stays && stayer.pid != 0 && stayer.spec == spec) {
    slot.pid.store(stayer.pid);
    place.calls.fetch_add(1);
    FutexWake(place.calls);
    return;
  }
  Dismiss(stayer);
  Spawn(region, actor);
  if (slot.stays) stayer = {slot.pid.load(), std::string(spec)};
}

void Warden::Spawn(const ControlRegion& region, std::uint32_t actor) {
  ActorSlot& slot = region.actor(actor);
  ControlHeader& header = region.header();
  // Who stays is not in the group of those whose end is waited for.
  std::atomic<std::int32_t>& group = slot.stays ? region.resting_places().group : header.group;
  if (IsI386(region, actor) && !i386_program_) {
    Result<I386Program> program = I386Program::Unpack();
    if (!program.ok()) {
      ReportTrouble(region, program.error().message, program.error().lacking);
      return;
    }
    i386_program_.emplace(std::move(*program));
  }
  const pid_t pid = ::fork();
  if (pid < 0) {
    ReportTrouble(region, fmt::format("cannot fork an actor: {}", ErrnoName(errno)), false);
    return;
  }
  if (pid == 0) {
    ::setpgid(0, group.load());
    ::close(socket_);
    ::signal(SIGCHLD, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &while_waiting_, nullptr);
    Become(region, actor);
  }
  // Both sides do it, so that it is done whoever comes first.
  if (::setpgid(pid, group.load()) != 0 && slot.stays) {
    // Everybody who stayed has ended, and their group with them.
    ::setpgid(pid, 0);
    group.store(0);
  }
  std::int32_t none = 0;
  group.compare_exchange_strong(none, pid);
  none = 0;
  slot.pid.compare_exchange_strong(none, pid);
}

void Warden::Become(const ControlRegion& region, std::uint32_t actor) {
  const ControlHeader& header = region.header();
  const bool i386 = IsI386(region, actor);
  if (!header.fresh_images && !i386) {
    RunActorProcess(region, region_fd_, actor, Birth::kSpawned);
  }
  ::fcntl(region_fd_, F_SETFD, 0);
  if (i386) {
    if (!header.fresh_images) ::fcntl(rested_.get(), F_SETFD, 0);
    ExecActor(i386_program_->path(), region_fd_, actor);
    const Error error = CannotExecuteI386(errno);
    ReportTrouble(region, error.message, error.lacking);
  } else {
    ExecActor(header.program.data(), region_fd_, actor);
    ReportTrouble(region,
                  fmt::format("cannot execute {}: {}", header.program.data(), ErrnoName(errno)),
                  false);
  }
  ::_exit(1);
}

void Warden::Reap(const ControlRegion& region) {
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return;
    EndProcess(region, pid, status);
    for (std::size_t i = 0; i < stayers_.size(); ++i) {
      if (stayers_[i].pid != pid) continue;
      stayers_[i] = {};
      region.resting_places().places[i].at_work.store(false);
    }
  }
}

bool Warden::IsOver(const ControlRegion& region) const {
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    const bool here = (region.act(0).cast & SetOf(i)) != 0 && stayers_[i].pid != 0;
    if (here && region.resting_places().places[i].at_work.load()) return false;
  }
  const std::int32_t group = region.header().group.load();
  if (group == 0) return true;
  siginfo_t ended{};
  return ::waitid(P_PGID, static_cast<id_t>(group), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 &&
         errno == ECHILD;
}

void Warden::KillActors(const ControlRegion& region) {
  for (const auto* group : {&region.header().group, &region.resting_places().group}) {
    if (const std::int32_t number = group->load(); number > 0) ::kill(-number, SIGKILL);
  }
}

void Warden::AwaitChange(const ControlRegion& region, std::uint64_t until_ns) {
  const std::uint64_t now_ns = MonotonicNs();
  const std::uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
  const timespec left{static_cast<time_t>(left_ns / 1'000'000'000),
                      static_cast<long>(left_ns % 1'000'000'000)};
  std::array<pollfd, 2> files{pollfd{rested_.get(), POLLIN, 0}, pollfd{socket_, POLLIN, 0}};
  if (::ppoll(files.data(), files.size(), &left, &while_waiting_) <= 0) return;
  std::uint64_t rested = 0;
  if (files[0].revents != 0 && ::read(rested_.get(), &rested, sizeof(rested)) < 0) return;
  if (files[1].revents != 0) {
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
  header.warden.store(pid_);
  header.proc_matches.store(proc_matches_);
  const std::uint64_t begin_ns = MonotonicNs();
  std::uint64_t until_ns = begin_ns + header.deadline_ms * std::uint64_t{1'000'000};
  SpreadOverCpus(region);
  Reap(region);  // who ended between plans
  // The cast of the assembly, not whoever lives: the first may have forked before this ends.
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    if ((region.act(0).cast & SetOf(i)) != 0) Engage(region, i);
  }
  bool killed = false;
  for (Reap(region); !IsOver(region); Reap(region)) {
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
