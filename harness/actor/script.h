// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Writes a plan into the control region, and reads the results from it.

#ifndef SHMSPEC_HARNESS_ACTOR_SCRIPT_H_
#define SHMSPEC_HARNESS_ACTOR_SCRIPT_H_

#include <string>

#include "harness/actor/control_region.h"
#include "harness/stage/schedule.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// A plan as the region holds it, still outside of it.
struct Script {
  Schedule schedule;
  std::string text;  // specs and operations in wire form
  std::vector<Extent> specs;
  std::vector<Extent> operations;
  bool lasting = true;  // processes may serve another plan
  Perturbation perturbation;
};

Script WriteScript(const Plan& plan);

/// How large the region has to be.
std::size_t RegionBytes(const Script& script);

/// Fills a region of that size for a plan to begin; the header's settings are left to the caller.
void LoadScript(const Plan& plan, const Script& script, const ControlRegion& region);

/// Reads actors and steps from the region into a trace that has the plan.
void ReadResults(const ControlRegion& region, Trace& trace);

/// Actors without a namespace of their own share the harness's. One that could not read its number
/// (0) gets that of another: a system may answer programs of one width and refuse those of the
/// other.
void NumberSharedNamespaces(const Plan& plan, std::vector<ActorFacts>& actors);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_SCRIPT_H_
