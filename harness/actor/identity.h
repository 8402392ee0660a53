// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The identity of an actor: takes on what its spec asks for, and reports what it really is.

#ifndef SHMSPEC_HARNESS_ACTOR_IDENTITY_H_
#define SHMSPEC_HARNESS_ACTOR_IDENTITY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "harness/vocabulary/plan/actor_facts.h"
#include "harness/vocabulary/plan/actor_spec.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Makes the namespaces of the spec. A new pid namespace is for children only, so the process then
/// forks: the caller goes on as the first process of the namespace, and the process that entered
/// calls `on_inner` with its pid and ends. Needs a process with one thread.
Result<void> EnterNamespaces(const ActorSpec& spec, const std::function<void(pid_t)>& on_inner);

/// Takes on the limits, groups, ids and capabilities of the spec, in an order in which each leaves
/// the right to do the next. The error is lacking when the right is missing.
Result<void> TakeIdentity(const ActorSpec& spec);

/// The namespace of this process of a kind such as "ipc", by the number of /proc/self/ns; 0 where
/// there is none, or where its thread has another one: such numbers are of files, not of
/// namespaces.
std::uint64_t NumberOfNamespace(std::string_view kind);

/// Numbers for the namespaces that the spec asked for and that have none, by the actor's `pid`.
void NumberOwnNamespaces(const ActorSpec& spec, ActorFacts& facts);

/// What this process is, read from the system. The caller fills in `pid`.
ActorFacts ReadFacts();

/// What the spec asks for and the facts do not show.
std::optional<Error> FindMismatch(const ActorSpec& spec, const ActorFacts& facts);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_IDENTITY_H_
