// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <utility>

#include "harness/command/console.h"
#include "harness/command/launched_run.h"
#include "harness/command/run_target.h"
#include "harness/command/subcommand.h"
#include "harness/runner/stop_requests.h"
#include "reports/form/report.h"

namespace shmspec {
namespace {

int Run(const RunCommandOptions& options) {
  const StopRequests requests;  // from before the first claim until the record is written
  LeavingReader reader;
  if (!options.on && options.dry_run) {
    return Complain(kExitUsage, "--dry-run prints the command of a launcher: name it by --on NAME");
  }
  if (options.on && options.perform.adapter) {
    return Complain(kExitUsage,
                    "--on starts a program on another system: an adapter is on this one");
  }
  const Result<std::vector<std::string>> targets = TargetsNamed(options.perform.target);
  if (!targets.ok()) return Complain(kExitUsage, targets.error().message);
  if (targets->size() > 1 && options.on) {
    return Complain(kExitUsage, "--on brings back one record: name one target");
  }
  if (options.on) return RunOn(options, reader);
  if (targets->size() > 1) return RunOnTargets(options, *targets, reader);
  Result<Preparation> prepared = Prepare(options);
  if (!prepared.ok()) return Complain(kExitUsage, prepared.error().message);
  return RunOnTarget(options, std::move(prepared).value(), "", reader, false).exit_code;
}

/// `human`, `json`, or the form of a report.
void DeclareFormat(OptionList& options, RunCommandOptions& to) {
  const std::vector<std::string> forms = reports::FormNames();
  std::vector<std::string> choices = OptionList::ChoicesOf<Format>();
  choices.insert(choices.end(), forms.begin(), forms.end());
  options.OneOf(
      "--format", std::move(choices),
      [&to](const std::string& word) {
        to.format = FromName<Format>(word).value_or(Format::kHuman);
        if (!FromName<Format>(word)) to.form = word;
      },
      fmt::format("What is printed: human (default), json for the record, or a report of it: {}",
                  fmt::join(forms, ", ")));
}

/// On which other system.
void DeclareLaunch(OptionList& options, RunCommandOptions& to) {
  options
      .Text("--on", to.on,
            "Run on the system that this launcher starts, see shmspec launchers, and bring the "
            "record back; other options are passed on")
      .excludes = {"--waivers", "--baseline", "--measurements", "--fuzzing", "--record-in-log"};
  options.Flag("--dry-run", to.dry_run, "Only print the command of the launcher");
  DeclareLaunchSettings(options, to.launch);
}

/// Which cases, how often and in which order.
void DeclareSelection(OptionList& options, RunCommandOptions& to) {
  options.Number("--jobs,-j", to.perform.jobs, {1, 256},
                 "Cases performed at the same time; as many as there are CPUs, at most 4, when not "
                 "given");
  options.Text(
      "--shard", to.shard,
      "Only part i of n of the cases, as i/n; shmspec merge makes one record of all parts");
  options.Number("--repeat", to.repeat, {1, 100000}, "Attempts at each case; 1 when not given");
  options.Number("--retries", to.retries, {0, 1000},
                 "Further attempts at a case that does not pass, none by default; one that then "
                 "passes is flaky and counts as failed all the same");
  options.Flag("--shuffle", to.shuffle, "In an order that the seed settles");
  options.Flag("--quick", to.quick,
               "Races with few rounds and no case that waits for the clock or takes long "
               "otherwise: a first impression");
  options.Flag("--crash", to.crash,
               "In place of each case the cases with a crash that it gives: one for each point "
               "before and after each step of each process at which that is killed; the rest of "
               "the plan goes on and the specification judges it");
  options.Number("--crash-inside", to.crash_inside, {1, 100000},
                 "As --crash, and a process is also killed during each of its steps, this often, "
                 "at moments that chance and the seed settle");
  options.Choice("--level", to.level,
                 "Only cases of requirements at least this binding: must, should or may (default)");
}

/// What the run is judged by, and what is kept of it.
void DeclareRecord(OptionList& options, RunCommandOptions& to) {
  DeclareWaivers(options, to.expectations);
  options.Text("--baseline", to.expectations.baseline,
               "A file that shmspec baseline wrote: judge by what changed since");
  options.Flag("--controls", to.controls,
               "Before, seed every fault into the simulated system: do the cases catch it?");
  options.Text("--measurements", to.measurements,
               "JSON that a benchmark wrote, for the record to keep");
  options
      .Texts("--fuzzing", to.fuzzing,
             "A log of libFuzzer, called after its target, for the record to keep; may be given "
             "several times")
      .takes = Option::Takes::kEachTime;
}

void Declare(OptionList& options, RunCommandOptions& to) {
  to.argv = options.command_line();
  options.Texts("FILTER", to.filters,
                "Cases or requirements: a name, its beginning, or a glob; after a leading --, "
                "-NAME takes away");
  DeclarePerform(options, to.perform, "; all, or several between commas: a run on each");
  DeclareSelection(options, to);
  DeclareRecord(options, to);
  options.Flag("--brief,--quiet", to.detail, Detail::kBrief,
               "Print only what is wrong, by call and symptom, and the totals");
  options
      .Flag("--all", to.detail, Detail::kAll,
            "Print every case that failed; usually the shortest of each kind, 5 at most")
      .excludes = {"--brief"};
  DeclareOutput(
      options, to.output,
      "Also write the record, as JSON, to this file; with several targets a folder of them");
  options.Flag("--record-in-log", to.record_in_log,
               "Also print the record, between lines that mark it: for consoles, from whose logs "
               "report, diff and so on read it");
  DeclareFormat(options, to);
  DeclareLaunch(options, to);
}

constexpr const char* kFooter =
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
    "  shmspec run --crash sysv.remove             with a process killed at every step\n"
    "  shmspec run --shard 1/3 --seed 7 -o 1.json  a third, and the others elsewhere\n"
    "  shmspec run sysv --timeout 2m -j 1          a slow system: more time, one at a time\n"
    "  shmspec run --on gvisor -o gvisor.json      on another system, started from here\n\n";

std::string Footer() { return std::string(kFooter) + kExitCodes; }

const internal::SubcommandRegistration registration(
    {.name = "run",
     .about = "Perform cases and judge this system",
     .place = 10,
     .examples =
         "  shmspec run                              every case on this kernel\n"
         "  shmspec run sysv.remove SYSV.SHMAT       one topic and everything about one group of "
         "requirements\n"
         "  shmspec run --target syscall --output result.json\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Run)});

}  // namespace
}  // namespace shmspec
