// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmctl(2).

#include <algorithm>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::int64_t kIndices = 1 << 15;

// --- records

void ReturnIdentifier(const Aftermath& a) {
  if (IsOneOf<SysvStat>(a.call) && a.Succeeded()) RecordOf(a)->returned = a.call.references[0];
}

void ReturnZero(const Aftermath& a) {
  if (IsOneOf<SysvStatIndex, SysvStatAny>(a.call) && a.Succeeded()) RecordOf(a)->returned = 0;
}

void TakeIdentifierWhole(const Aftermath& a) {
  if (!IsOneOf<SysvStatIndex, SysvStatAny>(a.call) || !a.Succeeded()) return;
  if (a.call.references[0] >= kIndices && ById(a.before, a.call) == nullptr) a.Fail(EINVAL);
}

void StatAny(const model::State&, model::Call&, Operation& operation) {
  if (const auto* stat = std::get_if<SysvStatIndex>(&operation)) {
    operation = SysvStatAny{stat->index, stat->buffer};
  }
}

void StatReadable(const model::State&, model::Call&, Operation& operation) {
  if (const auto* stat = std::get_if<SysvStatAny>(&operation)) {
    operation = SysvStatIndex{stat->index, stat->buffer};
  }
}

template <auto kField, auto kOther>
void CopyField(const Aftermath& a) {
  if (SegmentRecord* record = RecordOf(a)) record->*kField = record->*kOther;
}

template <auto kField>
void ClearField(const Aftermath& a) {
  if (SegmentRecord* record = RecordOf(a)) record->*kField = {};
}

template <std::uint32_t kBit>
void HideState(const Aftermath& a) {
  if (SegmentRecord* record = RecordOf(a)) record->mode.bits &= ~kBit;
}

void ShowInitForForeign(const Aftermath& a) {
  SegmentRecord* record = RecordOf(a);
  if (record != nullptr && record->cpid == 0) record->cpid = 1;
}

void FaultFirst(const Aftermath& a) {
  const auto* stat = As<SysvStat>(a.call);
  if (stat != nullptr && stat->buffer != Buffer::kValid) a.outcome = Failure{{EFAULT}};
}

// --- IPC_SET

/// The segment that IPC_SET changed, for changing again, or null.
model::Segment* Changed(const Aftermath& a) {
  return IsOneOf<SysvSet>(a.call) && a.Succeeded() ? OwnById(a.after, a.call) : nullptr;
}

template <auto kField>
void LeaveField(const Aftermath& a) {
  if (model::Segment* segment = Changed(a)) segment->*kField = ById(a.before, a.call)->*kField;
}

void ChangeCreator(const Aftermath& a) {
  model::Segment* segment = Changed(a);
  if (segment == nullptr) return;
  segment->cuid = segment->uid;
  segment->cgid = segment->gid;
}

void KeepHighBits(const Aftermath& a) {
  if (model::Segment* segment = Changed(a)) segment->mode = As<SysvSet>(a.call)->mode.bits & 07777;
}

template <auto kField>
void ForgetState(const Aftermath& a) {
  if (model::Segment* segment = Changed(a)) segment->*kField = false;
}

void AcceptNobody(const model::State&, model::Call&, Operation& operation) {
  auto* set = std::get_if<SysvSet>(&operation);
  if (set == nullptr) return;
  for (Id* id : {&set->uid, &set->gid}) {
    if (id->number == ~std::uint32_t{0}) id->number = 65534;
  }
}

void LookUpFirst(const Aftermath& a) {
  if (!IsOneOf<SysvSet>(a.call) || a.Succeeded()) return;
  if (ById(a.before, a.call) == nullptr) a.outcome = Failure{{EINVAL}};
}

// --- IPC_RMID and unknown commands

void RemoveLooksAtBuffer(const Aftermath& a) {
  const auto* remove = As<SysvRemove>(a.call);
  if (remove != nullptr && remove->buffer == Buffer::kWild) a.Fail(EFAULT);
}

void RefuseSecondRemoval(const Aftermath& a) {
  const model::Segment* segment =
      IsOneOf<SysvRemove>(a.call) && a.Succeeded() ? ById(a.before, a.call) : nullptr;
  if (segment != nullptr && segment->dest) a.Fail(EIDRM);
}

void ReturnRemoved(const Aftermath& a) {
  if (IsOneOf<SysvRemove>(a.call) && a.Succeeded()) a.outcome = Value{a.call.references[0]};
}

void AcceptCommands(const Aftermath& a) {
  if (IsOneOf<SysvControl>(a.call) && !a.Succeeded()) a.outcome = Value{0};
}

// --- locks

void LockForAnyone(model::State& state, const model::Call& call) {
  const model::Segment* segment = IsOneOf<SysvLock, SysvUnlock>(call) ? ById(state, call) : nullptr;
  if (segment != nullptr) OwnCredentials(state, call).uid = segment->cuid;
}

void LockWithoutLimit(model::State& state, const model::Call& call) {
  if (IsOneOf<SysvLock>(call)) state.processes[ProcessOf(state, call)].memlock = ~std::uint64_t{0};
}

void LockAtLimitOfNothing(model::State& state, const model::Call& call) {
  if (!IsOneOf<SysvLock>(call)) return;
  std::uint64_t& limit = state.processes[ProcessOf(state, call)].memlock;
  if (limit == 0) limit = ~std::uint64_t{0};
}

void UnlockByLocking(const Aftermath& a) {
  const model::Segment* segment =
      IsOneOf<SysvLock>(a.call) && a.Succeeded() ? ById(a.before, a.call) : nullptr;
  if (segment != nullptr && segment->locked) OwnById(a.after, a.call)->locked = false;
}

void LockHugePages(const Aftermath& a) {
  model::Segment* segment =
      IsOneOf<SysvLock>(a.call) && a.Succeeded() ? OwnById(a.after, a.call) : nullptr;
  if (segment != nullptr && segment->huge) segment->locked = true;
}

// --- summaries

template <class Change>
void ChangeSummary(const Aftermath& a, Change change) {
  if (auto* limits = std::get_if<LimitsRecord>(&a.outcome)) change(*limits);
  if (auto* usage = std::get_if<UsageRecord>(&a.outcome)) change(*usage);
}

void ReturnCount(const Aftermath& a) {
  ChangeSummary(a, [&](auto& record) {
    record.returned = static_cast<std::int64_t>(NamespaceOf(a.before, a.call).segments.size());
  });
}

void ReportDefaults(const Aftermath& a) {
  const SystemFacts defaults;
  auto* limits = std::get_if<LimitsRecord>(&a.outcome);
  if (limits != nullptr) limits->shmmax = defaults.shmmax;
}

void ReportBytes(const Aftermath& a) {
  if (auto* usage = std::get_if<UsageRecord>(&a.outcome)) usage->shm_tot *= 4096;
}

void ForgetRemoved(const Aftermath& a) {
  auto* usage = std::get_if<UsageRecord>(&a.outcome);
  if (usage == nullptr) return;
  const auto& segments = NamespaceOf(a.before, a.call).segments;
  usage->used_ids -= std::count_if(segments.begin(), segments.end(),
                                   [](const model::Segment& segment) { return segment.dest; });
}

void SummariseForRootOnly(const Aftermath& a) {
  const bool summary = IsOneOf<SysvInfo, SysvShmInfo>(a.call) && a.Succeeded();
  if (summary && CredentialsOf(a.before, a.call).uid != 0) a.Fail(EACCES);
}

void SummariseNowhere(const model::State&, model::Call&, Operation& operation) {
  if (auto* info = std::get_if<SysvInfo>(&operation)) info->buffer = Buffer::kValid;
  if (auto* info = std::get_if<SysvShmInfo>(&operation)) info->buffer = Buffer::kValid;
}

void SummariseNegative(const model::State&, model::Call& call, Operation&) {
  if (!IsOneOf<SysvInfo, SysvShmInfo>(call)) return;
  call.references[0] = std::max<std::int64_t>(call.references[0], 0);
}

constexpr SeededFault kFaults[] = {
    {"stat_returns_the_identifier", "SYSV.STAT.ZERO_RETURN"_req, "IPC_STAT returns the identifier",
     Afterwards<ReturnIdentifier>},
    {"stat_by_index_returns_zero", "SYSV.INFO.SHM_STAT_INDEX"_req,
     "SHM_STAT does not return the identifier", Afterwards<ReturnZero>},
    {"stat_by_index_takes_no_identifier", "SYSV.INFO.SHM_STAT_MASKS_ID"_req,
     "SHM_STAT looks at more than the index bits of its argument", Afterwards<TakeIdentifierWhole>},
    {"stat_by_index_needs_no_permission", "SYSV.INFO.SHM_STAT_PERMISSION"_req,
     "SHM_STAT shows what the caller may not read", Rewritten<StatAny>},
    {"stat_any_needs_permission", "SYSV.INFO.SHM_STAT_PERMISSION"_req,
     "SHM_STAT_ANY asks for read permission", Rewritten<StatReadable>},
    {"stat_shows_owner_as_creator", "SYSV.SET.CREATOR_IMMUTABLE"_req, "cuid is the owner's uid",
     Afterwards<CopyField<&SegmentRecord::cuid, &SegmentRecord::uid>>},
    {"stat_shows_user_as_group", "SYSV.SHMGET.INITIAL_FIELDS"_req, "cgid is the creator's uid",
     Afterwards<CopyField<&SegmentRecord::cgid, &SegmentRecord::cuid>>},
    {"stat_shows_no_creating_process", "SYSV.STAT.CPID"_req, "shm_cpid is always 0",
     Afterwards<ClearField<&SegmentRecord::cpid>>},
    {"stat_shows_creating_process_as_last", "SYSV.STAT.LPID"_req, "shm_lpid is shm_cpid",
     Afterwards<CopyField<&SegmentRecord::lpid, &SegmentRecord::cpid>>},
    {"stat_shows_foreign_process_as_init", "SYSV.STAT.PID_TRANSLATION"_req,
     "shm_cpid is 1 where the process has no id", Afterwards<ShowInitForForeign>},
    {"stat_shows_no_key", "SYSV.STAT.SEQ_AND_KEY"_req, "the key in the record is always 0",
     Afterwards<ClearField<&SegmentRecord::key>>},
    {"stat_shows_no_removal", "SYSV.RMID.DEST_FLAG"_req, "SHM_DEST is missing in the mode",
     Afterwards<HideState<kModeDest>>},
    {"stat_shows_no_lock", "SYSV.LOCK.FLAG"_req, "SHM_LOCKED is missing in the mode",
     Afterwards<HideState<kModeLocked>>},
    {"stat_looks_at_the_buffer_first", "SYSV.STAT.BAD_BUFFER"_req,
     "IPC_STAT reports a bad buffer before a bad identifier", Afterwards<FaultFirst>},
    {"set_ignores_mode", "SYSV.SET.FIELDS"_req, "IPC_SET does not change the mode",
     Afterwards<LeaveField<&model::Segment::mode>>},
    {"set_ignores_uid", "SYSV.SET.FIELDS"_req, "IPC_SET does not change the owner",
     Afterwards<LeaveField<&model::Segment::uid>>},
    {"set_ignores_gid", "SYSV.SET.FIELDS"_req, "IPC_SET does not change the group",
     Afterwards<LeaveField<&model::Segment::gid>>},
    {"set_changes_the_creator", "SYSV.SET.CREATOR_IMMUTABLE"_req,
     "IPC_SET changes the creator with the owner", Afterwards<ChangeCreator>},
    {"set_keeps_high_mode_bits", "SYSV.SET.MODE_MASK"_req, "IPC_SET takes twelve bits of the mode",
     Afterwards<KeepHighBits>},
    {"set_forgets_the_lock", "SYSV.SET.MODE_MASK"_req, "IPC_SET clears SHM_LOCKED",
     Afterwards<ForgetState<&model::Segment::locked>>},
    {"set_forgets_the_removal", "SYSV.RMID.SET_WHILE_PENDING"_req,
     "IPC_SET takes the removal of a segment back", Afterwards<ForgetState<&model::Segment::dest>>},
    {"set_accepts_nobody", "SYSV.SET.INVALID_ID_VALUES"_req, "IPC_SET takes -1 for an id",
     Rewritten<AcceptNobody>},
    {"set_looks_the_identifier_up_first", "SYSV.SET.BAD_BUFFER_FIRST"_req,
     "IPC_SET reports a bad identifier before a bad buffer", Afterwards<LookUpFirst>},
    {"remove_looks_at_the_buffer", "SYSV.RMID.BUF_IGNORED"_req,
     "IPC_RMID fails if its unused argument is no address", Afterwards<RemoveLooksAtBuffer>},
    {"second_removal_fails", "SYSV.RMID.REPEAT_WHILE_PENDING"_req,
     "IPC_RMID of a removed segment fails", Afterwards<RefuseSecondRemoval>},
    {"removal_returns_the_identifier", "SEED.SHMCTL_CONTROLS"_req,
     "IPC_RMID returns the identifier", Afterwards<ReturnRemoved>},
    {"unknown_commands_succeed", "SYSV.STAT.BAD_CMD"_req, "shmctl returns 0 for any command",
     Afterwards<AcceptCommands>},
    {"anyone_may_lock", "SYSV.LOCK.OWNER_OR_CREATOR"_req, "SHM_LOCK asks for no ownership",
     Disguise<LockForAnyone>},
    {"lock_limit_is_ignored", "SYSV.LOCK.MEMLOCK_LIMIT"_req,
     "SHM_LOCK does not look at RLIMIT_MEMLOCK", Disguise<LockWithoutLimit>},
    {"lock_limit_of_zero_is_none", "SYSV.LOCK.MEMLOCK_ZERO"_req,
     "SHM_LOCK takes an RLIMIT_MEMLOCK of 0 for no limit", Disguise<LockAtLimitOfNothing>},
    {"second_lock_unlocks", "SYSV.LOCK.IDEMPOTENT"_req, "SHM_LOCK of a locked segment unlocks it",
     Afterwards<UnlockByLocking>},
    {"lock_shows_on_huge_pages", "SYSV.LOCK.HUGETLB_NOOP"_req,
     "SHM_LOCK shows in the mode of a segment of huge pages", Afterwards<LockHugePages>},
    {"info_returns_the_count", "SYSV.INFO.RETURNS_MAX_INDEX"_req,
     "IPC_INFO returns the number of segments", Afterwards<ReturnCount>},
    {"info_shows_the_defaults", "SYSV.INFO.IPC_INFO_LIMITS"_req,
     "IPC_INFO shows the default of shmmax", Afterwards<ReportDefaults>},
    {"usage_is_in_bytes", "SYSV.INFO.SHM_INFO_COUNTERS"_req, "SHM_INFO counts bytes, not pages",
     Afterwards<ReportBytes>},
    {"usage_forgets_removed_segments", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "SHM_INFO does not count segments that wait for their last detach", Afterwards<ForgetRemoved>},
    {"summaries_are_for_root", "SYSV.INFO.NO_PERMISSION_FOR_SUMMARY"_req,
     "IPC_INFO and SHM_INFO ask for privilege", Afterwards<SummariseForRootOnly>},
    {"summaries_need_no_buffer", "SYSV.INFO.BAD_BUFFER"_req,
     "IPC_INFO and SHM_INFO succeed without a buffer", Rewritten<SummariseNowhere>},
    {"summaries_ignore_the_identifier", "SYSV.ID.NEGATIVE_INVALID"_req,
     "IPC_INFO and SHM_INFO accept a negative identifier", Rewritten<SummariseNegative>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
