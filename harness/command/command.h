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

/// Options that say on what and how cases are performed.
struct PerformOptions {
  std::string target = "libc";
  std::string profile = "linux";
  std::optional<std::uint64_t> seed;
  std::int64_t timeout_ms = 10000;
  std::uint32_t jobs = 0;  // 0: as many as the system has CPUs, at most 4
};

/// Files that say what is expected of cases besides that they pass.
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

/// How other runners of tests read an exit code.
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

/// Says what is in a file of waivers and what of it holds here.
int CheckWaiversCommand(const std::string& file, const PerformOptions& perform);

struct SuggestWaiversOptions {
  std::string record;
  OutputOptions output;
};
/// Writes a file of waivers to be filled in, with one for each case that came out unexpectedly.
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

/// What keeps negative controls from meaning anything; empty when nothing does.
std::string TroubleOf(const ControlsRun& run);

/// How many jobs at the same time were asked for, with 0 for the usual number.
std::uint32_t JobsOf(std::uint32_t asked);

int DoctorCommand(Format format);

struct ReportCommandOptions {
  std::vector<std::string> records;  // files; `-` reads standard input
  reports::Form form = reports::Form::kHtml;
  OutputOptions output;
  std::string since;  // a record to compare the only one with; empty: none
};
int ReportCommand(const ReportCommandOptions& options);

/// Compares two records: kExitUnexpected when a requirement or a case came to something else.
int DiffCommand(const std::string& before, const std::string& after);

/// The record in a file, or in the log of a console; `-` reads standard input. The error is one
/// line.
Result<reports::Record> ReadRecordFile(const std::string& file);
/// Those of several files, each with one record or a log of some.
Result<std::vector<reports::Record>> ReadRecordFiles(const std::vector<std::string>& files);

/// Writes to a new file, or over an old one when that is wanted, or to standard output when no file
/// is named. The exit code.
int WriteOutput(const std::string& contents, const OutputOptions& options);

struct MatrixCommandOptions {
  std::vector<std::string> records;
  bool all = false;  // also requirements that came to the same everywhere
};
int MatrixCommand(const MatrixCommandOptions& options);

/// Checks a folder with a published result: kExitUnexpected when something does not hold.
int VerifyCommand(const std::string& folder);

/// Turns options into what the runner needs: checks target and profile, settles seed, jobs and
/// isolation. The error is one line for people.
Result<RunOptions> Settle(const PerformOptions& options);

/// What shmspec itself stands on and this system does not have, in one line; nothing when all is
/// there, or the target is none of this system.
std::optional<std::string> MissingFloor(const PerformOptions& options);

/// Whether the target is a system on which real processes act.
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
