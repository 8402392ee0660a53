// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program: reads the command line and calls one subcommand.

#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "harness/actor/actor_main.h"
#include "harness/command/command.h"
#include "harness/command/command_line.h"
#include "harness/command/console.h"
#include "harness/command/init.h"
#include "harness/runner/run.h"
#include "harness/runner/selection.h"
#include "harness/vocabulary/value/nearest.h"
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
    "  shmspec run --waivers waivers.toml       what is waived does not count as failed\n"
    "  shmspec waivers suggest result.json      a file of waivers to fill in\n"
    "  shmspec baseline result.json -o old.json; shmspec run --baseline old.json\n"
    "  shmspec exec sysv.detach.works_once --exit-style ksft  one case, for other runners\n"
    "  shmspec show SYSV.SHMDT.TWICE            what a requirement says and which cases test it\n"
    "  shmspec show sysv.detach.works_once > my.plan; shmspec replay my.plan\n"
    "  shmspec controls                         is every seeded fault caught?\n"
    "  shmspec doctor                           what does this system offer?\n"
    "\n"
    "Exit codes: 0 as expected, 1 unexpected, 2 incomplete (stopped, a case could not be decided, "
    "or\n"
    "none can run here), 3 trouble in the harness itself, 4 mistake in options or "
    "input,\n"
    "5 nothing selected.\n";

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
  AddOutput(*app, options.output, "The file to write; standard output when not given");
  app->add_option("--since", options.since, "A record of before: the page says what changed");
  app->callback([&options, &exit_code] { exit_code = ReportCommand(options); });
}

void AddDiff(CLI::App& program, std::vector<std::string>& records, int& exit_code) {
  CLI::App* app = program.add_subcommand("diff", "Say what differs between two records");
  app->add_option("RECORD", records, "The record of before and that of after")
      ->required()
      ->expected(2);
  app->footer(
      "Example, two kernels or two versions of a library:\n"
      "  shmspec diff before.json after.json\n\n"
      "Exit codes: 0 the same results, 1 others, 4 a record that cannot be read.\n");
  app->callback([&] { exit_code = DiffCommand(records[0], records[1]); });
}

void AddMatrix(CLI::App& program, MatrixCommandOptions& options, int& exit_code) {
  CLI::App* app = program.add_subcommand("matrix", "Show records side by side, a column for each");
  app->add_option("RECORD", options.records, "Files that run --output wrote")->required();
  app->add_flag("--all", options.all, "Also requirements with the same result everywhere");
  app->footer(
      "Example, what differs between three systems:\n"
      "  shmspec matrix debian.json fedora.json gvisor.json\n");
  app->callback([&options, &exit_code] { exit_code = MatrixCommand(options); });
}

void AddVerify(CLI::App& program, std::string& folder, int& exit_code) {
  CLI::App* app = program.add_subcommand(
      "verify", "Check that a published result is complete, unaltered and reproducible");
  app->add_option("DIR", folder,
                  "A folder with records, pages and a MANIFEST of their hashes, by sha256sum")
      ->required();
  app->footer(
      "Example:\n"
      "  cd published && sha256sum result.json result.html > MANIFEST && shmspec verify .\n\n"
      "Exit codes: 0 a result to rely on, 1 not, 4 no such folder.\n");
  app->callback([&folder, &exit_code] { exit_code = VerifyCommand(folder); });
}

/// The options of all subcommands; live as long as the parser that fills them in.
struct AllOptions {
  ShowCommandOptions show;
  ReplayCommandOptions replay;
  ControlsCommandOptions controls;
  Format doctor_format = Format::kHuman;
  ReportCommandOptions report;
  std::vector<std::string> diff;
  MatrixCommandOptions matrix;
  std::string verify;
};

void AddOthers(CLI::App& program, AllOptions& options, int& exit_code) {
  CLI::App* show = program.add_subcommand(
      "show", "Explain a requirement, list those of an area, or print a case's plan");
  show->add_option("NAME", options.show.name, "A requirement, the beginning of some, or a case")
      ->required();
  show->add_option_function<std::string>(
          "--format", [&](const std::string& name) { options.show.as_c = name == "c"; },
          "What is printed: plan (default), or c for a C program that performs the case alone")
      ->check(CLI::IsMember({"plan", "c"}));
  show->footer(
      "Examples:\n"
      "  shmspec show SYSV.SHMDT                        the requirements about a call\n"
      "  shmspec show sysv.detach.works_once            the plan, for replay\n"
      "  shmspec show sysv.detach.works_once --format c > case.c && cc -o case case.c && ./case\n");
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
      ->check(Seed());
  AddFormat(*controls, options.controls.format);
  controls->callback([&] { exit_code = ControlsCommand(options.controls, AllFaults()); });

  CLI::App* doctor =
      program.add_subcommand("doctor", "Say what this system offers and what that means for a run");
  AddFormat(*doctor, options.doctor_format);
  doctor->callback([&] { exit_code = DoctorCommand(options.doctor_format); });
}

/// One line about a mistake in the command line, with the nearest names and where to find help.
std::string Explain(const CLI::App& program, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string> names;
  if (program.get_subcommands().empty()) {
    if (argc > 1 && argv[1][0] == '-') {
      return fmt::format("shmspec has no option {} before its command; see shmspec --help",
                         argv[1]);
    }
    if (argc < 2) return fmt::format("{}; see shmspec --help", error.what());
    for (const CLI::App* one : program.get_subcommands({})) names.push_back(one->get_name());
    return fmt::format("no command \"{}\"{}; see shmspec --help", argv[1],
                       DidYouMean(argv[1], names));
  }
  const CLI::App* command = program.get_subcommands().front();
  std::string called = command->get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    called += " " + command->get_name();
  }
  const std::string help = fmt::format("see shmspec {} --help", called);
  if (!command->get_subcommands({}).empty() && argc > 2 && argv[2][0] != '-') {
    for (const CLI::App* one : command->get_subcommands({})) names.push_back(one->get_name());
    return fmt::format("no command \"{} {}\"{}; {}", called, argv[2], DidYouMean(argv[2], names),
                       help);
  }
  const std::vector<std::string> unexpected = program.remaining(true);
  if (unexpected.empty() || unexpected.front()[0] != '-') {
    return fmt::format("{}; {}", error.what(), help);
  }
  for (const CLI::Option* one : command->get_options()) {
    if (!one->get_lnames().empty()) names.push_back("--" + one->get_lnames().front());
  }
  return fmt::format("{} has no option {}{}; {}", called, unexpected.front(),
                     DidYouMean(unexpected.front(), names), help);
}

/// Raises the limit of the stack as far as is needed and allowed; false when that is not enough.
bool EnsureStack() {
  constexpr rlim_t kNeeded = 1 << 20;
  rlimit stack{};
  if (::getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur >= kNeeded) return true;
  stack.rlim_cur = std::min(stack.rlim_max, kNeeded);
  return ::setrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur == kNeeded;
}

/// Output lost to a full disk or a closed pipe is no success.
int Flushed(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  return Complain(kExitHarnessTrouble,
                  fmt::format("standard output cannot be written: {}", std::strerror(errno)));
}

/// `help run` means `run --help`.
std::vector<char*> WithHelpAsOption(int argc, char** argv) {
  static char help[] = "--help";
  std::vector<char*> words(argv, argv + argc);
  if (argc >= 2 && std::string_view(argv[1]) == "help") {
    words.erase(words.begin() + 1);
    words.push_back(help);
  }
  return words;
}

int Main(int argc, char** argv) {
  int exit_code = kExitUsage;
  AllOptions options;
  CLI::App program(kAbout, "shmspec");
  program.footer(kExamples);
  program.set_version_flag("--version,-V",
                           fmt::format("shmspec {} ({})", internal::kVersion, internal::kSourceId));
  program.require_subcommand(1);
  AddRun(program, {argv, argv + argc}, exit_code);
  AddExec(program, exit_code);
  AddList(program, exit_code);
  AddReport(program, options.report, exit_code);
  AddDiff(program, options.diff, exit_code);
  AddBaseline(program, exit_code);
  AddWaivers(program, exit_code);
  AddMatrix(program, options.matrix, exit_code);
  AddVerify(program, options.verify, exit_code);
  AddOthers(program, options, exit_code);
  try {
    const std::vector<char*> words = WithHelpAsOption(argc, argv);
    program.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::Success& success) {
    return program.exit(success);  // --help and --version
  } catch (const CLI::ParseError& error) {
    return Complain(UsageExitCode(program), Explain(program, error, argc, argv));
  }
  return exit_code;
}

/// The exit code of the program; an uncaught exception is trouble in the harness.
int Guarded(int argc, char** argv) {
  OpenStandardStreams();
  std::signal(SIGXFSZ, SIG_IGN);  // makes a limit of file sizes an error to report
  if (!EnsureStack()) {
    return Complain(kExitHarnessTrouble,
                    "the stack may not grow to the 1 MiB that is needed; raise its limit "
                    "(ulimit -s)");
  }
  try {
    return Flushed(Main(argc, argv));
  } catch (const std::exception& error) {
    return Complain(kExitHarnessTrouble, error.what());
  }
}

}  // namespace
}  // namespace shmspec

int main(int argc, char** argv) {
  // Actors are this same program; they must start fast and take no options.
  if (const std::optional<int> exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;
  if (argc > 0 && shmspec::IsInit(argv[0])) {
    shmspec::BeInit({argv + 1, argv + argc}, [argv](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), argv[0]);
      std::vector<char*> pointers;
      for (std::string& one : arguments) pointers.push_back(one.data());
      return shmspec::Guarded(static_cast<int>(pointers.size()), pointers.data());
    });
  }
  return shmspec::Guarded(argc, argv);
}
