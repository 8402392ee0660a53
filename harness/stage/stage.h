// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Where plans are performed. A stage performs a plan and returns a trace of it; real processes and
// the simulated system share this interface.
//
//   std::unique_ptr<Stage> stage = ...;
//   Trace trace = stage->Perform(plan);

#ifndef SHMSPEC_HARNESS_STAGE_STAGE_H_
#define SHMSPEC_HARNESS_STAGE_STAGE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

class Stage {
 public:
  Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  virtual ~Stage() = default;

  /// The name of a target (target.h), `simulated`, or `faulty:ID`.
  virtual std::string_view name() const = 0;

  /// Performs every step of a plan without flaw (FindFlaw). Never fails: what went wrong with the
  /// experiment itself is trace.trouble, with trace.lacking when the system cannot offer what the
  /// plan needs. `seed` settles every free choice of the stage (it makes none that it can avoid).
  virtual Trace Perform(const Plan& plan, std::uint64_t seed) = 0;

  /// What Perform does to the races of this plan to vary them, in one line; empty for nothing.
  virtual std::string Perturbed(const Plan&, std::uint64_t) const { return ""; }
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_STAGE_STAGE_H_
