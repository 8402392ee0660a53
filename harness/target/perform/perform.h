// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Performs one operation in the calling process, on the real kernel, and returns the outcome.
//
//   HandleTable handles;
//   Context context(*FindTarget("libc"), handles);
//   Outcome outcome = Perform(SysvGet{...}, context);
//
// Outcomes are raw: what the call returned, never what it should have returned.

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_PERFORM_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_PERFORM_H_

#include <cstdint>

#include "harness/target/target.h"
#include "harness/vocabulary/operation/operation.h"
#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// Performs any operation that concerns the calling process alone; process.fork, thread, exec, exit
/// and kill concern others and belong to harness/actor.
Outcome Perform(const Operation& operation, Context& context);

/// Where the index of a segment ends in its identifier, for SHM_STAT: 15 bits, 24 with the kernel
/// parameter ipcmni_extend.
std::int64_t IndexOfIdentifier(std::int64_t identifier);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_PERFORM_H_
