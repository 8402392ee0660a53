// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/ia32_records.h"

#include <cstring>

#include "harness/target/call/record_bytes.h"

namespace shmspec::ia32 {
namespace {

/// struct compat_ipc64_perm and its relatives.
struct Permissions {
  std::int32_t key;
  std::uint32_t uid, gid, cuid, cgid;
  std::uint16_t mode, padding_after_mode, seq, padding_after_seq;
  std::uint32_t unused[2];
};
struct Segment {
  Permissions permissions;
  std::uint32_t size;
  std::uint32_t atime, atime_high, dtime, dtime_high, ctime, ctime_high;
  std::int32_t cpid, lpid;
  std::uint32_t nattch, unused[2];
};
struct Limits {
  std::uint32_t shmmax, shmmin, shmmni, shmseg, shmall, unused[4];
};
struct Usage {
  std::int32_t used_ids;
  std::uint32_t shm_tot, shm_rss, shm_swp, swap_attempts, swap_successes;
};

/// struct compat_ipc_perm and compat_shmid_ds.
struct OldPermissions {
  std::int32_t key;
  std::uint16_t uid, gid, cuid, cgid, mode, seq;
};
struct OldSegment {
  OldPermissions permissions;
  std::uint32_t size;
  std::uint32_t atime, dtime, ctime;
  std::uint16_t cpid, lpid, nattch, unused;
  std::uint32_t unused_pointers[2];
};
struct OldLimits {
  std::uint32_t shmmax, shmmin, shmmni, shmseg, shmall;
};
static_assert(sizeof(Segment) == kSizes.segment && sizeof(OldSegment) == kOldSizes.segment);
static_assert(sizeof(Limits) == kSizes.limits && sizeof(OldLimits) == kOldSizes.limits);
static_assert(sizeof(Usage) == kSizes.usage && sizeof(Usage) == kOldSizes.usage);

template <class Record>
void WriteFields(const SettableFields& fields, void* buffer) {
  auto record = CopyOf<Record>(buffer);
  auto& permissions = record.permissions;
  permissions.uid = static_cast<decltype(permissions.uid)>(fields.uid);
  permissions.gid = static_cast<decltype(permissions.gid)>(fields.gid);
  permissions.mode = static_cast<std::uint16_t>(fields.mode);
  std::memcpy(buffer, &record, sizeof(record));
}

/// The fields that both kinds of records have, without the upper halves of times.
template <class Record>
void ReadFields(const Record& seen, SegmentRecord& record) {
  record.key = seen.permissions.key;
  record.mode.bits = seen.permissions.mode;
  record.uid = seen.permissions.uid;
  record.gid = seen.permissions.gid;
  record.cuid = seen.permissions.cuid;
  record.cgid = seen.permissions.cgid;
  record.seq = seen.permissions.seq;
  record.size = seen.size;
  record.cpid = seen.cpid;
  record.lpid = seen.lpid;
  record.nattch = seen.nattch;
  record.atime = seen.atime;
  record.dtime = seen.dtime;
  record.ctime = seen.ctime;
}

template <class Record>
void ClearFields(Record& bytes) {
  auto& permissions = bytes.permissions;
  permissions.key = 0;
  permissions.uid = permissions.gid = permissions.cuid = permissions.cgid = 0;
  permissions.mode = permissions.seq = 0;
  bytes.size = 0;
  bytes.atime = bytes.dtime = bytes.ctime = 0;
  bytes.cpid = bytes.lpid = 0;
  bytes.nattch = 0;
}

constexpr std::int64_t Upper(std::uint32_t half) { return static_cast<std::int64_t>(half) << 32; }

}  // namespace

void WriteSettable(const SettableFields& fields, void* buffer) {
  WriteFields<Segment>(fields, buffer);
}

void ReadSegment(const void* buffer, SegmentRecord& record) {
  const auto seen = CopyOf<Segment>(buffer);
  ReadFields(seen, record);
  record.atime |= Upper(seen.atime_high);
  record.dtime |= Upper(seen.dtime_high);
  record.ctime |= Upper(seen.ctime_high);
  record.reserved = ReservedBytesSet<Segment>(buffer, [](Segment& bytes) {
    ClearFields(bytes);
    bytes.atime_high = bytes.dtime_high = bytes.ctime_high = 0;
  });
}

void ReadLimits(const void* buffer, LimitsRecord& record) { ReadLimitsOf<Limits>(buffer, record); }

void WriteOldSettable(const SettableFields& fields, void* buffer) {
  WriteFields<OldSegment>(fields, buffer);
}

void ReadOldSegment(const void* buffer, SegmentRecord& record) {
  ReadFields(CopyOf<OldSegment>(buffer), record);
  record.reserved = ReservedBytesSet<OldSegment>(buffer, ClearFields<OldSegment>);
}

void ReadOldLimits(const void* buffer, LimitsRecord& record) {
  ReadLimitsOf<OldLimits>(buffer, record);
}

void ReadUsage(const void* buffer, UsageRecord& record) {
  const auto seen = CopyOf<Usage>(buffer);
  record.used_ids = seen.used_ids;
  record.shm_tot = seen.shm_tot;
  record.shm_rss = seen.shm_rss;
  record.shm_swp = seen.shm_swp;
  record.reserved = ReservedBytesSet<Usage>(buffer, [](Usage& bytes) {
    bytes.used_ids = 0;
    bytes.shm_tot = bytes.shm_rss = bytes.shm_swp = 0;
  });
}

}  // namespace shmspec::ia32
