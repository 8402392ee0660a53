// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How subcommands are declared: each adds itself to the program, with its options and what it does.
//
//   void AddShow(CLI::App& program, int& exit_code);

#ifndef SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_
#define SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_

#include <CLI/CLI.hpp>

#include "harness/command/command.h"

namespace shmspec {

/// Options that several subcommands have.
void AddFormat(CLI::App& app, Format& format);
void AddPerform(CLI::App& app, PerformOptions& options);
/// `--output` and `--force`.
void AddOutput(CLI::App& app, OutputOptions& options, const std::string& description);
void AddWaiversOption(CLI::App& app, ExpectationFiles& files);
/// Checks a number that may be as large as a seed, which CLI11 by itself does not.
const CLI::Validator& Seed();
/// Turns a duration with its unit into milliseconds.
const CLI::Validator& Duration();

// Each of these sets `exit_code` when the command line asks for its subcommand.
void AddRun(CLI::App& program, std::vector<std::string> argv, int& exit_code);
void AddExec(CLI::App& program, int& exit_code);
void AddList(CLI::App& program, int& exit_code);
void AddBaseline(CLI::App& program, int& exit_code);
void AddWaivers(CLI::App& program, int& exit_code);

/// The exit code for a mistake in the command line, in the style given to `exec`.
int UsageExitCode(const CLI::App& program);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_
