// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the harness itself relies on. None of it is System V shared memory, because what is tested
// must not be what the test stands on; each is tried before anything else.
//
//   shared file     memfd_create(2) or an unlinked temporary file, mapped MAP_SHARED by fork
//   futex           FUTEX_WAIT and FUTEX_WAKE on a word of it, between processes
//   clocks          CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_REALTIME_COARSE
//   program         fork(2) and execve(2) of the program itself, which then is an actor
//   deaths          waitpid(2) with the right status, subreaping of orphans, kill(2) of a group
//   socket          end of file on a socket pair when the other side dies
//   fault recovery  SIGSEGV handled on an alternate stack

#ifndef SHMSPEC_HARNESS_ACTOR_TRUSTED_BASE_H_
#define SHMSPEC_HARNESS_ACTOR_TRUSTED_BASE_H_

#include <string>
#include <vector>

#include "harness/vocabulary/result.h"

namespace shmspec {

struct SelfTest {
  std::string name;
  Result<void> result;
};

/// Tries everything on the list above, in that order; takes a few milliseconds. `program` as in
/// ProcessStageOptions. The caller must have called RunAsActor before.
std::vector<SelfTest> TestTrustedBase(const std::string& program = "/proc/self/exe");

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_TRUSTED_BASE_H_
