// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/rights/trace_permission.h"

namespace shmspec::model {
namespace {

constexpr std::uint64_t kCapSysPtrace = 1ull << 19;

}  // namespace

Says MayTrace(const Scene& scene, std::uint8_t actor) {
  const Task& task = scene.state().tasks[actor];
  if (task.process == scene.process_index()) return Says::kYes;
  const Credentials& mine = scene.credentials();
  const Credentials& other = *task.credentials;
  if ((mine.caps & kCapSysPtrace) != 0) {
    const bool same = mine.user_namespace == other.user_namespace && !mine.nested && !other.nested;
    return same ? Says::kYes : Says::kSilent;
  }
  const bool users = mine.real_uid == other.uid && mine.real_uid == other.real_uid &&
                     mine.real_uid == other.saved_uid;
  const bool groups = mine.real_gid == other.gid && mine.real_gid == other.real_gid &&
                      mine.real_gid == other.saved_gid;
  if (users && groups) return Says::kSilent;
  // Ids that another namespace has are seen differently here.
  return mine.nested || other.nested ? Says::kSilent : Says::kNo;
}

}  // namespace shmspec::model
