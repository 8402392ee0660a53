// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_ACTOR_FACTS_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_ACTOR_FACTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// What an actor reported of itself in its first reply, which is what the model believes. Inode
/// numbers identify namespaces.
struct ActorFacts {
  static constexpr std::string_view kName = "facts";
  static constexpr std::uint64_t kTaskSize = 0x7ffffffff000;  // of x86-64
  static constexpr std::uint64_t kTaskSize32 = 0xffffe000;    // of a 32-bit program on x86-64

  std::int64_t pid = 0;        // in the harness's pid namespace, 0 when it never lived there
  std::int64_t inner_pid = 0;  // in its own pid namespace
  std::uint32_t uid = 0;       // effective
  std::uint32_t real_uid = 0;
  std::uint32_t saved_uid = 0;
  std::uint32_t file_uid = 0;  // the file system's
  std::uint32_t gid = 0;       // effective
  std::uint32_t real_gid = 0;
  std::uint32_t saved_gid = 0;
  std::uint32_t file_gid = 0;  // the file system's
  std::vector<std::uint32_t> groups;
  Capabilities caps;  // effective
  std::uint64_t ipc_namespace = 0;
  std::uint64_t user_namespace = 0;
  std::uint64_t pid_namespace = 0;
  std::uint64_t mount_namespace = 0;
  std::uint64_t memlock = 0;  // bytes
  std::uint64_t as = 0;       // bytes
  std::int32_t umask = -1;    // -1: unknown
  Abi abi = Abi::kNative;
  std::uint64_t task_size = kTaskSize;  // first address above the user range of its process
  static constexpr auto kFields =
      Fields(Field{"pid", &ActorFacts::pid}, Field{"inner_pid", &ActorFacts::inner_pid},
             Field{"uid", &ActorFacts::uid}, Field{"real_uid", &ActorFacts::real_uid},
             Field{"saved_uid", &ActorFacts::saved_uid}, Field{"file_uid", &ActorFacts::file_uid},
             Field{"gid", &ActorFacts::gid}, Field{"real_gid", &ActorFacts::real_gid},
             Field{"saved_gid", &ActorFacts::saved_gid}, Field{"file_gid", &ActorFacts::file_gid},
             Field{"groups", &ActorFacts::groups}, Field{"caps", &ActorFacts::caps},
             Field{"ipc_namespace", &ActorFacts::ipc_namespace},
             Field{"user_namespace", &ActorFacts::user_namespace},
             Field{"pid_namespace", &ActorFacts::pid_namespace},
             Field{"mount_namespace", &ActorFacts::mount_namespace},
             Field{"memlock", &ActorFacts::memlock}, Field{"as", &ActorFacts::as},
             Field{"umask", &ActorFacts::umask}, Field{"abi", &ActorFacts::abi},
             Field{"task_size", &ActorFacts::task_size});
  friend bool operator==(const ActorFacts&, const ActorFacts&) = default;

  /// One user and one group, in every role.
  void SetUser(std::uint32_t id) { uid = real_uid = saved_uid = file_uid = id; }
  void SetGroup(std::uint32_t id) { gid = real_gid = saved_gid = file_gid = id; }
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_ACTOR_FACTS_H_
