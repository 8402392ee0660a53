// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/segment/lookup.h"

#include <algorithm>
#include <cerrno>

#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirements kUnknownId{"SYSV.ID.STALE_EINVAL"_req, "SYSV.ID.RANDOM_IDS_SAFE"_req};
constexpr Requirements kRaced{"SYSV.ID.EIDRM_WINDOW"_req, "SYSV.RMID.RACE_ATTACH"_req};

bool DestroyedMeanwhile(const Scene& scene, std::int64_t id) {
  const auto& tombstones = scene.state().tombstones;
  return std::any_of(tombstones.begin(), tombstones.end(), [&](const Tombstone& tombstone) {
    return tombstone.id == id && tombstone.ipc == scene.ipc_index() &&
           (tombstone.calls >> scene.call().actor & 1) != 0;
  });
}

}  // namespace

bool MayBeForeign(const Scene& scene) {
  const auto& segments = scene.ipc().segments;
  return scene.ipc().crowded ||
         std::any_of(segments.begin(), segments.end(), [](const Segment& s) { return s.id < 0; });
}

const Segment* DescribeLookup(const Scene& scene, std::int64_t id, Says deferred,
                              Clauses& clauses) {
  const Segment* segment = FindById(scene.ipc(), id);
  if (segment == nullptr) {
    clauses.Refuse(id < 0, EINVAL, Force::kMust, "SYSV.ID.NEGATIVE_INVALID"_req,
                   "no segment has a negative identifier");
    clauses.Refuse(id >= 0, EINVAL, MayBeForeign(scene) ? Force::kMay : Force::kMust, kUnknownId,
                   "the identifier names no segment here");
    clauses.Refuse(DestroyedMeanwhile(scene, id), EIDRM, Force::kMay, kRaced,
                   "the segment was destroyed while the call was under way");
    return nullptr;
  }
  if (segment->dest) {
    // Whether calls still reach it while it waits for the last detach.
    const Says reached = segment->dest_known ? deferred : Says::kSilent;
    clauses.RefuseUnless(reached, EINVAL, "SYSV.ID.STALE_EINVAL"_req, "the segment was removed");
    clauses.RefuseUnless(reached, EIDRM, "SYSV.ID.EIDRM_WINDOW"_req, "the segment was removed");
  }
  return segment;
}

void DescribeAccess(const Scene& scene, const Segment& segment, std::uint32_t bits,
                    Requirements requirements, Clauses& clauses) {
  const Says may = MayAccess(scene, segment, bits);
  RefuseWithout(scene, kCapIpcOwner, may, EACCES, requirements,
                "the caller's class lacks a permission bit it asks for", clauses);
  if (may == Says::kYes) clauses.Effect("PERM.SYSV.CLASS_SELECTION"_req);
}

void DescribeControl(const Scene& scene, const Segment& segment, Requirements requirements,
                     Clauses& clauses) {
  const Says may = MayControl(scene, segment);
  RefuseWithout(scene, kCapSysAdmin, may, EPERM, requirements,
                "the caller is neither owner nor creator nor privileged", clauses);
}

void DescribeFilling(const Scene& scene, Buffer buffer, Clauses& clauses) {
  const bool late = Certainly(scene.profile().sysv.buffers_in_order) && clauses.MustFail();
  clauses.Refuse(buffer != Buffer::kValid && !late, EFAULT, Force::kMust,
                 "SYSV.STAT.BAD_BUFFER"_req, "the buffer cannot be written");
}

void DescribeWriting(Clauses& clauses) {
  clauses.WritesNothingElse("SYSV.STAT.WRITES_RECORD_ONLY"_req,
                            "SYSV.STAT.FAILURE_WRITES_NOTHING"_req);
}

}  // namespace shmspec::model
