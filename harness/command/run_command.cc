// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "harness/command/command_line.h"
#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/output_file.h"
#include "harness/command/print_results.h"
#include "harness/model/profile.h"
#include "harness/runner/abilities_inside.h"
#include "harness/runner/record.h"
#include "harness/runner/selection.h"
#include "harness/runner/stop_requests.h"
#include "harness/sandbox/environment.h"
#include "harness/vocabulary/check.h"

namespace shmspec {
namespace {

/// --quick performs no case more often than this.
constexpr int kQuickRounds = 8;

/// Shows how far the run is. What went wrong is printed when it has ended, put together.
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
  selection.level = *FromName<Level>(options.level);
  if (options.shard) {
    Result<Shard> shard = ParseShard(*options.shard);
    if (!shard.ok()) return shard.error();
    selection.shard = *shard;
  }
  if (options.shuffle) selection.shuffle = seed;
  selection.waiting = !options.quick;
  return selection;
}

std::string Now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

/// What a run needs besides its cases, found before anything is performed.
struct Preparation {
  SelectionOptions selecting;
  Expectations expectations;
  std::vector<Measurement> measurements;
  std::vector<FuzzRun> fuzzing;
  std::optional<OutputFile> output;
};

/// The logs of fuzzers, each of another target.
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

/// Whether a name says that the file is something else than a record.
bool IsOfAnotherForm(const std::string& file) {
  constexpr std::array kOthers{".xml", ".html", ".htm", ".md", ".tap", ".ktap", ".txt"};
  return std::any_of(kOthers.begin(), kOthers.end(),
                     [&](const char* ending) { return file.ends_with(ending); });
}

Result<Preparation> Prepare(const RunCommandOptions& options) {
  Preparation prepared;
  Result<SelectionOptions> selecting = SelectionOf(options, options.perform.seed.value_or(0));
  if (!selecting.ok()) return selecting.error();
  prepared.selecting = std::move(selecting).value();
  if (auto checked = Select(AllCases(), prepared.selecting); !checked.ok()) return checked.error();
  Result<Expectations> expectations = ReadExpectations(options.expectations, options.perform);
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

/// Seeds every fault of the simulated system, one after the other, and has the cases hunt for it.
Result<RecordedControls> PerformControls(const RunOptions& run) {
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
  return RecordedControls{std::string(hunter.name), run.seed, std::move(controls.results)};
}

std::size_t MissedIn(const RecordedControls& controls) {
  return static_cast<std::size_t>(
      std::count_if(controls.results.begin(), controls.results.end(),
                    [](const ControlResult& one) { return one.caught_by.empty(); }));
}

void PrintControls(const RecordedControls& controls) {
  for (const ControlResult& one : controls.results) {
    if (one.caught_by.empty()) fmt::print("MISSED {}: {}\n", one.fault->id, one.fault->description);
  }
  fmt::print("negative controls: {} seeded faults, {} of them missed\n", controls.results.size(),
             MissedIn(controls));
}

/// What was asked for, where this system lacks what it takes to settle the rest.
RunOptions AsAsked(const PerformOptions& options) {
  RunOptions asked;
  asked.target = options.target;
  asked.timeout_ms = options.timeout_ms;
  asked.jobs = JobsOf(options.jobs);
  asked.seed = options.seed.value_or(asked.seed);
  asked.profile = model::FindProfile(options.profile);
  return asked;
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

/// The record as text, or as the report that was asked for.
std::string Printed(const std::string& record, const RunCommandOptions& options) {
  if (!options.form) return record;
  const Result<reports::Record> read = reports::ReadRecord(record, "the record of this run");
  SHMSPEC_CHECK(read.ok(), "the reader refuses what the writer wrote");
  return reports::Render(*options.form, {&*read, 1});
}

/// Hands over what a run came to: the record to its file, and what is printed to its reader.
class Delivery {
 public:
  Delivery(const RunCommandOptions& options, Preparation& prepared, LeavingReader& reader)
      : options_(options), prepared_(prepared), reader_(reader) {}

  /// For people, and neither the record nor a report of it.
  bool human() const { return options_.format == Format::kHuman && !options_.form; }

  /// The error is one line: the record cannot be written.
  Result<void> Deliver(const RunResult& result, const RunOptions& run, RecordContext& context,
                       bool refused = false) const {
    std::string record;
    if (prepared_.output || !human()) {
      context.environment = ReadEnvironment();
      for (Fact& fact : FactsOf(run.abilities)) context.environment.push_back(std::move(fact));
      context.meanings = Assess(context.environment, run.isolation);
      record = RecordOf(result, run, context)
                   .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
               "\n";
    }
    // The file first: whoever reads what is printed may stop reading.
    if (prepared_.output) {
      if (auto written = prepared_.output->Commit(record); !written.ok()) return written;
    }
    if (!human()) {
      reader_.Show([&] { fmt::print("{}", Printed(record, options_)); });
    } else if (!refused) {
      reader_.Show([&] { PrintSummary(result, run, context.expectations, options_.detail); });
    }
    return {};
  }

  /// A run that cannot begin says why in its record as well, to those who read nothing else.
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
  const RunCommandOptions& options_;
  Preparation& prepared_;
  LeavingReader& reader_;
};

}  // namespace

int RunCommand(const RunCommandOptions& options) {
  const StopRequests requests;  // from before the first claim until the record is written
  LeavingReader reader;
  Result<Preparation> prepared = Prepare(options);
  if (!prepared.ok()) return Complain(kExitUsage, prepared.error().message);
  // A mistake comes first: Settle() says which.
  const std::optional<std::string> missing =
      AsAsked(options.perform).profile == nullptr ? std::nullopt : MissingFloor(options.perform);
  const Result<RunOptions> settled =
      missing ? Result<RunOptions>(Error{*missing, true}) : Settle(options.perform);
  if (!settled.ok() && !settled.error().lacking) {
    return Complain(kExitUsage, settled.error().message);
  }
  RunOptions run = settled.ok() ? *settled : AsAsked(options.perform);
  run.repeat = options.repeat;
  run.retries = options.retries;
  if (options.quick) run.max_rounds = kQuickRounds;
  if (prepared->selecting.shuffle) prepared->selecting.shuffle = run.seed;
  const Selection selection = *Select(AllCases(), prepared->selecting);
  if (selection.cases.empty()) return ComplainOfSelection(options);
  RecordContext context{.argv = options.argv,
                        .started = Now(),
                        .selection = fmt::format("{}", fmt::join(options.filters, " ")),
                        .excluded = selection.excluded,
                        .shard_index = prepared->selecting.shard.index,
                        .shard_count = prepared->selecting.shard.count,
                        .expectations = prepared->expectations,
                        .measurements = prepared->measurements,
                        .fuzzing = prepared->fuzzing};
  const Delivery delivery(options, *prepared, reader);
  if (!settled.ok()) {
    return delivery.Refuse(selection.cases, run, context, settled.error().message,
                           missing ? kExitHarnessTrouble : kExitIncomplete);
  }
  if (delivery.human() && options.detail != Detail::kBrief) {
    reader.Show([&] {
      PrintHeading(run, selection.cases.size());
      PrintExpectations(context.expectations);
    });
  }
  bool missed = false;  // then a run that passes proves less than it says
  if (options.controls) {
    Result<RecordedControls> controls = PerformControls(run);
    if (!controls.ok()) return Complain(kExitHarnessTrouble, controls.error().message);
    if (StopRequests::Pending() == 0) {
      context.controls = std::move(controls).value();
      missed = MissedIn(*context.controls) > 0;
      if (delivery.human()) reader.Show([&] { PrintControls(*context.controls); });
    }
  }
  Observer observer;
  const RunResult result = RunCases(selection.cases, run, observer, context.expectations);
  if (auto delivered = delivery.Deliver(result, run, context); !delivered.ok()) {
    return Complain(kExitHarnessTrouble, delivered.error().message);
  }
  const int exit_code = result.ExitCode();
  return exit_code == kExitAsExpected && missed ? kExitUnexpected : exit_code;
}

namespace {

/// `human`, `json`, or the form of a report.
void AddRunFormat(CLI::App& app, RunCommandOptions& options) {
  std::vector<std::string> names{"human", "json"};
  for (const auto& form : NamesOf<reports::Form>::kNames) names.emplace_back(form.name);
  app.add_option_function<std::string>(
         "--format",
         [&options](const std::string& name) {
           options.format = name == "json" ? Format::kJson : Format::kHuman;
           options.form = FromName<reports::Form>(name);
         },
         fmt::format("What is printed: human (default), json for the record, or a report of it: {}",
                     fmt::join(names.begin() + 2, names.end(), ", ")))
      ->check(CLI::IsMember(names));
}

}  // namespace

void AddRun(CLI::App& program, std::vector<std::string> argv, int& exit_code) {
  const auto options = std::make_shared<RunCommandOptions>();
  options->argv = std::move(argv);
  CLI::App* app = program.add_subcommand("run", "Perform cases and judge this system");
  app->add_option("FILTER", options->filters,
                  "Cases or requirements: a name, its beginning, or a glob; after a leading --, "
                  "-NAME takes away");
  AddPerform(*app, options->perform);
  app->add_option(
         "--jobs,-j", options->perform.jobs,
         "Cases performed at the same time; as many as there are CPUs, at most 4, when not "
         "given")
      ->check(CLI::Range(1, 256));
  app->add_option("--shard", options->shard, "Only part i of n of the cases, as i/n");
  app->add_option("--repeat", options->repeat, "Attempts at each case; 1 when not given")
      ->check(CLI::Range(1, 100000));
  app->add_option("--retries", options->retries,
                  "Further attempts at a case that does not pass, none by default; one that then "
                  "passes is flaky and counts as failed all the same")
      ->check(CLI::Range(0, 1000));
  app->add_flag("--shuffle", options->shuffle, "In an order that the seed settles");
  app->add_flag("--quick", options->quick,
                "Races with few rounds and no case that waits for the clock: a first impression");
  app->add_option("--level", options->level,
                  "Only cases of requirements at least this binding: must, should or may (default)")
      ->check(CLI::IsMember({"must", "should", "may"}));
  AddWaiversOption(*app, options->expectations);
  app->add_option("--baseline", options->expectations.baseline,
                  "A file that shmspec baseline wrote: judge by what changed since");
  app->add_flag("--controls", options->controls,
                "Before, seed every fault into the simulated system: do the cases catch it?");
  app->add_option("--measurements", options->measurements,
                  "JSON that a benchmark wrote, for the record to keep");
  app->add_option("--fuzzing", options->fuzzing,
                  "A log of libFuzzer, called after its target, for the record to keep; may be "
                  "given several times")
      ->allow_extra_args(false);
  CLI::Option* brief = app->add_flag_callback(
      "--brief,--quiet", [options] { options->detail = Detail::kBrief; },
      "Print only what is wrong, by call and symptom, and the totals");
  app->add_flag_callback(
         "--all", [options] { options->detail = Detail::kAll; },
         "Print every case that failed; usually the shortest of each kind, 5 at most")
      ->excludes(brief);
  AddOutput(*app, options->output, "Also write the record, as JSON, to this file");
  AddRunFormat(*app, *options);
  app->footer(
      "The last line is `N passed, N failed, N skipped`: failed is what was not expected,\n"
      "skipped what could not be had here, is waived, or is known from the baseline.\n\n"
      "Examples:\n"
      "  shmspec run                                 every case on this kernel\n"
      "  shmspec run sysv.remove 'SYSV.SHMAT.*'      a topic, and what is about some requirements\n"
      "  shmspec run -- sysv -sysv.race              all of a chapter but one topic\n"
      "  shmspec run --target boost -o boost.json    a wrapper library, with a record to keep\n"
      "  shmspec run --baseline baseline.json        what is not as it was\n"
      "  shmspec run --brief                         what is wrong, on one screen\n"
      "  shmspec run sysv --timeout 2m -j 1          a slow system: more time, one at a time\n\n"
      "Exit codes: 0 as expected, 1 unexpected, 2 incomplete (stopped, a case could not be "
      "decided, or\n"
      "none of them can be had here), 3 trouble in the harness itself, 4 mistake in options or "
      "input,\n"
      "5 nothing selected.\n");
  app->callback([options, &exit_code] { exit_code = RunCommand(*options); });
}

}  // namespace shmspec
