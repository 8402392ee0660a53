// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Libraries that break what others promise of the objects by which a process uses a segment.

#include "harness/target/faulty/fault_table.h"
#include "harness/target/faulty/library_state.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

const model::Node* NodeIn(const Aftermath& a) {
  const model::SegmentObject* object = ObjectIn(a.before, a.call);
  return object != nullptr && object->node != 0 ? &NodeOf(a.before, object->node) : nullptr;
}

void CopyAttachWhere(const Aftermath& a, bool applies) {
  const int index = IndexOfAttach(a);
  if (index >= 0 && applies) {
    GiveOwnCopy(a, ProcessOf(a.after, a.call), static_cast<std::size_t>(index));
  }
}

// --- size

void RoundSize(const Aftermath& a) {
  auto* size = IsOneOf<SegmentSize>(a.call) ? std::get_if<Value>(&a.outcome) : nullptr;
  if (size != nullptr) size->number = (size->number + 4095) / 4096 * 4096;
}

void GuessSize(const Aftermath& a) {
  const model::SegmentObject* object = ObjectIn(a.before, a.call);
  if (!IsOneOf<SegmentSize>(a.call) || object == nullptr || object->made_it) return;
  if (a.Succeeded()) a.outcome = Value{static_cast<std::int64_t>(kPage)};
}

/// The size is taken for the number at the beginning of the segment, unless that is 0.
void BelieveContents(const Aftermath& a) {
  const model::Node* node = IsOneOf<SegmentSize>(a.call) ? NodeIn(a) : nullptr;
  if (node == nullptr || node->size < 8) return;
  std::uint8_t bytes[8] = {};
  ObjectOf(a.before, node->object).Read(0, bytes);
  if (bytes[0] != 0) a.outcome = Value{bytes[0]};
}

void ResizeNothing(const Aftermath& a) {
  if (IsOneOf<SegmentResize>(a.call) && a.Succeeded()) a.after = a.before;
}

void ClearByResizing(const Aftermath& a) {
  const model::Node* node = IsOneOf<SegmentResize>(a.call) ? NodeIn(a) : nullptr;
  if (node != nullptr && a.Succeeded()) OwnObject(a.after, node->object).Zero(0, node->size);
}

// --- attaches

void AttachAlone(const Aftermath& a) {
  const model::SegmentObject* object = ObjectIn(a.before, a.call);
  CopyAttachWhere(a, object != nullptr && !object->made_it);
}

void SecondAttachAlone(const Aftermath& a) {
  CopyAttachWhere(a, a.before.processes[ProcessOf(a.before, a.call)].objects->attached > 0);
}

void ReadersSeeACopy(const Aftermath& a) {
  const auto* attach = As<SegmentAttach>(a.call);
  CopyAttachWhere(a, attach != nullptr && attach->read_only);
}

void AttachOnePageLess(const Aftermath& a) {
  const int index = IndexOfAttach(a);
  if (index < 0) return;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  model::Mapping mapping = space.Remove(static_cast<std::size_t>(index));
  if (mapping.size() > kPage) mapping.end -= kPage;
  space.Insert(mapping);
}

void AttachForWriting(const Aftermath& a) {
  const int index = IndexOfAttach(a);
  if (index < 0) return;
  model::AddressSpace& space = a.after.processes[ProcessOf(a.after, a.call)].space.Own();
  space.at(static_cast<std::size_t>(index)).protection = 3;
}

void RemoveWhenNotAttached(const Aftermath& a) {
  const model::SegmentObject* object = ObjectIn(a.before, a.call);
  if (!IsOneOf<SegmentAttach>(a.call) || a.Succeeded() || object == nullptr) return;
  if (object->node != 0) RemoveNamesOf(a.after, object->node);
}

/// Every attach of the process goes.
void UnmapAll(const Aftermath& a) {
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const model::Cause cause{model::FindProfile("linux"), model::OnlyProcess(process), a.call.when,
                           0};
  while (!a.after.processes[process].space->mappings().empty()) {
    CloseAt(a.after, cause, process, 0, model::Says::kYes, model::Says::kNo);
  }
}

void DetachAll(const Aftermath& a) {
  if (IsOneOf<SegmentDetach>(a.call) && a.Succeeded()) UnmapAll(a);
}

void CloseDetachesAll(const Aftermath& a) {
  if (IsOneOf<SegmentClose>(a.call) && a.Succeeded()) UnmapAll(a);
}

void CloseRemoves(const Aftermath& a) {
  const model::SegmentObject* object = ObjectIn(a.before, a.call);
  if (!IsOneOf<SegmentClose>(a.call) || object == nullptr || !a.Succeeded()) return;
  if (object->node != 0) RemoveNamesOf(a.after, object->node);
}

// --- what is left

/// Something stays of a segment whose history shows `mark`.
template <bool model::NameHistory::*mark>
void LeaveAfter(const Aftermath& a) {
  auto* count = IsOneOf<SegmentResidue>(a.call) ? std::get_if<Value>(&a.outcome) : nullptr;
  for (const model::NameHistory& one : *a.before.name_histories) {
    if (count != nullptr && one.*mark) ++count->number;
  }
}

constexpr SeededFault kFaults[] = {
    {"library_rounds_size", "LIB.CREATE.SIZE_AS_ASKED"_req,
     "a library reports sizes in whole pages", Afterwards<RoundSize>},
    {"library_guesses_size", "LIB.OPEN.SIZE_FROM_SYSTEM"_req,
     "a library takes what it opens for a page", Afterwards<GuessSize>},
    {"library_believes_contents", "LIB.OPEN.SIZE_NOT_FROM_CONTENTS"_req,
     "a library takes the size from the first byte of the segment", Afterwards<BelieveContents>},
    {"library_resizes_nothing", "LIB.RESIZE.CHANGES_SIZE"_req, "a resize does nothing and succeeds",
     Afterwards<ResizeNothing>},
    {"library_clears_by_resizing", "LIB.RESIZE.KEEPS_BYTES"_req, "a resize clears the segment",
     Afterwards<ClearByResizing>},
    {"library_attaches_alone", "LIB.OPEN.SAME_BYTES"_req, "what was opened is attached as a copy",
     Afterwards<AttachAlone>},
    {"library_second_attach_alone", "LIB.ATTACH.TWICE"_req,
     "the second attach of a process is a copy", Afterwards<SecondAttachAlone>},
    {"library_readers_see_a_copy", "LIB.ATTACH.READ_ONLY_READS"_req,
     "an attach for reading is a copy", Afterwards<ReadersSeeACopy>},
    {"library_attaches_a_page_less", "LIB.ATTACH.WHOLE_SIZE"_req,
     "the last page of a segment is not attached", Afterwards<AttachOnePageLess>},
    {"library_attaches_for_writing", "LIB.ATTACH.READ_ONLY_REFUSES_STORES"_req,
     "an attach for reading can be stored to", Afterwards<AttachForWriting>},
    {"library_removes_what_it_cannot_attach", "LIB.ATTACH.FAILED_DESTROYS_NOTHING"_req,
     "an attach that fails removes the segment", Afterwards<RemoveWhenNotAttached>},
    {"library_detaches_all", "LIB.DETACH.OTHERS_STAY"_req,
     "a detach ends every attach of the process", Afterwards<DetachAll>},
    {"library_close_detaches_all", "LIB.OPEN.TWICE"_req,
     "closing one object ends the attaches of others", Afterwards<CloseDetachesAll>},
    {"library_close_removes", "LIB.CLOSE.KEEPS_SEGMENT"_req, "closing removes the segment",
     Afterwards<CloseRemoves>},
    {"library_leaves_locks", "LIB.END.NOTHING_LEFT"_req,
     "a removal leaves a semaphore of the segment behind",
     Afterwards<LeaveAfter<&model::NameHistory::removed>>},
    {"library_leaves_what_it_refused", "LIB.END.NOTHING_LEFT"_req,
     "a creation that fails leaves something behind",
     Afterwards<LeaveAfter<&model::NameHistory::refused>>},
    {"library_leaves_after_failed_opens", "LIB.END.NOTHING_LEFT"_req,
     "an open that fails leaves something behind",
     Afterwards<LeaveAfter<&model::NameHistory::not_opened>>},
    {"library_leaves_after_its_creator", "LIB.END.NOTHING_LEFT"_req,
     "what a creator that ended has left besides the segment stays",
     Afterwards<LeaveAfter<&model::NameHistory::creator_ended>>},
    {"library_leaves_after_users", "LIB.END.NOTHING_LEFT"_req,
     "a process that ended without closing leaves something behind",
     Afterwards<LeaveAfter<&model::NameHistory::user_ended>>},
    {"library_leaves_half_made", "LIB.END.NOTHING_LEFT"_req,
     "what a killed creator has left besides the segment stays",
     Afterwards<LeaveAfter<&model::NameHistory::half_made>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
