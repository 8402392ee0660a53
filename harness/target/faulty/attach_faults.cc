// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmat(2) and shmdt(2).

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::int64_t kPage = 4096;

void MakeWritable(const Aftermath& a) {
  if (model::Mapping* mapping = Attached(a)) mapping->protection |= model::kProtectWrite;
}

void LetUpgrade(const Aftermath& a) {
  if (model::Mapping* mapping = Attached(a)) mapping->max_protection = 7;
}

template <std::uint64_t kFlag>
void DropFlag(const model::State&, model::Call&, Operation& operation) {
  if (auto* attach = std::get_if<SysvAttach>(&operation)) attach->flags.bits &= ~kFlag;
}

template <std::uint64_t kFlag>
void AddFlagAtAddress(const model::State&, model::Call& call, Operation& operation) {
  auto* attach = std::get_if<SysvAttach>(&operation);
  if (attach != nullptr && call.references[1] != 0) attach->flags.bits |= kFlag;
}

void RoundUpwards(const model::State&, model::Call& call, Operation& operation) {
  auto* attach = std::get_if<SysvAttach>(&operation);
  if (attach == nullptr || !attach->flags.Has(kRound)) return;
  if (call.references[1] % kPage != 0) call.references[1] += kPage;
}

void AcceptRemapAtNull(const model::State&, model::Call& call, Operation& operation) {
  auto* attach = std::get_if<SysvAttach>(&operation);
  if (attach != nullptr && call.references[1] == 0) attach->flags.bits &= ~kRemap;
}

void IgnoreAddress(const model::State&, model::Call& call, Operation& operation) {
  auto* attach = std::get_if<SysvAttach>(&operation);
  if (attach == nullptr || attach->flags.Has(kRemap) || call.references[1] % kPage != 0) return;
  call.references[1] = 0;
}

void AttachWithoutAddressSpace(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvAttach>(call)) state.processes[ProcessOf(state, call)].as = ~std::uint64_t{0};
}

void LetWritersRead(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvAttach>(call)) return;
  ForEachSegment(state, [](model::SegmentName, model::Segment& segment) {
    segment.mode |= (segment.mode & 0222) << 1;
  });
}

void CountFailed(const Aftermath& a) {
  if (!IsOneOf<SysvAttach>(a.call) || a.Succeeded()) return;
  if (model::Segment* segment = OwnById(a.after, a.call)) ++segment->nattch;
}

void LeaveAtime(const Aftermath& a) {
  const model::Segment* old = IsOneOf<SysvAttach>(a.call) ? ById(a.before, a.call) : nullptr;
  model::Segment* segment = old != nullptr ? OwnById(a.after, a.call) : nullptr;
  if (segment != nullptr) segment->atime = old->atime;
}

void LeaveLastProcess(const Aftermath& a) {
  if (!IsOneOf<SysvAttach, SysvDetach>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    if (const model::Segment* old = Before(a, name)) segment.lpid = old->lpid;
  });
}

void LeaveDtime(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    if (const model::Segment* old = Before(a, name)) segment.dtime = old->dtime;
  });
}

void DetachAnything(const Aftermath& a) {
  if (IsOneOf<SysvDetach>(a.call) && !a.Succeeded()) a.outcome = Value{0};
}

/// The attach that holds the address of a detach, or null.
const model::Mapping* Detached(const model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvDetach>(call)) return nullptr;
  const auto address = static_cast<std::uint64_t>(call.references[0]);
  const model::Mapping* found = state.processes[ProcessOf(state, call)].space->Find(address);
  return found != nullptr && found->IsAttach() ? found : nullptr;
}

void DetachFromInside(const model::State& state, model::Call& call, Operation&) {
  const model::Mapping* mapping = Detached(state, call);
  if (mapping == nullptr || mapping->start < mapping->offset) return;
  call.references[0] = static_cast<std::int64_t>(mapping->start - mapping->offset);
}

void DetachAll(const Aftermath& a) {
  const model::Mapping* mapping = a.Succeeded() ? Detached(a.before, a.call) : nullptr;
  if (mapping == nullptr) return;
  const model::SegmentName name = mapping->attach()->segment;
  UnmapAttaches(a.after, a.call, ProcessOf(a.after, a.call), &name);
}

void LeaveMapped(const Aftermath& a) {
  const model::Mapping* old = a.Succeeded() ? Detached(a.before, a.call) : nullptr;
  if (old == nullptr) return;
  const model::Segment* segment = FindSegment(a.after, old->attach()->segment);
  model::Process& process = a.after.processes[ProcessOf(a.after, a.call)];
  if (segment == nullptr || process.space->Overlaps(old->start, old->end)) return;
  model::Mapping left = *old;
  left.backing = model::NoBacking{};
  process.space.Own().Insert(left);
  HoldObject(a.after, left.object);
}

void DetachEverywhere(const Aftermath& a) {
  const model::Mapping* mapping = a.Succeeded() ? Detached(a.before, a.call) : nullptr;
  if (mapping == nullptr) return;
  const model::SegmentName name = mapping->attach()->segment;
  const std::uint8_t own = ProcessOf(a.after, a.call);
  for (std::size_t i = 0; i < a.after.processes.size(); ++i) {
    if (i != own) UnmapAttaches(a.after, a.call, static_cast<std::uint8_t>(i), &name);
  }
}

void DetachAgain(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call) || !std::holds_alternative<Failure>(a.outcome)) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Process& process = a.before.processes[ProcessOf(a.before, a.call)];
  if (process.space->IsKnownFree(address, address + 1)) a.outcome = Value{0};
}

/// How many mappings of the segment come first in their process, as `same` compares them.
template <class Same>
std::int64_t CountDistinct(const model::State& state, std::uint32_t serial, Same same) {
  std::int64_t count = 0;
  for (const model::Process& process : state.processes) {
    const auto& mappings = process.space->mappings();
    for (std::size_t i = 0; i < mappings.size(); ++i) {
      if (mappings[i].segment() != serial) continue;
      bool first = true;
      for (std::size_t j = 0; j < i; ++j) {
        if (mappings[j].segment() == serial && same(mappings[j], mappings[i])) first = false;
      }
      if (first) ++count;
    }
  }
  return count;
}

void CountProcesses(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr) return;
  RecordOf(a)->nattch = CountDistinct(
      a.before, segment->serial, [](const model::Mapping&, const model::Mapping&) { return true; });
}

void CountCallsOnly(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr) return;
  RecordOf(a)->nattch = CountDistinct(
      a.before, segment->serial,
      [](const model::Mapping& x, const model::Mapping& y) { return x.backing == y.backing; });
}

constexpr SeededFault kFaults[] = {
    {"read_only_attach_is_writable", "SYSV.SHMAT.RDONLY_FAULTS"_req,
     "SHM_RDONLY does not keep anybody from storing", Afterwards<MakeWritable>},
    {"read_only_attach_is_upgradable", "SYSV.SHMAT.RDONLY_NOT_UPGRADABLE"_req,
     "mprotect makes a read-only attach writable", Afterwards<LetUpgrade>},
    {"round_is_ignored", "SYSV.SHMAT.RND_ROUNDS_DOWN"_req, "SHM_RND has no effect",
     Rewritten<DropFlag<kRound>>},
    {"round_goes_up", "SYSV.SHMAT.RND_ROUNDS_DOWN"_req, "SHM_RND rounds the address up",
     Rewritten<RoundUpwards>},
    {"round_is_always_on", "SYSV.SHMAT.MISALIGNED"_req,
     "shmat rounds an address inside a page without being asked",
     Rewritten<AddFlagAtAddress<kRound>>},
    {"remap_is_always_on", "SYSV.SHMAT.OCCUPIED_EINVAL"_req,
     "shmat at an address replaces what is mapped there", Rewritten<AddFlagAtAddress<kRemap>>},
    {"remap_is_ignored", "SYSV.SHMAT.REMAP_REPLACES"_req, "SHM_REMAP has no effect",
     Rewritten<DropFlag<kRemap>>},
    {"remap_at_null_is_accepted", "SYSV.SHMAT.REMAP_NULL_EINVAL"_req,
     "shmat with SHM_REMAP and no address picks one", Rewritten<AcceptRemapAtNull>},
    {"replaced_attach_is_still_counted", "SYSV.SHMAT.REMAP_REPLACES"_req,
     "an attach that another replaces stays in shm_nattch", Afterwards<KeepCount<SysvAttach>>},
    {"address_is_a_hint", "SYSV.SHMAT.EXACT_ADDRESS"_req,
     "shmat picks an address although one is given", Rewritten<IgnoreAddress>},
    {"execute_is_ignored", "SYSV.SHMAT.EXEC_NEEDS_X"_req,
     "SHM_EXEC asks for no permission and gives none", Rewritten<DropFlag<kExecute>>},
    {"address_space_limit_is_ignored", "SYSV.SHMAT.RLIMIT_AS"_req,
     "shmat does not look at RLIMIT_AS", Disguise<AttachWithoutAddressSpace>},
    {"write_permission_implies_read", "SYSV.SHMAT.NO_WRITE_ONLY"_req,
     "shmat lets those attach who may only write", Disguise<LetWritersRead>},
    {"failed_attach_is_counted", "SYSV.SHMAT.FAILURE_NO_EFFECT"_req,
     "an attach that fails raises shm_nattch", Afterwards<CountFailed>},
    {"attach_leaves_atime", "SYSV.SHMAT.SUCCESS_UPDATES"_req, "shmat does not set shm_atime",
     Afterwards<LeaveAtime>},
    {"attach_leaves_lpid", "SYSV.STAT.LPID"_req, "shmat and shmdt do not set shm_lpid",
     Afterwards<LeaveLastProcess>},
    {"detach_leaves_dtime", "SYSV.SHMDT.UPDATES"_req, "shmdt does not set shm_dtime",
     Afterwards<LeaveDtime>},
    {"detach_is_still_counted", "SYSV.SHMDT.UPDATES"_req, "shmdt does not lower shm_nattch",
     Afterwards<KeepCount<SysvDetach>>},
    {"detach_of_anything_succeeds", "SYSV.SHMDT.NOT_START_ADDRESS"_req,
     "shmdt returns 0 where nothing is attached", Afterwards<DetachAnything>},
    {"detach_from_inside_succeeds", "SYSV.SHMDT.NOT_START_ADDRESS"_req,
     "shmdt takes any address inside the attach", Rewritten<DetachFromInside>},
    {"detach_takes_all_attaches", "SYSV.MULTI.DETACH_ONE"_req,
     "shmdt detaches every attach of the segment in the process", Afterwards<DetachAll>},
    {"detach_leaves_memory_mapped", "SYSV.SHMDT.BASIC"_req,
     "shmdt counts a detach but leaves the memory where it is", Afterwards<LeaveMapped>},
    {"detach_reaches_other_processes", "SYSV.SHMDT.OTHER_PROCESSES_UNAFFECTED"_req,
     "shmdt detaches the segment in every process", Afterwards<DetachEverywhere>},
    {"detach_can_be_repeated", "SYSV.SHMDT.TWICE"_req,
     "shmdt returns 0 where something was attached once", Afterwards<DetachAgain>},
    {"attaches_are_counted_by_process", "SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req,
     "shm_nattch is the number of processes", Afterwards<CountProcesses>},
    {"fragments_are_not_counted", "SYSV.VMA.MUNMAP_PART_KEEPS_ATTACH"_req,
     "shm_nattch is the number of calls to shmat, however they were cut",
     Afterwards<CountCallsOnly>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
