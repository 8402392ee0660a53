// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/abilities.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/actor/ability_attempts.h"
#include "harness/actor/users.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

constexpr std::array kTable{
    AbilityEntry{Ability::kFutex, "waking each other by futex(2)",
                 "yielding the processor until a word changes", &TryFutex},
    AbilityEntry{Ability::kGroups, "ending groups of processes", "ending one after the other",
                 &TryGroups},
    AbilityEntry{Ability::kKill, "signals to other processes", "", &TryKill},
    AbilityEntry{Ability::kOrphans, "reaping processes whose parent ended (subreaper)", "",
                 &TryOrphans},
    AbilityEntry{Ability::kSharedFile, "a file without a name, to share memory by",
                 "memory that is shared by fork", &TrySharedFile},
    AbilityEntry{Ability::kExec, "executing this program again", "actors that are forked",
                 &TryExec},
    AbilityEntry{Ability::kThreads, "threads", "", &TryThreads},
    AbilityEntry{Ability::kThreadEnds, "learning when a thread has ended", "", &TryThreadEnds},
    AbilityEntry{Ability::kFaultStack, "a stack of its own for handlers of faults",
                 "the stack of the thread", &TryFaultStack},
    AbilityEntry{Ability::kPinning, "keeping a process on one processor",
                 "processes that move as they are moved", &TryPinning},
    AbilityEntry{Ability::kProc, "a /proc of one's own", "what system calls tell", &TryProc},
    AbilityEntry{Ability::kCoarseClock, "the clock that time stamps are taken from",
                 "a second before the exact one", &TryCoarseClock},
    AbilityEntry{Ability::kTools, "command line tools that work", "", &TryTools},
    AbilityEntry{Ability::kBlocked, "seeing that another thread sleeps in a call", "", &TryBlocked},
    AbilityEntry{Ability::kTwoProcesses, "two actors at the same time", "", &TryNothing},
    AbilityEntry{Ability::kTwoUsers, "users that are kept apart", "", nullptr},  // see TryAbilities
    AbilityEntry{Ability::kFileOwners, "owners and modes of files as the kernel has them", "",
                 nullptr},  // likewise
    AbilityEntry{Ability::kRoot, "an actor with user id 0", "", &TryRoot},
    AbilityEntry{Ability::kIpcLock, "an actor with CAP_IPC_LOCK", "", &TryCapIpcLock},
    AbilityEntry{Ability::kIpcNamespace, "making an IPC namespace", "", &TryIpcNamespace},
    AbilityEntry{Ability::kMountNamespace, "making a mount namespace", "", &TryMountNamespace},
    AbilityEntry{Ability::kPidNamespace, "making a pid namespace", "", &TryPidNamespace},
    AbilityEntry{Ability::kUserNamespace, "making a user namespace", "", &TryUserNamespace},
    AbilityEntry{Ability::kPtrace, "tracing another process", "", &TryPtrace},
    AbilityEntry{Ability::kTwoCpus, "two processors", "", &TryTwoCpus},
    AbilityEntry{Ability::kFourCpus, "four processors", "", &TryFourCpus},
    AbilityEntry{Ability::kX8664, "an x86-64 processor", "", &TryX8664},
    AbilityEntry{Ability::kIntel, "a processor of Intel", "", &TryIntel},
    AbilityEntry{Ability::k32Bit, "32-bit programs", "", &Try32Bit},
    AbilityEntry{Ability::kHugePages, "reserved huge pages", "", &TryHugePages},
    AbilityEntry{Ability::kSwap, "swap space", "", &TrySwap},
    AbilityEntry{Ability::kAcl, "access control lists of files in memory", "", &TryAcl},
    AbilityEntry{Ability::kCheckpointRestore, "sysctls for checkpoint and restore", "",
                 &TryCheckpointRestore},
    AbilityEntry{Ability::kPassing, "passing descriptors over a socket", "", &TryPassing}};

static_assert(kTable.size() == NamesOf<Ability>::kNames.size(), "each ability has an entry");

/// What fakes users keeps owners and modes of files itself, and answers for the kernel.
Result<void> KernelHasOwners(const Users& users) {
  if (!users.make_believe) return {};
  return Error{"users are make-believe, and so are the owners of files", true};
}

Result<void> Try(const AbilityEntry& entry, const std::string& program, Users& users) {
  if (entry.ability == Ability::kTwoUsers) return ProbeUsers(users);
  if (entry.ability == Ability::kFileOwners) return KernelHasOwners(users);
  return entry.attempt(program);
}

}  // namespace

std::span<const AbilityEntry> AbilityTable() { return kTable; }

std::string FoundAbilities::WhyNot(Ability ability) const {
  for (const MissingAbility& one : missing) {
    if (one.ability != ability) continue;
    const std::string_view what = kTable[static_cast<std::size_t>(ability)].what;
    return fmt::format("this system does not offer {} ({}): {}", what, NameOf(ability), one.why);
  }
  return {};
}

FoundAbilities TryAbilities(const std::string& program) {
  FoundAbilities found;
  found.users = ChooseUsers();
  for (const AbilityEntry& entry : kTable) {
    const Result<void> tried = Try(entry, program, found.users);
    if (tried.ok()) continue;
    found.there = Without(found.there, Only(entry.ability));
    found.missing.push_back({entry.ability, tried.error().message});
  }
  return found;
}

}  // namespace shmspec
