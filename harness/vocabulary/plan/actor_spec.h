// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a plan asks of an actor before it acts. Crosses to the actor, which knows nothing of plans.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_ACTOR_SPEC_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_ACTOR_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// Where an actor comes from.
enum class Start : std::uint8_t { kSpawn, kFork, kThread };
template <>
struct NamesOf<Start> {
  static constexpr std::array kNames{Named<Start>{"spawn", Start::kSpawn},
                                     Named<Start>{"fork", Start::kFork},
                                     Named<Start>{"thread", Start::kThread}};
};

/// A process (or, with start=thread, a thread) and the identity it must have before it acts. Fields
/// that are absent stay as they were when the harness started: usually root, or root of a user
/// namespace.
///
///   actor b uid=u1 gid=u1 groups=u2 caps=ipc_owner namespaces=ipc memlock=8192 cpu=1
struct ActorSpec {
  static constexpr std::string_view kName = "actor";
  std::string name;
  Start start = Start::kSpawn;
  std::optional<Id> uid;
  std::optional<Id> gid;
  std::vector<Id> groups;
  /// Exactly these capabilities, effective and permitted; absent: what the ids give.
  std::optional<Capabilities> caps;
  Namespaces namespaces;  // made for this actor alone, before it takes on its identity
  std::optional<std::uint64_t> memlock;  // bytes
  std::optional<std::uint64_t> as;       // bytes
  std::optional<std::uint64_t> nofile;
  std::optional<std::int32_t> cpu;
  Abi abi = Abi::kNative;
  static constexpr auto kFields =
      Fields(Field{"name", &ActorSpec::name}, Field{"start", &ActorSpec::start},
             Field{"uid", &ActorSpec::uid}, Field{"gid", &ActorSpec::gid},
             Field{"groups", &ActorSpec::groups}, Field{"caps", &ActorSpec::caps},
             Field{"namespaces", &ActorSpec::namespaces}, Field{"memlock", &ActorSpec::memlock},
             Field{"as", &ActorSpec::as}, Field{"nofile", &ActorSpec::nofile},
             Field{"cpu", &ActorSpec::cpu}, Field{"abi", &ActorSpec::abi});
  friend bool operator==(const ActorSpec&, const ActorSpec&) = default;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_ACTOR_SPEC_H_
