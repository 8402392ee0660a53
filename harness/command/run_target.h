// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One run on one target, for the commands that make one or several.

#ifndef SHMSPEC_HARNESS_COMMAND_RUN_TARGET_H_
#define SHMSPEC_HARNESS_COMMAND_RUN_TARGET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/expectation_files.h"
#include "harness/command/launch_settings.h"
#include "harness/command/output_file.h"
#include "harness/command/print_failures.h"
#include "harness/command/print_format.h"
#include "harness/command/settle.h"
#include "harness/runner/fuzzing.h"
#include "harness/runner/measurements.h"
#include "harness/runner/run.h"
#include "harness/runner/selection.h"

namespace shmspec {

struct RunCommandOptions {
  std::vector<std::string> filters;
  PerformOptions perform;
  ExpectationFiles expectations;
  std::optional<std::string> shard;
  std::uint32_t repeat = 1;
  std::uint32_t retries = 0;
  bool shuffle = false;
  bool quick = false;
  bool crash = false;              // the cases with a crash in place of the cases
  std::uint32_t crash_inside = 0;  // how often also inside each step; 0: not
  Level level = Level::kMay;
  bool controls = false;
  std::optional<std::string> measurements;
  std::vector<std::string> fuzzing;
  OutputOptions output;
  Detail detail = Detail::kUsual;
  bool record_in_log = false;  // also print the record, between lines that mark it
  Format format = Format::kHuman;
  std::optional<std::string> form;  // a report in place of either format
  std::vector<std::string> argv;
  std::optional<std::string> on;  // the launcher that starts the run on another system
  bool dry_run = false;           // only prints the command of the launcher
  LaunchSettings launch;

  /// Cases with a crash are performed in place of the cases.
  bool crashes() const { return crash || crash_inside > 0; }
};

/// What a run needs besides its cases, found before anything is performed.
struct Preparation {
  SelectionOptions selecting;
  Expectations expectations;
  std::vector<Measurement> measurements;
  std::vector<FuzzRun> fuzzing;
  std::optional<OutputFile> output;
};

/// Reads the files that the options name and claims the file of the record. The error is one line.
Result<Preparation> Prepare(const RunCommandOptions& options);

/// The result of a run.
struct TargetRun {
  int exit_code = 0;
  Totals totals;
  double duration_s = 0;
  std::string record;  // as JSON; empty when nobody asked for it
};

/// Performs the cases and writes the record. `lacking`: why the target is unavailable; then every
/// case is UNSUPPORTED. Of a run among others prints only the failures.
TargetRun RunOnTarget(const RunCommandOptions& options, Preparation prepared,
                      const std::string& lacking, LeavingReader& reader, bool among_others);

/// The cases that the options mean. The error is one line.
Result<Selection> SelectCases(const RunCommandOptions& options, const SelectionOptions& selecting);

/// Why the options select no case. Returns the exit code.
int ComplainOfSelection(const RunCommandOptions& options);

/// The record as text, or as the report that was asked for.
std::string Printed(const std::string& record, const RunCommandOptions& options);

/// How many faults of the negative controls nobody noticed.
std::size_t MissedIn(const record::Controls& controls);

/// The targets that a word of the command line names: `all`, or names between commas. The error is
/// one line.
Result<std::vector<std::string>> TargetsNamed(const std::string& word);

/// A run on each target, with a record each in the folder that the options name, and a line for
/// each at the end. The exit code is that of the worst; a target that this system lacks does not
/// count as a mistake.
int RunOnTargets(const RunCommandOptions& options, const std::vector<std::string>& targets,
                 LeavingReader& reader);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_RUN_TARGET_H_
