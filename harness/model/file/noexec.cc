// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// vm.memfd_noexec, and the names by which the system shows files that have none.

#include <cerrno>

#include "harness/model/file/descriptor.h"
#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirement kNoexec = "MEMFD.NOEXEC_SYSCTL"_req;
constexpr std::int64_t kMost = 2;

}  // namespace

void Describe(const MemfdGetNoexec&, const Scene& scene, Clauses& clauses) {
  clauses.RefuseHere(true, ENOENT, Force::kMay, {}, "Linux before 6.3 has no vm.memfd_noexec");
  clauses.ReturnsValue(NoexecIn(scene.state(), scene.process().pids), kNoexec,
                       "the setting of the pid namespace");
}

void Describe(const MemfdSetNoexec& op, const Scene& scene, Clauses& clauses) {
  clauses.RefuseHere(true, ENOENT, Force::kMay, {}, "Linux before 6.3 has no vm.memfd_noexec");
  clauses.RefuseHere(true, EROFS, Force::kMay, {}, "/proc/sys may be mounted read-only");
  const Credentials& mine = scene.credentials();
  const bool root = mine.file_uid == 0 && (mine.caps & kCapSysAdmin) != 0 && !mine.nested;
  const bool elsewhere = GloballyCapable(scene, kCapSysAdmin) != Says::kYes;
  for (const int error : {EACCES, EPERM}) {
    clauses.RefuseHere(!root || elsewhere, error, Force::kMay, kNoexec,
                       "only root of the first user namespace may write the setting");
  }
  const std::uint8_t pids = scene.process().pids;
  const std::uint8_t parent = scene.state().pid_namespaces[pids].parent;
  clauses.Refuse(op.value < 0 || op.value > kMost, EINVAL, Force::kMust, kNoexec,
                 "the setting is 0, 1 or 2");
  clauses.Refuse(op.value < NoexecIn(scene.state(), parent), EINVAL, Force::kMust, kNoexec,
                 "a pid namespace allows no more than those around it");
  clauses.ReturnsValue(0, kNoexec, "the pid namespace has the setting");
}

void Apply(const MemfdSetNoexec& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  state.pid_namespaces[scene.process().pids].noexec = op.value;
}

void Describe(const MemfdShowsName& op, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kName = "MEMFD.PROC_NAME"_req;
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&MemfdShowsName::descriptor>());
  clauses.Refuse(file == nullptr, ENOENT, Force::kMust, kName, "the descriptor is not open");
  const Node* node = file != nullptr ? &NodeOf(scene.state(), file->node) : nullptr;
  const bool same = node != nullptr && node->has_seals && node->name == op.name;
  clauses.ReturnsValue(same ? 1 : 0, kName, "whether it shows the name of the file");
}

void Describe(const MemfdLink&, const Scene& scene, Clauses& clauses) {
  constexpr Requirement kLink = "MEMFD.NO_LINK"_req;
  const OpenFile* file =
      FindFile(scene.state(), scene.process_index(), scene.NumberOf<&MemfdLink::descriptor>());
  const Node* node = file != nullptr ? &NodeOf(scene.state(), file->node) : nullptr;
  const bool named = node != nullptr && node->file_system != kNoFileSystem;
  for (const int error : {EXDEV, ENOENT}) {
    clauses.Refuse(true, error, named ? Force::kMay : Force::kMust, kLink,
                   "the file is on no file system with names");
  }
  if (named) {
    clauses.AnyFailure();
    clauses.Observe("another name for a file that has one");
  }
  for (const int error : {EACCES, EPERM, EROFS}) {
    clauses.RefuseHere(file != nullptr, error, Force::kMay, {}, "the folder may not be written");
  }
  clauses.ReturnsValue(0, kLink, "the file has a name");
}

}  // namespace shmspec::model
