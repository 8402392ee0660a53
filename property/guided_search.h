// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Fuzzing inside the program, guided by the specification: recipes whose traces showed something
// new are kept and changed further. It is what `shmspec controls --by fuzz` measures; plan_fuzz
// does the same with the engine of libFuzzer.
//
//   const auto finding = FuzzPlans(*stage, *model::FindProfile("linux"), /*seed=*/7, {});
//   if (finding) Print(finding->verdict.message, finding->executions);

#ifndef SHMSPEC_PROPERTY_GUIDED_SEARCH_H_
#define SHMSPEC_PROPERTY_GUIDED_SEARCH_H_

#include <cstdint>
#include <optional>
#include <span>

#include "harness/generators/recipe.h"
#include "harness/oracle/oracle.h"
#include "harness/stage/stage.h"

namespace shmspec {

struct FuzzLimits {
  std::uint64_t executions = 100'000;  // plans performed at most
  bool guided = true;                  // without it every recipe is drawn anew
};

/// A trace that the specification does not allow.
struct Finding {
  Recipe recipe;
  Trace trace;
  Verdict verdict;
  std::uint64_t executions = 0;  // until then, this one included
};

/// The first finding, if there is one within the limits. The same seed performs the same plans on a
/// stage that does the same. Plans that could not be performed or judged count and show nothing.
std::optional<Finding> FuzzPlans(Stage& stage, const model::Profile& profile, std::uint64_t seed,
                                 std::span<const LikelyWeights> kinds, const FuzzLimits& limits);

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_GUIDED_SEARCH_H_
