// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Finding the segment that an identifier names, with the checks that every call on an identifier
// shares.

#ifndef SHMSPEC_HARNESS_MODEL_SEGMENT_LOOKUP_H_
#define SHMSPEC_HARNESS_MODEL_SEGMENT_LOOKUP_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// The segment that an identifier names in the caller's namespace. When there is none, adds the
/// checks for that and returns null. `deferred`: what the profile allows with an identifier whose
/// segment waits for its last detach.
const Segment* DescribeLookup(const Scene& scene, std::int64_t id, Says deferred, Clauses& clauses);

/// Adds EACCES when the caller may not use those permission bits of the segment.
void DescribeAccess(const Scene& scene, const Segment& segment, std::uint32_t bits,
                    Requirements requirements, Clauses& clauses);

/// Adds EPERM unless the caller is owner, creator or privileged.
void DescribeControl(const Scene& scene, const Segment& segment, Requirements requirements,
                     Clauses& clauses);

/// Adds EFAULT when the record cannot be stored, which, in a profile with an order of checks,
/// matters only after the checks described so far.
void DescribeFilling(const Scene& scene, Buffer buffer, Clauses& clauses);

/// Says what a call that fills in a record may write.
void DescribeWriting(Clauses& clauses);

/// Whether identifiers outside the model may exist where the caller is: then an identifier that the
/// model does not know may be anything.
bool MayBeForeign(const Scene& scene);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SEGMENT_LOOKUP_H_
