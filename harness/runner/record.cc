// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>

#include "harness/runner/summary.h"
#include "harness/sandbox/build_id.h"
#include "harness/target/target.h"
#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/record/print_record.h"
#include "harness/vocabulary/value/instant.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

constexpr std::size_t kMaxText = 65536;

std::string FreshUuid() {
  std::string uuid;
  std::getline(std::ifstream("/proc/sys/kernel/random/uuid"), uuid);
  return uuid.size() == kNoUuid.size() ? uuid : std::string(kNoUuid);  // without procfs
}

double Seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

std::string ShortReason(const std::string& reason) {
  return reason.substr(0, record::Attempt::kMostReason);
}

/// The text, or its whole lines that fit into a record.
std::string Limited(const std::string& text) {
  if (text.size() <= kMaxText) return text;
  return text.substr(0, text.rfind('\n', kMaxText) + 1) + "# ... the rest was left out\n";
}

record::Attempt AttemptOf(const CaseResult& result, std::size_t number) {
  return {.n = number,
          .status = result.status,
          .started_s = Seconds(result.started_us),
          .duration_s = Seconds(result.duration_us),
          .rounds = static_cast<std::uint64_t>(result.rounds),
          .steps = result.steps,
          .worlds = result.worlds,
          .rate = result.rate,
          .retry = result.retry,
          .seed = result.rounds > 0 ? std::to_string(result.seed) : "",
          .cause = result.cause,
          .reason = ShortReason(result.reason),
          .objections = result.objections,
          .excerpt = Limited(result.excerpt),
          .trace = Limited(result.trace),
          .residue = result.residue};
}

/// Cited requirements first, then others that were violated.
std::vector<record::CitedRequirement> RequirementsOf(const CaseRun& run) {
  std::vector<record::CitedRequirement> requirements;
  for (const Requirement cited : run.test_case->requirements) {
    requirements.push_back({std::string(cited.id()), Status::kUntested});
  }
  const CaseResult* result = run.deciding();
  if (result == nullptr) return requirements;
  for (const RequirementResult& one : result->requirements) {
    const auto at = std::find_if(requirements.begin(), requirements.end(),
                                 [&](const auto& r) { return r.id == one.requirement.id(); });
    if (at == requirements.end()) {
      requirements.push_back({std::string(one.requirement.id()), one.status});
    } else {
      at->status = one.status;
    }
  }
  return requirements;
}

/// How to see it again: the case as it was run, and its plan with the round that decided.
void AddReproduction(const CaseRun& run, const CaseResult& result, const RunOptions& options,
                     record::Test& test) {
  const std::string judged =
      fmt::format("{} --profile {}", TargetOptions(options), options.profile->name);
  test.command = CommandThatRepeats(*run.test_case, result, options);
  if (result.rounds > 0) {
    test.replay = fmt::format("shmspec replay PLAN {} --seed {}", judged, result.seed);
  }
  test.plan = PrintPlan(PlanOf(*run.test_case));
}

record::Test TestOf(const CaseRun& run, const RunOptions& options) {
  record::Test test{.id = std::string(run.test_case->id),
                    .requirements = RequirementsOf(run),
                    .status = run.status(),
                    .judgement = run.judged.judgement,
                    .waiver = run.judged.waiver,
                    .why = run.judged.why,
                    .known_from = std::string(run.test_case->origin.report),
                    .affected = std::string(run.test_case->origin.affected),
                    .file = std::string(PathInProject(*run.test_case)),
                    .line = static_cast<std::uint64_t>(run.test_case->line)};
  if (run.judged.before) test.baseline = run.judged.before->status;
  if (run.attempts.size() > 1) test.flakiness = run.flakiness();
  for (std::size_t i = 0; i < run.attempts.size(); ++i) {
    test.attempts.push_back(AttemptOf(run.attempts[i], i + 1));
  }
  const CaseResult* result = run.deciding();
  if (result == nullptr) return test;
  test.cause = result->cause;
  test.reason = ShortReason(result->reason);
  test.observed = result->observed;
  test.histograms = result->histograms;
  if (run.status() != Status::kPass) AddReproduction(run, *result, options, test);
  return test;
}

/// The whole catalogue, so that a page can be made from the record alone.
void AddCatalogue(const RunResult& result, record::Record& record) {
  std::map<Requirement, std::uint64_t> cited;
  for (const Case& one : AllCases()) {
    for (const Requirement requirement : one.requirements) ++cited[requirement];
  }
  std::set<Requirement> touched;
  for (const CaseRun& run : result.cases) {
    for (const CaseResult& attempt : run.attempts) {
      touched.insert(attempt.touched.begin(), attempt.touched.end());
    }
  }
  std::set<std::string_view> areas;
  for (const Requirement requirement : AllRequirements()) {
    const RequirementText& text = requirement.text();
    if (areas.insert(text.area).second) {
      record.areas.push_back(
          {std::string(text.area), std::string(text.title), std::string(text.chapter)});
    }
    record.requirements.push_back({.id = std::string(text.id),
                                   .level = text.level,
                                   .origin = std::string(text.origin),
                                   .area = std::string(text.area),
                                   .statement = std::string(text.statement),
                                   .source = std::string(text.source),
                                   .needs = {text.needs.begin(), text.needs.end()},
                                   .divergence = {text.divergence.begin(), text.divergence.end()},
                                   .cases = cited[requirement],
                                   .touched = touched.contains(requirement)});
  }
}

void AddEnvironment(const RecordContext& context, record::Record& record) {
  record.fingerprint = FingerprintOf(context.environment);
  record.facts = context.environment;
  for (const Meaning& meaning : context.meanings) {
    record.restrictions.push_back({meaning.topic, meaning.finding + ": " + meaning.effect});
  }
}

/// The library between a case and the kernel; nothing for bare system calls.
std::optional<record::Library> LibraryOf(const RunOptions& options) {
  if (options.subject) return options.subject;
  if (options.adapter) {
    const AdapterIntroduction& library = options.adapter.introduction;
    return record::Library{library.library, library.version, ""};
  }
  const KernelTarget* target = FindTarget(options.target);
  if (target == nullptr || target->library == nullptr) return std::nullopt;
  const Library library = target->library();
  return record::Library{library.name, library.version, BuildIdOfLibrary(library.file)};
}

record::Subject SubjectOf(const RunOptions& options, const RecordContext& context) {
  if (options.target == "simulated" || options.target.starts_with("faulty:")) {
    return {.kind = "simulated",
            .name = "shmspec " + options.target,
            .version = internal::kVersion,
            .target = options.target};
  }
  const auto fact = [&](std::string_view name) { return ValueOf(context.environment, name); };
  return {.kind = "kernel",
          .name = fact("kernel.name"),
          .version = fact("kernel.release"),
          .build_id = fact("kernel.build_id"),
          .target = options.target,
          .machine = fact("machine"),
          .libc = fact("libc"),
          .container = fact("container"),
          .library = LibraryOf(options)};
}

record::RunFacts RunFactsOf(const RunResult& result, const RunOptions& options,
                            const RecordContext& context) {
  return {.id = FreshUuid(),
          .argv = context.argv,
          .seed = std::to_string(options.seed),
          .started = context.started,
          .duration_s = result.duration_s,
          .complete = result.complete,
          .stop_reason = result.complete ? "" : result.stop_reason,
          .shard_index = context.shard_index,
          .shard_count = context.shard_count,
          .shard_cases = context.shard_count > 1 ? context.shard_cases : 0,
          .profile = std::string(options.profile->name),
          .isolation = std::string(NameOf(options.isolation)),
          .jobs = options.jobs,
          .repeat = options.repeat,
          .retries = options.retries,
          .timeout_ms = static_cast<std::uint64_t>(options.timeout_ms),
          .max_rounds = static_cast<std::uint64_t>(options.max_rounds)};
}

record::BaselineEntry EntryOf(const Baseline& baseline) {
  record::BaselineEntry entry{baseline.file,
                              baseline.sha256,
                              baseline.source_id,
                              baseline.catalogue_sha256,
                              baseline.fingerprint,
                              baseline.cases.size(),
                              {}};
  for (const auto& [id, one] : baseline.cases) {
    if (FindCase(id) == nullptr) entry.gone.push_back(id);
  }
  return entry;
}

void AddExpectations(const Expectations& expectations, record::Record& record) {
  if (expectations.waivers) {
    record.waivers_file = expectations.waivers->file;
    record.waivers_sha256 = expectations.waivers->sha256;
    record.waivers = expectations.waivers->entries;
  }
  if (expectations.baseline) record.baseline = EntryOf(*expectations.baseline);
}

}  // namespace

std::string NowText() {
  return PrintInstant(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
}

std::string RecordOf(const RunResult& result, const RunOptions& options,
                     const RecordContext& context) {
  record::Record record;
  record.suite = {internal::kVersion, internal::kSourceId, std::string(CatalogueSha256()),
                  internal::kCompiler, IsStaticallyLinked() ? "static" : "dynamic"};
  record.run = RunFactsOf(result, options, context);
  AddEnvironment(context, record);
  record.subject = SubjectOf(options, context);
  record.selection = context.selection;
  record.selected_level = context.level;
  record.quick = context.quick;
  record.shuffled = context.shuffled;
  record.excluded = context.excluded;
  AddExpectations(context.expectations, record);
  record.left_behind = result.LeftBehind();
  AddCatalogue(result, record);
  for (const CaseRun& one : result.cases) record.tests.push_back(TestOf(one, options));
  Summarise(record);
  record.controls = context.controls;
  record.measurements = context.measurements;
  record.fuzzing = context.fuzzing;
  return record::PrintRecord(record);
}

}  // namespace shmspec
