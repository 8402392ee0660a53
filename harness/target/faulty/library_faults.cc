// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Libraries that break what others promise of segments and their names. Those of objects are in
// library_use_faults.cc.

#include <algorithm>
#include <string>

#include "harness/target/faulty/fault_table.h"
#include "harness/target/faulty/library_state.h"

namespace shmspec {
namespace {

// --- creation

void MakeNothing(const Aftermath& a) {
  if (MadeSegment(a) != nullptr) RemoveNamed(a.after, NameIn(a.call));
}

/// A creation that finds the name taken opens what is there.
void OpenTaken(const Aftermath& a) {
  if (!IsOneOf<SegmentCreate>(a.call) || a.Succeeded() || a.call.overlapped) return;
  OpenAnyway(a);
}

void LetBothMake(const Aftermath& a) {
  if (!IsOneOf<SegmentCreate>(a.call) || a.Succeeded() || !a.call.overlapped) return;
  OpenAnyway(a);
}

template <std::size_t kLength>
void CutName(const model::State&, model::Call&, Operation& operation) {
  std::visit(
      []<class Op>(Op& op) {
        if constexpr (kFamilyOf<Op> == Family::kSegment && requires { op.name; }) {
          if (op.name.size() > kLength) op.name.resize(kLength);
        }
      },
      static_cast<OperationVariant&>(operation));
}

void LeaveOldBytes(const Aftermath& a) {
  const model::NamedSegment* made = MadeSegment(a);
  if (made == nullptr) return;
  const std::uint8_t old[] = {7};
  const model::Node& node = NodeOf(a.after, made->node);
  if (node.size != 0) OwnObject(a.after, node.object).Write(node.size - 1, old);
}

template <std::uint32_t kMode>
void MakeWithMode(const Aftermath& a) {
  const auto* create = As<SegmentCreate>(a.call);
  model::NamedSegment* made = MadeSegment(a);
  if (made != nullptr && create != nullptr && !create->mode) {
    made->sure_mode = made->most_mode = kMode;
  }
}

void IgnoreMode(const Aftermath& a) {
  const auto* create = As<SegmentCreate>(a.call);
  model::NamedSegment* made = MadeSegment(a);
  if (made != nullptr && create != nullptr && create->mode)
    made->sure_mode = made->most_mode = 0600;
}

void LockOwnerOut(const Aftermath& a) {
  if (model::NamedSegment* made = MadeSegment(a)) made->sure_mode = made->most_mode = 0;
}

/// A creation that is refused leaves the name.
void LeaveName(const Aftermath& a, bool empty) {
  const auto* create = As<SegmentCreate>(a.call);
  if (create == nullptr || FindNamed(a.before, create->name) != nullptr) return;
  if (empty != (create->size.bytes == 0) || (!empty && a.Succeeded())) return;
  a.Fail(EINVAL);
  AddSegment(a, create->name);
}
void LeaveNameOfEmpty(const Aftermath& a) { LeaveName(a, true); }
void LeaveNameOfHuge(const Aftermath& a) { LeaveName(a, false); }

void AcceptAnySize(const model::State&, model::Call&, Operation& operation) {
  auto* create = std::get_if<SegmentCreate>(&operation);
  if (create != nullptr && create->size.bytes > std::uint64_t{1} << 62) create->size = {4096};
}

// --- opening

void OpenMissing(const Aftermath& a) {
  const auto* open = As<SegmentOpen>(a.call);
  if (open == nullptr || FindNamed(a.before, open->name) != nullptr) return;
  OpenAnyway(a);
}

void CreateByOpening(const Aftermath& a) {
  const auto* open = As<SegmentOpen>(a.call);
  if (open == nullptr || FindNamed(a.before, open->name) != nullptr) return;
  AddSegment(a, open->name);
}

void RefuseReaders(const Aftermath& a) {
  const auto* open = As<SegmentOpen>(a.call);
  const model::NamedSegment* named = open != nullptr ? FindNamed(a.before, open->name) : nullptr;
  if (named == nullptr || named->node == 0 || !open->read_only) return;
  if (NodeOf(a.before, named->node).uid != CredentialsOf(a.before, a.call).file_uid) a.Fail(EACCES);
}

void OpenForReading(const model::State&, model::Call&, Operation& operation) {
  if (auto* open = std::get_if<SegmentOpen>(&operation)) open->read_only = true;
}

void TakeForOwner(model::State& state, const model::Call& call) {
  const auto* open = As<SegmentOpen>(call);
  const model::NamedSegment* named = open != nullptr ? FindNamed(state, open->name) : nullptr;
  if (named == nullptr || named->node == 0) return;
  OwnCredentials(state, call).file_uid = NodeOf(state, named->node).uid;
}

void RemoveWhenRefused(const Aftermath& a) {
  const auto* open = As<SegmentOpen>(a.call);
  if (open != nullptr && !a.Succeeded()) RemoveNamed(a.after, open->name);
}

void WaitForCreator(const Aftermath& a) {
  const auto* open = As<SegmentOpen>(a.call);
  const model::NamedSegment* named = open != nullptr ? FindNamed(a.before, open->name) : nullptr;
  if (named != nullptr && !named->certain) a.outcome = Fault{{SIGALRM}, FaultCode::kOther, 0};
}

// --- opening or creating

void OnlyOpen(const Aftermath& a) {
  const auto* either = As<SegmentOpenOrCreate>(a.call);
  if (either != nullptr && FindNamed(a.before, either->name) == nullptr) a.Fail(ENOENT);
}

void ClearExisting(const Aftermath& a) {
  const auto* either = As<SegmentOpenOrCreate>(a.call);
  const model::NamedSegment* named =
      either != nullptr ? FindNamed(a.before, either->name) : nullptr;
  if (named == nullptr || !a.Succeeded()) return;
  const model::Node& node = NodeOf(a.after, named->node);
  OwnObject(a.after, node.object).Zero(0, node.size);
}

void ResizeExisting(const Aftermath& a) {
  const auto* either = As<SegmentOpenOrCreate>(a.call);
  const model::NamedSegment* named =
      either != nullptr ? FindNamed(a.before, either->name) : nullptr;
  if (named == nullptr || !a.Succeeded()) return;
  OwnNode(a.after, named->node).size = either->size.bytes;
}

/// The second of two that make the same name at once gets a segment that nobody else has.
void MakeOneForEach(const Aftermath& a) {
  const auto* either = As<SegmentOpenOrCreate>(a.call);
  if (either == nullptr || !a.call.overlapped || !a.Succeeded()) return;
  if (FindNamed(a.before, either->name) == nullptr) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const std::int64_t number = std::get<Value>(a.outcome).number;
  CloseObject(a.after, process, number, {});
  const std::uint32_t node = AddLibraryNode(a, 4096);
  OpenObject(a.after, process, {number, node, false, true});
  --a.after.processes[process].objects.Own().opened;
  DropNode(a.after, node);
}

// --- removing

void KeepName(const Aftermath& a) {
  if (IsOneOf<SegmentRemove>(a.call) && a.Succeeded() &&
      FindNamed(a.before, NameIn(a.call))->certain) {
    a.after = a.before;
  }
}

void RemoveMissing(const Aftermath& a) {
  if (IsOneOf<SegmentRemove>(a.call) && !a.Succeeded() &&
      FindNamed(a.before, NameIn(a.call)) == nullptr) {
    a.outcome = Value{0};
  }
}

void ClearRemoved(const Aftermath& a) {
  const model::NamedSegment* named =
      IsOneOf<SegmentRemove>(a.call) ? FindNamed(a.before, NameIn(a.call)) : nullptr;
  if (named == nullptr || !a.Succeeded() || !HasNode(a.after, named->node)) return;
  const model::Node& node = NodeOf(a.after, named->node);
  OwnObject(a.after, node.object).Zero(0, node.size);
}

/// A name that is made again stands for the segment that was removed, if somebody still has it.
void RevivedOld(const Aftermath& a) {
  model::NamedSegment* made = MadeSegment(a);
  if (made == nullptr) return;
  for (const model::Node& old : *a.before.nodes) {
    if (!old.of_library || IsNamed(a.before, old.serial)) continue;
    HoldNode(a.after, old.serial);
    const std::uint32_t fresh = made->node;
    made->node = old.serial;
    const std::uint8_t process = ProcessOf(a.after, a.call);
    model::SegmentObjects& objects = a.after.processes[process].objects.Own();
    objects.open.back().node = old.serial;
    HoldNode(a.after, old.serial);
    DropNode(a.after, fresh);
    DropNode(a.after, fresh);
    return;
  }
}

void RemoveForAnyone(const Aftermath& a) {
  if (!IsOneOf<SegmentRemove>(a.call) || a.Succeeded()) return;
  if (FindNamed(a.before, NameIn(a.call)) == nullptr) return;
  RemoveNamed(a.after, NameIn(a.call));
  a.outcome = Value{0};
}

void RemoveByCreatorOnly(const Aftermath& a) {
  const model::NamedSegment* named =
      IsOneOf<SegmentRemove>(a.call) ? FindNamed(a.before, NameIn(a.call)) : nullptr;
  if (named == nullptr || !named->certain) return;
  const auto& objects = a.before.processes[ProcessOf(a.before, a.call)].objects->open;
  const bool made_it = std::any_of(objects.begin(), objects.end(), [&](const auto& object) {
    return object.made_it && object.node == named->node;
  });
  if (!made_it) a.Fail(EPERM);
}

// --- how processes end

/// The process that the call ended takes the names of its objects with it.
void TakeNamesAway(const Aftermath& a, bool of_makers) {
  std::uint8_t process = ProcessOf(a.before, a.call);
  if (const auto* kill = As<ProcessKill>(a.call)) process = kill->actor.index;
  if (!IsOneOf<ProcessKill, ProcessExit>(a.call)) return;
  for (const model::SegmentObject& object : a.before.processes[process].objects->open) {
    if (object.made_it == of_makers && HasNode(a.after, object.node)) {
      RemoveNamesOf(a.after, object.node);
    }
  }
}
void AttacherTakesNames(const Aftermath& a) { TakeNamesAway(a, false); }
void CreatorTakesNames(const Aftermath& a) { TakeNamesAway(a, true); }

/// What a creator left that was killed can never be removed.
void KeepHalfMade(const Aftermath& a) {
  const model::NamedSegment* named =
      IsOneOf<SegmentRemove>(a.call) ? FindNamed(a.before, NameIn(a.call)) : nullptr;
  if (named != nullptr && !named->certain) AddSegment(a, NameIn(a.call));
}

void RefuseSecondOfPid(const Aftermath& a) {
  const model::Process& process = a.before.processes[ProcessOf(a.before, a.call)];
  if (IsOneOf<SegmentCreate>(a.call) && process.pids > 1) a.Fail(EEXIST);
}

constexpr SeededFault kFaults[] = {
    {"library_create_makes_nothing", "LIB.CREATE.NEW"_req,
     "a library reports a segment that nobody finds", Afterwards<MakeNothing>},
    {"library_create_opens_what_is_there", "LIB.CREATE.EXCLUSIVE"_req,
     "a library opens a segment that it was to create", Afterwards<OpenTaken>},
    {"library_creations_both_succeed", "LIB.CREATE.ONE_WINNER"_req,
     "two processes create the same name at once", Afterwards<LetBothMake>},
    {"library_names_are_cut_to_one", "LIB.CREATE.NAMES_DISTINCT"_req,
     "a library looks at one byte of names", Rewritten<CutName<1>>},
    {"library_leaves_old_bytes", "LIB.CREATE.ZERO_FILLED"_req,
     "the last byte of a new segment is not zero", Afterwards<LeaveOldBytes>},
    {"library_lets_others_read", "LIB.CREATE.PRIVATE_BY_DEFAULT"_req,
     "a library makes segments that anybody can read", Afterwards<MakeWithMode<0644>>},
    {"library_lets_others_write", "LIB.CREATE.NOT_WRITABLE_BY_DEFAULT"_req,
     "a library makes segments that anybody can write", Afterwards<MakeWithMode<0666>>},
    {"library_ignores_modes", "LIB.CREATE.MODE_GIVEN"_req, "a library makes its own modes",
     Afterwards<IgnoreMode>},
    {"library_locks_its_owner_out", "LIB.CREATE.OWNER_KEEPS_ACCESS"_req,
     "a library makes segments that nobody can open", Afterwards<LockOwnerOut>},
    {"library_cuts_long_names", "LIB.CREATE.LONG_NAME"_req, "a library looks at 64 bytes of names",
     Rewritten<CutName<64>>},
    {"library_leaves_name_of_empty", "LIB.CREATE.EMPTY_SIZE"_req,
     "a library refuses a size of 0 and keeps the name", Afterwards<LeaveNameOfEmpty>},
    {"library_accepts_any_size", "LIB.CREATE.HUGE_SIZE"_req,
     "a library makes a small segment where 2^63 bytes are asked for", Rewritten<AcceptAnySize>},
    {"library_leaves_name_of_huge", "LIB.CREATE.FAILED_LEAVES_NOTHING"_req,
     "a library that cannot make a segment keeps the name", Afterwards<LeaveNameOfHuge>},
    {"library_opens_what_is_missing", "LIB.OPEN.MISSING"_req, "a library opens what does not exist",
     Afterwards<OpenMissing>},
    {"library_creates_by_opening", "LIB.OPEN.DOES_NOT_CREATE"_req,
     "an open that fails has created the segment", Afterwards<CreateByOpening>},
    {"library_refuses_readers", "LIB.OPEN.READ_ONLY"_req,
     "a library opens segments for their owners only", Afterwards<RefuseReaders>},
    {"library_opens_for_reading_instead", "LIB.OPEN.WRITE_DENIED"_req,
     "a library reports an open for writing that it made for reading", Rewritten<OpenForReading>},
    {"library_looks_at_no_owner", "LIB.OPEN.DENIED"_req,
     "a library opens segments as their owners would", Disguise<TakeForOwner>},
    {"library_removes_what_it_cannot_open", "LIB.OPEN.DENIED_DESTROYS_NOTHING"_req,
     "an open that is refused removes the segment", Afterwards<RemoveWhenRefused>},
    {"library_waits_for_a_dead_creator", "LIB.OPEN.ENDS"_req,
     "an open waits for a creator that was killed", Afterwards<WaitForCreator>},
    {"library_only_opens", "LIB.OPEN_OR_CREATE.CREATES"_req, "open or create does not create",
     Afterwards<OnlyOpen>},
    {"library_clears_what_it_opens", "LIB.OPEN_OR_CREATE.OPENS"_req,
     "open or create clears the segment that it opens", Afterwards<ClearExisting>},
    {"library_resizes_what_it_opens", "LIB.OPEN_OR_CREATE.KEEPS_SIZE"_req,
     "open or create changes the size of what it opens", Afterwards<ResizeExisting>},
    {"library_makes_one_for_each", "LIB.OPEN_OR_CREATE.ONE_SEGMENT"_req,
     "two that open or create at once share nothing", Afterwards<MakeOneForEach>},
    {"library_keeps_removed_names", "LIB.REMOVE.NAME_GONE"_req,
     "a removal does nothing and succeeds", Afterwards<KeepName>},
    {"library_removes_what_is_missing", "LIB.REMOVE.MISSING"_req,
     "the removal of what does not exist succeeds", Afterwards<RemoveMissing>},
    {"library_clears_removed_bytes", "LIB.REMOVE.DATA_STAYS"_req,
     "a removal clears the bytes of those that are attached", Afterwards<ClearRemoved>},
    {"library_revives_removed", "LIB.REMOVE.CREATE_AGAIN"_req,
     "a name that is made again stands for the old segment", Afterwards<RevivedOld>},
    {"library_removes_for_anyone", "LIB.REMOVE.DENIED"_req, "any user can remove a segment",
     Afterwards<RemoveForAnyone>},
    {"library_removes_for_creator_only", "LIB.REMOVE.BY_ANY_PROCESS"_req,
     "only the process that made a segment can remove it", Afterwards<RemoveByCreatorOnly>},
    {"library_attacher_removes", "LIB.END.ATTACHER_REMOVES_NOTHING"_req,
     "the end of a process removes what it had opened", Afterwards<AttacherTakesNames>},
    {"library_creator_removes", "LIB.END.CREATOR_AS_DOCUMENTED"_req,
     "the end of a process removes what it had made", Afterwards<CreatorTakesNames>},
    {"library_keeps_half_made", "LIB.END.KILLED_CREATOR"_req,
     "what a killed creator left cannot be removed", Afterwards<KeepHalfMade>},
    {"library_knows_processes_by_pid", "LIB.END.PID_COMES_BACK"_req,
     "a process with the process id of a dead one cannot create", Afterwards<RefuseSecondOfPid>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
