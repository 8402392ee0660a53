// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A way of entering the kernel: a table for each family of calls.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_CALLS_H_
#define SHMSPEC_HARNESS_TARGET_CALL_CALLS_H_

#include "harness/target/call/file_calls.h"
#include "harness/target/call/map_calls.h"
#include "harness/target/call/sysv_calls.h"

namespace shmspec {

/// Each table can be replaced alone: a wrapper library fills in those that it has calls for and
/// names the tables of the C library for the rest.
struct Calls {
  const SysvCalls* sysv = &kLibcSysvCalls;
  const MapCalls* map = &kLibcMapCalls;
  const FileCalls* file = &kLibcFileCalls;
  /// Everything that the calls point to, and every mapping, must lie below 4 GiB.
  bool low_memory = false;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_CALLS_H_
