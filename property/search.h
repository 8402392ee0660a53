// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The properties as a search: draw plans, perform them, and look for a trace that the
// specification does not allow.
//
//   SearchLimits limits{.plans = 1000};
//   if (auto caught = SearchPlans(*stage, *model::FindProfile("linux"), /*seed=*/7, limits)) {
//     Print(caught->verdict.message, PrintTrace(caught->trace));
//   }

#ifndef SHMSPEC_PROPERTY_SEARCH_H_
#define SHMSPEC_PROPERTY_SEARCH_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/generators/likely_plan.h"
#include "harness/oracle/oracle.h"
#include "harness/stage/stage.h"

namespace shmspec {

struct SearchLimits {
  int plans = 1000;
  std::size_t steps = 60;  // in a plan
  LikelyWeights weights;
  bool parallel = false;  // a prefix, branches and a suffix instead, of any shape
};

/// A trace that the specification does not allow.
struct Caught {
  Trace trace;
  Verdict verdict;
  int plans = 0;  // performed until then
};

/// The first one found, or nothing. The same seed draws the same plans. Skips plans that could not
/// be performed or judged.
std::optional<Caught> SearchPlans(Stage& stage, const model::Profile& profile, std::uint64_t seed,
                                  const SearchLimits& limits);

/// A search of `shmspec controls --by property`, by the name that it reports.
struct NamedSearch {
  std::string_view name;
  SearchLimits limits;
};

/// All of them, in their order.
const std::vector<NamedSearch>& PropertySearches();

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_SEARCH_H_
