// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests in the memory of the model: which have run, and what their histograms may show.

#ifndef SHMSPEC_HARNESS_MODEL_MEMORY_TRIAL_H_
#define SHMSPEC_HARNESS_MODEL_MEMORY_TRIAL_H_

#include <cstdint>
#include <optional>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"
#include "harness/model/memory/litmus.h"
#include "harness/vocabulary/outcome/litmus_outcome.h"
#include "harness/vocabulary/plan/ability.h"

namespace shmspec::model {

/// The trial at an address of a process, or null.
const Trial* FindTrial(const State& state, std::uint8_t process, std::uint64_t address);

/// The test that all branches of a trial make together; nullopt when one has not run or they do not
/// fit: registers that two name, accesses of different widths, too many endings to compute.
std::optional<LitmusTest> TestOf(const Trial& trial);

/// The smallest of these places that every access of a trial lies within as a whole.
enum class Within : std::uint8_t {
  kItself,  // aligned
  kQuadword,
  kLine,  // of 64 bytes
  kNothing,
};
Within WithinOf(const Trial& trial);

/// Whether every access of a trial is one indivisible event on a processor with these abilities.
bool IsIndivisible(const Trial& trial, Abilities abilities);

class EndingChooser : public virtual Chooser {
 public:
  /// How the rounds of the litmus test ended that the call counts.
  virtual Outcome Count(const Scene& scene) = 0;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_MEMORY_TRIAL_H_
