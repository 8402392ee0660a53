// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records of calls as bytes, for the functions that read them.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_RECORD_BYTES_H_
#define SHMSPEC_HARNESS_TARGET_CALL_RECORD_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "harness/target/call/sysv_calls.h"

namespace shmspec {

template <class Record>
Record CopyOf(const void* buffer) {
  static_assert(sizeof(Record) <= SysvCalls::kRecordBytes);
  static_assert(std::is_trivially_copyable_v<Record>);
  Record record;
  std::memcpy(&record, buffer, sizeof(record));
  return record;
}

/// The number of nonzero bytes outside the fields that `clear` sets to 0: those in reserved fields
/// and padding.
template <class Record, class Clear>
std::int64_t ReservedBytesSet(const void* buffer, Clear&& clear) {
  // Field by field in the bytes themselves: a copy of the record may leave its padding behind.
  alignas(Record) unsigned char bytes[sizeof(Record)];
  std::memcpy(bytes, buffer, sizeof(Record));
  clear(*reinterpret_cast<Record*>(bytes));
  std::int64_t set = 0;
  for (const unsigned char byte : bytes) set += byte != 0 ? 1 : 0;
  return set;
}

/// shminfo in any width.
template <class Record>
void ReadLimitsOf(const void* buffer, LimitsRecord& record) {
  const auto seen = CopyOf<Record>(buffer);
  record.shmmax = seen.shmmax;
  record.shmmin = seen.shmmin;
  record.shmmni = seen.shmmni;
  record.shmseg = seen.shmseg;
  record.shmall = seen.shmall;
  record.reserved = ReservedBytesSet<Record>(buffer, [](Record& bytes) {
    bytes.shmmax = bytes.shmmin = bytes.shmmni = bytes.shmseg = bytes.shmall = 0;
  });
}

/// The fields of shmid_ds that the C library and the kernel call the same: not key, sequence number
/// and times.
template <class Record>
void ReadNamedAlike(const Record& seen, SegmentRecord& record) {
  record.mode.bits = seen.shm_perm.mode;
  record.uid = seen.shm_perm.uid;
  record.gid = seen.shm_perm.gid;
  record.cuid = seen.shm_perm.cuid;
  record.cgid = seen.shm_perm.cgid;
  record.size = static_cast<std::int64_t>(seen.shm_segsz);
  record.cpid = seen.shm_cpid;
  record.lpid = seen.shm_lpid;
  record.nattch = static_cast<std::int64_t>(seen.shm_nattch);
}

/// Sets the same fields to 0, and the times.
template <class Record>
void ClearNamedAlike(Record& bytes) {
  bytes.shm_perm.mode = 0;
  bytes.shm_perm.uid = bytes.shm_perm.gid = bytes.shm_perm.cuid = bytes.shm_perm.cgid = 0;
  bytes.shm_segsz = 0;
  bytes.shm_cpid = bytes.shm_lpid = 0;
  bytes.shm_nattch = 0;
  bytes.shm_atime = bytes.shm_dtime = bytes.shm_ctime = 0;
}

/// What IPC_SET takes from shmid_ds.
template <class Record>
void WriteSettableOf(const SettableFields& fields, void* buffer) {
  auto record = CopyOf<Record>(buffer);
  record.shm_perm.uid = fields.uid;
  record.shm_perm.gid = fields.gid;
  record.shm_perm.mode = static_cast<decltype(record.shm_perm.mode)>(fields.mode);
  std::memcpy(buffer, &record, sizeof(record));
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_RECORD_BYTES_H_
