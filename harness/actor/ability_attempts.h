// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How each ability is tried; abilities.h has the table of them. An error says in a few words what
// happened instead. A trial makes its changes in a child.

#ifndef SHMSPEC_HARNESS_ACTOR_ABILITY_ATTEMPTS_H_
#define SHMSPEC_HARNESS_ACTOR_ABILITY_ATTEMPTS_H_

#include <string>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

Result<void> TryNothing(const std::string& program);  // what belongs to the floor

Result<void> TryFutex(const std::string& program);
Result<void> TryGroups(const std::string& program);
Result<void> TryKill(const std::string& program);
Result<void> TryOrphans(const std::string& program);
Result<void> TrySharedFile(const std::string& program);
Result<void> TryExec(const std::string& program);
Result<void> TryThreads(const std::string& program);
Result<void> TryThreadEnds(const std::string& program);
Result<void> TryFaultStack(const std::string& program);
Result<void> TryPinning(const std::string& program);
Result<void> TryProc(const std::string& program);
Result<void> TryCoarseClock(const std::string& program);
Result<void> TryTools(const std::string& program);
Result<void> TryBlocked(const std::string& program);

Result<void> TryRoot(const std::string& program);
Result<void> TryCapIpcLock(const std::string& program);
Result<void> TryIpcNamespace(const std::string& program);
Result<void> TryMountNamespace(const std::string& program);
Result<void> TryPidNamespace(const std::string& program);
Result<void> TryUserNamespace(const std::string& program);
Result<void> TryPtrace(const std::string& program);
Result<void> TryTwoCpus(const std::string& program);
Result<void> TryFourCpus(const std::string& program);
Result<void> TryX8664(const std::string& program);
Result<void> TryIntel(const std::string& program);
Result<void> Try32Bit(const std::string& program);
Result<void> TryHugePages(const std::string& program);
Result<void> TrySwap(const std::string& program);
Result<void> TryAcl(const std::string& program);
Result<void> TryCheckpointRestore(const std::string& program);
Result<void> TryPassing(const std::string& program);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_ABILITY_ATTEMPTS_H_
