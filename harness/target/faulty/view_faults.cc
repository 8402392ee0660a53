// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One field of a segment shown in place of another, and totals that leave out some segments.
// suites/view_test.cc tries every pair of fields in every view; here are the likely mistakes.

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

template <auto kField, auto kOther>
void ShowAs(SegmentRow& row) {
  row.*kField = row.*kOther;
}

template <class Op, auto kField, auto kOther>
void CopyInRows(const Aftermath& a) {
  ChangeRows<Op, ShowAs<kField, kOther>>(a);
}

template <auto kField, auto kOther>
void CopyInRecord(const Aftermath& a) {
  if (SegmentRecord* record = RecordOf(a)) record->*kField = record->*kOther;
}

/// In the rows of /proc/PID/maps.
template <auto kField, auto kOther>
void CopyInMaps(const Aftermath& a) {
  auto* table = std::get_if<MappingTable>(&a.outcome);
  if (table == nullptr) return;
  for (MappingRow& row : table->rows) row.*kField = row.*kOther;
}

void ForgetOffsets(const Aftermath& a) {
  auto* table = std::get_if<MappingTable>(&a.outcome);
  if (table == nullptr) return;
  for (MappingRow& row : table->rows) row.offset = 0;
}

void ShowMemoryInPages(SegmentRow& row) { row.rss /= 4096; }
void ShowResidentAsSwapped(SegmentRow& row) { row.swap = row.rss; }

// --- totals

std::uint64_t PagesTouchedOf(const model::State& state, const model::Segment& segment) {
  return ObjectOf(state, segment.object).PagesTouched(4096);
}

UsageRecord* UsageOf(const Aftermath& a) { return std::get_if<UsageRecord>(&a.outcome); }

const std::vector<model::Segment>& SegmentsOf(const Aftermath& a) {
  return NamespaceOf(a.before, a.call).segments;
}

/// Pages in memory of those segments alone for which `counts` holds.
template <class Counts>
void SumResident(const Aftermath& a, Counts&& counts) {
  UsageRecord* usage = UsageOf(a);
  if (usage == nullptr) return;
  usage->shm_rss = 0;
  for (const model::Segment& segment : SegmentsOf(a)) {
    if (counts(segment)) usage->shm_rss += PagesTouchedOf(a.before, segment);
  }
}

void SumResidentOfFirst(const Aftermath& a) {
  SumResident(a, [&](const model::Segment& one) { return &one == &SegmentsOf(a).front(); });
}

void SumResidentOfLast(const Aftermath& a) {
  SumResident(a, [&](const model::Segment& one) { return &one == &SegmentsOf(a).back(); });
}

void SumResidentOfAttached(const Aftermath& a) {
  SumResident(a, [](const model::Segment& one) { return one.nattch != 0; });
}

void SumResidentOfRemaining(const Aftermath& a) {
  SumResident(a, [](const model::Segment& one) { return !one.dest; });
}

/// A segment with any touched page counts as a whole.
void SumWholeSegments(const Aftermath& a) {
  UsageRecord* usage = UsageOf(a);
  if (usage == nullptr) return;
  usage->shm_rss = 0;
  for (const model::Segment& segment : SegmentsOf(a)) {
    if (PagesTouchedOf(a.before, segment) != 0) usage->shm_rss += segment.pages;
  }
}

void CallResidentSwapped(const Aftermath& a) {
  UsageRecord* usage = UsageOf(a);
  if (usage != nullptr) std::swap(usage->shm_rss, usage->shm_swp);
}

void SumSizesOfFirst(const Aftermath& a) {
  UsageRecord* usage = UsageOf(a);
  if (usage != nullptr && !SegmentsOf(a).empty()) usage->shm_tot = SegmentsOf(a).front().pages;
}

void SumBytesBeforeRounding(const Aftermath& a) {
  UsageRecord* usage = UsageOf(a);
  if (usage == nullptr) return;
  std::uint64_t bytes = 0;
  for (const model::Segment& segment : SegmentsOf(a)) bytes += segment.size;
  usage->shm_tot = (bytes + 4095) / 4096;
}

void CountUpToHighestIndex(const Aftermath& a) {
  UsageRecord* usage = UsageOf(a);
  if (usage == nullptr) return;
  for (const model::Segment& segment : SegmentsOf(a)) {
    usage->used_ids = std::max(usage->used_ids, segment.id % (1 << 15) + 1);
  }
}

using Row = SegmentRow;
using Record = SegmentRecord;

constexpr SeededFault kFaults[] = {
    {"procfs_shows_creator_as_owner", "PROC.SYSVIPC.AGREES_WITH_STAT"_req,
     "/proc/sysvipc/shm has the creator in the column of the owner",
     Afterwards<CopyInRows<SystemSegments, &Row::uid, &Row::cuid>>},
    {"procfs_shows_owner_as_creator", "PROC.SYSVIPC.AGREES_WITH_STAT"_req,
     "/proc/sysvipc/shm has the owner in the column of the creator",
     Afterwards<CopyInRows<SystemSegments, &Row::cuid, &Row::uid>>},
    {"procfs_shows_one_group_twice", "PROC.SYSVIPC.AGREES_WITH_STAT"_req,
     "/proc/sysvipc/shm has the group in the column of the creator's group",
     Afterwards<CopyInRows<SystemSegments, &Row::cgid, &Row::gid>>},
    {"procfs_shows_users_as_groups", "PROC.SYSVIPC.SHM_COLUMNS"_req,
     "/proc/sysvipc/shm has the owner in the column of the group",
     Afterwards<CopyInRows<SystemSegments, &Row::gid, &Row::uid>>},
    {"procfs_shows_atime_as_dtime", "PROC.SYSVIPC.SHM_COLUMNS"_req,
     "/proc/sysvipc/shm has atime in the column of dtime",
     Afterwards<CopyInRows<SystemSegments, &Row::dtime, &Row::atime>>},
    {"procfs_shows_ctime_as_atime", "PROC.SYSVIPC.SHM_COLUMNS"_req,
     "/proc/sysvipc/shm has ctime in the column of atime",
     Afterwards<CopyInRows<SystemSegments, &Row::atime, &Row::ctime>>},
    {"procfs_shows_memory_in_pages", "PROC.SYSVIPC.FORMAT"_req,
     "/proc/sysvipc/shm counts resident pages, not bytes",
     Afterwards<ChangeRows<SystemSegments, ShowMemoryInPages>>},
    {"procfs_shows_resident_as_swapped", "PROC.SYSVIPC.SHM_COLUMNS"_req,
     "/proc/sysvipc/shm has rss in the column of swap",
     Afterwards<ChangeRows<SystemSegments, ShowResidentAsSwapped>>},
    {"stat_shows_ctime_as_atime", "SYSV.SHMAT.SUCCESS_UPDATES"_req,
     "the records show shm_ctime as shm_atime",
     Afterwards<CopyInRecord<&Record::atime, &Record::ctime>>},
    {"stat_shows_atime_as_ctime", "SYSV.SET.CTIME"_req, "the records show shm_atime as shm_ctime",
     Afterwards<CopyInRecord<&Record::ctime, &Record::atime>>},
    {"ipcs_shows_creators_as_owners", "TOOL.IPCS.VIEWS"_req,
     "ipcs -c has the creator in the column of the owner",
     Afterwards<CopyInRows<SystemIpcs, &Row::uid, &Row::cuid>>},
    {"ipcs_shows_groups_of_owners_as_creators", "TOOL.IPCS.VIEWS"_req,
     "ipcs -c has the group in the column of the creator's group",
     Afterwards<CopyInRows<SystemIpcs, &Row::cgid, &Row::gid>>},
    {"ipcs_shows_attach_times_as_detach_times", "TOOL.IPCS.VIEWS"_req,
     "ipcs -t has atime in the column of dtime",
     Afterwards<CopyInRows<SystemIpcs, &Row::dtime, &Row::atime>>},
    {"ipcs_of_one_shows_creator_as_owner", "TOOL.IPCS.BY_ID"_req,
     "ipcs -i shows the creator as the owner",
     Afterwards<CopyInRows<SystemIpcsOne, &Row::uid, &Row::cuid>>},
    {"lsipc_shows_creator_as_owner", "TOOL.LSIPC.JSON"_req, "lsipc shows the creator as the owner",
     Afterwards<CopyInRows<SystemLsipc, &Row::uid, &Row::cuid>>},
    {"lsipc_shows_attach_times_as_detach_times", "TOOL.LSIPC.JSON"_req,
     "lsipc shows atime as dtime", Afterwards<CopyInRows<SystemLsipc, &Row::dtime, &Row::atime>>},
    {"maps_offset_is_zero", "PROC.MAPS.SYSV_NAME"_req,
     "/proc/PID/maps shows offset 0 for every part of an attach", Afterwards<ForgetOffsets>},
    {"maps_offset_is_the_size", "PROC.MAPS.SYSV_NAME"_req,
     "/proc/PID/maps shows the size of a mapping as its offset",
     Afterwards<CopyInMaps<&MappingRow::offset, &MappingRow::size>>},
    {"usage_counts_memory_of_the_first", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_rss is that of the first segment", Afterwards<SumResidentOfFirst>},
    {"usage_counts_memory_of_the_last", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_rss is that of the last segment", Afterwards<SumResidentOfLast>},
    {"usage_counts_memory_of_attached", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_rss leaves segments out that nobody is attached to", Afterwards<SumResidentOfAttached>},
    {"usage_forgets_memory_of_removed", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_rss leaves segments out that wait for their last detach",
     Afterwards<SumResidentOfRemaining>},
    {"usage_counts_whole_segments", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_rss counts all pages of a segment of which one was touched",
     Afterwards<SumWholeSegments>},
    {"usage_shows_resident_as_swapped", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "SHM_INFO counts pages in memory as swapped out", Afterwards<CallResidentSwapped>},
    {"usage_total_is_of_the_first", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_tot is the size of the first segment", Afterwards<SumSizesOfFirst>},
    {"usage_total_is_rounded_once", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "shm_tot adds the sizes up and rounds the sum", Afterwards<SumBytesBeforeRounding>},
    {"usage_counts_free_indices", "SYSV.INFO.SHM_INFO_COUNTERS"_req,
     "used_ids counts the indices up to the highest in use", Afterwards<CountUpToHighestIndex>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
