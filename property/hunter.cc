// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The properties as a hunter for `shmspec controls --by property`.

#include "harness/runner/controls.h"
#include "property/search.h"

namespace shmspec {
namespace {

std::vector<std::string> SearchWithProperties(const Hunt& hunt) {
  // Short plans are many, long ones reach far.
  for (const SearchLimits& limits : {SearchLimits{.plans = 400, .steps = 20},
                                     SearchLimits{.plans = 1000, .steps = 60}}) {
    if (SearchPlans(hunt.stage, hunt.profile, hunt.seed, limits)) return {"property.sequential"};
  }
  return {};
}

const internal::HunterRegistration registration({"property", &SearchWithProperties});

}  // namespace
}  // namespace shmspec
