// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The subcommands of shmspec, one file each. Each reads its options, does its work and returns an
// exit code (console.h).

#ifndef SHMSPEC_HARNESS_COMMAND_COMMAND_H_
#define SHMSPEC_HARNESS_COMMAND_COMMAND_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/runner/run.h"
#include "harness/target/faulty/fault.h"
#include "reports/report.h"

namespace shmspec {

enum class Format { kHuman, kJson };

/// Options that say on what and how cases are performed.
struct PerformOptions {
  std::string target = "libc";
  std::string profile = "linux";
  std::optional<std::uint64_t> seed;
  std::int64_t timeout_ms = 10000;
  std::uint32_t jobs = 0;  // 0: as many as the system has CPUs, at most 4
};

struct RunCommandOptions {
  std::vector<std::string> filters;
  PerformOptions perform;
  std::optional<std::string> shard;
  std::uint32_t repeat = 1;
  bool shuffle = false;
  bool quick = false;
  std::string level = "may";
  std::optional<std::string> output;
  Format format = Format::kHuman;
  std::vector<std::string> argv;
};
int RunCommand(const RunCommandOptions& options);

struct ListCommandOptions {
  std::vector<std::string> filters;
  Format format = Format::kHuman;
};
int ListCommand(const ListCommandOptions& options);

int ShowCommand(const std::string& name);

struct ReplayCommandOptions {
  std::string file;  // `-` reads standard input
  PerformOptions perform;
  int rounds = 1;
};
int ReplayCommand(const ReplayCommandOptions& options);

struct ControlsCommandOptions {
  std::vector<std::string> faults;
  std::string by = "suites";  // which hunter
  std::uint64_t seed = 1;
  std::uint32_t jobs = 0;  // as in PerformOptions
  bool first = false;
  Format format = Format::kHuman;
};
int ControlsCommand(const ControlsCommandOptions& options, std::span<const SeededFault> faults);

/// How many jobs at the same time were asked for, with 0 for the usual number.
std::uint32_t JobsOf(std::uint32_t asked);

int DoctorCommand(Format format);

struct ReportCommandOptions {
  std::vector<std::string> records;  // files; `-` reads standard input
  reports::Form form = reports::Form::kHtml;
  std::string output;
  bool force = false;  // replace the output when it is there already
};
int ReportCommand(const ReportCommandOptions& options);

/// Compares two records: kExitUnexpected when a requirement or a case came to something else.
int DiffCommand(const std::string& before, const std::string& after);

/// Turns options into what the runner needs: checks target and profile, settles seed, jobs and
/// isolation. The error is one line for people.
Result<RunOptions> Settle(const PerformOptions& options);

/// Whether the target is a system on which real processes act.
bool IsRealTarget(const std::string& target);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_COMMAND_H_
