// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// fork(2), threads, execve(2), exit and kill(2).

#include "harness/model/process/process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kCapKill = 1ull << 5;
constexpr Requirements kDetaches{"SYSV.LIFE.EXIT_DETACHES"_req, "SYSV.LIFE.SIGKILL_DETACHES"_req,
                                 "SYSV.LIFE.EXIT_STAMPS"_req,
                                 "SYSV.LIFE.ZOMBIE_ALREADY_DETACHED"_req};

bool IsLethal(int signal) {
  return signal != 0 && signal != SIGCHLD && signal != SIGCONT && signal != SIGURG &&
         signal != SIGWINCH && signal != SIGSTOP && signal != SIGTSTP;
}

/// Whether the process ends as programs do that run their handlers.
bool IsExit(const Operation& operation) {
  const auto* exit = std::get_if<ProcessExit>(&operation);
  return exit != nullptr && exit->how == ExitHow::kNormal;
}

int TasksAlive(const State& state, std::uint8_t process) {
  return static_cast<int>(std::count_if(
      state.tasks.begin(), state.tasks.end(),
      [&](const Task& task) { return task.life == Life::kAlive && task.process == process; }));
}

struct Ending {
  GoneHow how = GoneHow::kExited;
  std::int32_t code = 0;
};

Ending EndingOf(const Operation& operation) {
  if (const auto* kill = std::get_if<ProcessKill>(&operation)) {
    return {GoneHow::kKilled, kill->signal.number};
  }
  const auto* exit = std::get_if<ProcessExit>(&operation);
  if (exit->how == ExitHow::kAbort) return {GoneHow::kKilled, SIGABRT};
  if (exit->how == ExitHow::kThread) return {GoneHow::kUnknown, 0};
  return {GoneHow::kExited, exit->code & 0xff};
}

/// Whether the pid namespace for children has ended, as it does with its first process; see
/// pid_namespaces(7).
bool LacksPids(const Scene& scene) {
  const Process& process = scene.process();
  return process.leads_pids && process.first_child != kNobody &&
         TasksAlive(scene.state(), process.first_child) == 0;
}

/// The child's object for a mapping of private memory: a copy, the same for all parts of it.
std::uint64_t CopyObject(const Scene& scene, State& state, const AddressSpace& parent,
                         const Mapping& mapping) {
  std::uint64_t first = 0;
  while (parent.mappings()[first].object != mapping.object) ++first;
  const std::uint64_t serial = (std::uint64_t{scene.call().step} + 1) << 8 | (first & 0xff);
  for (const Object& object : state.objects) {
    if (object.serial == serial) return serial;
  }
  MemoryObject copy = ObjectOf(state, mapping.object);
  copy.references = 0;
  for (const Mapping& part : parent.mappings()) {
    if (part.object == mapping.object && part.wiped_by_fork) copy.Zero(part.offset, part.size());
  }
  AddObject(state, serial, copy.vouched, copy.limit);
  OwnObject(state, serial) = std::move(copy);
  return serial;
}

}  // namespace

bool CopyNextMapping(const Scene& scene, State& state, std::uint8_t child) {
  const std::uint8_t parent = scene.process_index();
  const auto& copied = state.processes[child].space->mappings();
  const std::uint64_t after = copied.empty() ? 0 : copied.back().end;
  const CopyOnWrite<AddressSpace> from = state.processes[parent].space;
  std::size_t index = from->FirstAfter(after);
  while (index < from->mappings().size() && from->mappings()[index].skipped_by_fork) {
    const Mapping& skipped = from->mappings()[index++];
    state.processes[child].space.Own().NoteFree(skipped.start, skipped.end);
  }
  if (index == from->mappings().size()) return false;
  Mapping mapping = from->mappings()[index];
  mapping.locked = mapping.on_fault = false;
  if (!mapping.IsShared()) mapping.object = CopyObject(scene, state, *from, mapping);
  state.processes[child].space.Own().Insert(mapping);
  OpenMapping(state, CauseOf(scene), mapping, scene.profile().process.fork_updates_stamps);
  return true;
}

void BeginChild(const Scene& scene, State& state, std::uint8_t child) {
  const Task parent = scene.task();
  Task& task = state.tasks[child];
  task.life = Life::kAlive;
  task.process = child;
  task.ipc = parent.ipc;
  task.mounts = parent.mounts;
  task.held_listing = parent.held_listing;
  task.credentials = parent.credentials;
  task.realtime = parent.realtime;
  const Process& from = state.processes[parent.process];
  Process& process = state.processes[child];
  process.memlock = from.memlock;
  process.as = from.as;
  process.umask = from.umask;
  process.descriptor_limit = from.descriptor_limit;
  process.pids = process.child_pids = from.child_pids;
  for (Pin& pin : state.pins) pin.shared = pin.shared || pin.actor == scene.call().actor;
  CopyDescriptors(state, parent.process, child);
  CopySemaphores(state, parent.process, child);
  Process& leader = state.processes[parent.process];
  if (leader.leads_pids && leader.first_child == kNobody) leader.first_child = child;
}

void StampFailedFork(const Scene& scene, State& state, bool certain) {
  const Says stamps = scene.profile().process.failed_fork_updates_stamps;
  if (stamps == Says::kNo) return;
  const Cause cause = CauseOf(scene);
  const CopyOnWrite<AddressSpace> space = scene.process().space;
  for (const Mapping& mapping : space->mappings()) {
    if (!mapping.IsShared() || mapping.skipped_by_fork) continue;
    OpenMapping(state, cause, mapping, certain ? stamps : Says::kSilent);
    CloseMapping(state, cause, mapping, Says::kYes, certain ? stamps : Says::kSilent);
  }
}

void AbandonChild(State& state, const Cause& cause, std::uint8_t child) {
  while (CloseLowest(state, cause, child)) {
  }
}

std::uint8_t ProcessEndedBy(const Scene& scene) {
  const Operation& operation = *scene.call().operation;
  if (const auto* kill = std::get_if<ProcessKill>(&operation)) {
    const Task& victim = scene.state().tasks[kill->actor.index];
    const bool dies = victim.life == Life::kAlive && IsLethal(kill->signal.number);
    return dies ? victim.process : kNobody;
  }
  const auto* exit = std::get_if<ProcessExit>(&operation);
  if (exit == nullptr) return kNobody;
  const bool last = TasksAlive(scene.state(), scene.process_index()) == 1;
  return exit->how != ExitHow::kThread || last ? scene.process_index() : kNobody;
}

bool CloseLowest(State& state, const Cause& cause, std::uint8_t process) {
  if (state.processes[process].space->mappings().empty()) return false;
  CloseAt(state, cause, process, 0, Says::kYes, cause.profile->process.exit_updates_stamps);
  return true;
}

void EndTasks(State& state, const Cause& cause, std::uint8_t process, GoneHow how,
              std::int32_t code) {
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    Task& task = state.tasks[i];
    const bool lives = task.life == Life::kAlive || task.life == Life::kDying;
    if (!lives || task.process != process) continue;
    ClosePins(state, static_cast<std::uint8_t>(i));
    task.life = Life::kGone;
    task.how = how;
    task.code = code;
    const std::uint8_t ipc = task.ipc;
    ForgetCreator(state, cause, ipc, static_cast<std::uint8_t>(i));
  }
}

Cause CauseOfDeath(const Scene& scene, std::uint8_t process) {
  Cause cause = CauseOf(scene);
  cause.process = OnlyProcess(process);
  return cause;
}

void EndSyncOf(State& state, std::uint8_t process) {
  if (state.syncs->empty() && state.futexes->empty()) return;
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    if (state.tasks[i].process == process) EndSync(state, static_cast<std::uint8_t>(i), false);
  }
}

void BeginEnd(State& state, std::uint8_t process) {
  EndSyncOf(state, process);
  for (Task& task : state.tasks) {
    if (task.life == Life::kAlive && task.process == process) task.life = Life::kDying;
  }
}

void FinishEnd(const Scene& scene, State& state, std::uint8_t process) {
  const Cause cause = CauseOfDeath(scene, process);
  EndSyncOf(state, process);
  while (CloseLowest(state, cause, process)) {
  }
  state.processes[process].space.Own() = AddressSpace();
  CloseSemaphores(state, process);
  CloseDescriptors(state, process, false);
  const LibraryProfile& library = scene.profile().library;
  const bool exits = IsExit(*scene.call().operation);
  EndUse(state, process);
  CloseObjects(state, process,
               {exits && library.ends_with_creator == Says::kYes,
                exits && library.ends_with_last_detach == Says::kYes});
  Ending ending{GoneHow::kUnknown, 0};
  const Operation& operation = *scene.call().operation;
  if (std::holds_alternative<ProcessKill>(operation) ||
      std::holds_alternative<ProcessExit>(operation)) {
    ending = EndingOf(operation);
  }
  EndTasks(state, cause, process, ending.how, ending.code);
}

void BeginImage(const Scene& scene, State& state) {
  const std::uint8_t process = scene.process_index();
  const std::uint8_t self = scene.call().actor;
  const Cause cause = CauseOf(scene);
  const Credentials after = AfterExec(scene.credentials(), scene);
  EndSyncOf(state, process);
  while (CloseLowest(state, cause, process)) {
  }
  state.processes[process].space.Own() = AddressSpace();
  CloseSemaphores(state, process);
  CloseDescriptors(state, process, true);
  CloseObjects(state, process, {});
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    Task& task = state.tasks[i];
    if (task.process == process) ClosePins(state, static_cast<std::uint8_t>(i));
    if (i == self || task.life != Life::kAlive || task.process != process) continue;
    task.life = Life::kGone;
    task.how = GoneHow::kUnknown;
    const std::uint8_t ipc = task.ipc;
    ForgetCreator(state, cause, ipc, static_cast<std::uint8_t>(i));
  }
  state.tasks[self].held_listing = kNobody;
  state.tasks[self].credentials = CopyOnWrite<Credentials>(after);
}

void Describe(const ProcessFork&, const Scene& scene, Clauses& clauses) {
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the limit of processes may be reached");
  clauses.RefuseHere(LacksPids(scene), ENOMEM, Force::kUsually, "SYSV.LIFE.FAILED_FORK_STAMPS"_req,
                     "the first process of the pid namespace has ended");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.ReturnsValue(0, "SYSV.LIFE.FORK_INHERITS"_req, "the child lives");
  if (!scene.process().descriptors->open().empty()) {
    clauses.Effect({"FD.DUP_SHARES_OFFSET"_req, "SEAL.PER_INODE"_req});
  }
  if (scene.space().mappings().empty()) return;
  const auto& mappings = scene.space().mappings();
  if (std::any_of(mappings.begin(), mappings.end(),
                  [](const Mapping& mapping) { return mapping.node() != nullptr; })) {
    clauses.Effect({"MMAP.FORK_RETAINS"_req, "ANON.SHARED_WITH_CHILD"_req});
  }
  clauses.Effect({"SYSV.LIFE.FORK_INHERITS"_req, "SYSV.LIFE.FORK_UPDATES_STAMPS"_req,
                  "SYSV.LIFE.FORK_SHARED_NOT_COPIED"_req, "SYSV.VMA.MADV_DONTFORK"_req});
}

void Apply(const ProcessFork& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    StampFailedFork(scene, state, failure->error.number == ENOMEM && LacksPids(scene));
  }
  if (!Succeeded(outcome)) return;
  while (CopyNextMapping(scene, state, op.child.index)) {
  }
  BeginChild(scene, state, op.child.index);
}

void Describe(const ProcessThread&, const Scene&, Clauses& clauses) {
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the limit of processes may be reached");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.ReturnsValue(0, "SEED.THREADS_SHARE"_req, "the thread lives in the same process");
}

void Apply(const ProcessThread& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  state.tasks[op.child.index] = scene.task();
  // A thread ignores what another thread keeps open.
  state.tasks[op.child.index].held_listing = kNobody;
}

void Describe(const ProcessExec& op, const Scene&, Clauses& clauses) {
  clauses.Refuse(op.image == Image::kMissing, ENOENT, Force::kMust, "SYSV.LIFE.EXEC_FAIL_KEEPS"_req,
                 "there is no such program");
  clauses.RefuseHere(op.image == Image::kSelf, EACCES, Force::kMay, {},
                     "the program may be out of the reach of this user");
  clauses.ReturnsValue(0, "SYSV.LIFE.EXEC_DETACHES"_req, "a new image runs, with nothing mapped");
}

void Apply(const ProcessExec&, const Scene& scene, State& state, const Outcome& outcome) {
  if (Succeeded(outcome)) BeginImage(scene, state);
}

void Describe(const ProcessExit& op, const Scene&, Clauses& clauses) {
  const Ending ending = EndingOf(Operation(op));
  const bool thread = op.how == ExitHow::kThread;
  clauses.Ends(ending.how, ending.code, thread ? Force::kMay : Force::kMust,
               thread ? Requirements("SYSV.LIFE.THREAD_EXIT_NO_DETACH"_req) : kDetaches,
               "the process or thread ends as it was told to");
  clauses.Returns<Value>("SYSV.LIFE.THREAD_EXIT_NO_DETACH"_req, "the thread ends");
}

void Apply(const ProcessExit&, const Scene& scene, State& state, const Outcome&) {
  const std::uint8_t process = ProcessEndedBy(scene);
  if (process != kNobody) return FinishEnd(scene, state, process);
  const std::uint8_t self = scene.call().actor;
  const std::uint8_t ipc = scene.ipc_index();
  EndSync(state, self, true);
  state.tasks[self].life = Life::kGone;
  state.tasks[self].how = GoneHow::kUnknown;
  ClosePins(state, self);
  ForgetCreator(state, CauseOf(scene), ipc, self);
}

void Describe(const ProcessKill& op, const Scene& scene, Clauses& clauses) {
  const Task& victim = scene.state().tasks[op.actor.index];
  clauses.Refuse(victim.life != Life::kAlive, ESRCH, Force::kMay, {},
                 "the process is gone already");
  const Credentials& mine = scene.credentials();
  const Credentials& other = *victim.credentials;
  const bool allowed = mine.uid == other.real_uid || mine.real_uid == other.real_uid ||
                       ((mine.caps & kCapKill) != 0 && !mine.nested);
  clauses.RefuseHere(!allowed && victim.life == Life::kAlive, EPERM, Force::kMay, {},
                     "the caller may not signal the process");
  if (op.actor.index == scene.call().actor && IsLethal(op.signal.number)) {
    clauses.Ends(GoneHow::kKilled, op.signal.number, Force::kMay, kDetaches,
                 "the caller kills itself");
  }
  clauses.ReturnsValue(0, kDetaches, "the process is dead and reaped");
}

void Apply(const ProcessKill&, const Scene& scene, State& state, const Outcome& outcome) {
  if (std::holds_alternative<Failure>(outcome)) return;
  const std::uint8_t process = ProcessEndedBy(scene);
  if (process != kNobody) FinishEnd(scene, state, process);
}

void Describe(const ProcessAwaitBlocked& op, const Scene& scene, Clauses& clauses) {
  const std::uint8_t other = op.actor.index;
  const Life life = scene.state().tasks[other].life;
  clauses.Refuse(other == scene.call().actor, EDEADLK, Force::kMust, {}, "it is the caller itself");
  clauses.Refuse(life == Life::kDying || life == Life::kGone, ESRCH, Force::kUsually, {},
                 "the actor is gone");
  if (!scene.call().overlapped) {
    return clauses.ReturnsValue(1, {}, "nobody is in a call at the same time");
  }
  // Which calls block, and when, is for their own descriptions to say.
  const bool in_flight = (scene.call().in_flight >> other & 1) != 0;
  const Number likely = in_flight ? 0 : 1;
  clauses.Returns<Value>({}, "the actor sleeps in its call, or has returned from it");
  Bound& bound = clauses.Bind(0, likely, likely, {}, "blocked, or returned");
  bound.has_other = true;
  bound.other = 1 - likely;
}

}  // namespace shmspec::model
