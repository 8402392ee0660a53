// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Faults of the places of mappings and of what happens to them later.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::int64_t kPage = 4096;

// --- shmat(2)

void MapLowForAnyone(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvAttach>(call) || call.references[1] == 0) return;
  OwnCredentials(state, call).caps |= kCapSysRawio;
}

/// The call treats an address that rounds to null as none.
template <std::uint64_t kFlag>
void TakeZeroPageForNone(const model::State&, model::Call& call, Operation& operation) {
  auto* attach = std::get_if<SysvAttach>(&operation);
  if (attach == nullptr || !attach->flags.Has(kRound) || !attach->flags.Has(kFlag)) return;
  if (call.references[1] <= 0 || call.references[1] >= kPage) return;
  call.references[1] = 0;
  attach->flags.bits &= ~kRemap;
}

void ReusePlace(const Aftermath& a) {
  if (Attached(a) == nullptr || a.call.references[1] != 0) return;
  const auto& mappings = a.before.processes[ProcessOf(a.before, a.call)].space->mappings();
  const auto taken = std::find_if(mappings.begin(), mappings.end(),
                                  [](const model::Mapping& m) { return m.IsAttach(); });
  if (taken == mappings.end()) return;
  a.outcome = Value{static_cast<std::int64_t>(taken->start)};
  a.after = a.before;
}

void CallOutOfRangeInvalid(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (failure == nullptr || failure->error.number != ENOMEM || !IsOneOf<SysvAttach>(a.call)) return;
  if (a.call.references[1] != 0) a.outcome = Failure{{EINVAL}};
}

void LimitAttaches(const Aftermath& a) {
  constexpr std::ptrdiff_t kMost = 10;
  if (Attached(a) == nullptr) return;
  const auto& mappings = a.after.processes[ProcessOf(a.after, a.call)].space->mappings();
  const auto count = std::count_if(mappings.begin(), mappings.end(),
                                   [](const model::Mapping& m) { return m.IsAttach(); });
  if (count > kMost) a.Fail(EMFILE);
}

void MissUnknownIdentifier(const Aftermath& a) {
  const bool failed = IsOneOf<SysvAttach>(a.call) && !a.Succeeded();
  if (failed && ById(a.before, a.call) == nullptr) a.outcome = Failure{{ENOENT}};
}

void EndAtLastByte(const Aftermath& a) {
  const model::Segment* created = Created(a);
  if (created == nullptr) return;
  model::MemoryObject& object = OwnObject(a.after, created->object);
  object.limit = object.vouched = created->size;
}

void ProtectLikeTheFirst(const Aftermath& a) {
  model::Mapping* attached = Attached(a);
  if (attached == nullptr) return;
  for (const model::Mapping& other :
       a.before.processes[ProcessOf(a.before, a.call)].space->mappings()) {
    if (other.segment() != attached->segment()) continue;
    attached->protection = other.protection;
    attached->max_protection = other.max_protection;
    return;
  }
}

void LeaveStampsOfSecond(const Aftermath& a) {
  const model::Segment* old = Attached(a) != nullptr ? ById(a.before, a.call) : nullptr;
  model::Segment* segment = old != nullptr ? OwnById(a.after, a.call) : nullptr;
  if (segment == nullptr || old->nattch == 0) return;
  segment->atime = old->atime;
  segment->lpid = old->lpid;
}

// --- fork(2), mprotect(2) and mremap(2)

void LetChildStore(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  model::AddressSpace& space = a.after.processes[fork->child.index].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    const bool readable = (space.at(i).protection & model::kProtectRead) != 0;
    if (space.at(i).IsAttach() && readable) space.at(i).protection |= model::kProtectWrite;
  }
}

void RefuseExecution(const Aftermath& a) {
  const auto* protect = As<MapProtect>(a.call);
  if (protect == nullptr || !a.Succeeded()) return;
  if (!protect->protection.Has(model::kProtectExecute)) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* mapping =
      a.before.processes[ProcessOf(a.before, a.call)].space->Find(address);
  if (mapping != nullptr && mapping->IsAttach()) a.Fail(EACCES);
}

void CountNeighboursOnce(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr) return;
  for (const model::Process& process : a.before.processes) {
    const auto& mappings = process.space->mappings();
    for (std::size_t i = 1; i < mappings.size(); ++i) {
      const bool fragments = mappings[i].segment() == segment->serial &&
                             mappings[i - 1].backing == mappings[i].backing &&
                             mappings[i - 1].end == mappings[i].start;
      if (fragments) --RecordOf(a)->nattch;
    }
  }
}

/// Index of the attach that mremap made or moved, or nullopt.
std::optional<std::size_t> Moved(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!IsOneOf<MapRemap>(a.call) || value == nullptr) return std::nullopt;
  const auto& mappings = a.after.processes[ProcessOf(a.after, a.call)].space->mappings();
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const bool there = mappings[i].start == static_cast<std::uint64_t>(value->number);
    if (there && mappings[i].IsAttach()) return i;
  }
  return std::nullopt;
}

void CopyDuplicate(const Aftermath& a) {
  const auto index = Moved(a);
  if (index && As<MapRemap>(a.call)->size.bytes == 0) {
    GiveOwnCopy(a, ProcessOf(a.after, a.call), *index);
  }
}

void GrowSegment(const Aftermath& a) {
  const auto index = Moved(a);
  if (!index) return;
  const model::Mapping mapping =
      a.after.processes[ProcessOf(a.after, a.call)].space->mappings()[*index];
  model::MemoryObject& object = OwnObject(a.after, mapping.object);
  object.limit = std::max(object.limit, mapping.offset + mapping.size());
}

void DisownMoved(const Aftermath& a) {
  const auto index = Moved(a);
  const auto* value = std::get_if<Value>(&a.outcome);
  if (!index || As<MapRemap>(a.call)->size.bytes == 0) return;
  if (value->number != a.call.references[0]) Disown(a.after, ProcessOf(a.after, a.call), *index);
}

void DetachByFragment(const model::State& state, model::Call& call, Operation& operation) {
  if (!std::holds_alternative<SysvDetach>(operation)) return;
  const auto address = static_cast<std::uint64_t>(call.references[0]);
  const model::Mapping* mapping = state.processes[ProcessOf(state, call)].space->Find(address);
  if (mapping == nullptr || !mapping->IsAttach() || mapping->start != address) return;
  if (mapping->offset < address) call.references[0] -= static_cast<std::int64_t>(mapping->offset);
}

/// A detach also removes sealed parts of the attach.
void DetachSealed(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Cause cause{model::FindProfile("linux"), model::OnlyProcess(process), a.call.when,
                           0};
  const std::vector<model::Mapping> mappings = a.after.processes[process].space->mappings();
  for (const model::Mapping& mapping : mappings) {
    if (!mapping.IsAttach() || mapping.start - mapping.offset != address) continue;
    UnmapRange(a.after, cause, process, mapping.start, mapping.end);
  }
}

/// The call rounds down an address between two huge pages, unasked.
void RoundToHugePages(const model::State& state, model::Call& call, Operation& operation) {
  constexpr std::int64_t kHugePage = 2 << 20;
  if (!std::holds_alternative<SysvAttach>(operation)) return;
  const model::Segment* segment = ById(state, call);
  if (segment != nullptr && segment->huge) call.references[1] -= call.references[1] % kHugePage;
}

constexpr SeededFault kFaults[] = {
    {"anyone_may_map_the_lowest_pages", "SYSV.SHMAT.MMAP_MIN_ADDR"_req,
     "shmat at an address below mmap_min_addr needs no privilege", Disguise<MapLowForAnyone>},
    {"zero_page_is_no_address", "SYSV.SHMAT.RND_TO_ZERO_PAGE"_req,
     "shmat picks an address when the one given is rounded to null",
     Rewritten<TakeZeroPageForNone<kRound>>},
    {"remap_of_the_zero_page_picks_an_address", "SYSV.SHMAT.REMAP_RND_TO_NULL_EINVAL"_req,
     "shmat with SHM_REMAP picks an address when the one given is rounded to null",
     Rewritten<TakeZeroPageForNone<kRemap>>},
    {"attach_without_address_reuses_one", "SYSV.SHMAT.NULL_KERNEL_CHOOSES"_req,
     "a second shmat without an address returns that of the first", Afterwards<ReusePlace>},
    {"out_of_range_is_invalid", "SYSV.SHMAT.OUT_OF_RANGE"_req,
     "shmat above the user range fails with EINVAL", Afterwards<CallOutOfRangeInvalid>},
    {"attaches_are_limited", "SYSV.SHMAT.MAP_COUNT"_req,
     "a process cannot have more than ten attaches", Afterwards<LimitAttaches>},
    {"unknown_identifier_gives_enoent", "SYSV.SHMAT.INVALID_ID"_req,
     "shmat of an identifier that names nothing fails with ENOENT",
     Afterwards<MissUnknownIdentifier>},
    {"segment_ends_at_its_last_byte", "SYSV.SHMGET.PAGE_ROUNDING"_req,
     "what lies behind the last byte asked for cannot be touched", Afterwards<EndAtLastByte>},
    {"second_attach_has_the_protection_of_the_first", "SYSV.MULTI.MIXED_PROTECTION"_req,
     "attaches of one segment in a process share their protection",
     Afterwards<ProtectLikeTheFirst>},
    {"second_attach_leaves_stamps", "SYSV.SHMAT.SUCCESS_UPDATES"_req,
     "only the first attach of a segment sets shm_atime and shm_lpid",
     Afterwards<LeaveStampsOfSecond>},
    {"child_may_store_to_a_read_only_attach", "SYSV.LIFE.FORK_INHERITS"_req,
     "a child's copy of a read-only attach is writable", Afterwards<LetChildStore>},
    {"attach_cannot_be_made_executable", "SYSV.SHMAT.EXEC_VIA_MPROTECT"_req,
     "mprotect refuses to make an attach executable", Afterwards<RefuseExecution>},
    {"neighbouring_fragments_count_once", "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req,
     "parts of an attach that lie side by side count once whatever their protection",
     Afterwards<CountNeighboursOnce>},
    {"duplicate_is_a_copy", "SYSV.VMA.MREMAP_DUPLICATE"_req,
     "mremap of no bytes makes a mapping with memory of its own", Afterwards<CopyDuplicate>},
    {"grown_mapping_grows_the_segment", "SYSV.VMA.MREMAP_GROW_BEYOND"_req,
     "mremap to more than the segment gives more memory", Afterwards<GrowSegment>},
    {"moved_mapping_is_no_attach", "SYSV.VMA.MREMAP_MOVE"_req,
     "mremap turns an attach into memory that is not counted", Afterwards<DisownMoved>},
    {"detach_breaks_seals", "SYSV.SHMDT.MSEALED_NOOP"_req, "shmdt unmaps what is sealed",
     Afterwards<DetachSealed>},
    {"huge_attach_is_rounded_unasked", "HUGE.ALIGNMENT"_req,
     "shmat rounds an address for huge pages down without SHM_RND", Rewritten<RoundToHugePages>},
    {"fragment_can_be_detached_by_its_address", "SYSV.VMA.SHMDT_FRAGMENT_ADDRESS_EINVAL"_req,
     "shmdt takes the address of a part of an attach", Rewritten<DetachByFragment>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
