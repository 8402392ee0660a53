// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_ACTOR_SYSTEM_FACTS_H_
#define SHMSPEC_HARNESS_ACTOR_SYSTEM_FACTS_H_

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// What does not change while a stage lives, seen from the calling process. What cannot be read
/// keeps the value it has in SystemFacts.
SystemFacts ReadLastingFacts();

/// Brings what a plan may have changed, the limits of the IPC namespace, up to date.
void ReadChangingFacts(SystemFacts& facts);

/// Sets the sysctls of the IPC namespace to what the facts say, and those that facts do not tell to
/// what they are in a new namespace; false when one of them could not be set.
bool RestoreSysctls(const SystemFacts& facts);

/// Removes every message queue and semaphore set of the IPC namespace, as far as the caller may.
void RemoveEveryOther();

/// Removes every segment of the IPC namespace, as far as the caller may.
void RemoveEverySegment();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_SYSTEM_FACTS_H_
