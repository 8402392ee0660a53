// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "harness/command/command_line.h"
#include "harness/command/console.h"
#include "harness/command/run_target.h"
#include "harness/runner/stop_requests.h"

namespace shmspec {

int RunCommand(const RunCommandOptions& options) {
  const StopRequests requests;  // from before the first claim until the record is written
  LeavingReader reader;
  const Result<std::vector<std::string>> targets = TargetsNamed(options.perform.target);
  if (!targets.ok()) return Complain(kExitUsage, targets.error().message);
  if (targets->size() > 1) return RunOnTargets(options, *targets, reader);
  Result<Preparation> prepared = Prepare(options);
  if (!prepared.ok()) return Complain(kExitUsage, prepared.error().message);
  return RunOnTarget(options, std::move(prepared).value(), "", reader, false).exit_code;
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
  CLI::Option* target = app->get_option("--target");
  target->description(target->get_description() +
                      "; all, or several between commas: a run on each");
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
  AddOutput(*app, options->output,
            "Also write the record, as JSON, to this file; with several targets a folder of them");
  app->add_flag("--record-in-log", options->record_in_log,
                "Also print the record, between lines that mark it: for consoles, from whose logs "
                "report, diff and so on read it");
  AddRunFormat(*app, *options);
  app->footer(
      "The last line is `N passed, N failed, N skipped`: failed is what was not expected,\n"
      "skipped is what is not supported here, is waived, or is known from the baseline.\n\n"
      "Examples:\n"
      "  shmspec run                                 every case on this kernel\n"
      "  shmspec run sysv.remove 'SYSV.SHMAT.*'      a topic, and what is about some requirements\n"
      "  shmspec run -- sysv -sysv.race              all of a chapter but one topic\n"
      "  shmspec run --target boost -o boost.json    a wrapper library, with a record to keep\n"
      "  shmspec run --target all -o entries         every way into the kernel, a record of each\n"
      "  shmspec run --baseline baseline.json        what is not as it was\n"
      "  shmspec run --brief                         what is wrong, on one screen\n"
      "  shmspec run sysv --timeout 2m -j 1          a slow system: more time, one at a time\n\n"
      "Exit codes: 0 as expected, 1 unexpected, 2 incomplete (stopped, a case could not be "
      "decided, or\n"
      "none can run here), 3 trouble in the harness itself, 4 mistake in options or "
      "input,\n"
      "5 nothing selected.\n");
  app->callback([options, &exit_code] { exit_code = RunCommand(*options); });
}

}  // namespace shmspec
