// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/launched_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <utility>

#include "harness/command/init.h"
#include "harness/command/launch_record.h"
#include "harness/command/recorded_run.h"
#include "harness/launcher/command_words.h"
#include "harness/launcher/launch.h"
#include "harness/launcher/provide.h"
#include "harness/launcher/scratch_folder.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/record/print_record.h"
#include "harness/vocabulary/value/duration.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

constexpr const char* kRecordFile = "record.json";

std::string FreshId() {
  std::random_device random;
  return fmt::format("shmspec-{:08x}", random());
}

/// Where the file of the record is, as this system sees it.
std::string RecordPath(const Launcher& launcher, const std::string& folder) {
  const bool inside =
      launcher.prepare == Provision::kRoot || launcher.prepare == Provision::kBundle;
  return fmt::format("{}{}/{}", folder, inside ? "/root" : "", kRecordFile);
}

/// The arguments of the program there.
std::vector<std::string> ArgumentsOf(const Launcher& launcher, const RunCommandOptions& options,
                                     const std::string& record) {
  const RunCommandOptions usual;
  std::vector<std::string> words{"run"};
  const auto add = [&words](const char* option, const auto& value, bool wanted) {
    if (wanted) words.insert(words.end(), {option, fmt::format("{}", value)});
  };
  const PerformOptions& perform = options.perform;
  const bool own_time = perform.timeout_ms != usual.perform.timeout_ms;
  const std::int64_t timeout_ms = own_time ? perform.timeout_ms : launcher.case_timeout_ms;
  add("--target", perform.target, perform.target != usual.perform.target);
  add("--profile", perform.profile, perform.profile != usual.perform.profile);
  add("--seed", perform.seed.value_or(0), perform.seed.has_value());
  add("--timeout", PrintDuration(timeout_ms), timeout_ms != 0);
  add("--jobs", perform.jobs, perform.jobs != 0);
  add("--shard", options.shard.value_or(""), options.shard.has_value());
  add("--repeat", options.repeat, options.repeat != usual.repeat);
  add("--retries", options.retries, options.retries != usual.retries);
  add("--level", NameOf(options.level), options.level != usual.level);
  if (options.shuffle) words.emplace_back("--shuffle");
  if (options.quick) words.emplace_back("--quick");
  if (options.crash) words.emplace_back("--crash");
  add("--crash-inside", options.crash_inside, options.crash_inside != usual.crash_inside);
  if (options.controls) words.emplace_back("--controls");
  // Process 1 adds this by itself.
  if (launcher.record == RecordWay::kOutput) words.emplace_back("--record-in-log");
  if (launcher.record == RecordWay::kFile) words.insert(words.end(), {"--output", record});
  words.insert(words.end(), launcher.arguments.begin(), launcher.arguments.end());
  const bool takes_away = std::any_of(options.filters.begin(), options.filters.end(),
                                      [](const std::string& one) { return one.starts_with('-'); });
  if (takes_away) words.emplace_back("--");
  words.insert(words.end(), options.filters.begin(), options.filters.end());
  return words;
}

/// `program`: its path on this system.
Placeholders ValuesFor(const Launcher& launcher, const RunCommandOptions& options,
                       const std::string& program, const std::string& folder,
                       const std::string& id) {
  const bool inside =
      launcher.prepare == Provision::kRoot || launcher.prepare == Provision::kBundle;
  Placeholders values;
  values.program = inside ? kProgramInRoot : program;
  values.id = id;
  values.folder = folder;
  values.root = folder + "/root";
  values.bundle = folder;
  values.initramfs = folder + "/initramfs";
  if (!launcher.kernel.empty()) {
    const auto kernel = FindKernel(PlacesOf(options.launch), launcher.kernel);
    values.kernel = kernel.ok() ? *kernel : launcher.kernel;
  }
  values.record = inside ? fmt::format("/{}", kRecordFile) : RecordPath(launcher, folder);
  values.arguments = ArgumentsOf(launcher, options, values.record);
  return values;
}

/// The words with the path of the tool that they begin with: it may lie where PATH does not lead.
std::vector<std::string> WithPath(std::vector<std::string> words) {
  if (words.empty()) return words;
  if (std::string path = FindTool(words.front()); !path.empty()) words.front() = path;
  return words;
}

/// A launch that can begin.
struct Ready {
  ScratchFolder folder;
  LaunchOptions launch;
};

Result<Ready> MakeReady(const Launcher& launcher, const RunCommandOptions& options) {
  if (std::string hindrance = Hindrance(launcher, options.launch); !hindrance.empty()) {
    return Error{hindrance};
  }
  const Result<std::string> program = ProgramFor(launcher, options.launch);
  Result<ScratchFolder> folder = MakeScratchFolder();
  if (!folder.ok()) return folder.error();
  const Placeholders values = ValuesFor(launcher, options, *program, folder->get(), FreshId());
  std::vector<std::string> inside{values.program};
  inside.insert(inside.end(), values.arguments.begin(), values.arguments.end());
  if (const auto provided = Provide(launcher.prepare, folder->get(), *program, inside);
      !provided.ok()) {
    return provided.error();
  }
  Ready ready;
  ready.launch.command = WithPath(Expand(launcher.command, values));
  ready.launch.stop = WithPath(Expand(launcher.stop, values));
  ready.launch.deadline_ms =
      options.launch.deadline_ms != 0 ? options.launch.deadline_ms : launcher.deadline_ms;
  ready.launch.stop_fd = StopRequests::fd();
  if (launcher.record == RecordWay::kConsole) ready.launch.end_mark = kEndOfInit;
  ready.folder = std::move(folder).value();
  return ready;
}

/// The last line of a console that says anything, for messages.
std::string LastWords(const std::string& console) {
  constexpr std::size_t kMost = 160;
  const std::size_t end = console.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "it printed nothing";
  const std::size_t begin = console.rfind('\n', end);
  const std::string line = reports::OneLine(reports::ValidUtf8(
      console.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin + 1) + 1)));
  return fmt::format("its last words: {}", reports::BeginningOf(line, kMost));
}

/// How the command ended, where it should have brought a record.
std::string HowItEnded(const Launched& launched, const std::string& tool,
                       const LaunchOptions& launch) {
  switch (launched.end) {
    case LaunchEnd::kNotStarted:
      return fmt::format("{} cannot be started: {}", tool, std::strerror(launched.code));
    case LaunchEnd::kKilled:
      return fmt::format("{} was ended by {}", tool, SignalName(launched.code));
    case LaunchEnd::kDeadline:
      return fmt::format(
          "it did not end within {}, and was ended: give it longer by --deadline, or fewer cases",
          PrintDuration(launch.deadline_ms));
    case LaunchEnd::kStopped:
      return "stopped by " + SignalName(StopRequests::Pending());
    case LaunchEnd::kTooMuchOutput:
      return fmt::format("it printed more than {} MiB, and was ended", launch.most_output >> 20);
    case LaunchEnd::kExited:
      break;
  }
  return fmt::format("{} ended with exit code {}", tool, launched.code);
}

/// The record that came back, or in one line why none did.
Result<reports::Record> BroughtBack(const Launcher& launcher, const Launched& launched,
                                    const Ready& ready) {
  const std::string ended = HowItEnded(launched, launcher.command.front(), ready.launch);
  std::string text = launcher.record == RecordWay::kConsole ? launched.console : launched.output;
  if (launcher.record == RecordWay::kFile) {
    std::ifstream file(RecordPath(launcher, ready.folder.get()), std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (text.empty()) {
      return Error{fmt::format("{}, without the file of the record; {}", ended,
                               LastWords(launched.console))};
    }
  }
  Result<reports::Record> record = RecordFrom(text, launcher.record);
  const bool cut_short = launched.end == LaunchEnd::kDeadline ||
                         launched.end == LaunchEnd::kTooMuchOutput ||
                         launched.end == LaunchEnd::kNotStarted;
  if (record.ok() && cut_short && !record->run.complete) return Error{ended};
  if (record.ok()) {
    if (const auto same = CheckProgram(*record); !same.ok()) return same.error();
    return record;
  }
  if (cut_short || launched.end == LaunchEnd::kStopped) return Error{ended};
  return Error{
      fmt::format("{}; {}; {}", record.error().message, ended, LastWords(launched.console))};
}

}  // namespace

int LaunchedRun::exit_code() const {
  if (stopped) return kExitIncomplete;
  if (!trouble.empty()) return kExitHarnessTrouble;
  const int exit_code = ResultOf(record).ExitCode();
  const bool missed = record.controls && MissedIn(*record.controls) > 0;
  return exit_code == kExitAsExpected && missed ? kExitUnexpected : exit_code;
}

LaunchedRun RunOnLauncher(const Launcher& launcher, const RunCommandOptions& options,
                          const std::vector<const Case*>& cases,
                          const std::function<void(std::int64_t elapsed_ms)>& progress) {
  LaunchedRun run;
  const auto fail = [&](std::string cause) {
    RunOptions asked;
    asked.target = options.perform.target;
    asked.profile = model::FindProfile(options.perform.profile);
    run.record = RecordOfTrouble(launcher.name, cause, cases, asked, options.argv);
    run.trouble = std::move(cause);
  };
  Result<Ready> ready = MakeReady(launcher, options);
  run.stopped = StopRequests::Pending() != 0;
  if (run.stopped) {
    fail(fmt::format("stopped by {} before it began", SignalName(StopRequests::Pending())));
  } else if (!ready.ok()) {
    fail(ready.error().message);
  } else {
    ready->launch.progress = progress;
    Launched launched = Launch(ready->launch);
    Result<reports::Record> record = BroughtBack(launcher, launched, *ready);
    run.console = std::move(launched.console);
    run.duration_s = launched.duration_s;
    run.stopped = launched.end == LaunchEnd::kStopped;
    if (record.ok()) {
      run.record = std::move(record).value();
      NoteLauncher(run.record, launcher.name);
    } else {
      fail(record.error().message);
    }
  }
  run.text = record::PrintRecord(run.record);
  return run;
}

Result<std::string> CommandLineOf(const Launcher& launcher, const RunCommandOptions& options) {
  const Result<std::string> program = ProgramFor(launcher, options.launch);
  if (!program.ok()) return program.error();
  const Placeholders values = ValuesFor(launcher, options, *program, "FOLDER", "ID");
  return QuotedForShell(Expand(launcher.command, values));
}

}  // namespace shmspec
