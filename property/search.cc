// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "property/search.h"

#include <utility>

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
          .scenes = 3,
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
          .scenes = 0,
          .system = 0,
          .processes = 1};
}

/// Little but steps that belong together.
constexpr LikelyWeights SceneWeights() {
  return {.calls = 1,
          .controls = 0,
          .memory = 2,
          .mappings = 1,
          .files = 3,
          .objects = 3,
          .scenes = 12,
          .system = 0,
          .processes = 1,
          .tools = false,
          .simulated = true};
}

/// Where attaches are, what is left of them, and the times at which that changes.
constexpr LikelyWeights PlaceWeights() {
  return {.calls = 6,
          .controls = 4,
          .memory = 1,
          .mappings = 7,
          .files = 0,
          .objects = 0,
          .scenes = 1,
          .system = 4,
          .processes = 1,
          .tools = false,
          .simulated = true};
}

/// Little but System V.
constexpr LikelyWeights SegmentWeights() {
  return {.calls = 8,
          .controls = 5,
          .memory = 2,
          .mappings = 1,
          .files = 0,
          .objects = 0,
          .scenes = 0,
          .system = 1,
          .processes = 1,
          .tools = false};
}

/// Little but locks, semaphores and futexes. Where no actor ends, calls wait for locks too.
constexpr LikelyWeights SyncWeights(std::uint8_t processes) {
  return {.calls = 1,
          .controls = 0,
          .memory = 1,
          .mappings = 0,
          .files = 0,
          .objects = 0,
          .scenes = 0,
          .system = 0,
          .processes = processes,
          .sync = 16,
          .tools = false};
}

}  // namespace

std::optional<Caught> SearchPlans(Stage& stage, const model::Profile& profile, std::uint64_t seed,
                                  const SearchLimits& limits) {
  SeededChoices choices(seed);
  for (int i = 0; i < limits.plans; ++i) {
    const Plan plan = limits.parallel ? LikelyRace(choices, limits.weights)
                                      : LikelySequence(choices, limits.steps, limits.weights);
    Trace trace = stage.Perform(plan, seed + static_cast<std::uint64_t>(i));
    Verdict verdict = Judge(trace, profile);
    if (verdict.kind == Verdict::Kind::kRefuted) {
      return Caught{std::move(trace), std::move(verdict), i + 1};
    }
  }
  return std::nullopt;
}

const std::vector<NamedSearch>& PropertySearches() {
  static const std::vector<NamedSearch> searches{
      {"property.sequential", {.plans = 6000, .steps = 60}},
      {"property.tools",
       {.plans = 2000,
        .steps = 60,
        .weights = {.calls = 4, .controls = 1, .memory = 1, .mappings = 1, .system = 8}}},
      {"property.files", {.plans = 6000, .steps = 60, .weights = FileWeights()}},
      {"property.places", {.plans = 6000, .steps = 60, .weights = PlaceWeights()}},
      {"property.objects", {.plans = 6000, .steps = 60, .weights = ObjectWeights()}},
      {"property.scenes", {.plans = 4000, .steps = 20, .weights = SceneWeights()}},
      {"property.sync", {.plans = 4000, .steps = 40, .weights = SyncWeights(2)}},
      {"property.parallel", {.plans = 6000, .weights = RacingWeights(), .parallel = true}},
      {"property.parallel_segments",
       {.plans = 4000, .weights = SegmentWeights(), .parallel = true}},
      {"property.parallel_files", {.plans = 4000, .weights = FileWeights(), .parallel = true}},
      {"property.parallel_objects", {.plans = 4000, .weights = ObjectWeights(), .parallel = true}},
      {"property.parallel_sync", {.plans = 3000, .weights = SyncWeights(0), .parallel = true}},
      {"property.parallel_owners", {.plans = 3000, .weights = SyncWeights(4), .parallel = true}}};
  return searches;
}

}  // namespace shmspec
