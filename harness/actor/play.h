// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For the tests of this folder: plans as text, performed and compared with what they expect.

#ifndef SHMSPEC_HARNESS_ACTOR_PLAY_H_
#define SHMSPEC_HARNESS_ACTOR_PLAY_H_

#include <string>
#include <string_view>

#include "harness/actor/process_stage.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// Makes a stage; ends the program when there is none.
std::unique_ptr<Stage> StageOf(std::string_view target, const ProcessStageOptions& options = {});

/// Performs "actor a\na: ..."; the line "plan ..." is added. Ends the program when the text is no
/// plan.
Trace Play(Stage& stage, std::string_view text, std::uint64_t seed = 1);
/// The same on a new stage for the libc target.
Trace Play(std::string_view text);

/// What differs from the expectations of a trace's plan, trouble included; empty when nothing does.
std::string DifferencesOf(const Trace& trace);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_PLAY_H_
