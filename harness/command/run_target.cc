// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/run_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/command/console.h"
#include "harness/command/controls_command.h"
#include "harness/command/init.h"
#include "harness/command/input_file.h"
#include "harness/command/log_record.h"
#include "harness/command/output_file.h"
#include "harness/command/print_results.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/abilities_inside.h"
#include "harness/runner/crash_cases.h"
#include "harness/runner/record.h"
#include "harness/runner/selection.h"
#include "harness/runner/stop_requests.h"
#include "harness/sandbox/environment.h"
#include "harness/vocabulary/value/check.h"
#include "reports/form/report.h"

namespace shmspec {
namespace {

/// --quick performs no case more often than this.
constexpr int kQuickRounds = 8;

/// Shows how far the run is. Failures are printed together when it has ended.
class Observer : public RunObserver {
 public:
  void OnResult(const Case& test_case, const CaseResult& result, std::size_t done,
                std::size_t total) override {
    if (IsTrouble(result.status)) ++troubled_;
    if (done == total) {
      progress_.Clear();
      return;
    }
    progress_.Show(done, total,
                   troubled_ == 0 ? std::string(test_case.id)
                                  : fmt::format("{} failed, {}", troubled_, test_case.id));
  }

 private:
  std::size_t troubled_ = 0;
  ProgressLine progress_;
};

Result<SelectionOptions> SelectionOf(const RunCommandOptions& options, std::uint64_t seed) {
  SelectionOptions selection;
  selection.filters = options.filters;
  selection.level = options.level;
  if (options.shard) {
    Result<Shard> shard = ParseShard(*options.shard);
    if (!shard.ok()) return shard.error();
    selection.shard = *shard;
  }
  if (options.shuffle) selection.shuffle = seed;
  selection.waiting = !options.quick;
  return selection;
}

/// The logs of fuzzers, one of each target.
Result<std::vector<FuzzRun>> ReadFuzzing(const std::vector<std::string>& files) {
  std::vector<FuzzRun> runs;
  for (const std::string& file : files) {
    Result<FuzzRun> run = ReadInputWith(&ReadFuzzingLog, file);
    if (!run.ok()) return run.error();
    for (const FuzzRun& other : runs) {
      if (other.target != run->target) continue;
      return Error{fmt::format("{}: there is a log of {} already; a log is called after its target",
                               file, run->target)};
    }
    runs.push_back(std::move(run).value());
  }
  return runs;
}

/// Whether the name of a file shows that it is not a record.
bool IsOfAnotherForm(const std::string& file) {
  for (const reports::Form& form : reports::AllForms()) {
    for (const std::string_view ending : form.endings) {
      if (file.ends_with(ending)) return true;
    }
  }
  return false;
}

/// Seeds every fault of the simulated system, one after the other, and lets the cases hunt for it.
Result<record::Controls> PerformControls(const RunOptions& run) {
  std::vector<const SeededFault*> faults;
  for (const SeededFault& fault : AllFaults()) faults.push_back(&fault);
  const Hunter& hunter = *FindHunter("suites");
  ProgressLine progress;
  ControlsRun controls =
      RunControls(faults, {hunter, run.seed, run.jobs, true},
                  [&](std::size_t done, std::size_t total, std::string_view name) {
                    progress.Show(done, total, name);
                  });
  if (std::string trouble = TroubleOf(controls); !trouble.empty()) return Error{trouble};
  record::Controls recorded{std::string(hunter.name), std::to_string(run.seed), {}};
  for (const ControlResult& one : controls.results) {
    recorded.faults.push_back({std::string(one.fault->id), std::string(one.fault->requirement.id()),
                               std::string(one.fault->description), NamesIn(one.caught_by)});
  }
  return recorded;
}

void PrintControls(const record::Controls& controls) {
  for (const record::ControlEntry& one : controls.faults) {
    if (one.caught_by.empty()) fmt::print("MISSED {}: {}\n", one.fault, one.description);
  }
  fmt::print("negative controls: {} seeded faults, {} of them missed\n", controls.faults.size(),
             MissedIn(controls));
}

/// The options as given, where this system lacks what it takes to settle the others.
RunOptions AsAsked(const PerformOptions& options) {
  RunOptions asked;
  asked.target = options.target;
  asked.timeout_ms = options.timeout_ms;
  asked.jobs = JobsOf(options.jobs);
  asked.seed = options.seed.value_or(asked.seed);
  asked.profile = model::FindProfile(options.profile);
  return asked;
}

void PrintInLog(const std::string& record) {
  const QuietKernel quiet;
  fmt::print("{}", InLog(record));
}

/// Delivers the results of a run: writes the record to its file and prints the rest. Of a run among
/// others prints only the failures.
class Delivery {
 public:
  Delivery(const RunCommandOptions& options, Preparation& prepared, LeavingReader& reader,
           bool among_others)
      : options_(options), prepared_(prepared), reader_(reader), among_others_(among_others) {}

  /// Printed for people, not as a record or a report.
  bool human() const { return options_.format == Format::kHuman && !options_.form; }

  /// Writes the record, where it is wanted. The error, that it cannot be written, is one line.
  Result<std::string> Deliver(const RunResult& result, const RunOptions& run,
                              RecordContext& context, bool refused = false) const {
    std::string record;
    if (prepared_.output || !human() || options_.record_in_log) {
      context.environment = ReadEnvironment();
      for (Fact& fact : FactsOf(run.abilities)) context.environment.push_back(std::move(fact));
      context.meanings = Assess(context.environment, run.isolation);
      record = RecordOf(result, run, context);
    }
    // The file first: the reader of the output may stop reading.
    if (prepared_.output) {
      if (auto written = prepared_.output->Commit(record); !written.ok()) return written.error();
    }
    if (!refused || !human()) Print(result, run, context, record);
    if (options_.record_in_log) reader_.Show([&] { PrintInLog(record); });
    return record;
  }

  /// A run that cannot begin also gives the reason in its record, for programs that read nothing
  /// else.
  int Refuse(const std::vector<const Case*>& cases, const RunOptions& run, RecordContext& context,
             const std::string& reason, int exit_code) const {
    RunResult result;
    for (const Case* one : cases) result.cases.push_back({one, {}, {}});
    result.complete = false;
    result.stop_reason = reason;
    std::string line = reason;
    if (auto delivered = Deliver(result, run, context, true); !delivered.ok()) {
      line += "; and " + delivered.error().message;
    }
    return Complain(exit_code, line);
  }

 private:
  void Print(const RunResult& result, const RunOptions& run, const RecordContext& context,
             const std::string& record) const {
    if (among_others_ && (!human() || result.totals().failed == 0)) return;
    if (human()) {
      const Detail detail = among_others_ ? Detail::kBrief : options_.detail;
      reader_.Show([&] { PrintSummary(result, run, context.expectations, detail); });
    } else {
      reader_.Show([&] { fmt::print("{}", Printed(record, options_)); });
    }
  }

  const RunCommandOptions& options_;
  Preparation& prepared_;
  LeavingReader& reader_;
  bool among_others_;
};

}  // namespace

std::size_t MissedIn(const record::Controls& controls) {
  return static_cast<std::size_t>(
      std::count_if(controls.faults.begin(), controls.faults.end(),
                    [](const record::ControlEntry& one) { return one.caught_by.empty(); }));
}

Result<Selection> SelectCases(const RunCommandOptions& options, const SelectionOptions& selecting) {
  if (!options.crashes()) return Select(AllCases(), selecting);
  return SelectCrashes(selecting, {static_cast<int>(options.crash_inside)});
}

int ComplainOfSelection(const RunCommandOptions& options) {
  if (options.shard && !Select(AllCases(), {.filters = options.filters})->cases.empty()) {
    return Complain(kExitNothingSelected,
                    fmt::format("the filter selects cases, but part {} has none of them: there are "
                                "fewer cases than parts",
                                *options.shard));
  }
  return Complain(kExitNothingSelected,
                  options.quick ? "the filter selects no case that is quick; without --quick there "
                                  "are those that wait for the clock as well"
                                : "the filter selects no case; shmspec list shows what there is");
}

std::string Printed(const std::string& record, const RunCommandOptions& options) {
  if (!options.form) return record;
  const Result<reports::Record> read = reports::ReadRecord(record, "the record of this run");
  SHMSPEC_CHECK(read.ok(), "the reader refuses what the writer wrote");
  return reports::Render(*options.form, {&*read, 1});
}

Result<Preparation> Prepare(const RunCommandOptions& options) {
  Preparation prepared;
  Result<SelectionOptions> selecting = SelectionOf(options, options.perform.seed.value_or(0));
  if (!selecting.ok()) return selecting.error();
  prepared.selecting = std::move(selecting).value();
  // The cases with a crash take a moment to make.
  const SelectionOptions checked =
      options.crashes() ? BasesOf(prepared.selecting) : prepared.selecting;
  if (auto selected = Select(AllCases(), checked); !selected.ok()) return selected.error();
  PerformOptions performed = options.perform;
  if (performed.adapter) performed.target = kAdapterTarget;
  Result<Expectations> expectations = ReadExpectations(options.expectations, performed);
  if (!expectations.ok()) return expectations.error();
  prepared.expectations = std::move(expectations).value();
  if (options.measurements) {
    auto measurements = ReadInputWith(&ReadMeasurements, *options.measurements);
    if (!measurements.ok()) return measurements.error();
    prepared.measurements = std::move(measurements).value();
  }
  Result<std::vector<FuzzRun>> fuzzing = ReadFuzzing(options.fuzzing);
  if (!fuzzing.ok()) return fuzzing.error();
  prepared.fuzzing = std::move(fuzzing).value();
  if (options.output.file) {
    if (options.form && IsOfAnotherForm(*options.output.file)) {
      Complain(0,
               fmt::format("{} becomes the record, which is JSON; what --format asks for goes to "
                           "standard output",
                           *options.output.file));
    }
    Result<OutputFile> claimed = OutputFile::Claim(options.output);
    if (!claimed.ok()) return claimed.error();
    prepared.output = std::move(claimed).value();
  }
  return prepared;
}

TargetRun RunOnTarget(const RunCommandOptions& options, Preparation prepared,
                      const std::string& lacking, LeavingReader& reader, bool among_others) {
  // A mistake comes first: Settle() says which.
  const std::optional<std::string> missing =
      AsAsked(options.perform).profile == nullptr ? std::nullopt : MissingFloor(options.perform);
  const Result<RunOptions> settled = missing           ? Result<RunOptions>(Error{*missing, true})
                                     : lacking.empty() ? Settle(options.perform)
                                                       : AsAsked(options.perform);
  if (!settled.ok() && !settled.error().lacking) {
    return {Complain(kExitUsage, settled.error().message)};
  }
  RunOptions run = settled.ok() ? *settled : AsAsked(options.perform);
  run.repeat = options.repeat;
  run.retries = options.retries;
  if (options.quick) run.max_rounds = kQuickRounds;
  if (prepared.selecting.shuffle) prepared.selecting.shuffle = run.seed;
  if (IsRealTarget(options.perform.target)) {
    prepared.selecting.applies = [&run](const Case& one) { return IsForAdapter(one, run.adapter); };
  }
  const Result<Selection> selected = SelectCases(options, prepared.selecting);
  if (!selected.ok()) return {Complain(kExitUsage, selected.error().message)};
  const Selection& selection = *selected;
  if (selection.cases.empty()) return {ComplainOfSelection(options)};
  RecordContext context{.argv = options.argv,
                        .started = NowText(),
                        .selection = fmt::format("{}", fmt::join(options.filters, " ")),
                        .quick = options.quick,
                        .shuffled = options.shuffle,
                        .excluded = selection.excluded,
                        .shard_index = prepared.selecting.shard.index,
                        .shard_count = prepared.selecting.shard.count,
                        .shard_cases = selection.of_all_shards,
                        .expectations = prepared.expectations,
                        .measurements = prepared.measurements,
                        .fuzzing = prepared.fuzzing};
  if (options.level != Level::kMay) context.level = options.level;
  const Delivery delivery(options, prepared, reader, among_others);
  if (!settled.ok()) {
    return {delivery.Refuse(selection.cases, run, context, settled.error().message,
                            missing ? kExitHarnessTrouble : kExitIncomplete)};
  }
  if (delivery.human() && options.detail != Detail::kBrief && !among_others) {
    reader.Show([&] {
      PrintHeading(run, selection.cases.size());
      PrintExpectations(context.expectations);
    });
  }
  bool missed = false;  // then a pass proves less than it claims
  if (options.controls) {
    Result<record::Controls> controls = PerformControls(run);
    if (!controls.ok()) return {Complain(kExitHarnessTrouble, controls.error().message)};
    if (StopRequests::Pending() == 0) {
      context.controls = std::move(controls).value();
      missed = MissedIn(*context.controls) > 0;
      if (delivery.human()) reader.Show([&] { PrintControls(*context.controls); });
    }
  }
  Observer observer;
  const RunResult result = lacking.empty()
                               ? RunCases(selection.cases, run, observer, context.expectations)
                               : RunOfNothing(selection.cases, lacking, context.expectations);
  Result<std::string> record = delivery.Deliver(result, run, context);
  if (!record.ok()) return {Complain(kExitHarnessTrouble, record.error().message)};
  const int exit_code = result.ExitCode();
  return {exit_code == kExitAsExpected && missed ? kExitUnexpected : exit_code, result.totals(),
          result.duration_s, std::move(record).value()};
}

}  // namespace shmspec
