// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Mappings of several segments, or of several attaches of one, within one range.

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

model::Cause CauseFor(const Aftermath& a) {
  return {model::FindProfile("linux"), model::OnlyProcess(ProcessOf(a.after, a.call)), a.call.when,
          0};
}

const std::vector<model::Mapping>& MappingsOf(const model::State& state, const model::Call& call) {
  return state.processes[ProcessOf(state, call)].space->mappings();
}

/// The mapping that a detach at the address finds first: it decides which attach is meant.
const model::Mapping* Detached(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call) || !a.Succeeded()) return nullptr;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  for (const model::Mapping& mapping : MappingsOf(a.before, a.call)) {
    const bool starts = mapping.start >= address && mapping.start - address == mapping.offset;
    if (mapping.IsAttach() && starts) return &mapping;
  }
  return nullptr;
}

/// A detach also unmaps what it should leave in the range of the attach, where `takes` is true.
template <class Takes>
void DetachMore(const Aftermath& a, Takes&& takes) {
  const model::Mapping* found = Detached(a);
  if (found == nullptr) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const std::uint64_t end = address + found->attach()->size;
  const std::vector<model::Mapping> left = MappingsOf(a.after, a.call);
  for (const model::Mapping& mapping : left) {
    if (mapping.start < address || mapping.end > end || mapping.sealed) continue;
    if (takes(mapping, *found)) {
      UnmapRange(a.after, CauseFor(a), ProcessOf(a.after, a.call), mapping.start, mapping.end);
    }
  }
}

void DetachWholeRange(const Aftermath& a) {
  DetachMore(a, [](const model::Mapping& one, const model::Mapping&) { return one.IsAttach(); });
}

bool LiesAtItsOffset(const model::Mapping& mapping, const Aftermath& a) {
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  return mapping.IsAttach() && mapping.start - address == mapping.offset;
}

void DetachBySegment(const Aftermath& a) {
  DetachMore(a, [&](const model::Mapping& one, const model::Mapping& found) {
    return LiesAtItsOffset(one, a) && one.segment() == found.segment();
  });
}

void DetachByOffset(const Aftermath& a) {
  DetachMore(
      a, [&](const model::Mapping& one, const model::Mapping&) { return LiesAtItsOffset(one, a); });
}

/// A detach stops at the first mapping of another segment in its range: the rest of the attach
/// behind it stays.
void StopAtForeign(const Aftermath& a) {
  const model::Mapping* found = Detached(a);
  if (found == nullptr) return;
  const auto& mappings = MappingsOf(a.before, a.call);
  const auto foreign =
      std::find_if(mappings.begin(), mappings.end(), [&](const model::Mapping& one) {
        return one.start > found->start && one.IsAttach() &&
               one.attach()->number != found->attach()->number;
      });
  if (foreign == mappings.end()) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const std::uint8_t process = ProcessOf(a.after, a.call);
  for (auto at = foreign; at != mappings.end(); ++at) {
    const model::AttachBacking* attach = at->attach();
    if (attach == nullptr || attach->number != found->attach()->number) continue;
    if (at->start - address != at->offset) continue;
    if (FindSegment(a.after, attach->segment) == nullptr) continue;
    if (a.after.processes[process].space->Overlaps(at->start, at->end)) continue;
    a.after.processes[process].space.Own().Insert(*at);
    OpenMapping(a.after, CauseFor(a), *at, model::Says::kYes);
  }
}

/// munmap, a mapping over another and mremap lower the count of the first segment they meet only.
void CountFirstOnly(const Aftermath& a) {
  if (!IsOneOf<MapUnmap, MapPrivate>(a.call) || !a.Succeeded()) return;
  bool first = true;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old == nullptr || old->nattch <= segment.nattch) return;
    if (!first) segment.nattch = old->nattch;
    first = false;
  });
}

/// mprotect stops where another attach begins, and reports success.
void ProtectFirstOnly(const Aftermath& a) {
  const auto* protect = As<MapProtect>(a.call);
  if (protect == nullptr || !a.Succeeded()) return;
  const auto address = static_cast<std::uint64_t>(a.call.references[0]);
  const model::Mapping* first =
      a.before.processes[ProcessOf(a.before, a.call)].space->Find(address);
  if (first == nullptr || !first->IsAttach()) return;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  for (std::size_t i = 0; i < space.mappings().size(); ++i) {
    model::Mapping& mapping = space.at(i);
    if (mapping.start <= address || !mapping.IsAttach()) continue;
    if (mapping.attach()->number == first->attach()->number) continue;
    const model::Mapping* old =
        a.before.processes[ProcessOf(a.before, a.call)].space->Find(mapping.start);
    if (old != nullptr) mapping.protection = old->protection;
  }
}

/// The end of a process lowers the count of each segment once, however many parts of it there were.
void CountPartsOnceAtExit(const Aftermath& a) {
  if (!IsOneOf<ProcessExit, ProcessKill>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old != nullptr && old->nattch > segment.nattch) segment.nattch = old->nattch - 1;
  });
}

constexpr SeededFault kFaults[] = {
    {"detach_unmaps_its_whole_range", "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req,
     "shmdt unmaps whatever is attached where its attach was", Afterwards<DetachWholeRange>},
    {"detach_takes_parts_of_other_attaches", "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req,
     "shmdt unmaps parts of other attaches of the segment that lie at their offset",
     Afterwards<DetachBySegment>},
    {"detach_takes_parts_of_other_segments", "SYSV.VMA.SHMDT_OTHERS_IN_RANGE"_req,
     "shmdt unmaps parts of other segments that lie at their offset", Afterwards<DetachByOffset>},
    {"detach_stops_at_another_segment", "SYSV.VMA.SHMDT_REMOVES_ALL_FRAGMENTS"_req,
     "shmdt leaves the parts of its attach behind one of another segment",
     Afterwards<StopAtForeign>},
    {"unmap_counts_the_first_segment_only", "SYSV.VMA.MUNMAP_WHOLE_DETACHES"_req,
     "munmap of several attaches lowers the count of the first segment alone",
     Afterwards<CountFirstOnly>},
    {"protect_stops_at_another_attach", "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req,
     "mprotect of several attaches changes the first alone", Afterwards<ProtectFirstOnly>},
    {"exit_counts_parts_once", "SYSV.LIFE.EXIT_DETACHES"_req,
     "exit takes one attach off each segment, however many there were",
     Afterwards<CountPartsOnceAtExit>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
