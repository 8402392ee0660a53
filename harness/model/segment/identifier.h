// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segment identifiers that the system picks.

#ifndef SHMSPEC_HARNESS_MODEL_SEGMENT_IDENTIFIER_H_
#define SHMSPEC_HARNESS_MODEL_SEGMENT_IDENTIFIER_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

class SegmentChooser : public virtual Chooser {
 public:
  /// An identifier for a new segment of the caller's namespace. `wanted`: shm_next_id, or -1.
  virtual std::int64_t SegmentId(const Scene& scene, std::int64_t wanted) = 0;
};

/// The identifier of a new segment; that of an old one which nobody has seen yet has no wish.
Fresh FreshSegmentId(std::int64_t wanted = -1);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SEGMENT_IDENTIFIER_H_
