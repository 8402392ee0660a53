// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/record.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>

#include "harness/vocabulary/requirement.h"
#include "harness/vocabulary/sha256.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxReason = 4096;
constexpr std::size_t kMaxExcerpt = 16384;

std::string FreshUuid() {
  std::string uuid;
  std::getline(std::ifstream("/proc/sys/kernel/random/uuid"), uuid);
  // Without procfs the nil UUID says that there was none.
  return uuid.size() == 36 ? uuid : "00000000-0000-0000-0000-000000000000";
}

double Seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

Judgement JudgementOf(Status status) {
  return status == Status::kFail || status == Status::kUnresolved ? Judgement::kUnexpected
                                                                  : Judgement::kExpected;
}

Json AttemptRecord(const CaseResult& result, std::size_t number) {
  Json attempt{{"n", number},
               {"status", NameOf(result.status)},
               {"duration_s", Seconds(result.duration_us)}};
  std::string excerpt = result.excerpt;
  if (!result.trace.empty()) excerpt += (excerpt.empty() ? "" : "\n") + result.trace;
  if (!excerpt.empty()) attempt["excerpt"] = excerpt.substr(0, kMaxExcerpt);
  return attempt;
}

/// Cited requirements first, then others that turned out to be violated.
std::vector<Requirement> AtStake(const CaseRun& run) {
  std::vector<Requirement> requirements = run.test_case->requirements;
  if (const CaseResult* result = run.deciding()) {
    for (const RequirementResult& one : result->requirements) {
      if (std::find(requirements.begin(), requirements.end(), one.requirement) ==
          requirements.end()) {
        requirements.push_back(one.requirement);
      }
    }
  }
  return requirements;
}

Json TestRecord(const CaseRun& run, const RunOptions& options) {
  Json test{{"id", run.test_case->id}};
  Json& requirements = test["requirements"] = Json::array();
  for (const Requirement requirement : AtStake(run)) requirements.push_back(requirement.id());
  test["status"] = NameOf(run.status());
  const CaseResult* result = run.deciding();
  if (result != nullptr && result->cause != Cause::kNone) test["cause"] = NameOf(result->cause);
  test["judgement"] = {{"verdict", NameOf(JudgementOf(run.status()))}};
  if (result != nullptr && !result->reason.empty()) {
    test["reason"] = result->reason.substr(0, kMaxReason);
  }
  test["location"] = {{"file", run.test_case->file}, {"line", run.test_case->line}};
  Json& attempts = test["attempts"] = Json::array();
  for (std::size_t i = 0; i < run.attempts.size(); ++i) {
    attempts.push_back(AttemptRecord(run.attempts[i], i + 1));
  }
  if (result == nullptr) return test;
  if (run.status() != Status::kPass) {
    test["repro"] = {{"command", CommandThatRepeats(*run.test_case, *result, options)}};
  }
  test["effort"] = {{"rounds", result->rounds}, {"steps", result->steps}};
  if (!result->observed.empty()) test["effort"]["observed"] = result->observed;
  return test;
}

Json EnvironmentRecord(const RecordContext& context) {
  Json facts = Json::object();
  std::string stable;
  for (const Fact& fact : context.environment) {
    facts[fact.name] = {{"value", fact.value}, {"source", fact.source}, {"stable", fact.stable}};
    if (fact.stable) stable += fact.name + "=" + fact.value + "\n";
  }
  Json fidelity = Json::array();
  for (const Meaning& meaning : context.meanings) {
    fidelity.push_back(
        {{"code", meaning.topic}, {"effect", meaning.finding + ": " + meaning.effect}});
  }
  return {{"fingerprint", Sha256(stable)}, {"facts", facts}, {"fidelity", fidelity}};
}

Json SubjectRecord(const RunOptions& options) {
  if (options.target == "simulated" || options.target.starts_with("faulty:")) {
    return {{"kind", "library"},
            {"name", "shmspec " + options.target},
            {"version", internal::kVersion}};
  }
  utsname name{};
  ::uname(&name);
  return {{"kind", "kernel"},
          {"name", name.sysname},
          {"version", name.release},
          {"adapter", {{"name", options.target}, {"version", internal::kVersion}}}};
}

}  // namespace

std::string ConformanceOf(const RunResult& result) {
  bool all = true;
  bool some = false;
  for (const auto& [requirement, status] : result.Requirements()) {
    if (requirement.text().level != Level::kMust) continue;
    if (status == Status::kFail) return "no";
    some = true;
    all = all && (status == Status::kPass || status == Status::kObserved);
  }
  return some && all && result.complete ? "yes" : "undetermined";
}

Json SuiteRecord() {
  return {{"version", internal::kVersion},
          {"source_id", internal::kSourceId},
          {"catalogue_sha256", CatalogueSha256()},
          {"build", {{"compiler", internal::kCompiler}, {"linkage", internal::kLinkage}}}};
}

Json RecordOf(const RunResult& result, const RunOptions& options, const RecordContext& context) {
  Json run{{"id", FreshUuid()},
           {"argv", context.argv},
           {"seed", std::to_string(options.seed)},
           {"started", context.started},
           {"duration_s", result.duration_s},
           {"complete", result.complete}};
  if (!result.complete) run["stop_reason"] = result.stop_reason;
  run["shard"] = {
      {"index", context.shard_index}, {"count", context.shard_count}, {"scheme", "slice"}};
  run["profile"] = options.profile->name;
  run["privilege"] = {{"isolation", NameOf(options.isolation)}};

  Json tests = Json::array();
  for (const CaseRun& one : result.cases) tests.push_back(TestRecord(one, options));
  Json counts = Json::object();
  for (const auto& [status, count] : result.Counts()) counts[std::string(NameOf(status))] = count;
  Json requirements = Json::object();
  for (const auto& [requirement, status] : result.Requirements()) {
    requirements[std::string(requirement.id())] = NameOf(status);
  }
  return {{"format", "shmspec-result/1"},
          {"suite", SuiteRecord()},
          {"run", run},
          {"environment", EnvironmentRecord(context)},
          {"subject", SubjectRecord(options)},
          {"selection",
           {{"expression", context.selection},
            {"planned", result.cases.size()},
            {"excluded", context.excluded}}},
          {"tests", tests},
          {"summary",
           {{"counts", counts},
            {"conformant", ConformanceOf(result)},
            {"requirements", requirements}}}};
}

}  // namespace shmspec
