// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The records of shmctl as <sys/shm.h> declares them.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_NATIVE_RECORDS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_NATIVE_RECORDS_H_

#include <sys/shm.h>

#include "harness/target/call/sysv_calls.h"

namespace shmspec::native {

constexpr SysvCalls::RecordSizes kSizes{sizeof(shmid_ds), sizeof(::shminfo), sizeof(::shm_info)};

void WriteSettable(const SettableFields& fields, void* buffer);
void ReadSegment(const void* buffer, SegmentRecord& record);
void ReadLimits(const void* buffer, LimitsRecord& record);
void ReadUsage(const void* buffer, UsageRecord& record);

}  // namespace shmspec::native

#endif  // SHMSPEC_HARNESS_TARGET_CALL_NATIVE_RECORDS_H_
