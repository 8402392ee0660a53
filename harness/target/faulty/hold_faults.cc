// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that show files in memory in the wrong way, hold them too loosely against seals, or do
// not keep what is said of them in pid and IPC namespaces.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

// --- names

void ShowNoName(const Aftermath& a) {
  if (IsOneOf<MemfdShowsName>(a.call) && a.Succeeded()) a.outcome = Value{0};
}

void CutShownName(const Aftermath& a) {
  constexpr std::size_t kShown = 15;
  const auto* shows = As<MemfdShowsName>(a.call);
  if (shows != nullptr && a.Succeeded() && shows->name.size() > kShown) a.outcome = Value{0};
}

/// The row of map.show, for changing, and whether it is of memory that no descriptor stood for.
struct Shown {
  MappingRow* row = nullptr;
  bool anonymous = false;
};
Shown ShownBy(const Aftermath& a) {
  auto* table = std::get_if<MappingTable>(&a.outcome);
  if (!IsOneOf<MapShow>(a.call) || table == nullptr || table->rows.size() != 1) return {};
  const model::Mapping* mapping = a.before.processes[ProcessOf(a.before, a.call)].space->Find(
      static_cast<std::uint64_t>(a.call.references[0]));
  if (mapping == nullptr || mapping->node() == nullptr) return {};
  return {&table->rows.front(), NodeOf(a.before, mapping->node()->node).anonymous};
}

template <bool kAnonymous>
void HideName(const Aftermath& a) {
  const Shown shown = ShownBy(a);
  if (shown.row != nullptr && shown.anonymous == kAnonymous) shown.row->name = "";
}

void ShowAllShared(const Aftermath& a) {
  if (const Shown shown = ShownBy(a); shown.row != nullptr) shown.row->shared = true;
}

void ShowNoOffset(const Aftermath& a) {
  if (const Shown shown = ShownBy(a); shown.row != nullptr) shown.row->offset = 0;
}

void Link(const Aftermath& a) {
  if (IsOneOf<MemfdLink>(a.call)) a.outcome = Value{0};
}

/// A second piece of shared anonymous memory is the first one.
void ReuseAnonymous(const Aftermath& a) {
  const auto* map = As<MapMap>(a.call);
  model::Mapping* mapping = map != nullptr && map->flags.Has(kMapAnonymous) ? Mapped(a) : nullptr;
  if (mapping == nullptr || mapping->node() == nullptr) return;
  for (const model::Node& node : *a.after.nodes) {
    if (!node.anonymous || node.size < mapping->size()) continue;
    if (node.serial == mapping->node()->node) continue;
    HoldObject(a.after, node.object);
    DropObject(a.after, mapping->object);
    mapping->object = node.object;
    return;
  }
}

// --- vm.memfd_noexec

void SetEverywhere(const Aftermath& a) {
  const auto* set = As<MemfdSetNoexec>(a.call);
  if (set == nullptr || !a.Succeeded()) return;
  for (model::PidNamespace& pids : a.after.pid_namespaces) pids.noexec = set->value;
}

void LoosenAnyway(const Aftermath& a) {
  const auto* set = As<MemfdSetNoexec>(a.call);
  if (set != nullptr && !a.Succeeded() && set->value >= 0 && set->value <= 2) a.outcome = Value{0};
}

void SetAnything(const Aftermath& a) {
  const auto* set = As<MemfdSetNoexec>(a.call);
  if (set != nullptr && !a.Succeeded() && set->value > 2) a.outcome = Value{0};
}

/// Only what was set in the namespace itself counts.
void ForgetParents(model::State& state, const model::Call& call) {
  if (!IsOneOf<MemfdCreate, MemfdGetNoexec>(call)) return;
  const std::uint8_t own = state.processes[ProcessOf(state, call)].pids;
  for (std::size_t i = 0; i < state.pid_namespaces.size(); ++i) {
    if (i != own) state.pid_namespaces[i].noexec = 0;
  }
}

template <std::int64_t kMost>
void LowerNoexec(model::State& state, const model::Call& call) {
  if (!IsOneOf<MemfdCreate>(call)) return;
  for (model::PidNamespace& pids : state.pid_namespaces) {
    pids.noexec = std::min(pids.noexec, kMost);
  }
}

// --- seals

void SealSockets(const Aftermath& a) {
  const model::Node* node = IsOneOf<MemfdGetSeals>(a.call) ? NodeNamed(a.before, a.call) : nullptr;
  if (node != nullptr && !node->has_seals) a.outcome = Value{kSealSeal};
}

void ForbidSealsOfSockets(const Aftermath& a) {
  const model::Node* node = IsOneOf<MemfdAddSeals>(a.call) ? NodeNamed(a.before, a.call) : nullptr;
  if (node != nullptr && !node->has_seals) a.outcome = Failure{{EPERM}};
}

/// Whether the call fails because of pages that are held: no mapping writes.
bool IsRefusedByPins(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<MemfdAddSeals>(a.call) || failure == nullptr || failure->error.number != EBUSY) {
    return false;
  }
  const std::uint32_t serial = NodeNamed(a.before, a.call)->serial;
  for (const model::Process& process : a.before.processes) {
    for (const model::Mapping& mapping : process.space->mappings()) {
      const model::NodeBacking* node = mapping.node();
      if (node != nullptr && node->shared && node->node == serial) return false;
    }
  }
  return true;
}

void SealNevertheless(const Aftermath& a) {
  OwnNodeNamed(a.after, a.call)->seals |= As<MemfdAddSeals>(a.call)->seals.bits;
}

void IgnorePins(const Aftermath& a) {
  if (!IsRefusedByPins(a)) return;
  SealNevertheless(a);
  a.outcome = Value{0};
}

void SealAndFail(const Aftermath& a) {
  if (IsRefusedByPins(a)) SealNevertheless(a);
}

void IgnorePinsOfOthers(const Aftermath& a) {
  if (!IsRefusedByPins(a)) return;
  const bool own = std::any_of(a.before.pins.begin(), a.before.pins.end(),
                               [&](const model::Pin& pin) { return pin.actor == a.call.actor; });
  if (!own) IgnorePins(a);
}

/// Pages are held for ever.
void NeverUnpin(const Aftermath& a) {
  if (IsOneOf<MemoryUnpin>(a.call)) a.after.pins = a.before.pins;
}

/// A mapping that is made at the same time is not seen.
void MissMappings(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<MemfdAddSeals>(a.call) || failure == nullptr || !a.call.overlapped) return;
  if (failure->error.number != EBUSY) return;
  SealNevertheless(a);
  a.outcome = Value{0};
}

// --- what is shown of memory and keys

void ShowNothingInUse(const Aftermath& a) {
  if (IsOneOf<ProcessResident>(a.call) && a.Succeeded()) a.outcome = Value{0};
}

void KeyFollowsName(const Aftermath& a) {
  const auto* keeps = As<SysvKeepsKey>(a.call);
  if (keeps != nullptr && !keeps->made_again) a.outcome = Value{0};
}

void AvoidMinusOne(const Aftermath& a) {
  if (IsOneOf<SysvKeyMinusOne>(a.call)) a.outcome = Value{-2};
}

void FailWithKey(const Aftermath& a) {
  if (IsOneOf<SysvKeyMinusOne>(a.call)) a.Fail(EINVAL);
}

/// The segments of a namespace stay locked when its last member has left.
void KeepNamespaces(const Aftermath& a) {
  if (!IsOneOf<SysvLock>(a.call) || !a.Succeeded()) return;
  const model::Process& process = a.before.processes[ProcessOf(a.before, a.call)];
  const std::uint32_t user = CredentialsOf(a.before, a.call).real_uid;
  std::uint64_t pages = 0;
  for (const auto& ipc : a.after.namespaces) {
    for (const model::Segment& segment : ipc->segments) {
      if (segment.locked && segment.lock_user == user) pages += segment.lock_pages;
    }
  }
  const bool capable = (CredentialsOf(a.before, a.call).caps & kCapIpcLock) != 0;
  if (!capable && pages > process.memlock / 4096) a.Fail(ENOMEM);
}

constexpr SeededFault kFaults[] = {
    {"memfd_shows_no_name", "MEMFD.PROC_NAME"_req, "/proc/PID/fd does not show the name of a memfd",
     Afterwards<ShowNoName>},
    {"shown_names_are_cut", "MEMFD.PROC_NAME"_req, "/proc/PID/fd shows 15 bytes of a name",
     Afterwards<CutShownName>},
    {"maps_show_no_memfd", "MEMFD.PROC_NAME"_req,
     "/proc/PID/maps does not show the name of a memfd", Afterwards<HideName<false>>},
    {"maps_show_memfds_shared", "MEMFD.PROC_NAME"_req,
     "/proc/PID/maps shows private mappings of a memfd as shared", Afterwards<ShowAllShared>},
    {"maps_show_no_offset", "MEMFD.PROC_NAME"_req,
     "/proc/PID/maps shows the offset 0 for every memfd", Afterwards<ShowNoOffset>},
    {"memfd_can_be_linked", "MEMFD.NO_LINK"_req, "linkat gives a memfd a name", Afterwards<Link>},
    {"maps_show_no_anonymous_memory", "ANON.NOT_REACHABLE_OTHERWISE"_req,
     "/proc/PID/maps shows no name for shared anonymous memory", Afterwards<HideName<true>>},
    {"anonymous_memory_is_one", "ANON.NOT_REACHABLE_OTHERWISE"_req,
     "another piece of shared anonymous memory is the first one", Afterwards<ReuseAnonymous>},
    {"noexec_is_one_for_all", "MEMFD.NOEXEC_SYSCTL"_req,
     "vm.memfd_noexec holds in every pid namespace", Afterwards<SetEverywhere>},
    {"noexec_can_be_loosened", "MEMFD.NOEXEC_SYSCTL"_req,
     "vm.memfd_noexec takes less than holds around the namespace", Afterwards<LoosenAnyway>},
    {"noexec_takes_anything", "MEMFD.NOEXEC_SYSCTL"_req, "vm.memfd_noexec takes 3",
     Afterwards<SetAnything>},
    {"noexec_is_not_inherited", "MEMFD.NOEXEC_SYSCTL"_req,
     "vm.memfd_noexec does not reach namespaces within", Disguise<ForgetParents>},
    {"noexec_has_no_effect", "MEMFD.NOEXEC_SYSCTL"_req, "memfd_create ignores vm.memfd_noexec",
     Disguise<LowerNoexec<0>>},
    {"noexec_refuses_nothing", "MEMFD.NOEXEC_SYSCTL"_req,
     "memfd_create takes MFD_EXEC whatever vm.memfd_noexec is", Disguise<LowerNoexec<1>>},
    {"sockets_have_seals", "SEAL.UNSUPPORTED_FILES"_req,
     "F_GET_SEALS of a socket shows F_SEAL_SEAL", Afterwards<SealSockets>},
    {"seals_of_sockets_are_forbidden", "SEAL.UNSUPPORTED_FILES"_req,
     "F_ADD_SEALS of a socket fails with EPERM", Afterwards<ForbidSealsOfSockets>},
    {"held_pages_are_not_busy", "SEAL.WRITE_PINNED_EBUSY"_req,
     "F_SEAL_WRITE does not look for pages that are held", Afterwards<IgnorePins>},
    {"busy_file_is_sealed", "SEAL.WRITE_PINNED_EBUSY"_req,
     "F_SEAL_WRITE fails because of pages that are held after it was added",
     Afterwards<SealAndFail>},
    {"pages_held_by_others_are_not_busy", "SEAL.WRITE_PINNED_EBUSY"_req,
     "F_SEAL_WRITE does not look for pages that others hold", Afterwards<IgnorePinsOfOthers>},
    {"held_pages_stay_busy", "SEAL.WRITE_PINNED_EBUSY"_req,
     "pages that were in a pipe are busy when it is closed", Afterwards<NeverUnpin>},
    {"seal_misses_a_mapping_made_meanwhile", "SEAL.WRITE_RACE_MMAP"_req,
     "F_SEAL_WRITE does not see mappings that are made at the same time", Afterwards<MissMappings>},
    {"shared_memory_in_use_is_not_shown", "PROC.STATUS.RSS_SHMEM"_req,
     "RssShmem of /proc/PID/status is 0", Afterwards<ShowNothingInUse>},
    {"key_depends_on_the_name", "SYSV.FTOK.RECREATE_UNSPECIFIED"_req,
     "ftok gives another key when the file is renamed", Afterwards<KeyFollowsName>},
    {"ftok_avoids_minus_one", "SYSV.FTOK.MINUS_ONE_AMBIGUOUS"_req, "no key is -1",
     Afterwards<AvoidMinusOne>},
    {"ftok_fails_with_a_key", "SYSV.FTOK.MINUS_ONE_AMBIGUOUS"_req,
     "ftok sets errno where the key is -1", Afterwards<FailWithKey>},
    {"namespaces_outlive_their_members", "NS.IPC.DESTROYED_WITH_LAST_MEMBER"_req,
     "segments stay when the last member of their namespace leaves", Afterwards<KeepNamespaces>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
