// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/call/kernel_records.h"

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
void Clear(Record& bytes) {
  ClearNamedAlike(bytes);
  bytes.shm_perm.key = 0;
  bytes.shm_perm.seq = 0;
  if constexpr (requires { bytes.shm_atime_high; }) {
    bytes.shm_atime_high = bytes.shm_dtime_high = bytes.shm_ctime_high = 0;
  }
}

}  // namespace

void WriteSettable(const SettableFields& fields, void* buffer) {
  WriteSettableOf<shmid64_ds>(fields, buffer);
}

void ReadSegment(const void* buffer, SegmentRecord& record) {
  const auto seen = CopyOf<shmid64_ds>(buffer);
  ReadNamedAlike(seen, record);
  record.key = seen.shm_perm.key;
  record.seq = seen.shm_perm.seq;
  record.atime = TimeOf(seen.shm_atime, seen, [](const auto& r) { return r.shm_atime_high; });
  record.dtime = TimeOf(seen.shm_dtime, seen, [](const auto& r) { return r.shm_dtime_high; });
  record.ctime = TimeOf(seen.shm_ctime, seen, [](const auto& r) { return r.shm_ctime_high; });
  record.reserved = ReservedBytesSet<shmid64_ds>(buffer, Clear<shmid64_ds>);
}

void ReadLimits(const void* buffer, LimitsRecord& record) {
  ReadLimitsOf<shminfo64>(buffer, record);
}

}  // namespace shmspec::kernel
