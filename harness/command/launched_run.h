// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run that a launcher starts on another system.

#ifndef SHMSPEC_HARNESS_COMMAND_LAUNCHED_RUN_H_
#define SHMSPEC_HARNESS_COMMAND_LAUNCHED_RUN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/command/run_target.h"
#include "harness/launcher/launcher.h"
#include "reports/record/record.h"

namespace shmspec {

struct LaunchedRun {
  reports::Record record;  // that of the run, or one in which all is UNRESOLVED
  std::string text;        // the same as JSON
  std::string console;     // what the system printed, as far as it was started
  std::string trouble;     // why it brought no record, in one line; empty when it did
  bool stopped = false;    // somebody asked to
  double duration_s = 0;   // all of it, the start of the system included

  /// That of a run, or of trouble with the launcher.
  int exit_code() const;
};

/// Starts the run that the options describe. It is ended at its deadline and when somebody asks to
/// stop. `progress` as in LaunchOptions.
LaunchedRun RunOnLauncher(const Launcher& launcher, const RunCommandOptions& options,
                          const std::vector<const Case*>& cases,
                          const std::function<void(std::int64_t elapsed_ms)>& progress);

/// The command, quoted for a shell, with names in capitals for what is made when it is started.
Result<std::string> CommandLineOf(const Launcher& launcher, const RunCommandOptions& options);

/// `run --on NAME`: the run, its record and its summary, or with --dry-run the command. Returns the
/// exit code.
int RunOn(const RunCommandOptions& options, LeavingReader& reader);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_LAUNCHED_RUN_H_
