// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The specification, operation by operation. Describe says what is allowed; Apply is the effect of
// an outcome that is. Each operation's two functions stand side by side in the file of its subject.

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_TRANSITION_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_TRANSITION_H_

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// The outcomes that the call may have in its scene. `clauses` is overwritten.
void Describe(const Scene& scene, Clauses& clauses);

/// Changes `state`, which is the scene's, by a call that had this allowed outcome: knowledge gained
/// by looking included.
void Apply(const Scene& scene, State& state, const Outcome& outcome);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_TRANSITION_H_
