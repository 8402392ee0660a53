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

#include "harness/command/output_file.h"
#include "harness/command/print_failures.h"
#include "harness/runner/controls.h"
#include "harness/runner/run.h"
#include "harness/target/faulty/fault.h"
#include "reports/report.h"

namespace shmspec {

enum class Format { kHuman, kJson };

/// Options for the target and the way in which cases are performed.
struct PerformOptions {
  std::string target = "libc";
  std::string profile = "linux";
  std::optional<std::uint64_t> seed;
  std::int64_t timeout_ms = 10000;
  std::uint32_t jobs = 0;  // 0: as many as the system has CPUs, at most 4
};

/// Files that expect of cases something other than to pass.
struct ExpectationFiles {
  std::optional<std::string> waivers;
  std::optional<std::string> baseline;
};
/// Reads them for a run through that target and profile. The error is one line.
Result<Expectations> ReadExpectations(const ExpectationFiles& files, const PerformOptions& perform);

struct RunCommandOptions {
  std::vector<std::string> filters;
  PerformOptions perform;
  ExpectationFiles expectations;
  std::optional<std::string> shard;
  std::uint32_t repeat = 1;
  std::uint32_t retries = 0;
  bool shuffle = false;
  bool quick = false;
  std::string level = "may";
  bool controls = false;
  std::optional<std::string> measurements;
  std::vector<std::string> fuzzing;
  OutputOptions output;
  Detail detail = Detail::kUsual;
  bool record_in_log = false;  // also print the record, between lines that mark it
  Format format = Format::kHuman;
  std::optional<reports::Form> form;  // a report in place of either format
  std::vector<std::string> argv;
};
int RunCommand(const RunCommandOptions& options);

/// The exit codes of other runners of tests.
enum class ExitStyle : std::uint8_t { kShmspec, kKselftest, kOpenPosix, kAutomake, kLtp };

struct ExecCommandOptions {
  std::string name;
  PerformOptions perform;
  ExpectationFiles expectations;
  ExitStyle style = ExitStyle::kShmspec;
};
int ExecCommand(const ExecCommandOptions& options);

struct BaselineCommandOptions {
  std::string record;
  OutputOptions output;
};
int BaselineCommand(const BaselineCommandOptions& options);

/// Prints a file of waivers and which of them hold here.
int CheckWaiversCommand(const std::string& file, const PerformOptions& perform);

struct SuggestWaiversOptions {
  std::string record;
  OutputOptions output;
};
/// Writes a file of waivers to be filled in, with one for each case with an unexpected result.
int SuggestWaiversCommand(const SuggestWaiversOptions& options);

struct ShowCommandOptions {
  std::string name;   // of a case, a requirement, or the beginning of the names of requirements
  bool as_c = false;  // the plan of the case as a C program
};
int ShowCommand(const ShowCommandOptions& options);

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

/// Why negative controls are meaningless here; empty when they are not.
std::string TroubleOf(const ControlsRun& run);

/// The number of jobs that the options ask for; 0 stands for the usual number.
std::uint32_t JobsOf(std::uint32_t asked);

int DoctorCommand(Format format);

struct ReportCommandOptions {
  std::vector<std::string> records;  // files; `-` reads standard input
  reports::Form form = reports::Form::kHtml;
  OutputOptions output;
  std::string since;  // a record to compare the only one with; empty: none
};
int ReportCommand(const ReportCommandOptions& options);

/// Compares two records: kExitUnexpected when the result of a requirement or a case differs.
int DiffCommand(const std::string& before, const std::string& after);

/// The record in a file, or in the log of a console; `-` reads standard input. The error is one
/// line.
Result<reports::Record> ReadRecordFile(const std::string& file);
/// Those of several files, each with one record or a log of some.
Result<std::vector<reports::Record>> ReadRecordFiles(const std::vector<std::string>& files);

/// Writes to a new file, over an old one when that is wanted, or to standard output when no file is
/// named. Returns the exit code.
int WriteOutput(const std::string& contents, const OutputOptions& options);

struct MatrixCommandOptions {
  std::vector<std::string> records;
  bool all = false;  // also requirements with the same result everywhere
};
int MatrixCommand(const MatrixCommandOptions& options);

/// Checks a folder with a published result: kExitUnexpected when something does not hold.
int VerifyCommand(const std::string& folder);

/// Turns options into what the runner needs: checks target and profile, settles seed, jobs and
/// isolation. The error is one line for people.
Result<RunOptions> Settle(const PerformOptions& options);

/// What shmspec itself requires and this system lacks, in one line; nothing when nothing is
/// missing, or when the target does not run on this system.
std::optional<std::string> MissingFloor(const PerformOptions& options);

/// Whether real processes perform plans on the target.
bool IsRealTarget(const std::string& target);

template <>
struct NamesOf<ExitStyle> {
  static constexpr std::array kNames{Named<ExitStyle>{"shmspec", ExitStyle::kShmspec},
                                     Named<ExitStyle>{"ksft", ExitStyle::kKselftest},
                                     Named<ExitStyle>{"openposix", ExitStyle::kOpenPosix},
                                     Named<ExitStyle>{"automake", ExitStyle::kAutomake},
                                     Named<ExitStyle>{"ltp", ExitStyle::kLtp}};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_COMMAND_H_
