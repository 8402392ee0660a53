// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments of libraries by their names.

#include "harness/model/library/library.h"

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/space/backing.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint32_t kOwnerBits = 0600;
constexpr std::uint32_t kOthersRead = 0044;
constexpr std::uint32_t kOthersWrite = 0022;
constexpr std::uint64_t kLargestSize = std::uint64_t{1} << 62;
constexpr std::size_t kShortName = 32;  // bytes that any library takes

/// The bits of the class of the caller, in the place of those for others.
std::uint32_t BitsOf(const Scene& scene, const Node& node, std::uint32_t mode) {
  const Credentials& caller = scene.credentials();
  if (caller.file_uid == node.uid) return mode >> 6 & 7;
  const bool member =
      caller.file_gid == node.gid ||
      std::find(caller.groups.begin(), caller.groups.end(), node.gid) != caller.groups.end();
  return member ? mode >> 3 & 7 : mode & 7;
}

/// Whether the caller may open the segment for these bits (4 and 2).
Says MayUse(const Scene& scene, const NamedSegment& segment, std::uint32_t bits) {
  if (segment.node == 0) return Says::kSilent;
  const Node& node = NodeOf(scene.state(), segment.node);
  const std::uint32_t sure = BitsOf(scene, node, segment.sure_mode);
  const std::uint32_t most = BitsOf(scene, node, segment.most_mode);
  if ((sure & bits) == bits) return Says::kYes;
  // What else gives rights differs between the kinds of shared memory that libraries use.
  if (scene.credentials().caps != 0 || scene.credentials().nested) return Says::kSilent;
  return (most & bits) == bits ? Says::kSilent : Says::kNo;
}

/// Whether the caller may remove it: its owner may, others may not.
Says MayRemove(const Scene& scene, const NamedSegment& segment) {
  if (segment.node == 0) return Says::kSilent;
  const Credentials& caller = scene.credentials();
  if (caller.file_uid == NodeOf(scene.state(), segment.node).uid) return Says::kYes;
  return caller.caps != 0 || caller.nested ? Says::kSilent : Says::kNo;
}

/// Adds that names and sizes may be beyond what the library takes.
void DescribeLimits(const std::string& name, std::uint64_t size, const Scene& scene,
                    Clauses& clauses) {
  const bool odd = name.empty() || name.size() > kShortName;
  const bool beyond = size == 0 || size > scene.task_size() || size > kLargestSegmentAttach;
  if (odd || beyond) clauses.AnyFailure();
  RefuseInAnyWords(size > kLargestSize, EINVAL, "LIB.CREATE.HUGE_SIZE"_req,
                   "no segment is as large", clauses);
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.RefuseHere(true, ENOSPC, Force::kMay, {}, "the system may have no room");
}

/// Adds what holds of opening a segment that is there.
void DescribeExisting(const NamedSegment& segment, bool read_only, const Scene& scene,
                      Clauses& clauses) {
  // A segment that was made in part may be refused, and opening may wait for nobody.
  if (!segment.certain) clauses.AnyFailure();
  const Says may = MayUse(scene, segment, read_only ? 4 : 6);
  if (may == Says::kYes) return;
  const Requirements requirements =
      read_only ? Requirements{"LIB.OPEN.DENIED"_req, "LIB.CREATE.PRIVATE_BY_DEFAULT"_req}
                : Requirements{"LIB.OPEN.DENIED"_req, "LIB.OPEN.WRITE_DENIED"_req,
                               "LIB.CREATE.NOT_WRITABLE_BY_DEFAULT"_req};
  if (may == Says::kSilent) return clauses.AnyFailure();
  RefuseInAnyWords(true, EACCES, requirements, "the segment belongs to somebody else", clauses);
}

/// What it shows that a name can be opened, by what has happened to it.
Requirements WhyThere(const NamedSegment& segment, const Scene& scene) {
  const NameHistory history = HistoryOf(scene.state(), segment.name);
  if (!segment.certain) return "LIB.OPEN.ENDS"_req;
  if (history.creator_ended) return "LIB.END.CREATOR_AS_DOCUMENTED"_req;
  if (history.user_ended) return "LIB.END.ATTACHER_REMOVES_NOTHING"_req;
  if (history.not_attached) return "LIB.ATTACH.FAILED_DESTROYS_NOTHING"_req;
  if (history.not_opened) return "LIB.OPEN.DENIED_DESTROYS_NOTHING"_req;
  const bool own = scene.credentials().file_uid == NodeOf(scene.state(), segment.node).uid;
  if (own) return {"LIB.CREATE.OWNER_KEEPS_ACCESS"_req, "LIB.CREATE.NEW"_req};
  return {"LIB.CREATE.MODE_GIVEN"_req, "LIB.OPEN.READ_ONLY"_req};
}

/// What it shows that a name cannot be opened.
Requirement WhyMissing(const std::string& name, const Scene& scene) {
  const NameHistory history = HistoryOf(scene.state(), name);
  if (history.creator_ended) return "LIB.END.CREATOR_AS_DOCUMENTED"_req;
  if (history.removed) return "LIB.REMOVE.NAME_GONE"_req;
  if (history.refused) return "LIB.CREATE.FAILED_LEAVES_NOTHING"_req;
  if (name.size() > kShortName) return "LIB.CREATE.LONG_NAME"_req;
  return "LIB.OPEN.MISSING"_req;
}

/// What it shows that a name cannot be removed.
Requirement WhyNothing(const std::string& name, const Scene& scene) {
  const NameHistory history = HistoryOf(scene.state(), name);
  if (history.empty) return "LIB.CREATE.EMPTY_SIZE"_req;
  if (history.refused) return "LIB.CREATE.FAILED_LEAVES_NOTHING"_req;
  return "LIB.REMOVE.MISSING"_req;
}

/// What it shows that a name can be made.
Requirements WhyFree(const std::string& name, const Scene& scene) {
  const NameHistory history = HistoryOf(scene.state(), name);
  if (history.half_made) return "LIB.END.KILLED_CREATOR"_req;
  if (history.empty) return "LIB.CREATE.EMPTY_SIZE"_req;
  if (history.refused) return "LIB.CREATE.FAILED_LEAVES_NOTHING"_req;
  if (history.removed) return "LIB.REMOVE.CREATE_AGAIN"_req;
  if (history.not_opened) return "LIB.OPEN.DOES_NOT_CREATE"_req;
  if (scene.process().pids > 1) return "LIB.END.PID_COMES_BACK"_req;
  return {"LIB.CREATE.NEW"_req, "LIB.CREATE.NAMES_DISTINCT"_req};
}

void DescribeNumber(const Scene& scene, Requirements requirements, const char* why,
                    Clauses& clauses) {
  clauses.ReturnsValue(scene.process().objects->opened, requirements, why);
}

/// The bits that a new segment grants.
void SetModes(const std::optional<Mode>& mode, const Scene& scene, NamedSegment& segment) {
  if (mode) {
    const std::int32_t umask = std::max(scene.process().umask, 0);
    const bool known = scene.process().umask >= 0;
    segment.most_mode = mode->bits & 0777;
    segment.sure_mode = known ? segment.most_mode & ~static_cast<std::uint32_t>(umask)
                              : segment.most_mode & kOwnerBits;
    return;
  }
  const LibraryProfile& library = scene.profile().library;
  segment.sure_mode = kOwnerBits;
  segment.most_mode = 0770;
  if (library.others_may_read != Says::kNo) segment.most_mode |= kOthersRead;
  if (library.others_may_write != Says::kNo) segment.most_mode |= kOthersWrite;
}

/// Makes the segment; its bytes are not known if the library need not clear them.
std::uint32_t MakeSegment(const std::string& name, std::uint64_t size,
                          const std::optional<Mode>& mode, const Scene& scene, State& state) {
  const std::uint32_t serial = scene.call().step + 1;
  const Credentials& caller = scene.credentials();
  Node node{.serial = serial, .object = std::uint64_t{serial} << 8};
  node.uid = caller.file_uid;
  node.gid = caller.file_gid;
  node.of_library = true;
  node.has_seals = false;
  AddNode(state, node);
  const std::uint64_t room = std::min(size, kLargestSize);
  if (room != 0) GrowNode(state, serial, room, scene.page(), scene.call().step);
  if (scene.profile().library.no_zeros != Says::kNo && room != 0) {
    OwnObject(state, node.object).MakeUnknown(0, room, scene.call().step);
  }
  NamedSegment named{.name = name, .node = serial};
  SetModes(mode, scene, named);
  AddNamed(state, named);
  return serial;
}

/// The caller opens what has the name; with node 0 it is not known what that is.
void OpenNamed(const std::string& name, bool read_only, const Scene& scene, State& state,
               const Outcome& outcome) {
  const auto* number = std::get_if<Value>(&outcome);
  if (number == nullptr) return;
  const NamedSegment* found = FindNamed(scene.state(), name);
  const bool known = found != nullptr && found->certain;
  OpenObject(state, scene.process_index(), {number->number, known ? found->node : 0, read_only});
}

/// The program of the library was killed.
void LoseObjects(const Scene& scene, State& state) {
  const std::uint8_t process = scene.process_index();
  while (!state.processes[process].space->mappings().empty()) {
    CloseAt(state, CauseOf(scene), process, 0, Says::kYes, Says::kNo);
  }
  CloseObjects(state, process, {});
}

}  // namespace

SegmentEnds EndsOf(const Scene& scene) {
  const LibraryProfile& library = scene.profile().library;
  return {library.ends_with_creator == Says::kYes, library.ends_with_last_detach == Says::kYes};
}

void RefuseInAnyWords(bool applies, int error, Requirements requirements, const char* why,
                      Clauses& clauses) {
  if (!applies) return;
  clauses.Refuse(true, error, Force::kMust, requirements, why);
  clauses.Refuse(true, kUnnamedError, Force::kMay, requirements, why);
  clauses.AnyFailure();
}

void Describe(const SegmentCreate& op, const Scene& scene, Clauses& clauses) {
  DescribeNumber(scene, WhyFree(op.name, scene), "the segment is made", clauses);
  DescribeLimits(op.name, op.size.bytes, scene, clauses);
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  if (found == nullptr) return;
  if (!found->certain) return clauses.AnyFailure();
  const Says opens = scene.profile().library.create_opens;
  if (opens == Says::kNo) {
    RefuseInAnyWords(
        true, EEXIST,
        scene.call().overlapped ? "LIB.CREATE.ONE_WINNER"_req : "LIB.CREATE.EXCLUSIVE"_req,
        "the name is taken", clauses);
  } else {
    clauses.AnyFailure();
  }
}

void Apply(const SegmentCreate& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* number = std::get_if<Value>(&outcome);
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  if (number == nullptr) {
    if (found != nullptr) return;
    NameHistory& history = OwnHistory(state, op.name);
    history.refused = true;
    history.empty = op.size.bytes == 0;
    return;
  }
  if (found != nullptr && found->certain) return OpenNamed(op.name, false, scene, state, outcome);
  if (found != nullptr) RemoveNamed(state, op.name);
  const std::uint32_t node = MakeSegment(op.name, op.size.bytes, op.mode, scene, state);
  OpenObject(state, scene.process_index(), {number->number, node, false, true});
  DropNode(state, node);  // the name and the object hold it
}

void Describe(const SegmentOpen& op, const Scene& scene, Clauses& clauses) {
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  DescribeNumber(scene, found != nullptr ? WhyThere(*found, scene) : Requirements{},
                 "the segment is opened", clauses);
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  RefuseInAnyWords(found == nullptr, ENOENT, WhyMissing(op.name, scene), "there is no such segment",
                   clauses);
  if (found != nullptr) DescribeExisting(*found, op.read_only, scene, clauses);
}

void Apply(const SegmentOpen& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) OwnHistory(state, op.name).not_opened = true;
  if (std::holds_alternative<Fault>(outcome)) return LoseObjects(scene, state);
  OpenNamed(op.name, op.read_only, scene, state, outcome);
}

void Describe(const SegmentOpenOrCreate& op, const Scene& scene, Clauses& clauses) {
  DescribeNumber(scene,
                 scene.call().overlapped ? "LIB.OPEN_OR_CREATE.ONE_SEGMENT"_req
                 : FindNamed(scene.state(), op.name) != nullptr ? "LIB.OPEN_OR_CREATE.OPENS"_req
                                                                : "LIB.OPEN_OR_CREATE.CREATES"_req,
                 "the segment is opened or made", clauses);
  DescribeLimits(op.name, op.size.bytes, scene, clauses);
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  if (found == nullptr) return;
  DescribeExisting(*found, false, scene, clauses);
  // One of another size is opened with its own, or refused.
  const bool other = found->node != 0 && NodeOf(scene.state(), found->node).size != op.size.bytes;
  if (other) clauses.AnyFailure();
}

void Apply(const SegmentOpenOrCreate& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (std::holds_alternative<Fault>(outcome)) return LoseObjects(scene, state);
  const auto* number = std::get_if<Value>(&outcome);
  if (number == nullptr) return;
  if (FindNamed(scene.state(), op.name) != nullptr) {
    return OpenNamed(op.name, false, scene, state, outcome);
  }
  const std::uint32_t node = MakeSegment(op.name, op.size.bytes, op.mode, scene, state);
  OpenObject(state, scene.process_index(), {number->number, node, false, true});
  DropNode(state, node);
}

void Describe(const SegmentCreateKilled&, const Scene&, Clauses& clauses) {
  clauses.AnyFailure("the program of the library cannot be killed while it works");
  clauses.Returns<Value>("LIB.END.KILLED_CREATOR"_req, "the program of the library was killed");
  clauses.Bind(0, 0, 1, {}, "before or after the segment was made");
}

void Apply(const SegmentCreateKilled& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  LoseObjects(scene, state);
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  if (found != nullptr && found->certain) return;  // of others, which it can do nothing to
  OwnHistory(state, op.name).half_made = true;
  if (found == nullptr) AddNamed(state, {.name = op.name, .certain = false});
}

void Describe(const SegmentRemove& op, const Scene& scene, Clauses& clauses) {
  clauses.ReturnsValue(
      0, {"LIB.REMOVE.NAME_GONE"_req, "LIB.REMOVE.DATA_STAYS"_req, "LIB.REMOVE.BY_ANY_PROCESS"_req},
      "the name is gone");
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  RefuseInAnyWords(found == nullptr, ENOENT,
                   {WhyNothing(op.name, scene), "LIB.REMOVE.NAME_GONE"_req},
                   "there is no such segment", clauses);
  if (found == nullptr) return;
  if (!found->certain) return clauses.AnyFailure();
  const Says may = MayRemove(scene, *found);
  RefuseInAnyWords(may == Says::kNo, EACCES, "LIB.REMOVE.DENIED"_req,
                   "the segment belongs to somebody else", clauses);
  if (may == Says::kSilent) clauses.AnyFailure();
}

void Apply(const SegmentRemove& op, const Scene& scene, State& state, const Outcome& outcome) {
  const NamedSegment* found = FindNamed(scene.state(), op.name);
  if (found == nullptr) return;
  // What a creator left that was killed is removed, or was nothing.
  if (Succeeded(outcome) || !found->certain) RemoveNamed(state, op.name);
}

void Describe(const SegmentClear&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, {}, "what the library could remove is gone");
}

void Apply(const SegmentClear& op, const Scene&, State& state, const Outcome& outcome) {
  if (Succeeded(outcome)) RemoveNamed(state, op.name);
}

}  // namespace shmspec::model
