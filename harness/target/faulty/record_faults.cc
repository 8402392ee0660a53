// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Faults of records: their contents and when they change; keys made of files.

#include "harness/model/language/clauses.h"
#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::int64_t kHour_s = 3600;
constexpr std::int64_t kIndices = 1 << 15;

// --- times: a fault far from the truth, since they are in seconds

void Move(model::Interval& time, std::int64_t by_s) {
  time.low += by_s;
  time.high += by_s;
}

template <class Op>
void StampCtime(const Aftermath& a) {
  model::Segment* segment =
      IsOneOf<Op>(a.call) && a.Succeeded() ? OwnById(a.after, a.call) : nullptr;
  if (segment != nullptr) Move(segment->ctime, kHour_s);
}

void ClearCtime(const Aftermath& a) {
  model::Segment* segment =
      IsOneOf<SysvSet>(a.call) && a.Succeeded() ? OwnById(a.after, a.call) : nullptr;
  if (segment != nullptr) segment->ctime = {};
}

void StampDtimeBack(const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call) || !a.Succeeded()) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = Before(a, name);
    if (old != nullptr && old->nattch > segment.nattch) Move(segment.dtime, -kHour_s);
  });
}

void TakeReaderForLast(const Aftermath& a) {
  model::Segment* segment =
      IsOneOf<SysvStat>(a.call) && a.Succeeded() ? OwnById(a.after, a.call) : nullptr;
  if (segment != nullptr) segment->lpid = model::OnlyProcess(ProcessOf(a.before, a.call));
}

// --- records

void ShowSizeOfTheFirst(const Aftermath& a) {
  if (RecordedSegment(a) == nullptr) return;
  const model::Segment& first = NamespaceOf(a.before, a.call).segments.front();
  RecordOf(a)->size = static_cast<std::int64_t>(first.size);
}

void ShowIndexAsSequence(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment != nullptr) RecordOf(a)->seq = segment->id % kIndices;
}

void CountOwnOnly(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr) return;
  RecordOf(a)->nattch = 0;
  for (const model::Mapping& mapping :
       a.before.processes[ProcessOf(a.before, a.call)].space->mappings()) {
    if (mapping.segment() == segment->serial) ++RecordOf(a)->nattch;
  }
}

void ShowUsersAsTheyAre(const Aftermath& a) {
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr || !CredentialsOf(a.before, a.call).unmapped) return;
  SegmentRecord& record = *RecordOf(a);
  record.uid = segment->uid;
  record.gid = segment->gid;
  record.cuid = segment->cuid;
  record.cgid = segment->cgid;
}

void ShowForcedAsRemoved(const Aftermath& a) {
  SegmentRecord* record = RecordOf(a);
  if (record != nullptr && NamespaceOf(a.before, a.call).rmid_forced) {
    record->mode.bits |= kModeDest;
  }
}

void ReadForcedAsOn(const Aftermath& a) {
  const auto* read = As<SystemSysctlRead>(a.call);
  auto* value = std::get_if<Value>(&a.outcome);
  if (read != nullptr && value != nullptr && read->name == Sysctl::kRmidForced) value->number = 1;
}

// --- usage

void ForgetLoads(const Aftermath& a) {
  if (IsOneOf<MemoryLoad, MemoryChecksum>(a.call)) a.after = a.before;
}

void CountWholePages(const Aftermath& a) {
  auto* usage = std::get_if<UsageRecord>(&a.outcome);
  if (usage == nullptr) return;
  usage->shm_tot = 0;
  for (const model::Segment& segment : NamespaceOf(a.before, a.call).segments) {
    usage->shm_tot += segment.size / model::kPageBytes;
  }
}

// --- ftok(3)

/// The key that the call made, for changing, or null.
Value* MadeKey(const Aftermath& a) {
  return IsOneOf<SysvKeyOfPath>(a.call) ? std::get_if<Value>(&a.outcome) : nullptr;
}

void HashPathText(const Aftermath& a) {
  if (Value* key = MadeKey(a)) {
    key->number += static_cast<std::int64_t>(As<SysvKeyOfPath>(a.call)->path.size());
  }
}

void UseMoreOfProject(const Aftermath& a) {
  if (Value* key = MadeKey(a)) key->number ^= As<SysvKeyOfPath>(a.call)->project >> 8 & 0xff;
}

void PutProjectLow(const Aftermath& a) {
  Value* key = MadeKey(a);
  if (key == nullptr) return;
  const auto bits = static_cast<std::uint32_t>(key->number);
  key->number = static_cast<std::int32_t>(bits << 8 | bits >> 24);
}

void MixInProcess(const Aftermath& a) {
  if (Value* key = MadeKey(a)) key->number += ProcessOf(a.before, a.call);
}

void MakeKeyOfNothing(const Aftermath& a) {
  const auto* file = As<SysvKeyOfPath>(a.call);
  if (file != nullptr && !a.Succeeded() && !file->path.empty()) a.outcome = Value{1};
}

void CallEveryPathMissing(const Aftermath& a) {
  if (IsOneOf<SysvKeyOfPath>(a.call) && !a.Succeeded()) a.outcome = Failure{{ENOENT}};
}

// --- 32-bit callers: what they see less of

constexpr std::int64_t kNarrowMost = 0x7fffffff;

void CapLargeSizes(const Aftermath& a) {
  SegmentRecord* record = RecordOf(a);
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr || record->size == static_cast<std::int64_t>(segment->size)) return;
  record->size = kNarrowMost;
}

void CutLargeIds(const Aftermath& a) {
  SegmentRecord* record = RecordOf(a);
  const model::Segment* segment = RecordedSegment(a);
  if (segment == nullptr || model::OldRecordsHold(segment->uid)) return;
  if (record->uid != segment->uid) record->uid = segment->uid & model::kOldRecordMask;
}

void CutTheLargestSize(const Aftermath& a) {
  auto* limits = std::get_if<LimitsRecord>(&a.outcome);
  if (limits == nullptr || limits->shmmax != kNarrowMost) return;
  limits->shmmax = NamespaceOf(a.before, a.call).shmmax & 0xffffffff;
}

void CallItInvalid(const Aftermath& a) {
  constexpr std::uint64_t kFourGigabytes = 1ull << 32;
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<SysvAttach>(a.call) || failure == nullptr) return;
  const model::Segment* segment = ById(a.before, a.call);
  if (segment == nullptr || segment->size < kFourGigabytes) return;
  if (failure->error.number == ENOMEM) a.Fail(EINVAL);
}

constexpr SeededFault kFaults[] = {
    {"removal_stamps_ctime", "SYSV.RMID.NO_CTIME"_req, "IPC_RMID sets shm_ctime, an hour ahead",
     Afterwards<StampCtime<SysvRemove>>},
    {"attach_stamps_ctime", "SYSV.STAT.ATTACH_NO_CTIME"_req, "shmat sets shm_ctime, an hour ahead",
     Afterwards<StampCtime<SysvAttach>>},
    {"set_clears_ctime", "SYSV.SET.CTIME"_req, "IPC_SET leaves 0 in shm_ctime",
     Afterwards<ClearCtime>},
    {"detach_stamps_the_past", "SYSV.STAT.TIMES_MONOTONE"_req,
     "shmdt sets shm_dtime to an hour ago", Afterwards<StampDtimeBack>},
    {"stat_sets_lpid", "SYSV.STAT.NO_SIDE_EFFECT"_req, "IPC_STAT sets shm_lpid",
     Afterwards<TakeReaderForLast>},
    {"stat_shows_the_size_of_the_first_segment", "SEED.CONTROL_STRUCT_PER_SEGMENT"_req,
     "every record has the size of the namespace's first segment", Afterwards<ShowSizeOfTheFirst>},
    {"stat_shows_the_index_as_sequence", "SYSV.ID.INDEX_IN_LOW_BITS"_req,
     "the sequence number in the record is the index", Afterwards<ShowIndexAsSequence>},
    {"stat_counts_the_readers_attaches", "SYSV.STAT.NATTCH_SUM_INVARIANT"_req,
     "shm_nattch counts the attaches of the process that asks", Afterwards<CountOwnOnly>},
    {"stat_does_not_translate_users", "SYSV.STAT.UID_TRANSLATION"_req,
     "IPC_STAT shows ids that have no name in the reader's user namespace",
     Afterwards<ShowUsersAsTheyAre>},
    {"forced_removal_shows_as_removal", "SYSV.FORCED.NO_DEST_FLAG"_req,
     "SHM_DEST is in the mode of all segments under shm_rmid_forced",
     Afterwards<ShowForcedAsRemoved>},
    {"forced_removal_reads_as_on", "SYSV.FORCED.DEFAULT_OFF"_req, "shm_rmid_forced always reads 1",
     Afterwards<ReadForcedAsOn>},
    {"usage_misses_pages_that_were_read", "SYSV.INFO.READ_FAULT_ALLOCATES"_req,
     "SHM_INFO counts only pages that were stored to as resident", Afterwards<ForgetLoads>},
    {"usage_misses_the_last_page", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "SHM_INFO does not count a page that a segment fills in part", Afterwards<CountWholePages>},
    {"narrow_stat_caps_large_sizes", "COMPAT.STAT_FIELDS"_req,
     "IPC_STAT shows 32-bit callers the largest size they know for one that is larger",
     Afterwards<CapLargeSizes>},
    {"old_records_cut_large_ids", "COMPAT.OLD_RECORD_IDS"_req,
     "IPC_STAT shows the low half of a uid that the caller's record does not hold",
     Afterwards<CutLargeIds>},
    {"narrow_info_cuts_the_largest_size", "COMPAT.INFO_CAPPED"_req,
     "IPC_INFO shows 32-bit callers the low half of shmmax", Afterwards<CutTheLargestSize>},
    {"narrow_attach_that_is_too_large_is_invalid", "COMPAT.ATTACH_TOO_BIG"_req,
     "shmat of a segment larger than a 32-bit address space fails with EINVAL",
     Afterwards<CallItInvalid>},
    {"key_depends_on_the_spelling", "SYSV.FTOK.SAME_FILE_SAME_KEY"_req,
     "ftok gives two keys for two paths of one file", Afterwards<HashPathText>},
    {"key_depends_on_sixteen_bits", "SYSV.FTOK.LOW_EIGHT_BITS"_req,
     "ftok looks at sixteen bits of the project", Afterwards<UseMoreOfProject>},
    {"key_has_the_project_low", "SYSV.FTOK.GLIBC_FORMULA"_req,
     "ftok puts the project into the lowest byte", Afterwards<PutProjectLow>},
    {"key_depends_on_the_process", "SEED.FLOW_SYSV"_req, "ftok gives each process its own keys",
     Afterwards<MixInProcess>},
    {"missing_file_has_a_key", "SYSV.FTOK.MISSING_FILE"_req, "ftok needs no file",
     Afterwards<MakeKeyOfNothing>},
    {"every_bad_path_is_missing", "SYSV.FTOK.PATH_ERRORS"_req,
     "ftok fails with ENOENT whatever is wrong with the path", Afterwards<CallEveryPathMissing>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
