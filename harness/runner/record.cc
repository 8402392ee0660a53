// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/runner/conformance.h"
#include "harness/runner/record_parts.h"
#include "harness/sandbox/build_id.h"
#include "harness/target/target.h"
#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/value/sha256.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxReason = 4096;
constexpr std::size_t kMaxText = 65536;

std::string FreshUuid() {
  std::string uuid;
  std::getline(std::ifstream("/proc/sys/kernel/random/uuid"), uuid);
  // Without procfs the nil UUID says that there was none.
  return uuid.size() == 36 ? uuid : "00000000-0000-0000-0000-000000000000";
}

double Seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

/// The text, or its whole lines that fit into a record.
std::string Limited(const std::string& text) {
  if (text.size() <= kMaxText) return text;
  return text.substr(0, text.rfind('\n', kMaxText) + 1) + "# ... the rest was left out\n";
}

Json ObjectionRecord(const Objection& objection) {
  Json record{{"by", NameOf(objection.by)}};
  if (objection.step != 0) record["step"] = objection.step;
  if (!objection.operation.empty()) record["operation"] = objection.operation;
  record["seen"] = objection.seen;
  Json& allowed = record["allowed"] = Json::array();
  for (const AllowedOutcome& one : objection.allowed) {
    allowed.push_back({{"outcome", one.outcome}});
    if (!one.why.empty()) allowed.back()["why"] = one.why;
  }
  for (const Difference& one : objection.differences) {
    Json& difference = record["differences"].emplace_back(Json::object());
    if (!one.field.empty()) difference["field"] = one.field;
    difference["seen"] = one.seen;
    difference["allowed"] = one.allowed;
  }
  return record;
}

Json AttemptRecord(const CaseResult& result, std::size_t number) {
  Json attempt{{"n", number},
               {"status", NameOf(result.status)},
               {"started_s", Seconds(result.started_us)},
               {"duration_s", Seconds(result.duration_us)},
               {"rounds", result.rounds},
               {"steps", result.steps},
               {"worlds", result.worlds}};
  if (result.retry) attempt["retry"] = true;
  if (result.rounds > 0) attempt["seed"] = std::to_string(result.seed);
  if (result.cause != Cause::kNone) attempt["cause"] = NameOf(result.cause);
  if (!result.reason.empty()) attempt["reason"] = result.reason.substr(0, kMaxReason);
  for (const Objection& objection : result.objections) {
    attempt["objections"].push_back(ObjectionRecord(objection));
  }
  if (!result.excerpt.empty()) attempt["excerpt"] = Limited(result.excerpt);
  if (!result.trace.empty()) attempt["trace"] = Limited(result.trace);
  if (!result.residue.empty()) attempt["residue"] = result.residue;
  return attempt;
}

/// Cited requirements first, then others that were violated.
Json RequirementsOf(const CaseRun& run) {
  std::vector<RequirementResult> requirements;
  for (const Requirement cited : run.test_case->requirements) {
    requirements.push_back({cited, Status::kUntested});
  }
  if (const CaseResult* result = run.deciding()) {
    for (const RequirementResult& one : result->requirements) {
      const auto at = std::find_if(
          requirements.begin(), requirements.end(),
          [&](const RequirementResult& r) { return r.requirement == one.requirement; });
      if (at == requirements.end()) {
        requirements.push_back(one);
      } else {
        at->status = one.status;
      }
    }
  }
  Json record = Json::array();
  for (const RequirementResult& one : requirements) {
    record.push_back({{"id", one.requirement.id()}, {"status", NameOf(one.status)}});
  }
  return record;
}

/// How to see it again: the case as it was run, and its plan with the round that decided.
Json ReproductionOf(const CaseRun& run, const CaseResult& result, const RunOptions& options) {
  const std::string judged =
      fmt::format("--target {} --profile {}", options.target, options.profile->name);
  Json record{{"command", CommandThatRepeats(*run.test_case, result, options)}};
  if (result.rounds > 0) {
    record["replay"] = fmt::format("shmspec replay PLAN {} --seed {}", judged, result.seed);
  }
  record["plan"] = PrintPlan(PlanOf(*run.test_case));
  return record;
}

Json HistogramRecord(const LitmusHistogram& histogram) {
  Json record{{"test", histogram.test}, {"rounds", histogram.rounds}};
  for (const SeenEnding& one : histogram.endings) {
    record["endings"].push_back({{"ending", one.ending}, {"rounds", one.rounds}});
  }
  for (const LitmusBranch& one : histogram.branches) {
    record["branches"].push_back({{"width", one.width}, {"offset", one.offset}});
  }
  if (histogram.primes != Primes::kNone) record["primes"] = NameOf(histogram.primes);
  record["technique"] = NameOf(histogram.technique);
  if (histogram.sought) {
    record["sought"] = {{"ending", histogram.sought->ending},
                        {"hits", histogram.sought->hits},
                        {"rounds", histogram.sought->rounds}};
  }
  return record;
}

Json TestRecord(const CaseRun& run, const RunOptions& options) {
  Json test{{"id", run.test_case->id},
            {"requirements", RequirementsOf(run)},
            {"status", NameOf(run.status())}};
  const CaseResult* result = run.deciding();
  if (result != nullptr && result->cause != Cause::kNone) test["cause"] = NameOf(result->cause);
  test["judgement"] = JudgementRecord(run.judged);
  if (run.attempts.size() > 1) test["flakiness"] = FlakinessRecord(run.flakiness());
  if (result != nullptr && !result->reason.empty()) {
    test["reason"] = result->reason.substr(0, kMaxReason);
  }
  test["location"] = {{"file", PathInProject(*run.test_case)}, {"line", run.test_case->line}};
  Json& attempts = test["attempts"] = Json::array();
  for (std::size_t i = 0; i < run.attempts.size(); ++i) {
    attempts.push_back(AttemptRecord(run.attempts[i], i + 1));
  }
  if (result == nullptr) return test;
  if (!result->observed.empty()) test["observed"] = result->observed;
  for (const LitmusHistogram& one : result->histograms) {
    test["histograms"].push_back(HistogramRecord(one));
  }
  if (run.status() != Status::kPass) test["repro"] = ReproductionOf(run, *result, options);
  return test;
}

/// The whole catalogue, so that a page can be made from the record alone, with the result of each
/// requirement.
Json CatalogueRecord(const RunResult& result) {
  const std::map<Requirement, Status> statuses = result.Requirements();
  std::map<Requirement, std::size_t> cited;
  for (const Case& one : AllCases()) {
    for (const Requirement requirement : one.requirements) ++cited[requirement];
  }
  std::set<Requirement> touched;
  for (const CaseRun& run : result.cases) {
    for (const CaseResult& attempt : run.attempts) {
      touched.insert(attempt.touched.begin(), attempt.touched.end());
    }
  }
  Json requirements = Json::object();
  for (const Requirement requirement : AllRequirements()) {
    const RequirementText& text = requirement.text();
    const auto status = statuses.find(requirement);
    requirements[std::string(text.id)] = {
        {"status", NameOf(status == statuses.end() ? Status::kUntested : status->second)},
        {"level", NameOf(text.level)},
        {"origin", text.origin},
        {"area", text.area},
        {"statement", text.statement},
        {"source", text.source},
        {"needs", text.needs},
        {"divergence", text.divergence},
        {"cases", cited[requirement]},
        {"touched", touched.contains(requirement)}};
  }
  return requirements;
}

Json AreasRecord() {
  Json areas = Json::object();
  for (const Requirement requirement : AllRequirements()) {
    const RequirementText& text = requirement.text();
    areas[std::string(text.area)] = {{"title", text.title}, {"chapter", text.chapter}};
  }
  return areas;
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

/// The library between a case and the kernel; nothing for bare system calls.
std::optional<Json> LibraryRecord(const RunOptions& options) {
  const KernelTarget* target = FindTarget(options.target);
  if (target == nullptr || target->library == nullptr) return std::nullopt;
  const Library library = target->library();
  return Json{{"name", library.name},
              {"version", library.version},
              {"build_id", BuildIdOfLibrary(library.file)}};
}

Json SubjectRecord(const RunOptions& options, const RecordContext& context) {
  if (options.target == "simulated" || options.target.starts_with("faulty:")) {
    return {{"kind", "simulated"},
            {"name", "shmspec " + options.target},
            {"version", internal::kVersion},
            {"target", options.target}};
  }
  const auto fact = [&](std::string_view name) { return ValueOf(context.environment, name); };
  Json subject{{"kind", "kernel"},
               {"name", fact("kernel.name")},
               {"version", fact("kernel.release")},
               {"build_id", fact("kernel.build_id")},
               {"target", options.target},
               {"machine", fact("machine")},
               {"libc", fact("libc")},
               {"container", fact("container")}};
  if (auto library = LibraryRecord(options)) subject["library"] = *library;
  return subject;
}

Json RunRecord(const RunResult& result, const RunOptions& options, const RecordContext& context) {
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
  run["isolation"] = NameOf(options.isolation);
  run["jobs"] = options.jobs;
  run["repeat"] = options.repeat;
  run["retries"] = options.retries;
  run["timeout_ms"] = options.timeout_ms;
  run["max_rounds"] = options.max_rounds;
  return run;
}

template <class Named>
Json CountsOf(const std::vector<Named>& values) {
  std::map<Named, std::size_t> counts;
  for (const Named value : values) ++counts[value];
  Json record = Json::object();
  for (const auto& [value, count] : counts) record[std::string(NameOf(value))] = count;
  return record;
}

Json EffortRecord(const RunResult& result) {
  std::uint64_t attempts = 0;
  std::uint64_t rounds = 0;
  std::uint64_t steps = 0;
  for (const CaseRun& run : result.cases) {
    attempts += run.attempts.size();
    for (const CaseResult& attempt : run.attempts) {
      rounds += static_cast<std::uint64_t>(attempt.rounds);
      steps += attempt.steps;
    }
  }
  return {
      {"cases", result.cases.size()}, {"attempts", attempts}, {"rounds", rounds}, {"steps", steps}};
}

Json SummaryRecord(const RunResult& result, const RecordContext& context) {
  std::vector<Status> cases;
  std::vector<Judgement> judgements;
  std::size_t flaky = 0;
  for (const CaseRun& run : result.cases) {
    cases.push_back(run.status());
    judgements.push_back(run.judged.judgement);
    if (run.flakiness().flaky()) ++flaky;
  }
  std::vector<Status> requirements;
  for (const auto& entry : result.Requirements()) requirements.push_back(entry.second);
  // A requirement that no case of the run is about stays UNTESTED.
  requirements.resize(RequirementCount(), Status::kUntested);
  Json summary{{"conformant", ConformanceOf(result)}};
  if (context.expectations.waivers) {
    summary["apart_from_waivers"] = ConformanceApartFromWaivers(result);
  }
  const Totals totals = result.totals();
  summary["totals"] = {
      {"passed", totals.passed}, {"failed", totals.failed}, {"skipped", totals.skipped}};
  summary["counts"] = CountsOf(cases);
  summary["judgements"] = CountsOf(judgements);
  if (const auto left = result.LeftBehind(); !left.empty()) summary["left_behind"] = left;
  summary["flaky"] = flaky;
  summary["requirements"] = CountsOf(requirements);
  summary["effort"] = EffortRecord(result);
  return summary;
}

/// The version of the program and what it was built from.
Json SuiteRecord() {
  const char* linkage = IsStaticallyLinked() ? "static" : "dynamic";
  return {{"version", internal::kVersion},
          {"source_id", internal::kSourceId},
          {"catalogue_sha256", CatalogueSha256()},
          {"build", {{"compiler", internal::kCompiler}, {"linkage", linkage}}}};
}

}  // namespace

std::string RecordOf(const RunResult& result, const RunOptions& options,
                     const RecordContext& context) {
  Json tests = Json::array();
  for (const CaseRun& one : result.cases) tests.push_back(TestRecord(one, options));
  Json record{{"format", "shmspec-result/2"},
              {"suite", SuiteRecord()},
              {"run", RunRecord(result, options, context)},
              {"environment", EnvironmentRecord(context)},
              {"subject", SubjectRecord(options, context)},
              {"selection",
               {{"expression", context.selection},
                {"planned", result.cases.size()},
                {"excluded", context.excluded}}},
              {"expectations", ExpectationsRecord(context.expectations, result)},
              {"summary", SummaryRecord(result, context)},
              {"areas", AreasRecord()},
              {"requirements", CatalogueRecord(result)},
              {"tests", tests}};
  if (context.controls) record["controls"] = ControlsRecord(*context.controls);
  if (!context.measurements.empty()) {
    record["measurements"] = MeasurementsRecord(context.measurements);
  }
  if (!context.fuzzing.empty()) record["fuzzing"] = FuzzingRecord(context.fuzzing);
  return record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shmspec
