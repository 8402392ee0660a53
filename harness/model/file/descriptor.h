// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the calls on descriptors share.

#ifndef SHMSPEC_HARNESS_MODEL_FILE_DESCRIPTOR_H_
#define SHMSPEC_HARNESS_MODEL_FILE_DESCRIPTOR_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// The number of a new descriptor.
Fresh FreshDescriptor();

/// Adds the errors of a call that makes a descriptor.
void DescribeRoomForDescriptor(const Scene& scene, Clauses& clauses);

/// The open file that the descriptor of the caller stands for. Without one adds EBADF and is null.
const OpenFile* DescribeFile(const Scene& scene, std::int64_t number, Clauses& clauses);

/// A change of the contents may take bits away that set ids.
void ForgetIdBits(State& state, std::uint32_t node);

/// The number that the outcome gives a new descriptor; -1 when it gives none.
std::int64_t NewNumber(const Outcome& outcome);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_FILE_DESCRIPTOR_H_
