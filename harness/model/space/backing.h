// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Making, cutting and removing mappings, with all that it means to what is behind them. Every path
// that does so goes through here, whatever the mapping is of.

#ifndef SHMSPEC_HARNESS_MODEL_SPACE_BACKING_H_
#define SHMSPEC_HARNESS_MODEL_SPACE_BACKING_H_

#include <cstddef>
#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"
#include "harness/model/state/state.h"

namespace shmspec::model {

/// A mapping is made: its object is held, and a segment has one attach more and is stamped as
/// `stamps` tells.
void OpenMapping(State& state, const Cause& cause, const Mapping& mapping, Says stamps);

/// A mapping is removed: its object is released, and a segment has one attach less and is stamped,
/// as `counts` and `stamps` tell (CloseAttach).
void CloseMapping(State& state, const Cause& cause, const Mapping& mapping, Says counts,
                  Says stamps);

/// Removes the mapping at an index of the address space.
void CloseAt(State& state, const Cause& cause, std::uint8_t process, std::size_t index, Says counts,
             Says stamps);

/// Removes mappings in [start, end) of a process's address space, cutting those that straddle an
/// end. At most `limit` whole mappings; returns how many it removed.
std::size_t UnmapRange(State& state, const Cause& cause, std::uint8_t process, std::uint64_t start,
                       std::uint64_t end, std::size_t limit = ~std::size_t{0});

/// Cuts the mapping that straddles the address, if one does.
void SplitMappingAt(State& state, const Cause& cause, std::uint8_t process, std::uint64_t address);

/// Adds the row by which /proc/PID/maps shows the mapping, if it is one of shared memory.
void DescribeRow(const Scene& scene, const Mapping& mapping, Clauses& clauses);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SPACE_BACKING_H_
