// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/warden.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "harness/actor/actor_main.h"
#include "harness/actor/children.h"
#include "harness/actor/control_region.h"
#include "harness/actor/disturb.h"
#include "harness/actor/i386_program.h"
#include "harness/actor/pass.h"
#include "harness/actor/performer.h"
#include "harness/actor/strays.h"
#include "harness/actor/turns.h"
#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/pipe.h"
#include "harness/host/process_limit.h"
#include "harness/host/readable.h"
#include "harness/residue/segments.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr int kLostHarness = 3;

/// Whether the actor is a 32-bit program.
bool IsI386(const ControlRegion& region, std::uint32_t actor) {
  const KernelTarget* target = FindTarget(region.header().target.data(), region.actor(actor).abi);
  return target != nullptr && target->abi == Abi::kI386;
}

/// The pipe on which the handler of SIGCHLD reports that a process has ended.
volatile std::sig_atomic_t change_fd = -1;

void OnChild(int) {
  const int error = errno;
  SendWord(change_fd, 'c');
  errno = error;
}

class Warden {
 public:
  Warden(const WardenFiles& files, const ControlRegion* inherited)
      : files_(files), region_(inherited) {}

  int Run();

 private:
  /// A process that stays from plan to plan.
  struct Stayer {
    pid_t pid = 0;
    std::string spec;  // in wire form
  };

  Result<void> Prepare();
  /// Maps the region as far as the plan needs; false when that fails.
  bool Map();
  void Perform(const ControlRegion& region);
  /// Has the actor join the plan: the process that was it in the plan before, or a new one.
  void Engage(const ControlRegion& region, std::uint32_t actor);
  void Spawn(const ControlRegion& region, std::uint32_t actor);
  /// Runs in the process that becomes the actor.
  [[noreturn]] void Become(const ControlRegion& region, std::uint32_t actor);
  void Dismiss(Stayer& stayer);
  std::size_t IndexOf(const Stayer& stayer) const {
    return static_cast<std::size_t>(&stayer - stayers_.data());
  }
  /// Puts the process of an actor into the group of its kind.
  void JoinGroup(const ControlRegion& region, std::uint32_t actor, pid_t pid) const;
  /// Reaps children that have ended, those of a group as for waitpid(2) or all. Whether some live.
  bool Reap(const ControlRegion& region, pid_t which = -1);
  void NoteEnd(const ControlRegion& region, pid_t pid, int status);
  /// Whether all actors have ended, or rest.
  bool IsOver(const ControlRegion& region);
  /// Cleans up after a caller that died in the middle of a plan: ends the actors and removes what
  /// they made, which would stay for ever in an IPC namespace that others use.
  void CleanUp(const ControlRegion& region);
  void AwaitChange(const ControlRegion& region, std::uint64_t until_ns);
  void KillActors(const ControlRegion& region);

  WardenFiles files_;
  const std::int32_t pid_ = ::getpid();
  bool proc_matches_ = false;  // /proc tells pids as this process sees them
  Pipe changes_;               // a word for each end of a child, and when everybody rests
  const ControlRegion* region_;
  std::optional<ControlRegion> mapped_;
  std::optional<I386Program> i386_program_;  // once an actor has needed it
  std::vector<int> cpus_;
  std::array<Stayer, ActorRef::kLimit> stayers_;
  Stopper stopper_;
};

Result<void> Warden::Prepare() {
  CloseFilesBut({files_.region, files_.commands, files_.answers});
  for (int* file : {&files_.region, &files_.commands, &files_.answers}) *file = Raised(*file);
  // Orphans of actors become children of this process. Where that is refused, plans that may have
  // orphans are not performed (abilities.h).
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Aborts and faults are part of plans and need no dumps.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  Result<Pipe> changes = MakePipe();
  if (!changes.ok()) return changes.error();
  for (UniqueFd* end : {&changes->reading, &changes->writing}) {
    *end = UniqueFd(Raised(end->release()));
  }
  changes_ = std::move(*changes);
  // A plan must not get the number of a stream that nobody has open.
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0) ::dup2(STDIN_FILENO, stream);
  }
  MakeNonblocking(changes_.writing.get());  // one word too many is no reason to wait
  change_fd = changes_.writing.get();
  struct sigaction action {};
  action.sa_handler = OnChild;
  ::sigaction(SIGCHLD, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  cpus_ = AllowedCpus();
  return {};
}

bool Warden::Map() {
  if (region_ == nullptr || (files_.region >= 0 && region_->header().bytes > region_->bytes())) {
    // Actors that stayed have mapped less than they would need now.
    for (Stayer& stayer : stayers_) Dismiss(stayer);
    Result<ControlRegion> region = ControlRegion::Map(files_.region);
    if (!region.ok()) return false;
    mapped_.emplace(std::move(*region));
    region_ = &*mapped_;
  }
  if (region_->idle_slots().rested_fd == changes_.writing.get()) return true;
  region_->idle_slots().rested_fd = changes_.writing.get();
  region_->header().proc_matches.store(true);
  proc_matches_ = PidForWarden(*region_, true) == pid_;
  return true;
}

int Warden::Run() {
  if (const auto prepared = Prepare(); !prepared.ok()) {
    fmt::print(stderr, "shmspec: {}\n", prepared.error().message);
    return kLostHarness;
  }
  while (ReceiveWord(files_.commands) == kPerformWord) {
    if (!Map()) return kLostHarness;
    Perform(*region_);
    if (!SendWord(files_.answers, kDoneWord)) break;
  }
  for (Stayer& stayer : stayers_) Dismiss(stayer);
  return 0;
}

void Warden::Dismiss(Stayer& stayer) {
  if (stayer.pid == 0) return;
  if (::kill(stayer.pid, SIGKILL) != 0) {
    // It rests, and heeds a word as well.
    IdleSlot& place = region_->idle_slots().slots[IndexOf(stayer)];
    place.calls.store(IdleSlot::kLeave);
    FutexWake(place.calls);
  }
  while (::waitpid(stayer.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  stayer = {};
}

void Warden::Engage(const ControlRegion& region, std::uint32_t actor) {
  ActorSlot& slot = region.actor(actor);
  slot.stays = slot.stays && !region.header().fresh_images;
  Stayer& stayer = stayers_[actor];
  const std::string_view spec = region.Bytes(slot.spec);
  IdleSlot& place = region.idle_slots().slots[actor];
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
    const bool denied = errno == EAGAIN || errno == ENOMEM;
    ReportTrouble(region, fmt::format("cannot fork an actor: {}", ErrnoName(errno)), denied);
    return;
  }
  if (pid == 0) {
    JoinGroup(region, actor, 0);
    ::close(files_.commands);
    ::close(files_.answers);
    ::signal(SIGCHLD, SIG_DFL);
    ::signal(SIGPIPE, SIG_DFL);
    Become(region, actor);
  }
  JoinGroup(region, actor, pid);  // both sides do it, so that either may come first
  std::int32_t none = 0;
  slot.pid.compare_exchange_strong(none, pid);
}

void Warden::JoinGroup(const ControlRegion& region, std::uint32_t actor, pid_t pid) const {
  if (!Has(region.abilities(), Ability::kGroups)) return;
  const bool stays = region.actor(actor).stays;
  // An actor that stays is not in the group whose end the warden waits for.
  std::atomic<std::int32_t>& group = stays ? region.idle_slots().group : region.header().group;
  const bool joined = ::setpgid(pid, group.load()) == 0;
  if (pid == 0) return;
  if (!joined && stays) {
    // All actors that stayed have ended, and their group with them.
    ::setpgid(pid, 0);
    group.store(0);
  }
  std::int32_t none = 0;
  group.compare_exchange_strong(none, pid);
}

void Warden::Become(const ControlRegion& region, std::uint32_t actor) {
  const ControlHeader& header = region.header();
  const bool i386 = IsI386(region, actor);
  if (!header.fresh_images && !i386) {
    RunActorProcess(region, files_.region, actor, Birth::kSpawned);
  }
  KeepMessagesOverExec(header);
  if (i386) {
    if (!header.fresh_images) KeepOverExec(changes_.writing.get());
    ExecActor(i386_program_->path(), files_.region, actor);
    const Error error = CannotExecuteI386(errno);
    ReportTrouble(region, error.message, error.lacking);
  } else {
    ExecActor(header.program.data(), files_.region, actor);
    ReportTrouble(region,
                  fmt::format("cannot execute {}: {}", header.program.data(), ErrnoName(errno)),
                  false);
  }
  ::_exit(1);
}

void Warden::NoteEnd(const ControlRegion& region, pid_t pid, int status) {
  EndProcess(region, pid, status);
  for (std::size_t i = 0; i < stayers_.size(); ++i) {
    if (stayers_[i].pid != pid) continue;
    stayers_[i] = {};
    region.idle_slots().slots[i].at_work.store(false);
  }
}

bool Warden::Reap(const ControlRegion& region, pid_t which) {
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(which, &status, WNOHANG);
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return pid == 0;
    NoteEnd(region, pid, status);
  }
}

bool Warden::IsOver(const ControlRegion& region) {
  const ControlHeader& header = region.header();
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    const bool here = (region.act(0).cast & SetOf(i)) != 0 && stayers_[i].pid != 0;
    if (here && region.idle_slots().slots[i].at_work.load()) return false;
  }
  if (const std::int32_t group = header.group.load(); group != 0) {
    return !Reap(region, -group);  // not only actors: what they left in their group, too
  }
  for (std::uint32_t i = 0; i < header.actor_count; ++i) {
    const ActorSlot& slot = region.actor(i);
    const std::int32_t pid = slot.pid.load();
    const bool rests = slot.stays && (region.act(0).cast & SetOf(i)) != 0;
    if (rests || pid == 0 || slot.life.load() != Liveness::kAlive) continue;
    // The first process of a pid namespace waits for the others there, and the warden does not.
    if (::kill(pid, 0) == 0 || errno != ESRCH) return false;
  }
  return true;
}

void Warden::KillActors(const ControlRegion& region) {
  for (const auto* group : {&region.header().group, &region.idle_slots().group}) {
    if (const std::int32_t number = group->load(); number > 0) ::kill(-number, SIGKILL);
  }
  if (Has(region.abilities(), Ability::kGroups)) return;  // which needs kill(2) as well
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    const ActorSlot& slot = region.actor(i);
    const std::int32_t pid = slot.pid.load();
    if (pid > 0 && slot.life.load() == Liveness::kAlive) ::kill(pid, SIGKILL);
    FutexWake(region.actor(i).open);
  }
}

void Warden::AwaitChange(const ControlRegion& region, std::uint64_t until_ns) {
  const std::uint64_t now_ns = MonotonicNs();
  const std::uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
  std::array<pollfd, 2> files{pollfd{changes_.reading.get(), POLLIN, 0},
                              pollfd{files_.commands, POLLIN, 0}};
  // A moment too long rather than a moment too early, and then once more.
  if (AwaitReadable(files, static_cast<std::int64_t>(left_ns / 1'000'000) + 1) <= 0) return;
  std::array<char, 64> words;
  if (files[0].revents != 0) {
    const ssize_t count = ::read(changes_.reading.get(), words.data(), words.size());
    const auto end = words.begin() + std::max<ssize_t>(count, 0);
    if (std::find(words.begin(), end, kStopWord) != end) stopper_.StopForAMoment(region);
  }
  if (files[1].revents != 0) {
    // The caller sends nothing while a plan runs, so it is dead.
    CleanUp(region);
    ::_exit(kLostHarness);
  }
}

void Warden::CleanUp(const ControlRegion& region) {
  KillActors(region);
  if (region.header().private_ipc) return;
  std::vector<std::int64_t> pids;
  for (std::uint32_t i = 0; i < region.header().actor_count; ++i) {
    pids.push_back(region.actor(i).pid.load());
  }
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  RemoveSegmentsMadeBy(pids);
}

void Warden::Perform(const ControlRegion& region) {
  ControlHeader& header = region.header();
  header.warden.store(pid_);
  header.proc_matches.store(proc_matches_);
  const std::uint64_t begin_ns = MonotonicNs();
  std::uint64_t until_ns = begin_ns + header.deadline_ms * std::uint64_t{1'000'000};
  PlaceActors(region, cpus_);
  const Pipe messages = OpenMessages(header);
  Reap(region);  // who ended between plans
  // Use the first act's cast, not the live actors: one may already have forked.
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
      // From here on only a process that cannot be killed keeps this waiting.
      until_ns = MonotonicNs() + 5'000'000'000;
      continue;
    }
    if (killed && MonotonicNs() >= until_ns) return;
    AwaitChange(region, until_ns);
  }
  // What an adapter started and nobody has ended.
  if (header.adapter[0] != '\0') KillChildren();
}

}  // namespace

int RunWarden(const WardenFiles& files, const ControlRegion* inherited) {
  return Warden(files, inherited).Run();
}

}  // namespace shmspec
