// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Plans choose any address: misaligned, unmapped, below what sanitizers shadow. The functions that
// touch them are therefore not instrumented.

#ifndef SHMSPEC_HARNESS_HOST_UNINSTRUMENTED_H_
#define SHMSPEC_HARNESS_HOST_UNINSTRUMENTED_H_

#define SHMSPEC_UNINSTRUMENTED __attribute__((no_sanitize("address", "undefined", "thread")))

#endif  // SHMSPEC_HARNESS_HOST_UNINSTRUMENTED_H_
