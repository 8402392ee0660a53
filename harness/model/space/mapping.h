// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the calls on ranges of addresses share.

#ifndef SHMSPEC_HARNESS_MODEL_SPACE_MAPPING_H_
#define SHMSPEC_HARNESS_MODEL_SPACE_MAPPING_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// Adds `error` for the parts of [start, end) where nothing is mapped: it must fail where the plan
/// unmapped them, and may fail where the process itself may have mapped something.
void DescribeHoles(const Scene& scene, std::uint64_t start, std::uint64_t end, int error,
                   Clauses& clauses);

/// Adds EPERM when something in [start, end) is sealed.
void DescribeSeals(const Scene& scene, std::uint64_t start, std::uint64_t end, Clauses& clauses);

/// Adds ENOMEM for a call that maps `size` bytes under RLIMIT_AS; `beyond` holds when these alone
/// exceed it. A limit that the plan did not set itself is the environment's.
void DescribeRoomInLimit(const Scene& scene, std::uint64_t size, Force beyond, Clauses& clauses);

/// If `locks`, adds the errors of a call that locks `size` bytes more, `error` the one for a limit
/// that is exceeded.
void DescribeLock(const Scene& scene, std::uint64_t size, bool locks, int error, Clauses& clauses);

/// Adds EAGAIN when mlockall(2) has said that `size` bytes that are mapped now are locked, and a
/// limit is exceeded.
void DescribeLockOfNew(const Scene& scene, std::uint64_t size, Clauses& clauses);

/// Locks the mapping that has been made at `start`, when mlockall(2) has said so.
void LockNew(const Scene& scene, State& state, std::uint64_t start);

/// The pages of a mapping of a node are brought in before they are touched, as far as the node
/// goes.
void Populate(const Scene& scene, State& state, const Mapping& mapping);

/// The pages of a range of what is mapped, offsets in it, are brought in. Where a private mapping
/// has pages of its own, those of the node are left alone.
void TouchShown(State& state, const Mapping& mapping, std::uint64_t offset, std::uint64_t size,
                std::uint64_t page);

/// A private mapping of a node gets its own copies of the pages of a range of the node that it does
/// not have yet.
void CopyPages(State& state, const Mapping& mapping, std::uint64_t offset, std::uint64_t size,
               std::uint64_t page, std::uint32_t step);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SPACE_MAPPING_H_
