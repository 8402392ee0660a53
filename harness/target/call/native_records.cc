// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/native_records.h"

#include <sys/shm.h>

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
    ClearNamedAlike(bytes);
  });
}

}  // namespace

void WriteSettable(const SettableFields& fields, void* buffer) {
  WriteSettableOf<shmid_ds>(fields, buffer);
}

void ReadSegment(const void* buffer, SegmentRecord& record) {
  const auto seen = CopyOf<shmid_ds>(buffer);
  ReadNamedAlike(seen, record);
  record.key = seen.shm_perm.__key;
  record.seq = seen.shm_perm.__seq;
  record.atime = seen.shm_atime;
  record.dtime = seen.shm_dtime;
  record.ctime = seen.shm_ctime;
  record.reserved = ReservedOfSegment(buffer);
}

void ReadLimits(const void* buffer, LimitsRecord& record) {
  ReadLimitsOf<::shminfo>(buffer, record);
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
