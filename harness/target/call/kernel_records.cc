// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/kernel_records.h"

#include <cstring>

#include "harness/target/call/record_bytes.h"

namespace shmspec::kernel {
namespace {

/// A time that 32-bit architectures keep in two parts. `high` is not asked elsewhere.
template <class Low, class Record, class High>
std::int64_t TimeOf(Low low, const Record& record, const High& high) {
  if constexpr (sizeof(low) == 8) {
    return static_cast<std::int64_t>(low);
  } else {
    return static_cast<std::int64_t>(std::uint64_t{high(record)} << 32 | low);
  }
}

template <class Record>
void ClearTimes(Record& bytes) {
  bytes.shm_atime = bytes.shm_dtime = bytes.shm_ctime = 0;
  if constexpr (requires { bytes.shm_atime_high; }) {
    bytes.shm_atime_high = bytes.shm_dtime_high = bytes.shm_ctime_high = 0;
  }
}

void Clear(shmid64_ds& bytes) {
  ipc64_perm& permissions = bytes.shm_perm;
  permissions.key = 0;
  permissions.mode = 0;
  permissions.uid = permissions.gid = permissions.cuid = permissions.cgid = 0;
  permissions.seq = 0;
  bytes.shm_segsz = 0;
  bytes.shm_cpid = bytes.shm_lpid = 0;
  bytes.shm_nattch = 0;
  ClearTimes(bytes);
}

}  // namespace

void WriteSettable(const SettableFields& fields, void* buffer) {
  auto record = CopyOf<shmid64_ds>(buffer);
  record.shm_perm.uid = fields.uid;
  record.shm_perm.gid = fields.gid;
  record.shm_perm.mode = static_cast<decltype(record.shm_perm.mode)>(fields.mode);
  std::memcpy(buffer, &record, sizeof(record));
}

void ReadSegment(const void* buffer, SegmentRecord& record) {
  const auto seen = CopyOf<shmid64_ds>(buffer);
  record.key = seen.shm_perm.key;
  record.mode.bits = seen.shm_perm.mode;
  record.uid = seen.shm_perm.uid;
  record.gid = seen.shm_perm.gid;
  record.cuid = seen.shm_perm.cuid;
  record.cgid = seen.shm_perm.cgid;
  record.seq = seen.shm_perm.seq;
  record.size = static_cast<std::int64_t>(seen.shm_segsz);
  record.cpid = seen.shm_cpid;
  record.lpid = seen.shm_lpid;
  record.nattch = static_cast<std::int64_t>(seen.shm_nattch);
  record.atime = TimeOf(seen.shm_atime, seen, [](const auto& r) { return r.shm_atime_high; });
  record.dtime = TimeOf(seen.shm_dtime, seen, [](const auto& r) { return r.shm_dtime_high; });
  record.ctime = TimeOf(seen.shm_ctime, seen, [](const auto& r) { return r.shm_ctime_high; });
  record.reserved = ReservedBytesSet<shmid64_ds>(buffer, Clear);
}

void ReadLimits(const void* buffer, LimitsRecord& record) {
  const auto seen = CopyOf<shminfo64>(buffer);
  record.shmmax = seen.shmmax;
  record.shmmin = seen.shmmin;
  record.shmmni = seen.shmmni;
  record.shmseg = seen.shmseg;
  record.shmall = seen.shmall;
  record.reserved = ReservedBytesSet<shminfo64>(buffer, [](shminfo64& bytes) {
    bytes.shmmax = bytes.shmmin = bytes.shmmni = bytes.shmseg = bytes.shmall = 0;
  });
}

}  // namespace shmspec::kernel
