// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The vocabulary's names for limits, namespaces and CPUs, as the kernel takes them.

#ifndef SHMSPEC_HARNESS_HOST_PROCESS_LIMIT_H_
#define SHMSPEC_HARNESS_HOST_PROCESS_LIMIT_H_

#include <sched.h>

#include <cstdint>
#include <vector>

#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// setrlimit(2), soft and hard; false with errno.
bool SetLimit(Limit limit, std::uint64_t value);

/// Whether the limit that was set holds for the caller's own mappings; true for limits of other
/// things. A translator of programs may store a limit and not enforce it.
bool IsHeeded(Limit limit, std::uint64_t value);

/// The soft limit.
std::uint64_t GetLimit(Limit limit);

/// The CLONE_NEW* flags of a set of namespaces.
int CloneFlags(Namespaces namespaces);

/// The CPUs that the calling thread may run on; empty when the system does not say.
std::vector<int> AllowedCpus();

/// Confines the calling thread to one CPU; false with errno.
bool PinToCpu(int cpu);

/// Keeps the calling thread, and the processes that it forks, on one CPU while this object lives:
/// waking each other is fastest there. Does nothing for a negative number.
///
///   const StayOnCpu stay(::sched_getcpu());
class StayOnCpu {
 public:
  explicit StayOnCpu(int cpu);
  ~StayOnCpu();
  StayOnCpu(const StayOnCpu&) = delete;
  StayOnCpu& operator=(const StayOnCpu&) = delete;

 private:
  cpu_set_t before_;
  bool pinned_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_PROCESS_LIMIT_H_
