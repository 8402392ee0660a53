// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The stage that is the model: plans are performed on a system that does exactly what the
// specification says. Nothing real is touched; actors, process ids and namespaces are made up.
//
//   std::unique_ptr<Stage> stage = MakeSimulatedStage(*model::FindProfile("linux"));
//   Trace trace = stage->Perform(plan, seed);
//
// The seed settles what a race or a started step leaves open: which actor goes first, phase by
// phase.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_SIMULATED_STAGE_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_SIMULATED_STAGE_H_

#include <memory>
#include <string>

#include "harness/model/profile/profile.h"
#include "harness/stage/stage.h"
#include "harness/target/simulated/tampering.h"

namespace shmspec {

/// `name` is the name of the stage; `tampering` may be null. The profile must outlive it.
std::unique_ptr<Stage> MakeSimulatedStage(const model::Profile& profile,
                                          std::unique_ptr<Tampering> tampering = nullptr,
                                          std::string name = "simulated");

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_SIMULATED_STAGE_H_
