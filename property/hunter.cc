// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The properties as a hunter for `shmspec controls --by property`.

#include "harness/runner/controls.h"
#include "property/search.h"

namespace shmspec {
namespace {

std::vector<std::string> SearchWithProperties(const Hunt& hunt) {
  std::vector<std::string> noticed;
  for (const NamedSearch& search : PropertySearches()) {
    if (hunt.first && !noticed.empty()) break;
    if (SearchPlans(hunt.stage, hunt.profile, hunt.seed, search.limits)) {
      noticed.emplace_back(search.name);
    }
  }
  return noticed;
}

const internal::HunterRegistration registration({"property", &SearchWithProperties});

}  // namespace
}  // namespace shmspec
