// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the operations on segments of libraries share.

#ifndef SHMSPEC_HARNESS_MODEL_LIBRARY_LIBRARY_H_
#define SHMSPEC_HARNESS_MODEL_LIBRARY_LIBRARY_H_

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// When segments go without being removed, by the profile.
SegmentEnds EndsOf(const Scene& scene);

/// The object of the caller that has the number, or null; then adds that the call fails.
const SegmentObject* DescribeObject(const Scene& scene, std::int64_t number, Clauses& clauses);

/// If `applies`, the call fails. Libraries have errors of their own: `error` is what one that keeps
/// errno would show, and any other will do.
void RefuseInAnyWords(bool applies, int error, Requirements requirements, const char* why,
                      Clauses& clauses);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LIBRARY_LIBRARY_H_
