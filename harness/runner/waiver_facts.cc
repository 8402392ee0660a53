// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What waivers may ask of this system; apart from their reader, which looks at no system.

#include "harness/runner/waivers.h"
#include "harness/sandbox/environment.h"

namespace shmspec {

std::vector<Fact> FactsForWaivers(std::string_view target, std::string_view profile) {
  std::vector<Fact> facts = ReadEnvironment();
  facts.push_back({"target", std::string(target), "--target", true});
  facts.push_back({"profile", std::string(profile), "--profile", true});
  return facts;
}

}  // namespace shmspec
