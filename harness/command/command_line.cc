// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The only file that knows CLI11.

#include "harness/command/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "harness/command/console.h"
#include "harness/command/option_list.h"
#include "harness/command/subcommand.h"
#include "harness/vocabulary/value/nearest.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

constexpr const char* kAbout =
    "shmspec: does this system's shared memory behave as its specifications say?\n";

void AddOption(CLI::App& app, const Option& option) {
  if (option.takes == Option::Takes::kNone) {
    app.add_flag_callback(
        option.names, [keep = option.keep] { keep({}); }, option.about);
    return;
  }
  const auto keep = [keep = option.keep](const CLI::results_t& words) {
    keep(words);
    return true;
  };
  CLI::Option* added = app.add_option(option.names, keep, option.about);
  added->type_name(option.type)->required(option.required);
  if (option.fault) added->check(option.fault);
  if (option.takes == Option::Takes::kOne) return;
  added->expected(CLI::detail::expected_max_vector_size);
  if (option.takes == Option::Takes::kTwo) added->expected(2);
  if (option.takes == Option::Takes::kEachTime) added->allow_extra_args(false);
}

/// The first name of an option, as CLI11 finds it.
std::string NameOf(const Option& option) { return option.names.substr(0, option.names.find(',')); }

/// Adds a subcommand to the program, or to the one it belongs to. `exit_code` is set when the
/// command line asks for it.
void AddSubcommand(CLI::App& program, const Subcommand& subcommand,
                   const std::vector<std::string>& words, int& exit_code) {
  const std::string name(subcommand.name);
  const std::size_t space = name.find(' ');
  CLI::App* whole =
      space == std::string::npos ? &program : program.get_subcommand(name.substr(0, space));
  CLI::App* app = whole->add_subcommand(space == std::string::npos ? name : name.substr(space + 1),
                                        std::string(subcommand.about));
  if (subcommand.footer != nullptr) app->footer(subcommand.footer());
  if (!subcommand.start) {
    app->require_subcommand(1);
    return;
  }
  OptionList options(words);
  const std::function<int()> perform = subcommand.start(options);
  for (const Option& option : options.options()) AddOption(*app, option);
  for (const Option& option : options.options()) {
    for (const std::string& other : option.excludes) {
      app->get_option(NameOf(option))->excludes(app->get_option(other));
    }
  }
  app->callback([perform, &exit_code] { exit_code = perform(); });
}

/// The subcommand that the command line asks for, and its name in full; the program itself and no
/// name when it asks for none.
std::pair<const CLI::App*, std::string> Asked(const CLI::App& program) {
  const CLI::App* command = &program;
  std::string called;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    called += (called.empty() ? "" : " ") + command->get_name();
  }
  return {command, called};
}

std::vector<std::string> NamesIn(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* one : command.get_subcommands({})) names.push_back(one->get_name());
  return names;
}

/// One line about a mistake in the command line, with the nearest names and where to find help.
std::string Explain(const CLI::App& program, const CLI::ParseError& error,
                    const std::vector<std::string>& words) {
  const auto& [command, called] = Asked(program);
  if (command == &program) {
    if (words.size() < 2) return fmt::format("{}; see shmspec --help", error.what());
    if (words[1].starts_with('-')) {
      return fmt::format("shmspec has no option {} before its command; see shmspec --help",
                         words[1]);
    }
    return fmt::format("no command \"{}\"{}; see shmspec --help", words[1],
                       DidYouMean(words[1], NamesIn(program)));
  }
  const std::string help = fmt::format("see shmspec {} --help", called);
  const std::vector<std::string> parts = NamesIn(*command);
  if (!parts.empty() && words.size() > 2 && !words[2].starts_with('-')) {
    return fmt::format("no command \"{} {}\"{}; {}", called, words[2], DidYouMean(words[2], parts),
                       help);
  }
  const std::vector<std::string> unexpected = program.remaining(true);
  if (unexpected.empty() || !unexpected.front().starts_with('-')) {
    return fmt::format("{}; {}", error.what(), help);
  }
  std::vector<std::string> names;
  for (const CLI::Option* one : command->get_options()) {
    if (!one->get_lnames().empty()) names.push_back("--" + one->get_lnames().front());
  }
  return fmt::format("{} has no option {}{}; {}", called, unexpected.front(),
                     DidYouMean(unexpected.front(), names), help);
}

/// The exit code of a mistake, which the subcommand that was asked for may have a say in.
int ExitCodeOfMistake(const CLI::App& program) {
  const auto& [command, called] = Asked(program);
  const GivenWord given = [command = command](std::string_view option) -> std::string {
    const CLI::Option* found = command->get_option_no_throw(std::string(option));
    if (found == nullptr || found->results().empty()) return "";
    return found->results().back();
  };
  for (const Subcommand& one : AllSubcommands()) {
    if (one.name == called && one.mistake != nullptr) return one.mistake(given);
  }
  return kExitUsage;
}

/// The examples of every subcommand, and the exit codes.
std::string Footer(const std::vector<Subcommand>& subcommands) {
  std::string footer = "Examples:\n";
  for (const Subcommand& one : subcommands) footer += one.examples;
  return footer + "\n" + kExitCodes;
}

/// `help run` means `run --help`.
std::vector<std::string> WithHelpAsOption(std::vector<std::string> words) {
  if (words.size() >= 2 && words[1] == "help") {
    words.erase(words.begin() + 1);
    words.emplace_back("--help");
  }
  return words;
}

}  // namespace

int ObeyCommandLine(const std::vector<std::string>& words) {
  int exit_code = kExitUsage;
  const std::vector<Subcommand> subcommands = AllSubcommands();
  CLI::App program(kAbout, "shmspec");
  program.footer(Footer(subcommands));
  program.set_version_flag("--version,-V",
                           fmt::format("shmspec {} ({})", internal::kVersion, internal::kSourceId));
  program.require_subcommand(1);
  for (const Subcommand& one : subcommands) AddSubcommand(program, one, words, exit_code);
  try {
    // CLI11 takes the last word first, and not the name of the program.
    std::vector<std::string> parsed = WithHelpAsOption(words);
    if (!parsed.empty()) parsed.erase(parsed.begin());
    std::reverse(parsed.begin(), parsed.end());
    program.parse(std::move(parsed));
  } catch (const CLI::Success& success) {
    return program.exit(success);  // --help and --version
  } catch (const CLI::ParseError& error) {
    return Complain(ExitCodeOfMistake(program), Explain(program, error, words));
  }
  return exit_code;
}

}  // namespace shmspec
