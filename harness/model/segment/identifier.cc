// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/segment/identifier.h"

#include <algorithm>
#include <limits>

namespace shmspec::model {
namespace {

using namespace shmspec::literals;

/// The index of shm_next_id if it is free, otherwise any with its sequence number.
bool HeedsWish(const Scene& scene, std::int64_t seen, std::int64_t wanted) {
  const IpcNamespace& ipc = scene.ipc();
  const int bits = scene.profile().sysv.index_bits;
  const bool free =
      !ipc.crowded &&
      std::none_of(ipc.segments.begin(), ipc.segments.end(), [&](const Segment& segment) {
        return segment.id < 0 || ((segment.id ^ wanted) & ((1 << bits) - 1)) == 0;
      });
  return free ? seen == wanted : (seen >> bits) == (wanted >> bits);
}

std::optional<Requirement> BrokenById(const Fresh& fresh, const Scene& scene, std::int64_t seen) {
  const IpcNamespace& ipc = scene.ipc();
  if (seen < 0 || seen > std::numeric_limits<std::int32_t>::max()) {
    return "SYSV.SHMGET.CREATE_RETURNS_NONNEG"_req;
  }
  const Segment* other = FindById(ipc, seen);
  if (other != nullptr && (other->dest_known || !other->dest)) return "SEED.SHMID_UNIQUE"_req;
  if (fresh.wanted >= 0) {
    if (!HeedsWish(scene, seen, fresh.wanted)) return "SYSV.ID.NEXT_ID"_req;
  } else if (Certainly(scene.profile().sysv.stale_id_rests) && !ipc.next_id_used &&
             std::find(ipc.stale.begin(), ipc.stale.end(), seen) != ipc.stale.end()) {
    return "SYSV.ID.STALE_NOT_REBOUND_SOON"_req;
  }
  return std::nullopt;
}

Outcome PickId(const Fresh& fresh, const Scene& scene, Chooser& chooser) {
  return Value{dynamic_cast<SegmentChooser&>(chooser).SegmentId(scene, fresh.wanted)};
}

}  // namespace

Fresh FreshSegmentId(std::int64_t wanted) { return {BrokenById, PickId, 0, wanted}; }

}  // namespace shmspec::model
