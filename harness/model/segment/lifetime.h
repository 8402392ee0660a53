// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The life of a segment: what opening and closing a mapping of it means, removal, and destruction.
// Every path that adds or takes away a mapping of a segment goes through here.

#ifndef SHMSPEC_HARNESS_MODEL_SEGMENT_LIFETIME_H_
#define SHMSPEC_HARNESS_MODEL_SEGMENT_LIFETIME_H_

#include <cstdint>

#include "harness/model/language/scene.h"
#include "harness/model/state/state.h"

namespace shmspec::model {

/// A mapping of the segment is made: nattch + 1, and atime and lpid as `stamps` tells.
void OpenMapping(State& state, const Actor& actor, const Mapping& mapping, Says stamps);

/// A mapping is removed: nattch - 1 unless `counts` is false, and dtime and lpid as `stamps` tells.
/// The segment is destroyed when this was the last mapping and destruction is due.
void CloseMapping(State& state, const Actor& actor, const Mapping& mapping, Says counts,
                  Says stamps);

/// An attach under way counts although nothing is mapped yet.
void HoldSegment(State& state, SegmentName name);
void ReleaseSegment(State& state, const Actor& actor, SegmentName name);

/// IPC_RMID: destroys at once without attaches, otherwise when the last one is removed.
void RemoveSegment(State& state, const Actor& actor, SegmentName name);

/// The segment may be gone, and the specification does not say.
void DoubtSegment(State& state, SegmentName name);

/// Destroys the segment if it is marked for that and nothing is attached.
void ReapSegment(State& state, const Actor& actor, SegmentName name);

/// The task that created segments is gone, or has left their namespace.
void ForgetCreator(State& state, const Actor& actor, std::uint8_t ipc, std::uint8_t task);

/// shm_rmid_forced is switched on: orphans without attaches are destroyed.
void DestroyOrphans(State& state, const Actor& actor, std::uint8_t ipc);

/// Removes mappings in [start, end) of a process's address space, cutting those that straddle an
/// end. At most `limit` whole mappings; returns how many it removed.
std::size_t UnmapRange(State& state, const Actor& actor, std::uint8_t process, std::uint64_t start,
                       std::uint64_t end, std::size_t limit = ~std::size_t{0});

/// Removes the mapping at an index of the address space, with all consequences.
void CloseAt(State& state, const Actor& actor, std::uint8_t process, std::size_t index, Says counts,
             Says stamps);

/// Cuts the mapping that straddles the address, if one does, with all consequences.
void SplitMappingAt(State& state, const Actor& actor, std::uint8_t process, std::uint64_t address);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SEGMENT_LIFETIME_H_
