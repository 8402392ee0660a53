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

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SPACE_MAPPING_H_
