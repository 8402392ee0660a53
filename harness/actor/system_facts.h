// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_ACTOR_SYSTEM_FACTS_H_
#define SHMSPEC_HARNESS_ACTOR_SYSTEM_FACTS_H_

#include <cstdint>
#include <optional>

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// The facts that do not change while a stage lives, seen from the calling process. A fact that
/// cannot be read keeps its default in SystemFacts.
SystemFacts ReadLastingFacts();

/// The lowest address that a process without privileges may map, in bytes, found by trying in a
/// child: for systems that do not show vm.mmap_min_addr. Nothing where that cannot be tried.
std::optional<std::uint64_t> TryLowestAddress(std::uint64_t page_size);

/// Updates the facts that a plan may have changed: the limits of the IPC namespace.
void ReadChangingFacts(SystemFacts& facts);

/// Sets the sysctls of the IPC namespace to what the facts say, and those without a fact to their
/// values in a new namespace; false when one of them could not be set.
bool RestoreSysctls(const SystemFacts& facts);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_SYSTEM_FACTS_H_
