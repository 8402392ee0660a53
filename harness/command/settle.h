// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Turns options for the target and the way in which cases are performed into what the runner needs.

#ifndef SHMSPEC_HARNESS_COMMAND_SETTLE_H_
#define SHMSPEC_HARNESS_COMMAND_SETTLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/profile/profile.h"
#include "harness/runner/run.h"

namespace shmspec {

class OptionList;

/// Options for the target and the way in which cases are performed.
struct PerformOptions {
  std::string target = "libc";
  std::string profile = "linux";
  std::optional<std::uint64_t> seed;
  std::int64_t timeout_ms = 10000;
  std::optional<std::string> adapter;          // the command line of a program
  std::optional<std::string> adapter_profile;  // a file
  std::int64_t adapter_user = -1;
  std::optional<std::string> subject;  // NAME=VERSION
  std::uint32_t jobs = 0;              // 0: as many as the system has CPUs, at most 4
};

/// `--target`, `--profile`, `--seed` and `--timeout`. `more_targets`: what a target may be besides.
void DeclarePerform(OptionList& options, PerformOptions& to, const std::string& more_targets = "");

/// The names of all profiles, for help.
std::string ProfileWords(std::string_view by_default);

/// The profile of that name; the error says which there are.
Result<const model::Profile*> ProfileNamed(const std::string& name);

/// Turns options into what the runner needs: checks target and profile, settles seed, jobs and
/// isolation. The error is one line for people.
Result<RunOptions> Settle(const PerformOptions& options);

/// What shmspec itself requires and this system lacks, in one line; nothing when nothing is
/// missing, or when the target does not run on this system.
std::optional<std::string> MissingFloor(const PerformOptions& options);

/// Whether real processes perform plans on the target.
bool IsRealTarget(const std::string& target);

/// The number of processors that this process may run on; 1 where the system does not say.
std::uint32_t UsableProcessors();

/// The number of jobs that the options ask for; 0 stands for the usual number.
std::uint32_t JobsOf(std::uint32_t asked);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_SETTLE_H_
