// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2): IPC_STAT, IPC_SET, IPC_RMID, SHM_LOCK, SHM_UNLOCK and unknown commands.

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/language/stride.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/segment/record.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint32_t kNoId = ~std::uint32_t{0};

bool IsReadable(Buffer buffer) { return buffer == Buffer::kValid || buffer == Buffer::kUnwritable; }

SegmentName NameOfSegment(const Scene& scene, std::int64_t id) {
  const Segment* segment = FindById(scene.ipc(), id);
  return {scene.ipc_index(), segment != nullptr ? segment->serial : 0};
}

/// Whether a namespace that an actor has made has no member and no mapping any more: it and its
/// segments are on their way out.
bool IsLeft(const State& state, std::uint8_t ipc) {
  if (!state.namespaces[ipc]->made) return false;
  for (const Task& task : state.tasks) {
    const bool lives = task.life == Life::kAlive || task.life == Life::kDying;
    if (lives && (task.ipc == ipc || task.held_listing == ipc)) return false;
  }
  for (const Process& process : state.processes) {
    for (const Mapping& mapping : process.space->mappings()) {
      if (mapping.IsAttach() && mapping.attach()->segment.ipc == ipc) return false;
    }
  }
  return true;
}

/// Pages already locked on behalf of a user, as far as the plan locked them; those of namespaces
/// that have been left, or the others.
std::uint64_t PagesLocked(const State& state, std::uint32_t uid, bool left) {
  std::uint64_t pages = 0;
  for (std::size_t i = 0; i < state.namespaces.size(); ++i) {
    for (const Segment& segment : state.namespaces[i]->segments) {
      if (!segment.locked || segment.lock_user != uid) continue;
      if (IsLeft(state, static_cast<std::uint8_t>(i)) == left) pages += segment.lock_pages;
    }
  }
  return pages;
}

void DescribeLockLimit(const Scene& scene, const Segment& segment, Clauses& clauses) {
  const std::uint64_t limit = scene.process().memlock;
  if (limit == 0 && !Capable(scene, kCapIpcLock)) {
    RefuseWithout(scene, kCapIpcLock, Says::kNo, EPERM, "SYSV.LOCK.MEMLOCK_ZERO"_req,
                  "RLIMIT_MEMLOCK is 0", clauses);
  }
  if (segment.locked || segment.huge) return;
  const Says bypass = GloballyCapable(scene, kCapIpcLock);
  if (bypass == Says::kYes) {
    clauses.Effect("SYSV.LOCK.CAP_BYPASSES"_req);
    return;
  }
  const std::uint64_t page = scene.page();
  const bool infinite = limit == ~std::uint64_t{0};
  const Credentials& mine = scene.credentials();
  const std::uint64_t wanted = PagesLocked(scene.state(), mine.real_uid, false) + segment.pages;
  const std::uint64_t left = PagesLocked(scene.state(), mine.real_uid, true);
  const bool exceeds = !infinite && wanted > limit / page;
  const bool inherited = limit == scene.setting().actors[scene.call().actor].memlock;
  const Requirements charged{"SYSV.LOCK.MEMLOCK_LIMIT"_req, "SYSV.LOCK.CHARGES_REAL_USER"_req};
  const char* const why = "the lock exceeds RLIMIT_MEMLOCK";
  if (exceeds && inherited) {
    clauses.RefuseHereUnless(bypass, ENOMEM, charged, why, limit);
  } else if (exceeds) {
    clauses.RefuseUnless(bypass, ENOMEM, charged, why);
  }
  clauses.Refuse(!exceeds && !infinite && wanted + left > limit / page, ENOMEM, Force::kMay,
                 "NS.IPC.DESTROYED_WITH_LAST_MEMBER"_req,
                 "segments of a namespace that was left may still be locked");
  if (mine.real_uid != mine.uid) clauses.Effect("SYSV.LOCK.CHARGES_REAL_USER"_req);
  clauses.RefuseHere(!infinite && !exceeds, ENOMEM, Force::kMay, "SYSV.LOCK.MEMLOCK_LIMIT"_req,
                     "the user may have locked more elsewhere");
}

void DescribeLocking(const Scene& scene, std::int64_t id, bool lock, Clauses& clauses) {
  const Segment* segment =
      DescribeLookup(scene, id, scene.profile().sysv.control_after_remove, clauses);
  clauses.ReturnsValue(0, {lock ? "SYSV.LOCK.FLAG"_req : "SYSV.LOCK.IDEMPOTENT"_req},
                       "the segment is locked or unlocked");
  if (!Certainly(scene.profile().sysv.linux_commands)) {
    clauses.AnyFailure();
    clauses.Observe("SHM_LOCK and SHM_UNLOCK");
    return;
  }
  if (segment == nullptr) return;
  const Says may = MayLock(scene, *segment);
  RefuseWithout(scene, kCapIpcLock, may, EPERM, "SYSV.LOCK.OWNER_OR_CREATOR"_req,
                "the caller is neither owner nor creator nor has CAP_IPC_LOCK", clauses);
  if (lock) DescribeLockLimit(scene, *segment, clauses);
  if (segment->locked == lock) clauses.Effect("SYSV.LOCK.IDEMPOTENT"_req);
  if (segment->huge) clauses.Effect("SYSV.LOCK.HUGETLB_NOOP"_req);
}

void ApplyLocking(const Scene& scene, State& state, std::int64_t id, bool lock,
                  const Outcome& outcome) {
  const Segment* known = FindById(scene.ipc(), id);
  if (!Succeeded(outcome) || known == nullptr || known->huge || known->locked == lock) return;
  const std::uint32_t user = scene.credentials().real_uid;
  Segment& segment = OwnSegment(state, NameOfSegment(scene, id));
  segment.locked = lock;
  segment.lock_user = user;
  segment.lock_pages = lock ? segment.pages : 0;
}

}  // namespace

void Describe(const SysvStat& op, const Scene& scene, Clauses& clauses) {
  DescribeWriting(clauses);
  const Segment* segment = DescribeLookup(scene, scene.NumberOf<&SysvStat::segment>(),
                                          scene.profile().sysv.control_after_remove, clauses);
  if (segment == nullptr) {
    clauses.Returns<SegmentRecord>("SYSV.ID.STALE_EINVAL"_req, "a segment the model does not know");
    DescribeFilling(scene, op.buffer, clauses);
    return;
  }
  DescribeAccess(scene, *segment, kRead,
                 {"SYSV.STAT.NEEDS_READ"_req, "PERM.SYSV.CLASS_SELECTION"_req}, clauses);
  DescribeFilling(scene, op.buffer, clauses);
  DescribeRecord(scene, *segment, 0, "SYSV.STAT.ZERO_RETURN"_req, clauses);
}

void Apply(const SysvStat&, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* record = std::get_if<SegmentRecord>(&outcome);
  const SegmentName name = NameOfSegment(scene, scene.NumberOf<&SysvStat::segment>());
  if (record != nullptr && name.serial != 0) LearnFromRecord(scene, state, name, *record);
}

// Whether the caller may look is decided before the record is read.
void Advance(const SysvStat& op, Stride& stride) {
  const Scene& scene = stride.scene();
  Clauses& clauses = stride.clauses();
  if (stride.progress().phase == 0) {
    stride.DescribeWhole();
    const bool shows = stride.seen() != nullptr && Succeeded(*stride.seen());
    // Nobody can take the right to look away from a caller with that capability.
    const bool keeps_right = Capable(scene, kCapIpcOwner);
    if (stride.call().Alone() || !shows || keeps_right || clauses.MustFail() || stride.Settle()) {
      clauses.Reset();
      return stride.Whole();
    }
    stride.Begin(std::nullopt);
    return;
  }
  clauses.Reset();
  DescribeWriting(clauses);
  const Segment* segment = DescribeLookup(scene, scene.NumberOf<&SysvStat::segment>(),
                                          scene.profile().sysv.control_after_remove, clauses);
  if (segment == nullptr) return;
  DescribeFilling(scene, op.buffer, clauses);
  DescribeRecord(scene, *segment, 0, "SYSV.STAT.ZERO_RETURN"_req, clauses);
  if (!stride.SettleAndNote()) return;
  Next& next = stride.Add();
  Apply(op, stride.In(next), next.state, *stride.seen());
  stride.End(next);
}

void Describe(const SysvSet& op, const Scene& scene, Clauses& clauses) {
  clauses.WritesNothingElse("SYSV.SET.READS_ONLY"_req, "SYSV.SET.READS_ONLY"_req);
  const std::int64_t id = scene.NumberOf<&SysvSet::segment>();
  const bool first = Certainly(scene.profile().sysv.buffers_in_order);
  clauses.Refuse(!IsReadable(op.buffer) && !(first && id < 0), EFAULT, Force::kMust,
                 "SYSV.SET.BAD_BUFFER_FIRST"_req, "the buffer cannot be read");
  if (first && clauses.MustFail()) {
    clauses.ReturnsValue(0, "SYSV.SET.FIELDS"_req, "owner and mode are changed");
    return;
  }
  const Segment* segment =
      DescribeLookup(scene, id, scene.profile().sysv.control_after_remove, clauses);
  if (segment != nullptr) {
    DescribeControl(scene, *segment,
                    {"PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req, "SYSV.SET.GIVE_AWAY"_req,
                     "PERM.SYSV.CAPS_RELATIVE_TO_NS"_req},
                    clauses);
  }
  const bool invalid = op.uid.number == kNoId || op.gid.number == kNoId;
  const bool certain = Certainly(scene.profile().sysv.linux_commands);
  clauses.Refuse(invalid, EINVAL, certain ? Force::kMust : Force::kMay,
                 "SYSV.SET.INVALID_ID_VALUES"_req, "-1 is nobody's id");
  const Credentials& mine = scene.credentials();
  const bool nameless = MayLackUser(scene, op.uid.number) || MayLackGroup(scene, op.gid.number);
  clauses.RefuseHere(!invalid && nameless, EINVAL,
                     mine.unmapped && certain ? Force::kMust : Force::kMay,
                     "SYSV.SET.INVALID_ID_VALUES"_req,
                     "the id may have no mapping in the caller's user namespace");
  clauses.ReturnsValue(0, {"SYSV.SET.FIELDS"_req, "SEED.SHMCTL_CONTROLS"_req},
                       "owner and mode are changed");
  clauses.Effect(
      {"SYSV.SET.MODE_MASK"_req, "SYSV.SET.CTIME"_req, "SYSV.SET.CREATOR_IMMUTABLE"_req});
}

void Apply(const SysvSet& op, const Scene& scene, State& state, const Outcome& outcome) {
  const SegmentName name = NameOfSegment(scene, scene.NumberOf<&SysvSet::segment>());
  if (!Succeeded(outcome) || name.serial == 0) return;
  Segment& segment = OwnSegment(state, name);
  segment.uid = op.uid.number;
  segment.gid = op.gid.number;
  segment.mode = op.mode.bits & 0777;
  segment.ctime = scene.call().when;
}

void Describe(const SysvRemove&, const Scene& scene, Clauses& clauses) {
  clauses.WritesNothingElse("SYSV.RMID.BUF_IGNORED"_req, "SYSV.RMID.BUF_IGNORED"_req);
  const Segment* segment = DescribeLookup(scene, scene.NumberOf<&SysvRemove::segment>(),
                                          scene.profile().sysv.control_after_remove, clauses);
  if (segment != nullptr) {
    DescribeControl(scene, *segment,
                    {"PERM.SYSV.OWNER_OR_CREATOR_CAN_RMID"_req, "PERM.SYSV.CAP_SYS_ADMIN"_req,
                     "PERM.SYSV.CAPS_RELATIVE_TO_NS"_req},
                    clauses);
    if (segment->dest) {
      clauses.Effect("SYSV.RMID.REPEAT_WHILE_PENDING"_req);
    } else if (segment->nattch == 0) {
      clauses.Effect("SYSV.RMID.UNATTACHED_IMMEDIATE"_req);
    } else {
      clauses.Effect({"SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req,
                      "SYSV.RMID.KEY_BECOMES_PRIVATE"_req, "SYSV.RMID.NO_CTIME"_req});
    }
  }
  clauses.ReturnsValue(0, {"SEED.SHMCTL_CONTROLS"_req, "SYSV.RMID.BUF_IGNORED"_req},
                       "the segment is removed");
}

void Apply(const SysvRemove&, const Scene& scene, State& state, const Outcome& outcome) {
  const SegmentName name = NameOfSegment(scene, scene.NumberOf<&SysvRemove::segment>());
  if (Succeeded(outcome) && name.serial != 0) RemoveSegment(state, CauseOf(scene), name);
}

void Describe(const SysvLock&, const Scene& scene, Clauses& clauses) {
  DescribeLocking(scene, scene.NumberOf<&SysvLock::segment>(), true, clauses);
}

void Apply(const SysvLock&, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyLocking(scene, state, scene.NumberOf<&SysvLock::segment>(), true, outcome);
}

void Describe(const SysvUnlock&, const Scene& scene, Clauses& clauses) {
  DescribeLocking(scene, scene.NumberOf<&SysvUnlock::segment>(), false, clauses);
}

void Apply(const SysvUnlock&, const Scene& scene, State& state, const Outcome& outcome) {
  ApplyLocking(scene, state, scene.NumberOf<&SysvUnlock::segment>(), false, outcome);
}

namespace {

// Command numbers, the same on every Linux (linux/ipc.h, linux/shm.h).
constexpr std::int32_t kIpcRmid = 0;
constexpr std::int32_t kIpcSet = 1;
constexpr std::int32_t kIpcStat = 2;
constexpr std::int32_t kIpcInfo = 3;
constexpr std::int32_t kShmLock = 11;
constexpr std::int32_t kShmUnlock = 12;
constexpr std::int32_t kShmStatAny = 15;

bool IsQuery(std::int32_t command) {
  return command == kIpcStat || command == kIpcInfo ||
         (kShmUnlock < command && command <= kShmStatAny);
}

}  // namespace

void Describe(const SysvControl& op, const Scene& scene, Clauses& clauses) {
  switch (op.command) {
    case kIpcRmid:
      return Describe(SysvRemove{op.segment, Buffer::kValid}, scene, clauses);
    case kShmLock:
      return Describe(SysvLock{op.segment}, scene, clauses);
    case kShmUnlock:
      return Describe(SysvUnlock{op.segment}, scene, clauses);
    default:
      break;
  }
  DescribeWriting(clauses);
  const bool known = IsQuery(op.command) || op.command == kIpcSet;
  clauses.Refuse(!known, EINVAL, Force::kMust, "SYSV.STAT.BAD_CMD"_req, "there is no such command");
  clauses.Returns<Value>("SYSV.STAT.BAD_CMD"_req, "a command that has an operation of its own");
  if (known) {
    clauses.AnyFailure();
    clauses.Observe("a command by number that has an operation of its own");
  }
}

void Apply(const SysvControl& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (op.command == kIpcRmid) Apply(SysvRemove{op.segment, Buffer::kValid}, scene, state, outcome);
  if (op.command == kShmLock)
    ApplyLocking(scene, state, scene.NumberOf<&SysvControl::segment>(), true, outcome);
  if (op.command == kShmUnlock)
    ApplyLocking(scene, state, scene.NumberOf<&SysvControl::segment>(), false, outcome);
}

}  // namespace shmspec::model
