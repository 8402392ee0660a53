// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The properties as a hunter for `shmspec controls --by property`.

#include "harness/runner/controls.h"
#include "property/search.h"

namespace shmspec {
namespace {

/// Little but files in memory, their descriptors and mappings.
constexpr LikelyWeights FileWeights() {
  return {.calls = 0,
          .controls = 0,
          .memory = 5,
          .mappings = 2,
          .files = 16,
          .objects = 0,
          .system = 0,
          .processes = 3,
          .tools = false,
          .simulated = true};
}

/// POSIX objects, by several users and in file systems that plans fill.
constexpr LikelyWeights ObjectWeights() {
  return {.calls = 1,
          .controls = 0,
          .memory = 4,
          .mappings = 1,
          .files = 6,
          .objects = 8,
          .system = 0,
          .processes = 1};
}

/// Where attaches are, what is left of them, and the times at which that changes.
constexpr LikelyWeights PlaceWeights() {
  return {.calls = 6,
          .controls = 4,
          .memory = 1,
          .mappings = 7,
          .files = 0,
          .objects = 0,
          .system = 4,
          .processes = 1,
          .tools = false,
          .simulated = true};
}

std::vector<std::string> SearchWithProperties(const Hunt& hunt) {
  std::vector<std::string> noticed;
  const auto search = [&](const char* name, const SearchLimits& limits) {
    if (hunt.first && !noticed.empty()) return;
    if (SearchPlans(hunt.stage, hunt.profile, hunt.seed, limits)) noticed.emplace_back(name);
  };
  search("property.sequential", {.plans = 6000, .steps = 60});
  search("property.tools",
         {.plans = 2000,
          .steps = 60,
          .weights = {.calls = 4, .controls = 1, .memory = 1, .mappings = 1, .system = 8}});
  search("property.files", {.plans = 6000, .steps = 60, .weights = FileWeights()});
  search("property.places", {.plans = 6000, .steps = 60, .weights = PlaceWeights()});
  search("property.objects", {.plans = 6000, .steps = 60, .weights = ObjectWeights()});
  search("property.racing_two", {.plans = 4000, .racers = 2});
  search("property.racing_three", {.plans = 2000, .racers = 3});
  return noticed;
}

const internal::HunterRegistration registration({"property", &SearchWithProperties});

}  // namespace
}  // namespace shmspec
