// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The life of a segment: what its attaches mean to it, removal, and destruction.

#ifndef SHMSPEC_HARNESS_MODEL_SEGMENT_LIFETIME_H_
#define SHMSPEC_HARNESS_MODEL_SEGMENT_LIFETIME_H_

#include <cstdint>

#include "harness/model/language/scene.h"
#include "harness/model/state/state.h"

namespace shmspec::model {

/// A mapping of the segment is made: nattch + 1, and atime and lpid as `stamps` tells.
void OpenAttach(State& state, const Cause& cause, SegmentName name, Says stamps);

/// One is cut in two: as if another was made, where the profile says so.
void CutAttach(State& state, const Cause& cause, SegmentName name);

/// One is removed: nattch - 1, which a record may show or not unless `counts` is kYes, and dtime
/// and lpid as `stamps` tells. The segment is destroyed when this was the last one and destruction
/// is due.
void CloseAttach(State& state, const Cause& cause, SegmentName name, Says counts, Says stamps);

/// An attach under way counts although nothing is mapped yet.
void HoldSegment(State& state, SegmentName name);
void ReleaseSegment(State& state, const Cause& cause, SegmentName name);

/// IPC_RMID: destroys at once without attaches, otherwise when the last one is removed.
void RemoveSegment(State& state, const Cause& cause, SegmentName name);

/// The segment may be gone, and the specification does not say.
void DoubtSegment(State& state, SegmentName name);

/// Destroys the segment if it is marked for that and nothing is attached.
void ReapSegment(State& state, const Cause& cause, SegmentName name);

/// The task that created segments is gone, or has left their namespace.
void ForgetCreator(State& state, const Cause& cause, std::uint8_t ipc, std::uint8_t task);

/// shm_rmid_forced is switched on: orphans without attaches are destroyed.
void DestroyOrphans(State& state, const Cause& cause, std::uint8_t ipc);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SEGMENT_LIFETIME_H_
