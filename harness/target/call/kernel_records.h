// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The records of shmctl as <asm/shmbuf.h> declares them: what the kernel itself writes. Mostly the
// same bytes as those of <sys/shm.h>, but not everywhere.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_KERNEL_RECORDS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_KERNEL_RECORDS_H_

#include <asm/shmbuf.h>
#include <sys/shm.h>

#include "harness/target/call/sysv_calls.h"

namespace shmspec::kernel {

constexpr SysvCalls::RecordSizes kSizes{sizeof(shmid64_ds), sizeof(shminfo64), sizeof(::shm_info)};

void WriteSettable(const SettableFields& fields, void* buffer);
void ReadSegment(const void* buffer, SegmentRecord& record);
void ReadLimits(const void* buffer, LimitsRecord& record);

}  // namespace shmspec::kernel

#endif  // SHMSPEC_HARNESS_TARGET_CALL_KERNEL_RECORDS_H_
