// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/segment/record.h"

#include <algorithm>
#include <limits>

#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr auto kReturned = FieldIndex<SegmentRecord>("returned");
constexpr auto kKey = FieldIndex<SegmentRecord>("key");
constexpr auto kMode = FieldIndex<SegmentRecord>("mode");
constexpr auto kUid = FieldIndex<SegmentRecord>("uid");
constexpr auto kGid = FieldIndex<SegmentRecord>("gid");
constexpr auto kCuid = FieldIndex<SegmentRecord>("cuid");
constexpr auto kCgid = FieldIndex<SegmentRecord>("cgid");
constexpr auto kSeq = FieldIndex<SegmentRecord>("seq");
constexpr auto kSize = FieldIndex<SegmentRecord>("size");
constexpr auto kCpid = FieldIndex<SegmentRecord>("cpid");
constexpr auto kLpid = FieldIndex<SegmentRecord>("lpid");
constexpr auto kNattch = FieldIndex<SegmentRecord>("nattch");
constexpr auto kAtime = FieldIndex<SegmentRecord>("atime");
constexpr auto kDtime = FieldIndex<SegmentRecord>("dtime");
constexpr auto kCtime = FieldIndex<SegmentRecord>("ctime");

Requirements ModeRequirements(const Scene& scene, const Segment& segment) {
  if (segment.dest && segment.locked) return {"SYSV.RMID.DEST_FLAG"_req, "SYSV.LOCK.FLAG"_req};
  if (segment.dest) return {"SYSV.RMID.DEST_FLAG"_req, "SYSV.RMID.SET_WHILE_PENDING"_req};
  if (segment.locked) return {"SYSV.LOCK.FLAG"_req, "SYSV.SET.MODE_MASK"_req};
  if (scene.ipc().rmid_forced) return {"SYSV.FORCED.NO_DEST_FLAG"_req};
  return {"SYSV.SHMGET.INITIAL_FIELDS"_req, "SYSV.SHMGET.UMASK_IGNORED"_req,
          "SYSV.SET.MODE_MASK"_req, "SYSV.LOCK.FLAG"_req};
}

void BindOwner(const Scene& scene, const Segment& segment, Clauses& clauses) {
  const auto bind = [&](std::uint8_t field, std::uint32_t id, Requirements requirements,
                        const char* why) {
    SeenId seen = SeenAs(scene, id);
    if (scene.HasOldRecords() && !OldRecordsHold(seen.id)) seen.id = kOverflowId;
    Bound& bound = clauses.Bind(field, seen.id, seen.id, requirements, why);
    bound.has_other = seen.or_overflow;
    bound.other = kOverflowId;
  };
  const Requirements owner{"SYSV.SHMGET.INITIAL_FIELDS"_req, "SYSV.SET.FIELDS"_req,
                           "SYSV.STAT.UID_TRANSLATION"_req, "COMPAT.OLD_RECORD_IDS"_req};
  const Requirements creator{"SYSV.SET.CREATOR_IMMUTABLE"_req, "SYSV.SHMGET.INITIAL_FIELDS"_req,
                             "COMPAT.OLD_RECORD_IDS"_req};
  bind(kUid, segment.uid, owner, "the owner is the creator until IPC_SET names another");
  bind(kGid, segment.gid, owner, "the owner is the creator until IPC_SET names another");
  bind(kCuid, segment.cuid, creator, "the creator never changes");
  bind(kCgid, segment.cgid, creator, "the creator never changes");
}

void BindTimes(const Segment& segment, Clauses& clauses) {
  const bool never_attached = segment.atime.high == 0;
  const bool never_detached = segment.dtime.high == 0;
  clauses.Bind(
      kAtime, segment.atime.low, segment.atime.high,
      never_attached
          ? Requirements{"SYSV.SHMGET.INITIAL_FIELDS"_req, "SYSV.SHMAT.FAILURE_NO_EFFECT"_req}
          : Requirements{"SYSV.SHMAT.SUCCESS_UPDATES"_req, "SYSV.LIFE.FORK_UPDATES_STAMPS"_req,
                         "SYSV.VMA.SPLIT_UPDATES_ATIME"_req, "SYSV.STAT.TIMES_MONOTONE"_req},
      "the time of the last attach");
  clauses.Bind(kDtime, segment.dtime.low, segment.dtime.high,
               never_detached ? Requirements{"SYSV.SHMGET.INITIAL_FIELDS"_req}
                              : Requirements{"SYSV.SHMDT.UPDATES"_req, "SYSV.LIFE.EXIT_STAMPS"_req,
                                             "SYSV.STAT.TIMES_MONOTONE"_req},
               "the time of the last detach");
  clauses.Bind(kCtime, segment.ctime.low, segment.ctime.high,
               {"SYSV.SHMGET.CTIME_NOW"_req, "SYSV.SET.CTIME"_req, "SYSV.RMID.NO_CTIME"_req,
                "SYSV.STAT.ATTACH_NO_CTIME"_req},
               "the time of creation or of the last IPC_SET");
}

void BindProcesses(const Scene& scene, const Segment& segment, Clauses& clauses) {
  const auto bind = [&](std::uint8_t field, ProcessSet processes, Requirements requirements,
                        const char* why) {
    Bound& bound = clauses.Bind(field, 0, 0, requirements, why);
    bound.processes = processes;
    bound.old_record = scene.HasOldRecords();
  };
  bind(kCpid, segment.cpid,
       {"SYSV.STAT.CPID"_req, "SYSV.STAT.PID_TRANSLATION"_req, "SYSV.LIFE.CREATOR_DEATH_KEEPS"_req},
       "the process that created the segment, as the caller sees it");
  bind(kLpid, segment.lpid,
       {"SYSV.STAT.LPID"_req, "SYSV.STAT.PID_TRANSLATION"_req, "SYSV.SHMDT.UPDATES"_req,
        "SYSV.LIFE.FAILED_FORK_STAMPS"_req},
       "the process of the last attach or detach, as the caller sees it");
}

void BindIdentity(const Scene& scene, const Segment& segment, Clauses& clauses) {
  const Profile& profile = scene.profile();
  if (Certainly(profile.sysv.record_has_key) && segment.key_known) {
    Bound& key = clauses.Bind(
        kKey, segment.key, segment.key,
        segment.dest ? "SYSV.RMID.KEY_BECOMES_PRIVATE"_req : "SYSV.STAT.SEQ_AND_KEY"_req,
        "the key the segment was created with, 0 once removed");
    key.has_other = segment.key < 0;
    key.other = static_cast<std::uint32_t>(segment.key);
  }
  const bool default_layout = scene.ipc().shmmni <= (1ull << profile.sysv.index_bits);
  if (Certainly(profile.sysv.index_in_low_bits) && segment.id >= 0 && default_layout) {
    const std::int64_t seq = segment.id >> profile.sysv.index_bits;
    clauses.Bind(kSeq, seq, seq, {"SYSV.STAT.SEQ_AND_KEY"_req, "SYSV.ID.INDEX_IN_LOW_BITS"_req},
                 "the identifier's part above the index");
  }
}

}  // namespace

std::uint32_t ShownMode(const Segment& segment) {
  return segment.mode | (segment.dest ? kModeDest : 0) | (segment.locked ? kModeLocked : 0);
}

Bound AttachCountBound(const Scene& scene, const Segment& segment, std::uint8_t field) {
  std::int32_t mergeable = 0;
  if (segment.nattch > 1) {
    for (const Process& process : scene.state().processes) {
      mergeable += process.space->MergeablePairs(segment.serial);
    }
  }
  return {field,
          false,
          std::max(0, segment.nattch - mergeable),
          segment.nattch + segment.nattch_doubt,
          0,
          0,
          {"SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req, "SYSV.STAT.NATTCH_SUM_INVARIANT"_req,
           "SYSV.VMA.MPROTECT_SPLIT_COUNTS"_req},
          "the number of mappings of the segment in all processes"};
}

void DescribeRecord(const Scene& scene, const Segment& segment, std::int64_t returned,
                    Requirements returned_requirements, Clauses& clauses) {
  clauses.Returns<SegmentRecord>("SEED.CONTROL_STRUCT_PER_SEGMENT"_req, "the segment's record");
  clauses.Bind(kReturned, returned, returned, returned_requirements, "what the command returns");
  BindIdentity(scene, segment, clauses);
  const std::uint32_t mode = ShownMode(segment);
  const bool exact = Certainly(scene.profile().sysv.mode_shows_state);
  clauses.Bind(kMode, exact ? mode : segment.mode,
               exact ? mode : segment.mode | kModeDest | kModeLocked,
               ModeRequirements(scene, segment), "permission and state bits");
  BindOwner(scene, segment, clauses);
  const std::uint64_t size = scene.IsNarrow() ? segment.size & 0xffffffffu : segment.size;
  clauses.Bind(kSize, size, size, {"SYSV.SHMGET.SEGSZ_EXACT"_req, "COMPAT.STAT_FIELDS"_req},
               "the size given at creation");
  BindProcesses(scene, segment, clauses);
  const Bound nattch = AttachCountBound(scene, segment, kNattch);
  clauses.Bind(kNattch, nattch.low, nattch.high, nattch.requirements, nattch.why);
  BindTimes(segment, clauses);
  clauses.Effect({"SYSV.STAT.NO_SIDE_EFFECT"_req, "SYSV.STAT.SNAPSHOT_CONSISTENT"_req});
}

void LearnFromRecord(const Scene& scene, State& state, SegmentName name,
                     const SegmentRecord& record) {
  const Segment& known = *FindSegment(state, name);
  const auto settled = [](const Interval& time) { return time.low == time.high; };
  const bool single = (known.lpid & (known.lpid - 1)) == 0;
  if (settled(known.atime) && settled(known.dtime) && settled(known.ctime) && single &&
      known.nattch_doubt == 0 && known.key_known) {
    return;
  }
  ProcessSet last = 0;
  Bound shown{};
  shown.old_record = scene.HasOldRecords();
  for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
    if ((known.lpid & OnlyProcess(i)) != 0 && shown.IdShown(scene, i) == record.lpid) {
      last |= OnlyProcess(i);
    }
  }
  last |= known.lpid & kForeignProcess;
  if (record.lpid == 0) last |= known.lpid & kNoProcess;
  Segment& segment = OwnSegment(state, name);
  if (last != 0) segment.lpid = last;
  segment.atime = {record.atime, record.atime};
  segment.dtime = {record.dtime, record.dtime};
  segment.ctime = {record.ctime, record.ctime};
  if (segment.nattch_doubt != 0) {
    segment.nattch = static_cast<std::int32_t>(record.nattch);
    segment.nattch_doubt = 0;
  }
  if (!segment.key_known && Certainly(scene.profile().sysv.record_has_key)) {
    segment.key = static_cast<std::int32_t>(record.key);
    segment.key_known = true;
    if (!segment.created_key_known && segment.key != 0) {
      segment.created_key = segment.key;
      segment.created_key_known = true;
    }
  }
}

}  // namespace shmspec::model
