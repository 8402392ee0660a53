// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2): IPC_INFO, SHM_INFO, SHM_STAT, SHM_STAT_ANY; and ftok(3).

#include "harness/model/sysv/info.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "harness/model/language/operations.h"
#include "harness/model/segment/listing.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/segment/record.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

/// The largest shmmax that a 32-bit caller sees.
constexpr std::uint64_t kNarrowMost = std::numeric_limits<std::int32_t>::max();

/// A counter or limit as the caller's record holds it: a 32-bit one has the low half.
std::uint64_t Held(const Scene& scene, std::uint64_t number) {
  return scene.IsNarrow() ? number & 0xffffffffu : number;
}

constexpr Number kAnyNumber = std::numeric_limits<std::uint64_t>::max();

std::int64_t IndexOf(const Scene& scene, std::int64_t id) {
  return id & ((std::int64_t{1} << scene.profile().sysv.index_bits) - 1);
}

/// Both summaries return the highest index in use.
void BindHighestIndex(const Scene& scene, Clauses& clauses) {
  std::int64_t highest = 0;
  for (const Segment& segment : scene.ipc().segments) {
    if (segment.id >= 0) highest = std::max(highest, IndexOf(scene, segment.id));
  }
  clauses.Bind(0, highest, MayBeForeign(scene) ? kAnyNumber : highest,
               "SYSV.INFO.RETURNS_MAX_INDEX"_req, "the highest index in use");
}

/// Commands of Linux only.
void DescribeLinuxCommand(const Scene& scene, Clauses& clauses) {
  if (Certainly(scene.profile().sysv.linux_commands)) return;
  clauses.AnyFailure();
  clauses.Observe("commands of shmctl beyond POSIX");
}

const Segment* FindByIndex(const Scene& scene, std::int64_t index) {
  for (const Segment& segment : scene.ipc().segments) {
    if (segment.id >= 0 && IndexOf(scene, segment.id) == IndexOf(scene, index)) return &segment;
  }
  return nullptr;
}

void DescribeByIndex(const Scene& scene, std::int64_t index, Buffer buffer, bool any,
                     Clauses& clauses) {
  DescribeWriting(clauses);
  DescribeLinuxCommand(scene, clauses);
  const Segment* segment = index < 0 ? nullptr : FindByIndex(scene, index);
  if (segment == nullptr) {
    clauses.Refuse(true, EINVAL, index >= 0 && MayBeForeign(scene) ? Force::kMay : Force::kMust,
                   "SYSV.INFO.SHM_STAT_INDEX"_req, "the index is not in use");
    clauses.Refuse(index >= 0 && !scene.call().Alone(), EIDRM, Force::kMay,
                   "SYSV.ID.EIDRM_WINDOW"_req, "the segment may be destroyed meanwhile");
    clauses.Refuse(index >= 0 && MayBeForeign(scene) && !any, EACCES, Force::kMay,
                   "SYSV.INFO.SHM_STAT_PERMISSION"_req, "the segment may be somebody else's");
    clauses.Returns<SegmentRecord>("SYSV.INFO.SHM_STAT_INDEX"_req, "a foreign segment's record");
    DescribeFilling(scene, buffer, clauses);
    return;
  }
  if (!any) DescribeAccess(scene, *segment, 4, "SYSV.INFO.SHM_STAT_PERMISSION"_req, clauses);
  DescribeFilling(scene, buffer, clauses);
  DescribeRecord(scene, *segment, segment->id,
                 {"SYSV.INFO.SHM_STAT_INDEX"_req, "SYSV.INFO.SHM_STAT_MASKS_ID"_req}, clauses);
}

void LearnByIndex(const Scene& scene, State& state, std::int64_t index, const Outcome& outcome) {
  const auto* record = std::get_if<SegmentRecord>(&outcome);
  const Segment* segment = FindByIndex(scene, index);
  if (record == nullptr || segment == nullptr) return;
  LearnFromRecord(scene, state, {scene.ipc_index(), segment->serial}, *record);
}

}  // namespace

void BindUsage(const Scene& scene, bool narrow, Requirements requirements, Clauses& clauses) {
  const IpcNamespace& ipc = scene.ipc();
  const auto held = [narrow](std::uint64_t number) {
    return Number{narrow ? number & 0xffffffffu : number};
  };
  const bool open = ipc.crowded;
  const std::uint64_t count = ipc.segments.size();
  // Segments that were removed and may be gone.
  std::uint64_t doubtful = 0;
  std::uint64_t doubtful_pages = 0;
  for (const Segment& segment : ipc.segments) {
    if (!segment.dest || segment.dest_known) continue;
    ++doubtful;
    doubtful_pages += segment.pages;
  }
  clauses.Bind(FieldIndex<UsageRecord>("used_ids"), count - doubtful, open ? kAnyNumber : count,
               requirements, "the number of segments");
  const std::uint64_t least = ipc.pages - doubtful_pages;
  clauses.Bind(FieldIndex<UsageRecord>("shm_tot"), open && narrow ? 0 : held(least),
               open ? kAnyNumber : held(ipc.pages), requirements,
               "the sum of the rounded sizes in pages");
  std::uint64_t touched = 0;
  bool huge = false;  // such a page is in memory as a whole, and shm_tot counts what was asked for
  for (const Segment& segment : ipc.segments) {
    huge = huge || segment.huge;
    const bool there = !segment.dest || segment.dest_known;
    if (there) touched += ObjectOf(scene.state(), segment.object).PagesTouched(scene.page());
  }
  const auto* seen =
      scene.call().seen != nullptr ? std::get_if<UsageRecord>(scene.call().seen) : nullptr;
  const std::uint64_t swapped = seen != nullptr ? std::min(touched, seen->shm_swp) : 0;
  clauses.Bind(FieldIndex<UsageRecord>("shm_rss"), touched - swapped,
               open || huge ? kAnyNumber : Number{ipc.pages}, requirements,
               "the pages in memory: all that were touched and not swapped out, at most all");
}

void Describe(const SysvInfo& op, const Scene& scene, Clauses& clauses) {
  DescribeWriting(clauses);
  clauses.Refuse(scene.NumberOf<&SysvInfo::segment>() < 0, EINVAL, Force::kMust,
                 "SYSV.ID.NEGATIVE_INVALID"_req, "a negative identifier is refused first");
  clauses.Returns<LimitsRecord>(
      {"SYSV.INFO.IPC_INFO_LIMITS"_req, "SYSV.INFO.NO_PERMISSION_FOR_SUMMARY"_req},
      "the limits of the namespace");
  clauses.Refuse(op.buffer != Buffer::kValid, EFAULT, Force::kMust, "SYSV.INFO.BAD_BUFFER"_req,
                 "the buffer cannot be written");
  DescribeLinuxCommand(scene, clauses);
  if (!Certainly(scene.profile().sysv.linux_commands)) return;
  BindHighestIndex(scene, clauses);
  const IpcNamespace& ipc = scene.ipc();
  const Requirements limits{"SYSV.INFO.IPC_INFO_LIMITS"_req, "COMPAT.INFO_CAPPED"_req};
  const auto bind = [&](std::uint8_t field, std::uint64_t number) {
    clauses.Bind(field, Held(scene, number), Held(scene, number), limits,
                 "the limit of the namespace, as far as the caller's record can hold it");
  };
  bind(FieldIndex<LimitsRecord>("shmmax"),
       scene.IsNarrow() ? std::min(ipc.shmmax, kNarrowMost) : ipc.shmmax);
  bind(FieldIndex<LimitsRecord>("shmmin"), 1);
  bind(FieldIndex<LimitsRecord>("shmmni"), ipc.shmmni);
  bind(FieldIndex<LimitsRecord>("shmseg"), ipc.shmmni);
  bind(FieldIndex<LimitsRecord>("shmall"), ipc.shmall);
}

void Describe(const SysvShmInfo& op, const Scene& scene, Clauses& clauses) {
  DescribeWriting(clauses);
  clauses.Refuse(scene.NumberOf<&SysvShmInfo::segment>() < 0, EINVAL, Force::kMust,
                 "SYSV.ID.NEGATIVE_INVALID"_req, "a negative identifier is refused first");
  clauses.Returns<UsageRecord>(
      {"SYSV.INFO.SHM_INFO_COUNTERS"_req, "SYSV.INFO.NO_PERMISSION_FOR_SUMMARY"_req},
      "what the namespace's segments use");
  clauses.Refuse(op.buffer != Buffer::kValid, EFAULT, Force::kMust, "SYSV.INFO.BAD_BUFFER"_req,
                 "the buffer cannot be written");
  DescribeLinuxCommand(scene, clauses);
  if (!Certainly(scene.profile().sysv.linux_commands)) return;
  BindHighestIndex(scene, clauses);
  BindUsage(scene, scene.IsNarrow(),
            {"SYSV.INFO.SHM_INFO_COUNTERS"_req, "SYSV.INFO.READ_FAULT_ALLOCATES"_req}, clauses);
}

void Describe(const SysvStatIndex& op, const Scene& scene, Clauses& clauses) {
  DescribeByIndex(scene, scene.NumberOf<&SysvStatIndex::index>(), op.buffer, false, clauses);
}

void Apply(const SysvStatIndex&, const Scene& scene, State& state, const Outcome& outcome) {
  LearnByIndex(scene, state, scene.NumberOf<&SysvStatIndex::index>(), outcome);
}

void Describe(const SysvStatAny& op, const Scene& scene, Clauses& clauses) {
  DescribeByIndex(scene, scene.NumberOf<&SysvStatAny::index>(), op.buffer, true, clauses);
}

void Apply(const SysvStatAny&, const Scene& scene, State& state, const Outcome& outcome) {
  LearnByIndex(scene, state, scene.NumberOf<&SysvStatAny::index>(), outcome);
}

void Describe(const SysvKeyOfPath& op, const Scene& scene, Clauses& clauses) {
  const auto project = static_cast<std::uint8_t>(op.project);
  for (const KnownKey& known : *scene.state().keys) {
    if (known.path != op.path || known.project != project) continue;
    clauses.ReturnsValue(known.key,
                         {"SYSV.FTOK.SAME_FILE_SAME_KEY"_req, "SYSV.FTOK.LOW_EIGHT_BITS"_req},
                         "the key that the file gave before");
    return;
  }
  clauses.Refuse(op.path.empty(), ENOENT, Force::kMust, "SYSV.FTOK.MISSING_FILE"_req,
                 "the empty path names no file");
  clauses.Refuse(!op.path.empty(), ENOENT, Force::kMay, "SYSV.FTOK.MISSING_FILE"_req,
                 "the file may not exist");
  for (const int error : {EACCES, ELOOP, ENAMETOOLONG, ENOTDIR}) {
    clauses.Refuse(true, error, Force::kMay, "SYSV.FTOK.PATH_ERRORS"_req,
                   "the path may not be resolvable");
  }
  if (project == 0) clauses.AnyFailure();
  clauses.Returns<Value>({"SEED.FLOW_SYSV"_req, "SYSV.FTOK.GLIBC_FORMULA"_req},
                         "a key made of the file and the project");
  clauses.Bind(0, std::numeric_limits<std::int32_t>::min(),
               std::numeric_limits<std::uint32_t>::max(), "SYSV.FTOK.GLIBC_FORMULA"_req,
               "a key has 32 bits");
  clauses.Picks({nullptr,
                 [](const Fresh&, const Scene& at, Chooser& chooser) {
                   const auto& file = std::get<SysvKeyOfPath>(*at.call().operation);
                   return dynamic_cast<KeyChooser&>(chooser).Key(file);
                 }},
                {});
}

void Apply(const SysvKeyOfPath& op, const Scene&, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  const auto project = static_cast<std::uint8_t>(op.project);
  if (value == nullptr || project == 0) return;
  const auto& keys = *state.keys;
  const bool known = std::any_of(keys.begin(), keys.end(), [&](const KnownKey& key) {
    return key.path == op.path && key.project == project;
  });
  if (!known) state.keys.Own().push_back({op.path, project, value->number});
}

void Describe(const SysvKeepsKey& op, const Scene&, Clauses& clauses) {
  if (op.made_again) {
    clauses.Returns<Value>("SYSV.FTOK.RECREATE_UNSPECIFIED"_req, "whether the keys are the same");
    clauses.Bind(0, 0, 1, "SYSV.FTOK.RECREATE_UNSPECIFIED"_req,
                 "another file may have another key");
    return;
  }
  clauses.ReturnsValue(1,
                       {"SYSV.FTOK.SAME_FILE_SAME_KEY"_req, "SYSV.FTOK.RECREATE_UNSPECIFIED"_req},
                       "a file keeps its key under another name");
}

void Describe(const SysvKeyMinusOne&, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kAmbiguous = "SYSV.FTOK.MINUS_ONE_AMBIGUOUS"_req;
  clauses.Returns<Value>(kAmbiguous, "a key made of the file and the project");
  if (!Certainly(scene.profile().sysv.key_is_of_project_device_inode)) return;
  clauses.Bind(0, -1, -1, kAmbiguous, "all bits of the key are set");
}

}  // namespace shmspec::model
