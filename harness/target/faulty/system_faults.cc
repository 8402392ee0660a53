// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Limits, namespaces and procfs.

#include <algorithm>
#include <utility>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

// --- limits

template <auto kLimit, std::uint64_t kValue>
void Unlimit(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvGet>(call)) OwnNamespace(state, call).*kLimit = kValue;
}

void LowerShmmax(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvGet>(call)) --OwnNamespace(state, call).shmmax;
}

void DiscountRemoved(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvGet>(call)) return;
  model::IpcNamespace& ipc = OwnNamespace(state, call);
  for (const model::Segment& segment : ipc.segments) {
    if (segment.dest) ++ipc.shmmni;
  }
}

void KeepPages(const Aftermath& a) {
  for (std::size_t i = 0; i < a.before.namespaces.size(); ++i) {
    for (const model::Segment& old : a.before.namespaces[i]->segments) {
      const model::SegmentName name{static_cast<std::uint8_t>(i), old.serial};
      if (FindSegment(a.after, name) == nullptr) a.after.namespaces[i].Own().pages += old.pages;
    }
  }
}

void CheckShmallFirst(const Aftermath& a) {
  const auto* get = As<SysvGet>(a.call);
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (get == nullptr || failure == nullptr || failure->error.number != EINVAL) return;
  const model::IpcNamespace& ipc = NamespaceOf(a.before, a.call);
  const std::uint64_t pages = get->size.bytes / 4096;
  if (get->size.bytes > ipc.shmmax && ipc.pages + pages > ipc.shmall) a.Fail(ENOSPC);
}

void AcceptAnyLimit(const Aftermath& a) {
  const auto* write = As<SystemSysctlWrite>(a.call);
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (write == nullptr || failure == nullptr || failure->error.number != EINVAL) return;
  if (write->name == Sysctl::kShmmni) a.outcome = Value{0};
}

void ReadFewSegments(const Aftermath& a) {
  const auto* read = As<SystemSysctlRead>(a.call);
  auto* value = std::get_if<Value>(&a.outcome);
  if (read == nullptr || value == nullptr || read->name != Sysctl::kShmmni) return;
  if (value->number == 4096) value->number = 128;
}

void LimitLookup(const Aftermath& a) {
  const model::Segment* found =
      IsOneOf<SysvGet>(a.call) && a.Succeeded() ? ByKey(a.before, a.call) : nullptr;
  if (found != nullptr && found->size > NamespaceOf(a.before, a.call).shmmax) a.Fail(EINVAL);
}

// --- namespaces

void FindInOtherNamespaces(const Aftermath& a) {
  if (!IsOneOf<SysvGet>(a.call) || a.Succeeded() || a.call.references[0] == 0) return;
  const auto key = static_cast<std::int32_t>(a.call.references[0]);
  for (const auto& ipc : a.before.namespaces) {
    const model::Segment* found = FindByKey(*ipc, key);
    if (found != nullptr && ByKey(a.before, a.call) == nullptr) a.outcome = Value{found->id};
  }
}

void InheritLimits(const Aftermath& a) {
  const auto* unshare = As<ProcessUnshare>(a.call);
  if (unshare == nullptr || !a.Succeeded() || !unshare->namespaces.Has(kNamespaceIpc)) return;
  const model::IpcNamespace& old = NamespaceOf(a.before, a.call);
  model::IpcNamespace& ipc = OwnNamespace(a.after, a.call);
  ipc.shmmax = old.shmmax;
  ipc.shmmni = old.shmmni;
  ipc.shmall = old.shmall;
}

void DetachByUnshare(const Aftermath& a) {
  const auto* unshare = As<ProcessUnshare>(a.call);
  if (unshare == nullptr || !a.Succeeded() || !unshare->namespaces.Has(kNamespaceIpc)) return;
  UnmapAttaches(a.after, a.call, ProcessOf(a.after, a.call));
}

void UnshareForAnyone(model::State& state, const model::Call& call) {
  if (IsOneOf<ProcessUnshare>(call)) OwnCredentials(state, call).caps |= kCapSysAdmin;
}

void WriteForAnyone(model::State& state, const model::Call& call) {
  if (!IsOneOf<SystemSysctlWrite>(call)) return;
  const std::uint64_t owner = NamespaceOf(state, call).owner;
  model::Credentials& credentials = OwnCredentials(state, call);
  credentials.uid = 0;
  credentials.caps |= kCapSysAdmin;
  credentials.user_namespace = owner;
  credentials.nested = false;
}

void StayInNamespace(const Aftermath& a) {
  if (IsOneOf<ProcessEnterNamespace>(a.call) && a.Succeeded()) a.after = a.before;
}

void ShareUndosAcrossNamespaces(const Aftermath& a) {
  const auto* clone = As<ProcessClone>(a.call);
  if (clone == nullptr || !clone->shares.Has(kNewIpc | kShareSemaphoreUndo)) return;
  if (!a.Succeeded()) a.outcome = Value{0};
}

// --- listings

void HideState(SegmentRow& row) { row.mode.bits &= 0777; }
void SwapProcesses(SegmentRow& row) { std::swap(row.cpid, row.lpid); }
void CountOneMore(SegmentRow& row) { ++row.nattch; }

/// A listing that is held open shows the namespace that its reader is in now.
void ListWhereReaderIs(const model::State&, model::Call&, Operation& operation) {
  if (auto* segments = std::get_if<SystemSegments>(&operation)) segments->held = false;
}

void ReopenForAnyone(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<MapReopen>(a.call) || failure == nullptr) return;
  if (failure->error.number == EPERM) a.outcome = Value{0};
}

void MisnameMappings(const Aftermath& a) {
  auto* table = std::get_if<MappingTable>(&a.outcome);
  if (table == nullptr) return;
  for (MappingRow& row : table->rows) row.name = "/dev/zero (deleted)";
}

constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};
constexpr std::uint64_t kManySegments = 1 << 15;

constexpr SeededFault kFaults[] = {
    {"shmmni_is_ignored", "LIMIT.SHMMNI_ENOSPC"_req, "any number of segments can be created",
     Disguise<Unlimit<&model::IpcNamespace::shmmni, kManySegments>>},
    {"shmmni_forgets_removed_segments", "LIMIT.SHMMNI_COUNTS_PENDING"_req,
     "segments that wait for their last detach are not counted", Disguise<DiscountRemoved>},
    {"shmmni_takes_any_number", "LIMIT.SHMMNI_RANGE"_req,
     "writing a number out of range to shmmni succeeds", Afterwards<AcceptAnyLimit>},
    {"shmmni_has_another_default", "LIMIT.DEFAULTS"_req, "the default of shmmni is 128",
     Afterwards<ReadFewSegments>},
    {"shmmax_is_ignored", "LIMIT.SHMMAX_EXACT"_req, "segments may be larger than shmmax",
     Disguise<Unlimit<&model::IpcNamespace::shmmax, kNoLimit>>},
    {"shmmax_excludes_itself", "LIMIT.SHMMAX_EXACT"_req, "segments must be smaller than shmmax",
     Disguise<LowerShmmax>},
    {"shmmax_limits_lookup", "LIMIT.LOWERING_KEEPS_EXISTING"_req,
     "shmget does not find a segment that is larger than shmmax now", Afterwards<LimitLookup>},
    {"shmall_is_ignored", "LIMIT.SHMALL_PAGES"_req, "segments may take more pages than shmall",
     Disguise<Unlimit<&model::IpcNamespace::shmall, kNoLimit>>},
    {"shmall_is_not_given_back", "LIMIT.SHMALL_RELEASED"_req,
     "the pages of a destroyed segment stay accounted for", Afterwards<KeepPages>},
    {"shmall_is_checked_first", "LIMIT.CHECK_ORDER"_req,
     "a size above shmmax and shmall gives ENOSPC", Afterwards<CheckShmallFirst>},
    {"namespaces_share_keys", "NS.IPC.ISOLATES_KEYS"_req,
     "shmget finds segments of other namespaces", Afterwards<FindInOtherNamespaces>},
    {"namespaces_inherit_limits", "NS.IPC.FRESH_LIMITS"_req,
     "a new namespace has the limits of the old one", Afterwards<InheritLimits>},
    {"unshare_detaches", "NS.IPC.ATTACH_SURVIVES_SWITCH"_req,
     "a process that leaves its namespace loses its attaches", Afterwards<DetachByUnshare>},
    {"anyone_may_unshare", "NS.IPC.UNSHARE_NEEDS_CAP"_req,
     "a namespace can be made without privilege", Disguise<UnshareForAnyone>},
    {"anyone_may_set_limits", "NS.IPC.SYSCTL_OWNER"_req,
     "the sysctls can be written without privilege", Disguise<WriteForAnyone>},
    {"setns_has_no_effect", "NS.IPC.SETNS"_req,
     "setns says that the namespace was entered and it was not", Afterwards<StayInNamespace>},
    {"undos_are_shared_across_namespaces", "NS.IPC.CLONE_SYSVSEM_CONFLICT"_req,
     "clone takes CLONE_NEWIPC and CLONE_SYSVSEM together", Afterwards<ShareUndosAcrossNamespaces>},
    {"procfs_held_open_follows_its_reader", "PROC.SYSVIPC.NAMESPACE_AT_OPEN"_req,
     "an open /proc/sysvipc/shm shows the namespace of its reader", Rewritten<ListWhereReaderIs>},
    {"map_files_open_for_anyone", "PROC.MAP_FILES"_req,
     "entries of /proc/PID/map_files can be reopened without privilege",
     Afterwards<ReopenForAnyone>},
    {"procfs_lists_own_segments_only", "PROC.SYSVIPC.WORLD_READABLE"_req,
     "/proc/sysvipc/shm hides the segments of others", Afterwards<ListOwnOnly<SystemSegments>>},
    {"procfs_hides_states", "PROC.SYSVIPC.FORMAT"_req,
     "/proc/sysvipc/shm does not show SHM_DEST and SHM_LOCKED",
     Afterwards<ChangeRows<SystemSegments, HideState>>},
    {"procfs_swaps_columns", "PROC.SYSVIPC.SHM_COLUMNS"_req,
     "/proc/sysvipc/shm shows lpid before cpid",
     Afterwards<ChangeRows<SystemSegments, SwapProcesses>>},
    {"procfs_counts_one_more", "PROC.SYSVIPC.AGREES_WITH_STAT"_req,
     "/proc/sysvipc/shm shows one attach too many",
     Afterwards<ChangeRows<SystemSegments, CountOneMore>>},
    {"maps_name_is_wrong", "PROC.MAPS.SYSV_NAME"_req,
     "/proc/PID/maps does not name attaches by their key", Afterwards<MisnameMappings>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
