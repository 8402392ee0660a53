// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Creating a segment, for shmget and for the tools that call it.

#ifndef SHMSPEC_HARNESS_MODEL_SYSV_CREATE_H_
#define SHMSPEC_HARNESS_MODEL_SYSV_CREATE_H_

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// The checks that stand between a request and a new segment.
void DescribeLimits(const Scene& scene, std::uint64_t size, std::uint64_t flags, Clauses& clauses);

/// What a new segment is made of beyond the caller's credentials.
struct NewSegment {
  std::int64_t id = 0;
  std::int32_t key = 0;
  bool key_known = true;
  std::uint64_t size = 0;
  std::uint64_t flags = 0;
  bool by_tool = false;  // a short-lived process of its own creates it
};
void CreateSegment(const Scene& scene, State& state, const NewSegment& wanted);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYSV_CREATE_H_
