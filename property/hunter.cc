// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The properties as a hunter for `shmspec controls --by property`; and fuzzing for `--by fuzz`: how
// many plans it takes until one shows the fault, guided by the specification and not.

#include "harness/runner/controls.h"
#include "property/guided_search.h"
#include "property/search.h"

namespace shmspec {
namespace {

std::vector<Noticed> SearchWithProperties(const Hunt& hunt) {
  std::vector<Noticed> noticed;
  for (const NamedSearch& search : PropertySearches()) {
    if (hunt.first && !noticed.empty()) break;
    if (SearchPlans(hunt.stage, hunt.profile, hunt.seed, search.limits)) {
      noticed.push_back({std::string(search.name)});
    }
  }
  return noticed;
}

std::vector<LikelyWeights> KindsOfPlans() {
  std::vector<LikelyWeights> kinds;
  for (const NamedSearch& search : PropertySearches()) {
    if (!search.limits.parallel) kinds.push_back(search.limits.weights);
  }
  return kinds;
}

std::vector<Noticed> SearchByFuzzing(const Hunt& hunt) {
  const std::vector<LikelyWeights> kinds = KindsOfPlans();
  std::vector<Noticed> noticed;
  for (const bool guided : {true, false}) {
    if (hunt.first && !noticed.empty()) break;
    const auto finding =
        FuzzPlans(hunt.stage, hunt.profile, hunt.seed, kinds, {hunt.executions, guided});
    if (finding) noticed.push_back({guided ? "fuzz.guided" : "fuzz.unguided", finding->executions});
  }
  return noticed;
}

const internal::HunterRegistration registrations[] = {
    internal::HunterRegistration({"property", &SearchWithProperties}),
    internal::HunterRegistration({"fuzz", &SearchByFuzzing})};

}  // namespace
}  // namespace shmspec
