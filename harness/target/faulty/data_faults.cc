// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Faults of the contents of memory.

#include <array>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

/// Every byte of an object becomes zero.
void Blank(model::State& state, std::uint64_t serial) {
  model::MemoryObject& object = OwnObject(state, serial);
  model::MemoryObject blank;
  blank.limit = object.limit;
  blank.vouched = object.vouched;
  blank.references = object.references;
  object = std::move(blank);
}

template <bool kReadOnlyOnly>
void CopyAtAttach(const Aftermath& a) {
  const model::Mapping* attached = Attached(a);
  if (attached == nullptr) return;
  if (kReadOnlyOnly && !As<SysvAttach>(a.call)->flags.Has(kReadOnly)) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const auto& mappings = a.after.processes[process].space->mappings();
  GiveOwnCopy(a, process, static_cast<std::size_t>(attached - mappings.data()));
}

void CopyAtFork(const Aftermath& a) {
  const auto* fork = As<ProcessFork>(a.call);
  if (fork == nullptr || !a.Succeeded()) return;
  const std::uint8_t child = fork->child.index;
  for (std::size_t i = 0; i < a.after.processes[child].space->mappings().size(); ++i) {
    if (a.after.processes[child].space->mappings()[i].IsAttach()) GiveOwnCopy(a, child, i);
  }
}

void CopyAtPin(const Aftermath& a) {
  if (!IsOneOf<ProcessPin>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  for (std::size_t i = 0; i < a.after.processes[process].space->mappings().size(); ++i) {
    if (a.after.processes[process].space->mappings()[i].IsAttach()) GiveOwnCopy(a, process, i);
  }
}

void LeaveGarbage(const Aftermath& a) {
  const model::Segment* created = Created(a);
  if (created == nullptr) return;
  constexpr std::array<std::uint8_t, 8> kGarbage{0x6b, 0x6b, 0x6b, 0x6b, 0x6b, 0x6b, 0x6b, 0xa5};
  OwnObject(a.after, created->object).Write(0, kGarbage);
}

void LoseAtLastDetach(const Aftermath& a) {
  ForEachSegment(a.after, [&](model::SegmentName name, const model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old != nullptr && old->nattch > 0 && segment.nattch == 0) Blank(a.after, segment.object);
  });
}

void LoseAtRemoval(const Aftermath& a) {
  const bool removed = IsOneOf<SysvRemove>(a.call) && a.Succeeded();
  const model::Segment* segment = removed ? ById(a.after, a.call) : nullptr;
  if (segment != nullptr) Blank(a.after, segment->object);
}

void LoseTail(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName, const model::Segment& segment) {
    const std::uint64_t rest = segment.size % model::kPageBytes;
    if (rest == 0) return;
    OwnObject(a.after, segment.object).Zero(segment.size, model::kPageBytes - rest);
  });
}

void BleedIntoOthers(const Aftermath& a) {
  const auto* fill = As<MemoryFill>(a.call);
  if (fill == nullptr || !a.Succeeded()) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* filled = a.after.processes[ProcessOf(a.after, a.call)].space->Find(address);
  const std::array<std::uint8_t, 1> byte{static_cast<std::uint8_t>(fill->value + 1)};
  ForEachSegment(a.after, [&](model::SegmentName, const model::Segment& segment) {
    if (filled == nullptr || segment.object == filled->object) return;
    OwnObject(a.after, segment.object).Write(17, byte);
  });
}

void FillShort(const model::State&, model::Call&, Operation& operation) {
  auto* fill = std::get_if<MemoryFill>(&operation);
  if (fill != nullptr && fill->size.bytes > 1) --fill->size.bytes;
}

void StoreNarrow(const model::State&, model::Call&, Operation& operation) {
  auto* store = std::get_if<MemoryStore>(&operation);
  if (store != nullptr && store->width == Width::k8) store->width = Width::k4;
}

void AddShortOfTheLine(const model::State&, model::Call& call, Operation& operation) {
  constexpr std::int64_t kLine = 64;
  auto* add = std::get_if<MemoryFetchAdd>(&operation);
  if (add == nullptr || add->width != Width::k8) return;
  if (call.references[0] % kLine > kLine - 8) add->width = Width::k4;
}

void AdviseAway(const Aftermath& a) {
  const auto* advise = As<MapAdvise>(a.call);
  if (advise == nullptr || !a.Succeeded() || advise->advice != Advice::kDontNeed) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* mapping =
      a.after.processes[ProcessOf(a.after, a.call)].space->Find(address);
  if (mapping != nullptr && mapping->IsAttach()) Blank(a.after, mapping->object);
}

template <Advice kAdvice>
void IgnoreAdvice(const model::State&, model::Call&, Operation& operation) {
  auto* advise = std::get_if<MapAdvise>(&operation);
  if (advise != nullptr && advise->advice == kAdvice) advise->advice = Advice::kWillNeed;
}

void LoseTransfer(const Aftermath& a) {
  if (IsOneOf<MemoryTransfer>(a.call)) a.after = a.before;
}

constexpr SeededFault kFaults[] = {
    {"attach_copies_the_memory", "SYSV.MULTI.SAME_PHYSICAL_MEMORY"_req,
     "stores through one attach are not seen through another", Afterwards<CopyAtAttach<false>>},
    {"read_only_attach_is_a_snapshot", "SYSV.SHMAT.RDONLY_SEES_UPDATES"_req,
     "a read-only attach does not see later stores", Afterwards<CopyAtAttach<true>>},
    {"fork_copies_the_memory", "SYSV.LIFE.FORK_SHARED_NOT_COPIED"_req,
     "parent and child have memory of their own", Afterwards<CopyAtFork>},
    {"pinned_process_has_its_own_memory", "SEED.UNIPROCESSOR"_req,
     "a process that is bound to a processor stops sharing", Afterwards<CopyAtPin>},
    {"new_segment_is_not_zero", "SYSV.SHMGET.ZERO_FILL"_req,
     "a new segment holds what was in its memory before", Afterwards<LeaveGarbage>},
    {"last_detach_loses_data", "SYSV.SHMDT.CONTENTS_KEPT"_req,
     "a segment is empty again after its last detach", Afterwards<LoseAtLastDetach>},
    {"removal_loses_data", "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req,
     "IPC_RMID empties a segment that is attached", Afterwards<LoseAtRemoval>},
    {"detach_loses_the_page_tail", "SYSV.DATA.PAGE_TAIL_PERSISTS"_req,
     "shmdt clears what lies behind the last byte asked for", Afterwards<LoseTail>},
    {"segments_bleed", "SYSV.DATA.NO_BLEED"_req, "a store to a segment shows in the others",
     Afterwards<BleedIntoOthers>},
    {"fill_misses_the_last_byte", "SYSV.DATA.WHOLE_RANGE"_req,
     "the last byte of a large store is lost", Rewritten<FillShort>},
    {"store_is_cut_in_half", "SYSV.DATA.WHOLE_RANGE"_req,
     "only four bytes of a store of eight arrive", Rewritten<StoreNarrow>},
    {"split_addition_is_cut", "ORDER.TEAR.LOCKED_SPLIT"_req,
     "an atomic addition across cache lines changes one of them only",
     Rewritten<AddShortOfTheLine>},
    {"read_into_an_attach_is_lost", "SYSV.DATA.SYSCALL_BUFFERS"_req,
     "bytes that read(2) stores in an attach do not arrive", Afterwards<LoseTransfer>},
    {"advice_dontneed_loses_data", "SYSV.VMA.MADV_DONTNEED_KEEPS_DATA"_req,
     "MADV_DONTNEED empties the segment", Afterwards<AdviseAway>},
    {"advice_remove_is_ignored", "SYSV.VMA.MADV_REMOVE_ZEROES"_req,
     "MADV_REMOVE leaves the data there", Rewritten<IgnoreAdvice<Advice::kRemove>>},
    {"advice_dontfork_is_ignored", "SYSV.VMA.MADV_DONTFORK"_req,
     "MADV_DONTFORK does not keep an attach from children",
     Rewritten<IgnoreAdvice<Advice::kDontFork>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
