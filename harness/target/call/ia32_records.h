// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records of the 32-bit entry of x86-64, as <asm/compat.h> and ipc/shm.c of Linux lay them out;
// neither is installed.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_IA32_RECORDS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_IA32_RECORDS_H_

#include "harness/target/call/sysv_calls.h"

namespace shmspec::ia32 {

/// Those of commands with IPC_64, which C libraries ask for since 1999.
inline constexpr SysvCalls::RecordSizes kSizes{84, 36, 24};
void WriteSettable(const SettableFields& fields, void* buffer);
void ReadSegment(const void* buffer, SegmentRecord& record);
void ReadLimits(const void* buffer, LimitsRecord& record);

/// Those from before IPC_64: ids, process ids and the number of attaches have 16 bits, times 32.
inline constexpr SysvCalls::RecordSizes kOldSizes{48, 20, 24};
void WriteOldSettable(const SettableFields& fields, void* buffer);
void ReadOldSegment(const void* buffer, SegmentRecord& record);
void ReadOldLimits(const void* buffer, LimitsRecord& record);
/// The largest uid or gid that they hold.
inline constexpr std::uint32_t kOldLargestId = 0xffff;

/// The same in both.
void ReadUsage(const void* buffer, UsageRecord& record);

}  // namespace shmspec::ia32

#endif  // SHMSPEC_HARNESS_TARGET_CALL_IA32_RECORDS_H_
