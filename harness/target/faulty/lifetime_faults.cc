// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// fork(2), execve(2), exit, and removal.

#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

// --- processes

/// The process that a fork made, or nullopt.
std::optional<std::uint8_t> Child(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return std::nullopt;
  return fork->child.index;
}

void DisownChildsAttaches(const Aftermath& a) {
  const auto child = Child(a);
  if (!child) return;
  for (std::size_t i = 0; i < a.after.processes[*child].space->mappings().size(); ++i) {
    Disown(a.after, *child, i);
  }
}

void UnmapChildsAttaches(const Aftermath& a) {
  if (const auto child = Child(a)) UnmapAttaches(a.after, a.call, *child);
}

template <class... Ops>
void LeaveStamps(const Aftermath& a) {
  if (!IsOneOf<Ops...>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old == nullptr) return;
    segment.atime = old->atime;
    segment.dtime = old->dtime;
    segment.lpid = old->lpid;
  });
}

void LeaveStampsOfFailedFork(const Aftermath& a) {
  if (!a.Succeeded()) LeaveStamps<ProcessFork>(a);
}

void MakeProcess(const model::State&, model::Call&, Operation& operation) {
  if (const auto* thread = std::get_if<ProcessThread>(&operation)) {
    operation = ProcessFork{thread->child};
  }
}

void DetachByFailedExec(const Aftermath& a) {
  if (!IsOneOf<ProcessExec>(a.call) || a.Succeeded()) return;
  UnmapAttaches(a.after, a.call, ProcessOf(a.after, a.call));
}

void DetachByThread(const Aftermath& a) {
  const auto* exit = As<ProcessExit>(a.call);
  if (exit == nullptr || exit->how != ExitHow::kThread) return;
  UnmapAttaches(a.after, a.call, ProcessOf(a.after, a.call));
}

// --- destruction

/// Removes the segments for which the condition holds.
template <class Condition>
void TearAwayIf(const Aftermath& a, Condition condition) {
  std::vector<model::SegmentName> doomed;
  ForEachSegment(a.after, [&](model::SegmentName name, const model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old != nullptr && condition(*old, segment)) doomed.push_back(name);
  });
  for (const model::SegmentName name : doomed) TearAway(a.after, name);
}

void DestroyWithCreator(const Aftermath& a) {
  if (!IsOneOf<ProcessExit, ProcessKill>(a.call)) return;
  TearAwayIf(a, [](const model::Segment& old, const model::Segment& now) {
    return old.creator != model::kNobody && now.creator == model::kNobody;
  });
}

void DestroyAtLastDetach(const Aftermath& a) {
  TearAwayIf(a, [](const model::Segment& old, const model::Segment& now) {
    return old.nattch > 0 && now.nattch == 0;
  });
}

void DestroyAtOnce(const Aftermath& a) {
  if (!IsOneOf<SysvRemove>(a.call)) return;
  TearAwayIf(a, [](const model::Segment& old, const model::Segment& now) {
    return !old.dest && now.dest;
  });
}

/// The segment that was marked before the call and that the call removes again, or null.
const model::Segment* Removed(const Aftermath& a) {
  return IsOneOf<SysvRemove>(a.call) && a.Succeeded() ? ById(a.before, a.call) : nullptr;
}

void IgnoreRemovalOfAttached(const Aftermath& a) {
  const model::Segment* segment = Removed(a);
  if (segment != nullptr && segment->nattch != 0) a.after = a.before;
}

void DeferAlways(const Aftermath& a) {
  const model::Segment* old = Removed(a);
  if (old == nullptr || old->nattch != 0) return;
  a.after = a.before;
  model::Segment* segment = OwnById(a.after, a.call);
  segment->dest = true;
  segment->key = 0;
}

void RefuseAttachToRemoved(const Aftermath& a) {
  const model::Segment* old =
      IsOneOf<SysvAttach>(a.call) && a.Succeeded() ? ById(a.before, a.call) : nullptr;
  if (old != nullptr && old->dest) a.Fail(EIDRM);
}

void RefuseStatOfRemoved(const Aftermath& a) {
  const model::Segment* old =
      IsOneOf<SysvStat>(a.call) && a.Succeeded() ? ById(a.before, a.call) : nullptr;
  if (old != nullptr && old->dest) a.Fail(EIDRM);
}

// --- shm_rmid_forced

/// The setting that the call switches on, or null.
const SystemSysctlWrite* SwitchedOn(const Aftermath& a) {
  const auto* write = As<SystemSysctlWrite>(a.call);
  const bool on = write != nullptr && a.Succeeded() && write->name == Sysctl::kRmidForced;
  return on && write->value == 1 ? write : nullptr;
}

void ForgetForced(model::State& state, const model::Call& call) {
  if (IsOneOf<SystemSysctlWrite, SystemSysctlRead>(call)) return;
  for (auto& ipc : state.namespaces) {
    if (ipc->rmid_forced) ipc.Own().rmid_forced = false;
  }
}

void SwitchOnEverywhere(const Aftermath& a) {
  if (SwitchedOn(a) == nullptr) return;
  for (auto& ipc : a.after.namespaces) ipc.Own().rmid_forced = true;
}

void SpareOrphans(const Aftermath& a) {
  if (SwitchedOn(a) == nullptr) return;
  a.after = a.before;
  OwnNamespace(a.after, a.call).rmid_forced = true;
}

void CountSharedMemoryTwice(const Aftermath& a) {
  const auto* clone = As<ProcessClone>(a.call);
  if (clone == nullptr || !clone->shares.Has(kShareMemory) || !a.Succeeded()) return;
  for (const auto& mapping : a.after.processes[ProcessOf(a.after, a.call)].space->mappings()) {
    if (mapping.IsAttach()) ++OwnSegment(a.after, mapping.attach()->segment).nattch;
  }
}

constexpr SeededFault kFaults[] = {
    {"fork_does_not_count_attaches", "SYSV.LIFE.FORK_INHERITS"_req,
     "fork does not raise shm_nattch", Afterwards<DisownChildsAttaches>},
    {"fork_drops_attaches", "SYSV.LIFE.FORK_INHERITS"_req, "a child has no attaches",
     Afterwards<UnmapChildsAttaches>},
    {"fork_leaves_stamps", "SYSV.LIFE.FORK_UPDATES_STAMPS"_req,
     "fork sets neither shm_atime nor shm_lpid", Afterwards<LeaveStamps<ProcessFork>>},
    {"failed_fork_leaves_stamps", "SYSV.LIFE.FAILED_FORK_STAMPS"_req,
     "a fork that finds no process id sets neither times nor shm_lpid",
     Afterwards<LeaveStampsOfFailedFork>},
    {"thread_is_a_process", "SEED.THREADS_SHARE"_req,
     "a thread has attaches of its own, as a child would", Rewritten<MakeProcess>},
    {"exec_keeps_the_count", "SYSV.LIFE.EXEC_DETACHES"_req, "execve does not lower shm_nattch",
     Afterwards<KeepCount<ProcessExec>>},
    {"exit_keeps_the_count", "SYSV.LIFE.EXIT_DETACHES"_req, "exit does not lower shm_nattch",
     Afterwards<KeepCount<ProcessExit>>},
    {"kill_keeps_the_count", "SYSV.LIFE.SIGKILL_DETACHES"_req,
     "the death of a process by a signal does not lower shm_nattch",
     Afterwards<KeepCount<ProcessKill>>},
    {"unmap_keeps_the_count", "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req,
     "munmap does not lower shm_nattch", Afterwards<KeepCount<MapUnmap>>},
    {"map_over_keeps_the_count", "SYSV.VMA.MAP_FIXED_OVER"_req,
     "mmap over an attach does not lower shm_nattch", Afterwards<KeepCount<MapPrivate>>},
    {"exit_leaves_stamps", "SYSV.LIFE.EXIT_STAMPS"_req,
     "the end of a process sets neither shm_dtime nor shm_lpid",
     Afterwards<LeaveStamps<ProcessExit, ProcessKill>>},
    {"protect_leaves_stamps", "SYSV.VMA.SPLIT_UPDATES_ATIME"_req,
     "mprotect of a part sets neither shm_atime nor shm_lpid", Afterwards<LeaveStamps<MapProtect>>},
    {"failed_exec_detaches", "SYSV.LIFE.EXEC_FAIL_KEEPS"_req,
     "execve of a missing program detaches everything", Afterwards<DetachByFailedExec>},
    {"thread_exit_detaches", "SYSV.LIFE.THREAD_EXIT_NO_DETACH"_req,
     "the end of a thread detaches what its process attached", Afterwards<DetachByThread>},
    {"vfork_counts_attaches", "SYSV.LIFE.VFORK_SHARES"_req,
     "a child that shares the memory of its parent counts as an attach",
     Afterwards<CountSharedMemoryTwice>},
    {"creator_takes_its_segments", "SYSV.LIFE.CREATOR_DEATH_KEEPS"_req,
     "segments go with the process that created them", Afterwards<DestroyWithCreator>},
    {"last_detach_destroys", "SYSV.DATA.KERNEL_PERSISTENCE"_req,
     "a segment goes with its last attach, removed or not", Afterwards<DestroyAtLastDetach>},
    {"removal_destroys_at_once", "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req,
     "IPC_RMID does not wait for the last detach", Afterwards<DestroyAtOnce>},
    {"removal_of_attached_is_ignored", "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req,
     "IPC_RMID does nothing while the segment is attached", Afterwards<IgnoreRemovalOfAttached>},
    {"removal_always_waits", "SYSV.RMID.UNATTACHED_IMMEDIATE"_req,
     "IPC_RMID waits for a last detach where nothing is attached", Afterwards<DeferAlways>},
    {"removed_segment_refuses_attaches", "SYSV.RMID.ATTACH_BY_ID_AFTER"_req,
     "shmat to a removed segment fails", Afterwards<RefuseAttachToRemoved>},
    {"removed_segment_refuses_stat", "SYSV.RMID.DEST_FLAG"_req,
     "IPC_STAT of a removed segment fails", Afterwards<RefuseStatOfRemoved>},
    {"forced_removal_is_ignored", "SYSV.FORCED.LAST_DETACH_DESTROYS"_req,
     "shm_rmid_forced has no effect", Disguise<ForgetForced>},
    {"forced_removal_is_global", "SYSV.FORCED.PER_NAMESPACE"_req,
     "shm_rmid_forced is one for all namespaces", Afterwards<SwitchOnEverywhere>},
    {"forced_removal_spares_orphans", "SYSV.FORCED.SWITCH_ON_DESTROYS_ORPHANS"_req,
     "switching shm_rmid_forced on leaves the orphans there are", Afterwards<SpareOrphans>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
