// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The options of what starts the program on other systems.

#ifndef SHMSPEC_HARNESS_COMMAND_LAUNCH_SETTINGS_H_
#define SHMSPEC_HARNESS_COMMAND_LAUNCH_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/launcher/launcher.h"
#include "harness/launcher/programs.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

class OptionList;

struct LaunchSettings {
  std::optional<std::string> launchers;  // a file of the user's own
  std::optional<std::string> programs;   // a folder with the programs of other architectures
  std::int64_t deadline_ms = 0;          // for each launcher; 0: its own
};

/// `--launchers`, `--programs` and `--deadline`.
void DeclareLaunchSettings(OptionList& options, LaunchSettings& to);

/// `--launchers` alone.
void DeclareLaunchers(OptionList& options, LaunchSettings& to);

/// All launchers there are. The error is one line.
Result<Launchers> ReadLaunchers(const LaunchSettings& settings);

/// Those that a word of the command line names: `all` without those that are only printed, or names
/// between commas. The error is one line with the nearest names.
Result<Launchers> LaunchersNamed(const Launchers& launchers, const std::string& word);

/// Where this program and those of other architectures are.
ProgramPlaces PlacesOf(const LaunchSettings& settings);

/// Why the launcher cannot be used here, in one line that says what to do; empty when it can.
std::string Hindrance(const Launcher& launcher, const LaunchSettings& settings);

/// The path of the program that it starts.
Result<std::string> ProgramFor(const Launcher& launcher, const LaunchSettings& settings);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_LAUNCH_SETTINGS_H_
