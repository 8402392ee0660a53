// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the system shows of a segment, in records and in listings, and what is learnt by looking.

#ifndef SHMSPEC_HARNESS_MODEL_SEGMENT_RECORD_H_
#define SHMSPEC_HARNESS_MODEL_SEGMENT_RECORD_H_

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// Success is the record of the segment; the call returns `returned`.
void DescribeRecord(const Scene& scene, const Segment& segment, std::int64_t returned,
                    Requirements returned_requirements, Clauses& clauses);

/// A record narrows down what was only known by bounds.
void LearnFromRecord(const Scene& scene, State& state, SegmentName name,
                     const SegmentRecord& record);

/// The bounds of one field, shared with listings. nattch counts what could have been merged.
Bound AttachCountBound(const Scene& scene, const Segment& segment, std::uint8_t field);

/// The mode as shown, state bits included.
std::uint32_t ShownMode(const Segment& segment);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SEGMENT_RECORD_H_
