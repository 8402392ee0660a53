// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/native_records.h"

#include <sys/shm.h>

#include <cstring>

namespace shmspec::native {
namespace {

template <class Record>
Record CopyOf(const void* buffer) {
  static_assert(sizeof(Record) <= SysvCalls::kRecordBytes);
  Record record;
  std::memcpy(&record, buffer, sizeof(record));
  return record;
}

}  // namespace

void WriteSettable(const SettableFields& fields, void* buffer) {
  auto record = CopyOf<shmid_ds>(buffer);
  record.shm_perm.uid = fields.uid;
  record.shm_perm.gid = fields.gid;
  record.shm_perm.mode = static_cast<decltype(record.shm_perm.mode)>(fields.mode);
  std::memcpy(buffer, &record, sizeof(record));
}

void ReadSegment(const void* buffer, SegmentRecord& record) {
  const auto seen = CopyOf<shmid_ds>(buffer);
  record.key = seen.shm_perm.__key;
  record.mode.bits = seen.shm_perm.mode;
  record.uid = seen.shm_perm.uid;
  record.gid = seen.shm_perm.gid;
  record.cuid = seen.shm_perm.cuid;
  record.cgid = seen.shm_perm.cgid;
  record.seq = seen.shm_perm.__seq;
  record.size = static_cast<std::int64_t>(seen.shm_segsz);
  record.cpid = seen.shm_cpid;
  record.lpid = seen.shm_lpid;
  record.nattch = static_cast<std::int64_t>(seen.shm_nattch);
  record.atime = seen.shm_atime;
  record.dtime = seen.shm_dtime;
  record.ctime = seen.shm_ctime;
}

void ReadLimits(const void* buffer, LimitsRecord& record) {
  const auto seen = CopyOf<::shminfo>(buffer);
  record.shmmax = seen.shmmax;
  record.shmmin = seen.shmmin;
  record.shmmni = seen.shmmni;
  record.shmseg = seen.shmseg;
  record.shmall = seen.shmall;
}

void ReadUsage(const void* buffer, UsageRecord& record) {
  const auto seen = CopyOf<::shm_info>(buffer);
  record.used_ids = seen.used_ids;
  record.shm_tot = seen.shm_tot;
  record.shm_rss = seen.shm_rss;
  record.shm_swp = seen.shm_swp;
}

}  // namespace shmspec::native
