// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Time stamps that stay where they should move, once they were set, and those that move where they
// should stay. Neither shows when the call before was in the same second.

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

/// A call of these kinds leaves a stamp that was set before as it was.
template <auto kTime, class... Ops>
void KeepStamp(const Aftermath& a) {
  if (!IsOneOf<Ops...>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old != nullptr && (old->*kTime).high != 0) segment.*kTime = old->*kTime;
  });
}

/// A call of these kinds sets a stamp of the segment that its first argument names.
template <auto kTime, class... Ops>
void Stamp(const Aftermath& a) {
  if (!IsOneOf<Ops...>(a.call)) return;
  if (model::Segment* segment = OwnById(a.after, a.call)) segment->*kTime = a.call.when;
}

/// A detach sets a stamp of the segment, besides its own one.
template <auto kTime>
void StampByDetach(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call) || !a.Succeeded()) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old != nullptr && old->nattch != segment.nattch) segment.*kTime = a.call.when;
  });
}

/// A load or store updates times as an attach does.
void StampByAccess(const Aftermath& a) {
  if (!IsOneOf<MemoryLoad, MemoryStore>(a.call) || !a.Succeeded()) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* found =
      a.before.processes[ProcessOf(a.before, a.call)].space->Find(address);
  if (found == nullptr || !found->IsAttach()) return;
  OwnSegment(a.after, found->attach()->segment).atime = a.call.when;
}

constexpr auto kAtime = &model::Segment::atime;
constexpr auto kDtime = &model::Segment::dtime;
constexpr auto kCtime = &model::Segment::ctime;

constexpr SeededFault kFaults[] = {
    {"set_keeps_ctime", "SYSV.SET.CTIME"_req, "IPC_SET leaves shm_ctime as it was",
     Afterwards<KeepStamp<kCtime, SysvSet>>},
    {"attach_keeps_atime", "SYSV.SHMAT.SUCCESS_UPDATES"_req,
     "shmat sets shm_atime the first time only", Afterwards<KeepStamp<kAtime, SysvAttach>>},
    {"detach_keeps_dtime", "SYSV.SHMDT.UPDATES"_req, "shmdt sets shm_dtime the first time only",
     Afterwards<KeepStamp<kDtime, SysvDetach>>},
    {"fork_keeps_atime", "SYSV.LIFE.FORK_UPDATES_STAMPS"_req, "fork leaves shm_atime as it was",
     Afterwards<KeepStamp<kAtime, ProcessFork>>},
    {"exit_keeps_dtime", "SYSV.LIFE.EXIT_STAMPS"_req,
     "the end of a process leaves shm_dtime as it was",
     Afterwards<KeepStamp<kDtime, ProcessExit, ProcessKill>>},
    {"exec_keeps_dtime", "SYSV.LIFE.EXEC_DETACHES"_req, "exec leaves shm_dtime as it was",
     Afterwards<KeepStamp<kDtime, ProcessExec>>},
    {"unmap_keeps_dtime", "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req, "munmap leaves shm_dtime as it was",
     Afterwards<KeepStamp<kDtime, MapUnmap>>},
    {"split_keeps_atime", "SYSV.VMA.SPLIT_UPDATES_ATIME"_req,
     "mprotect of a part leaves shm_atime as it was", Afterwards<KeepStamp<kAtime, MapProtect>>},
    {"removal_moves_ctime", "SYSV.RMID.NO_CTIME"_req, "IPC_RMID sets shm_ctime",
     Afterwards<Stamp<kCtime, SysvRemove>>},
    {"attach_moves_ctime", "SYSV.STAT.ATTACH_NO_CTIME"_req, "shmat sets shm_ctime",
     Afterwards<Stamp<kCtime, SysvAttach>>},
    {"detach_moves_ctime", "SYSV.STAT.ATTACH_NO_CTIME"_req, "shmdt sets shm_ctime",
     Afterwards<StampByDetach<kCtime>>},
    {"lock_moves_ctime", "SYSV.STAT.ATTACH_NO_CTIME"_req, "SHM_LOCK and SHM_UNLOCK set shm_ctime",
     Afterwards<Stamp<kCtime, SysvLock, SysvUnlock>>},
    {"stat_moves_atime", "SYSV.STAT.NO_SIDE_EFFECT"_req, "IPC_STAT sets shm_atime",
     Afterwards<Stamp<kAtime, SysvStat>>},
    {"set_moves_atime", "SYSV.SET.FIELDS"_req, "IPC_SET sets shm_atime",
     Afterwards<Stamp<kAtime, SysvSet>>},
    {"attach_moves_dtime", "SYSV.SHMDT.UPDATES"_req, "shmat sets shm_dtime",
     Afterwards<Stamp<kDtime, SysvAttach>>},
    {"detach_moves_atime", "SYSV.SHMAT.SUCCESS_UPDATES"_req, "shmdt sets shm_atime",
     Afterwards<StampByDetach<kAtime>>},
    {"access_moves_atime", "SYSV.SHMAT.SUCCESS_UPDATES"_req,
     "a load or a store of the memory sets shm_atime", Afterwards<StampByAccess>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
