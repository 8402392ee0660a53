// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// `run --on NAME`.

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "harness/command/console.h"
#include "harness/command/launched_run.h"
#include "harness/command/print_results.h"
#include "harness/command/recorded_run.h"
#include "harness/runner/stop_requests.h"
#include "reports/text/plain_text.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

/// The one launcher that the options name.
Result<Launcher> LauncherNamed(const RunCommandOptions& options) {
  const Result<Launchers> launchers = ReadLaunchers(options.launch);
  if (!launchers.ok()) return launchers.error();
  Result<Launchers> named = LaunchersNamed(*launchers, *options.on);
  if (!named.ok()) return named.error();
  if (named->size() != 1 || *options.on == "all") {
    return Error{
        fmt::format("--on {}: one launcher is expected here; shmspec matrix --on {} runs "
                    "on several",
                    *options.on, *options.on)};
  }
  if (named->front().only_printed && !options.dry_run) {
    return Error{fmt::format(
        "{} is for you to run: --dry-run prints its command, and shmspec report reads its output",
        *options.on)};
  }
  return std::move(named->front());
}

Result<std::optional<OutputFile>> ClaimConsole(const RunCommandOptions& options) {
  if (!options.output.file) return std::optional<OutputFile>();
  OutputOptions console = options.output;
  console.file = *console.file + ".console";
  Result<OutputFile> claimed = OutputFile::Claim(console);
  if (!claimed.ok()) return claimed.error();
  return std::optional<OutputFile>(std::move(claimed).value());
}

/// Writes the record and the console beside it, where they are wanted.
Result<void> Keep(const LaunchedRun& run, std::optional<OutputFile>& record,
                  std::optional<OutputFile>& console) {
  if (console) {
    if (const auto written = console->Commit(run.console); !written.ok()) return written;
  }
  return record ? record->Commit(run.text) : Result<void>();
}

void Print(const LaunchedRun& run, const RunCommandOptions& options) {
  if (options.format == Format::kJson || options.form) {
    fmt::print("{}", Printed(run.text, options));
  } else if (run.trouble.empty()) {
    PrintSummary(ResultOf(run.record), OptionsOf(run.record), {}, options.detail);
  } else {
    fmt::print("UNRESOLVED {}: {}\n", *options.on, run.trouble);
  }
}

}  // namespace

int RunOn(const RunCommandOptions& options, LeavingReader& reader) {
  const Result<Launcher> launcher = LauncherNamed(options);
  if (!launcher.ok()) return Complain(kExitUsage, launcher.error().message);
  if (options.dry_run) {
    const Result<std::string> line = CommandLineOf(*launcher, options);
    if (!line.ok()) return Complain(kExitHarnessTrouble, line.error().message);
    reader.Show([&] { fmt::print("{}\n", *line); });
    return kExitAsExpected;
  }
  Result<Preparation> prepared = Prepare(options);
  if (!prepared.ok()) return Complain(kExitUsage, prepared.error().message);
  Result<std::optional<OutputFile>> console = ClaimConsole(options);
  if (!console.ok()) return Complain(kExitUsage, console.error().message);
  const Result<Selection> selected = SelectCases(options, prepared->selecting);
  if (!selected.ok()) return Complain(kExitUsage, selected.error().message);
  const Selection& selection = *selected;
  if (selection.cases.empty()) return ComplainOfSelection(options);
  const bool human = options.format == Format::kHuman && !options.form;
  if (human && options.detail != Detail::kBrief) {
    reader.Show([&] {
      fmt::print("shmspec {}: {} on {}: {}\n", internal::kVersion,
                 reports::Counted(selection.cases.size(), "case", "cases"), launcher->name,
                 launcher->about);
    });
  }
  ProgressLine progress;
  const LaunchedRun run =
      RunOnLauncher(*launcher, options, selection.cases, [&](std::int64_t elapsed_ms) {
        progress.Show(0, 1, fmt::format("{}, {} s", launcher->name, elapsed_ms / 1000));
      });
  progress.Clear();
  if (const auto kept = Keep(run, prepared->output, *console); !kept.ok()) {
    return Complain(kExitHarnessTrouble, kept.error().message);
  }
  reader.Show([&] { Print(run, options); });
  if (run.trouble.empty()) return run.exit_code();
  std::string line = fmt::format("{}: {}", launcher->name, run.trouble);
  if (options.output.file)
    line += fmt::format("; all it printed: {}.console", *options.output.file);
  return Complain(run.exit_code(), line);
}

}  // namespace shmspec
