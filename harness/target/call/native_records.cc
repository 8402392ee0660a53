// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/native_records.h"

#include <sys/shm.h>

#include <cstring>

#include "harness/target/call/record_bytes.h"

namespace shmspec::native {
namespace {

void Clear(ipc_perm& permissions) {
  permissions.__key = 0;
  permissions.mode = 0;
  permissions.uid = permissions.gid = permissions.cuid = permissions.cgid = 0;
  permissions.__seq = 0;
}

std::int64_t ReservedOfSegment(const void* buffer) {
  // The C library of a 32-bit program copies field by field from the kernel's record; the reserved
  // fields behind the permissions of its own record stay as they were.
  if constexpr (sizeof(void*) == 4) return ReservedBytesSet<ipc_perm>(buffer, Clear);
  return ReservedBytesSet<shmid_ds>(buffer, [](shmid_ds& bytes) {
    Clear(bytes.shm_perm);
    bytes.shm_segsz = 0;
    bytes.shm_cpid = bytes.shm_lpid = 0;
    bytes.shm_nattch = 0;
    bytes.shm_atime = bytes.shm_dtime = bytes.shm_ctime = 0;
  });
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
  record.reserved = ReservedOfSegment(buffer);
}

void ReadLimits(const void* buffer, LimitsRecord& record) {
  const auto seen = CopyOf<::shminfo>(buffer);
  record.shmmax = seen.shmmax;
  record.shmmin = seen.shmmin;
  record.shmmni = seen.shmmni;
  record.shmseg = seen.shmseg;
  record.shmall = seen.shmall;
  record.reserved = ReservedBytesSet<::shminfo>(buffer, [](::shminfo& bytes) {
    bytes.shmmax = bytes.shmmin = bytes.shmmni = bytes.shmseg = bytes.shmall = 0;
  });
}

void ReadUsage(const void* buffer, UsageRecord& record) {
  const auto seen = CopyOf<::shm_info>(buffer);
  record.used_ids = seen.used_ids;
  record.shm_tot = seen.shm_tot;
  record.shm_rss = seen.shm_rss;
  record.shm_swp = seen.shm_swp;
  record.reserved = ReservedBytesSet<::shm_info>(buffer, [](::shm_info& bytes) {
    bytes.used_ids = 0;
    bytes.shm_tot = bytes.shm_rss = bytes.shm_swp = 0;
  });
}

}  // namespace shmspec::native
