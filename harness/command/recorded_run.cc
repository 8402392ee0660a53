// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/recorded_run.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "harness/actor/abilities.h"
#include "harness/model/profile/profile.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

std::uint64_t NumberIn(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

CaseResult ResultOf(const reports::Test& test, const reports::Attempt& attempt,
                    std::uint64_t seed) {
  CaseResult result;
  result.status = attempt.status;
  result.cause = attempt.cause;
  result.reason = attempt.reason;
  result.excerpt = attempt.excerpt;
  result.trace = attempt.trace;
  result.objections = attempt.objections;
  result.residue = attempt.residue;
  result.rounds = static_cast<std::int32_t>(attempt.rounds);
  result.steps = attempt.steps;
  result.worlds = attempt.worlds;
  result.rate = attempt.rate;
  result.seed = NumberIn(attempt.seed);
  result.attempt = static_cast<std::uint32_t>(attempt.n - 1);
  result.attempt_seed = seed;
  result.retry = attempt.retry;
  for (const auto& [id, status] : test.requirements) {
    const std::optional<Requirement> requirement = FindRequirement(id);
    SHMSPEC_CHECK(requirement.has_value(), "a record of another catalogue");
    result.requirements.push_back({*requirement, status});
  }
  return result;
}

CaseRun RunOf(const reports::Test& test, std::uint64_t seed) {
  CaseRun run{.test_case = FindCase(test.id), .attempts = {}, .judged = {}};
  SHMSPEC_CHECK(run.test_case != nullptr, "a record of another suite");
  for (const reports::Attempt& attempt : test.attempts) {
    run.attempts.push_back(ResultOf(test, attempt, seed));
  }
  if (!run.attempts.empty()) {
    run.attempts.back().observed = test.observed;
    run.attempts.back().histograms = test.histograms;
  }
  run.judged = {.judgement = test.judgement, .waiver = test.waiver, .before = {}, .why = test.why};
  return run;
}

/// What the system offered, by the facts that FactsOf() made.
Abilities AbilitiesIn(const reports::Record& record) {
  Abilities abilities = kEveryAbility;
  for (const AbilityEntry& entry : AbilityTable()) {
    std::string name = "ability." + std::string(NameOf(entry.ability));
    std::replace(name.begin(), name.end(), '-', '_');
    const auto fact = std::find_if(record.facts.begin(), record.facts.end(),
                                   [&](const reports::Fact& one) { return one.name == name; });
    const bool missing = fact != record.facts.end() && fact->value.starts_with("no");
    if (missing) abilities = Without(abilities, Only(entry.ability));
  }
  return abilities;
}

}  // namespace

RunResult ResultOf(const reports::Record& record) {
  RunResult result;
  const std::uint64_t seed = NumberIn(record.run.seed);
  for (const reports::Test& test : record.tests) result.cases.push_back(RunOf(test, seed));
  if (!result.cases.empty() && !record.left_behind.empty()) {
    CaseRun& first = result.cases.front();
    if (first.attempts.empty()) first.attempts.emplace_back();
    first.attempts.front().left_behind = record.left_behind;
  }
  result.complete = record.run.complete;
  result.stop_reason = record.run.stop_reason;
  result.duration_s = record.run.duration_s;
  result.abilities = AbilitiesIn(record);
  return result;
}

RunOptions OptionsOf(const reports::Record& record) {
  RunOptions options;
  options.target = record.subject.target;
  options.profile = model::FindProfile(record.run.profile);
  options.seed = NumberIn(record.run.seed);
  options.timeout_ms = static_cast<std::int64_t>(record.run.timeout_ms);
  options.max_rounds = static_cast<int>(record.run.max_rounds);
  for (const reports::Fact& fact : record.facts) {
    if (fact.name == reports::kLauncherFact) options.launcher = fact.value;
  }
  return options;
}

}  // namespace shmspec
