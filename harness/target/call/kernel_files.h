// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files and descriptors by bare system calls.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_KERNEL_FILES_H_
#define SHMSPEC_HARNESS_TARGET_CALL_KERNEL_FILES_H_

#include "harness/target/call/file_calls.h"

namespace shmspec {

/// syscall(2) with the numbers of this architecture; on those of 32 bits, where offsets take two
/// registers, the C library.
extern const FileCalls kKernelFileCalls;

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_KERNEL_FILES_H_
