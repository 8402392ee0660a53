// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a listing of segments shows, by whoever makes it.

#ifndef SHMSPEC_HARNESS_MODEL_LISTING_H_
#define SHMSPEC_HARNESS_MODEL_LISTING_H_

#include "harness/model/clauses.h"
#include "harness/model/scene.h"

namespace shmspec::model {

/// kProcfs shows every column; a tool shows some, and -1 stands for the others.
enum class ListingKind : std::uint8_t { kProcfs, kTool };

/// Success is a table of the segments of the caller's namespace.
void DescribeListing(const Scene& scene, ListingKind kind, Clauses& clauses);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LISTING_H_
