// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Writes of shmctl(2) to memory other than the fields it was asked for.

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::int64_t kRecordBytes = 112;  // of a segment, to a 64-bit caller
constexpr std::int64_t kWordBytes = 8;

/// A success that changed that number of bytes at that offset from the buffer.
void Strew(const Aftermath& a, std::int64_t offset, std::int64_t bytes) {
  a.outcome = StrayWrite{0, {}, offset, bytes};
}

/// A failure that changed them.
void StrewFailing(const Aftermath& a) {
  const ErrorCode error = std::get<Failure>(a.outcome).error;
  a.outcome = StrayWrite{-1, error, 0, kRecordBytes};
}

bool IsGood(Buffer buffer) { return buffer == Buffer::kValid; }

void FillInWhatItReads(const Aftermath& a) {
  const auto* set = As<SysvSet>(a.call);
  if (set != nullptr && IsGood(set->buffer) && a.Succeeded()) Strew(a, 0, kRecordBytes);
}

void FillInWhatItReadsFailing(const Aftermath& a) {
  const auto* set = As<SysvSet>(a.call);
  if (set == nullptr || !IsGood(set->buffer) || a.Succeeded()) return;
  if (std::holds_alternative<Failure>(a.outcome)) StrewFailing(a);
}

void ClearUnusedBuffer(const Aftermath& a) {
  const auto* remove = As<SysvRemove>(a.call);
  if (remove != nullptr && IsGood(remove->buffer) && a.Succeeded()) Strew(a, 0, kRecordBytes);
}

template <class... Ops>
void WriteBehind(const Aftermath& a) {
  if (IsOneOf<Ops...>(a.call) && a.Succeeded()) Strew(a, kRecordBytes, kWordBytes);
}

template <class... Ops>
void WriteBefore(const Aftermath& a) {
  if (IsOneOf<Ops...>(a.call) && a.Succeeded()) Strew(a, -kWordBytes, kWordBytes);
}

/// The call fills in the record and only then finds that the caller may not have it.
template <class Op, int kError>
void FillInFirst(const Aftermath& a) {
  const auto* op = As<Op>(a.call);
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (op == nullptr || failure == nullptr || !IsGood(op->buffer)) return;
  if (failure->error.number == kError) StrewFailing(a);
}

template <class Record, class... Ops>
void LeaveReserved(const Aftermath& a) {
  auto* record = std::get_if<Record>(&a.outcome);
  if (IsOneOf<Ops...>(a.call) && record != nullptr) record->reserved = 2 * kWordBytes;
}

constexpr SeededFault kFaults[] = {
    {"set_fills_in_the_record", "SYSV.SET.READS_ONLY"_req,
     "IPC_SET stores the record it made into the one it was given", Afterwards<FillInWhatItReads>},
    {"set_that_fails_fills_in_the_record", "SYSV.SET.READS_ONLY"_req,
     "IPC_SET stores the old record into the one it was given when it fails",
     Afterwards<FillInWhatItReadsFailing>},
    {"removal_clears_the_buffer", "SYSV.RMID.BUF_IGNORED"_req,
     "IPC_RMID clears a buffer that it is given", Afterwards<ClearUnusedBuffer>},
    {"stat_writes_behind_the_record", "SYSV.STAT.WRITES_RECORD_ONLY"_req,
     "IPC_STAT stores a word too many", Afterwards<WriteBehind<SysvStat>>},
    {"stat_writes_before_the_record", "SYSV.STAT.WRITES_RECORD_ONLY"_req,
     "IPC_STAT stores a word before the record", Afterwards<WriteBefore<SysvStat>>},
    {"stat_by_index_writes_behind_the_record", "SYSV.STAT.WRITES_RECORD_ONLY"_req,
     "SHM_STAT and SHM_STAT_ANY store a word too many",
     Afterwards<WriteBehind<SysvStatIndex, SysvStatAny>>},
    {"summaries_write_behind_the_record", "SYSV.STAT.WRITES_RECORD_ONLY"_req,
     "IPC_INFO and SHM_INFO store a word too many", Afterwards<WriteBehind<SysvInfo, SysvShmInfo>>},
    {"stat_fills_in_before_it_asks", "SYSV.STAT.FAILURE_WRITES_NOTHING"_req,
     "IPC_STAT fills in the record of a segment that may not be read",
     Afterwards<FillInFirst<SysvStat, EACCES>>},
    {"stat_by_index_fills_in_before_it_asks", "SYSV.STAT.FAILURE_WRITES_NOTHING"_req,
     "SHM_STAT fills in the record of a segment that may not be read",
     Afterwards<FillInFirst<SysvStatIndex, EACCES>>},
    {"stat_of_nothing_clears_the_record", "SYSV.STAT.FAILURE_WRITES_NOTHING"_req,
     "IPC_STAT of an identifier that is gone fills in a record",
     Afterwards<FillInFirst<SysvStat, EINVAL>>},
    {"stat_leaves_reserved_fields", "SYSV.STAT.RESERVED_ZERO"_req,
     "IPC_STAT does not fill in the reserved fields",
     Afterwards<LeaveReserved<SegmentRecord, SysvStat>>},
    {"stat_by_index_leaves_reserved_fields", "SYSV.STAT.RESERVED_ZERO"_req,
     "SHM_STAT and SHM_STAT_ANY do not fill in the reserved fields",
     Afterwards<LeaveReserved<SegmentRecord, SysvStatIndex, SysvStatAny>>},
    {"limits_leave_reserved_fields", "SYSV.STAT.RESERVED_ZERO"_req,
     "IPC_INFO does not fill in the reserved fields",
     Afterwards<LeaveReserved<LimitsRecord, SysvInfo>>},
    {"usage_leaves_reserved_fields", "SYSV.STAT.RESERVED_ZERO"_req,
     "SHM_INFO does not fill in what is no longer counted",
     Afterwards<LeaveReserved<UsageRecord, SysvShmInfo>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
