// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How an outcome differs from what was allowed, as data, so that failures of different plans can be
// compared.
//
//   DifferencesBetween(segment{nattch=3 ...}, segment{nattch=2 ...})  ->  nattch: 3, not 2
//   DifferencesBetween(ENOSYS, ok)                                    ->  ENOSYS, not success

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_DIFFERENCE_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_DIFFERENCE_H_

#include <span>
#include <string>
#include <vector>

#include "harness/vocabulary/outcome/pattern.h"
#include "harness/vocabulary/plan/actor_spec.h"
#include "harness/vocabulary/record/test.h"

namespace shmspec {

using record::Difference;

/// What `seen` has in common with other outcomes: `success`, the name of an error or of a signal,
/// or how the actor ended.
std::string KindOf(const Outcome& seen);

/// The kinds that a pattern allows, each once, joined by `|`.
std::string KindsIn(const Pattern& allowed);

/// How `seen` differs from the alternative that is nearest to it: field by field from one of its
/// own kind, otherwise as a whole. Nothing when it is allowed.
std::vector<Difference> DifferencesBetween(const Outcome& seen, const Pattern& allowed,
                                           const Bindings& bindings,
                                           std::span<const ActorSpec> actors);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_DIFFERENCE_H_
