// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program: reads the command line and calls one subcommand.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>

#include "harness/actor/actor_main.h"
#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/runner/run.h"
#include "harness/runner/selection.h"
#include "harness/vocabulary/nearest.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

constexpr const char* kAbout =
    "shmspec: does this system's shared memory behave as its specifications say?\n";

constexpr const char* kExamples =
    "Examples:\n"
    "  shmspec run                              every case on this kernel\n"
    "  shmspec run sysv.remove SYSV.SHMAT       one topic and everything about one group of "
    "requirements\n"
    "  shmspec run --target syscall --output result.json\n"
    "  shmspec report result.json -o result.html  the same as a page to look at\n"
    "  shmspec show SYSV.RMID.DEFERRED          what a requirement says and which cases test it\n"
    "  shmspec show sysv.get.some_case > my.plan; shmspec replay my.plan\n"
    "  shmspec controls                         is every seeded fault caught?\n"
    "  shmspec doctor                           what does this system offer?\n"
    "\n"
    "Exit codes: 0 as expected, 1 a case failed, 2 incomplete, 3 trouble in the harness itself,\n"
    "4 mistake in options or input, 5 nothing selected.\n";

/// CLI11 takes -1 for 18446744073709551615 and is silent about numbers that are too large.
const CLI::Validator kSeed(
    [](std::string& text) -> std::string {
      std::uint64_t seed = 0;
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, seed);
      if (read.ec == std::errc() && read.ptr == end) return "";
      return fmt::format("expected a number from 0 to {}, found \"{}\"", UINT64_MAX, text);
    },
    "");

void AddFormat(CLI::App& app, Format& format) {
  const std::map<std::string, Format> formats{{"human", Format::kHuman}, {"json", Format::kJson}};
  app.add_option_function<std::string>(
         "--format", [&format, formats](const std::string& name) { format = formats.at(name); },
         "What is printed: human (default) or json")
      ->check(CLI::IsMember({"human", "json"}));
}

void AddPerform(CLI::App& app, PerformOptions& options) {
  app.add_option("--target", options.target,
                 "libc (default), syscall, ia32, simulated or faulty:ID (see controls)");
  app.add_option("--profile", options.profile,
                 "The specification to judge by: linux (default) or posix");
  app.add_option("--seed", options.seed, "Settles every random choice; printed with each run")
      ->check(kSeed);
  app.add_option("--timeout", options.timeout_ms, "Milliseconds that one case may take")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{3600000}));
}

void AddRun(CLI::App& program, RunCommandOptions& options, int& exit_code) {
  CLI::App* app = program.add_subcommand("run", "Perform cases and judge this system");
  app->add_option("FILTER", options.filters,
                  "Cases or requirements: a name, its beginning, or a glob; after a leading --, "
                  "-NAME takes away");
  AddPerform(*app, options.perform);
  app->add_option("--jobs,-j", options.perform.jobs, "Cases performed at the same time")
      ->check(CLI::Range(1, 256));
  app->add_option("--shard", options.shard, "Only part i of n of the cases, as i/n");
  app->add_option("--repeat", options.repeat, "Attempts at each case")
      ->check(CLI::Range(1, 100000));
  app->add_flag("--shuffle", options.shuffle, "In an order that the seed settles");
  app->add_flag("--quick", options.quick, "Races with few rounds: a first impression");
  app->add_option("--level", options.level,
                  "Only cases of requirements at least this binding: must, should or may (default)")
      ->check(CLI::IsMember({"must", "should", "may"}));
  app->add_option("--output,-o", options.output,
                  "Also write the record, as JSON, to this new file");
  AddFormat(*app, options.format);
  app->callback([&options, &exit_code] { exit_code = RunCommand(options); });
}

void AddReport(CLI::App& program, ReportCommandOptions& options, int& exit_code) {
  CLI::App* app = program.add_subcommand("report", "Turn records of runs into one page");
  app->add_option("RECORD", options.records,
                  "Files that run --output wrote, side by side; - for standard input")
      ->required();
  std::vector<std::string> forms;
  for (const auto& form : NamesOf<reports::Form>::kNames) forms.emplace_back(form.name);
  app->add_option_function<std::string>(
         "--format",
         [&options](const std::string& name) { options.form = *FromName<reports::Form>(name); },
         fmt::format("What it becomes: {}; html when not given", fmt::join(forms, ", ")))
      ->check(CLI::IsMember(forms));
  app->add_option("--output,-o", options.output,
                  "The file to write; standard output when not given");
  app->add_flag("--force", options.force, "Replace that file if it is there already");
  app->callback([&options, &exit_code] { exit_code = ReportCommand(options); });
}

void AddDiff(CLI::App& program, std::vector<std::string>& records, int& exit_code) {
  CLI::App* app = program.add_subcommand("diff", "Say what differs between two records");
  app->add_option("RECORD", records, "The record of before and that of after")
      ->required()
      ->expected(2);
  app->callback([&] { exit_code = DiffCommand(records[0], records[1]); });
}

/// What each subcommand was asked to do; lives as long as the parser that fills it in.
struct AllOptions {
  RunCommandOptions run;
  ListCommandOptions list;
  std::string show;
  ReplayCommandOptions replay;
  ControlsCommandOptions controls;
  Format doctor_format = Format::kHuman;
  ReportCommandOptions report;
  std::vector<std::string> diff;
};

void AddOthers(CLI::App& program, AllOptions& options, int& exit_code) {
  CLI::App* list = program.add_subcommand("list", "List the cases");
  list->add_option("FILTER", options.list.filters, "As for run");
  AddFormat(*list, options.list.format);
  list->callback([&] { exit_code = ListCommand(options.list); });

  CLI::App* show = program.add_subcommand("show", "Explain a requirement or print a case's plan");
  show->add_option("NAME", options.show, "A requirement or a case")->required();
  show->callback([&] { exit_code = ShowCommand(options.show); });

  CLI::App* replay = program.add_subcommand("replay", "Perform and judge a plan from a file");
  replay->add_option("FILE", options.replay.file, "A plan in text form; - for standard input")
      ->required();
  AddPerform(*replay, options.replay.perform);
  replay->add_option("--rounds", options.replay.rounds, "How often, until one does not pass")
      ->check(CLI::Range(1, 1000000));
  replay->callback([&] { exit_code = ReplayCommand(options.replay); });

  CLI::App* controls = program.add_subcommand(
      "controls", "Seed one fault after the other into the simulated system: is each caught?");
  controls->add_option("FAULT", options.controls.faults, "Only these faults");
  controls->add_option("--by", options.controls.by,
                       "Who has to catch them: suites (default) or property");
  controls->add_flag("--first", options.controls.first,
                     "Stop at the first that catches a fault instead of naming all");
  controls
      ->add_option("--jobs,-j", options.controls.jobs,
                   "Systems searched for faults at the same time")
      ->check(CLI::Range(1, 256));
  controls->add_option("--seed", options.controls.seed, "Settles every random choice")
      ->check(kSeed);
  AddFormat(*controls, options.controls.format);
  controls->callback([&] { exit_code = ControlsCommand(options.controls, AllFaults()); });

  CLI::App* doctor =
      program.add_subcommand("doctor", "Say what this system offers and what that means for a run");
  AddFormat(*doctor, options.doctor_format);
  doctor->callback([&] { exit_code = DoctorCommand(options.doctor_format); });
}

/// One line on what is wrong with the command line: the nearest names, and where the help is.
std::string Explain(const CLI::App& program, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string> names;
  if (program.get_subcommands().empty()) {
    if (argc < 2 || argv[1][0] == '-') return fmt::format("{}; see shmspec --help", error.what());
    for (const CLI::App* one : program.get_subcommands({})) names.push_back(one->get_name());
    return fmt::format("no command \"{}\"{}; see shmspec --help", argv[1],
                       DidYouMean(argv[1], names));
  }
  const CLI::App* command = program.get_subcommands().front();
  const std::string help = fmt::format("see shmspec {} --help", command->get_name());
  const std::vector<std::string> unexpected = program.remaining(true);
  if (unexpected.empty() || unexpected.front()[0] != '-') {
    return fmt::format("{}; {}", error.what(), help);
  }
  for (const CLI::Option* one : command->get_options()) {
    if (!one->get_lnames().empty()) names.push_back("--" + one->get_lnames().front());
  }
  return fmt::format("{} has no option {}{}; {}", command->get_name(), unexpected.front(),
                     DidYouMean(unexpected.front(), names), help);
}

/// What a full disk or a closed pipe kept from standard output is no success.
int Flushed(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  return Complain(kExitHarnessTrouble,
                  fmt::format("standard output cannot be written: {}", std::strerror(errno)));
}

int Main(int argc, char** argv) {
  int exit_code = kExitUsage;
  AllOptions options;
  options.run.argv.assign(argv, argv + argc);
  CLI::App program(kAbout, "shmspec");
  program.footer(kExamples);
  program.set_version_flag("--version",
                           fmt::format("shmspec {} ({})", internal::kVersion, internal::kSourceId));
  program.require_subcommand(1);
  AddRun(program, options.run, exit_code);
  AddReport(program, options.report, exit_code);
  AddDiff(program, options.diff, exit_code);
  AddOthers(program, options, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return program.exit(success);  // --help and --version
  } catch (const CLI::ParseError& error) {
    return Complain(kExitUsage, Explain(program, error, argc, argv));
  }
  return exit_code;
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  // Actors are this same program; they must start fast and know nothing of options.
  if (const std::optional<int> exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  try {
    return shmspec::Flushed(shmspec::Main(argc, argv));
  } catch (const std::exception& error) {
    return shmspec::Complain(shmspec::kExitHarnessTrouble, error.what());
  }
}
