// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The sysctls of an IPC namespace and the listing in /proc/sysvipc/shm.

#include <cerrno>
#include <limits>

#include "harness/model/language/operations.h"
#include "harness/model/language/stride.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/listing.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::int64_t kMostSegments = 1 << 24;  // with ipcmni_extend; 32768 without
constexpr std::int64_t kUsualMostSegments = 32768;

std::uint64_t Current(const IpcNamespace& ipc, Sysctl name) {
  switch (name) {
    case Sysctl::kShmmax:
      return ipc.shmmax;
    case Sysctl::kShmall:
      return ipc.shmall;
    case Sysctl::kShmmni:
      return ipc.shmmni;
    case Sysctl::kRmidForced:
      return ipc.rmid_forced ? 1 : 0;
    case Sysctl::kNextId:
      return static_cast<std::uint64_t>(ipc.next_id);
  }
  return 0;
}

void DescribeRange(const SystemSysctlWrite& op, Clauses& clauses) {
  const std::int64_t value = op.value;
  switch (op.name) {
    case Sysctl::kShmmax:
    case Sysctl::kShmall:
      clauses.Refuse(value < 0, EINVAL, Force::kMay, {}, "the limit is not negative");
      return;
    case Sysctl::kShmmni:
      clauses.Refuse(value < 0 || value > kMostSegments, EINVAL, Force::kMust,
                     "LIMIT.SHMMNI_RANGE"_req, "shmmni has a range");
      clauses.RefuseHere(value > kUsualMostSegments, EINVAL, Force::kMay, "LIMIT.SHMMNI_RANGE"_req,
                         "without ipcmni_extend the range is smaller");
      return;
    case Sysctl::kRmidForced:
      clauses.Refuse(value < 0 || value > 1, EINVAL, Force::kMust, "SYSV.FORCED.DEFAULT_OFF"_req,
                     "shm_rmid_forced is 0 or 1");
      return;
    case Sysctl::kNextId:
      clauses.Refuse(value < 0 || value > std::numeric_limits<std::int32_t>::max(), EINVAL,
                     Force::kMust, "SYSV.ID.NEXT_ID"_req, "an identifier is not negative");
      return;
  }
}

bool IsSilent(const Scene& scene, Clauses& clauses) {
  if (Certainly(scene.profile().system.sysctls)) return false;
  clauses.AnyFailure();
  clauses.Observe("limits as sysctls");
  return true;
}

}  // namespace

void Describe(const SystemSysctlRead& op, const Scene& scene, Clauses& clauses) {
  const Requirements requirements =
      op.name == Sysctl::kRmidForced ? Requirements("SYSV.FORCED.DEFAULT_OFF"_req)
      : op.name == Sysctl::kNextId   ? Requirements("SYSV.ID.NEXT_ID"_req)
                                   : Requirements{"LIMIT.DEFAULTS"_req, "NS.IPC.FRESH_LIMITS"_req};
  clauses.Returns<Value>(requirements, "the setting of the namespace");
  clauses.RefuseHere(true, ENOENT, Force::kMay, {},
                     op.name == Sysctl::kNextId ? "shm_next_id needs CONFIG_CHECKPOINT_RESTORE"
                                                : "this system has no such sysctl");
  if (IsSilent(scene, clauses)) return;
  const IpcNamespace& ipc = scene.ipc();
  if (op.name == Sysctl::kNextId && !ipc.next_id_known) return;
  const auto number = static_cast<std::int64_t>(Current(ipc, op.name));
  Bound& bound = clauses.Bind(0, number, number, requirements, "the setting of the namespace");
  // A number of 64 bits may be reported as the largest that fits.
  bound.has_other = number < 0;
  bound.other = std::numeric_limits<std::int64_t>::max();
}

void Describe(const SystemSysctlWrite& op, const Scene& scene, Clauses& clauses) {
  const Credentials& mine = scene.credentials();
  const bool root = mine.uid == 0 && mine.user_namespace == scene.ipc().owner && !mine.nested;
  const bool inner_root = mine.nested && mine.user_namespace == scene.ipc().owner;
  const bool next_id = op.name == Sysctl::kNextId;
  const bool denied = !root && !inner_root && mine.caps == 0 && !next_id;
  clauses.Refuse(denied, EACCES, Force::kMust, "NS.IPC.SYSCTL_OWNER"_req,
                 "only root of the owning user namespace may write");
  clauses.Refuse(denied, EPERM, Force::kMay, "NS.IPC.SYSCTL_OWNER"_req,
                 "only root of the owning user namespace may write");
  for (const int error : {EACCES, EPERM}) {
    clauses.RefuseHere(!denied && !(root && mine.caps != 0 && !next_id), error, Force::kMay,
                       "NS.IPC.SYSCTL_OWNER"_req, "older kernels ask for root of the whole system");
  }
  clauses.RefuseHere(true, EROFS, Force::kMay, {}, "/proc/sys may be mounted read-only");
  clauses.RefuseHere(true, EIO, Force::kMay, {}, "this system's limits may be for reading only");
  clauses.RefuseHere(
      true, ENOENT, Force::kMay, {},
      next_id ? "shm_next_id needs CONFIG_CHECKPOINT_RESTORE" : "this system has no such sysctl");
  DescribeRange(op, clauses);
  clauses.Returns<Value>("NS.IPC.SYSCTL_OWNER"_req, "the namespace has the setting");
  if (IsSilent(scene, clauses)) return;
  if (op.name == Sysctl::kRmidForced) {
    clauses.Effect({"SYSV.FORCED.SWITCH_ON_DESTROYS_ORPHANS"_req, "SYSV.FORCED.PER_NAMESPACE"_req});
  } else {
    clauses.Effect("LIMIT.LOWERING_KEEPS_EXISTING"_req);
  }
}

void Apply(const SystemSysctlWrite& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const std::uint8_t index = scene.ipc_index();
  IpcNamespace& ipc = state.namespaces[index].Own();
  const auto value = static_cast<std::uint64_t>(op.value);
  switch (op.name) {
    case Sysctl::kShmmax:
      if (op.value >= 0) ipc.shmmax = value;
      return;
    case Sysctl::kShmall:
      if (op.value >= 0) ipc.shmall = value;
      return;
    case Sysctl::kShmmni:
      ipc.shmmni = value;
      return;
    case Sysctl::kRmidForced:
      ipc.rmid_forced = op.value == 1;
      if (ipc.rmid_forced) DestroyOrphans(state, CauseOf(scene), index);
      return;
    case Sysctl::kNextId:
      ipc.next_id = op.value;
      ipc.next_id_known = true;
      return;
  }
}

// The setting holds before the orphans are looked for.
void Advance(const SystemSysctlWrite& op, Stride& stride) {
  const bool switches_on = op.name == Sysctl::kRmidForced && op.value == 1;
  if (stride.progress().phase == 0) {
    if (stride.call().Alone() || !switches_on) return stride.Whole();
    Next* next = stride.Resume();
    if (next == nullptr) return;
    next->progress.kept[0] = stride.scene().ipc_index();
    next->state.namespaces[stride.scene().ipc_index()].Own().rmid_forced = true;
    return;
  }
  Next& next = stride.Add();
  const auto ipc = static_cast<std::uint8_t>(next.progress.kept[0]);
  if (next.state.namespaces[ipc]->rmid_forced) DestroyOrphans(next.state, stride.cause(), ipc);
  stride.End(next);
}

void Describe(const SystemNextSecond&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, {}, "the clock shows another second");
}

void Describe(const SystemHoldSegments&, const Scene&, Clauses& clauses) {
  clauses.RefuseHere(true, ENOENT, Force::kMay, {}, "this system has no /proc/sysvipc/shm");
  clauses.ReturnsValue(0, "PROC.SYSVIPC.WORLD_READABLE"_req, "everybody may open the listing");
}

void Apply(const SystemHoldSegments&, const Scene& scene, State& state, const Outcome& outcome) {
  if (Succeeded(outcome)) state.tasks[scene.call().actor].held_listing = scene.ipc_index();
}

void Describe(const SystemSegments& op, const Scene& scene, Clauses& clauses) {
  if (!op.held) return DescribeListing(scene, ListingKind::kProcfs, {}, clauses);
  const std::uint8_t ipc = scene.task().held_listing;
  if (ipc == kNobody) {
    clauses.Refuse(true, EBADF, Force::kMust, {}, "no listing is held open");
    return;
  }
  DescribeListingOf(scene, ipc, ListingKind::kProcfs, {}, clauses);
  if (ipc != scene.ipc_index()) clauses.Effect("PROC.SYSVIPC.NAMESPACE_AT_OPEN"_req);
}

}  // namespace shmspec::model
