// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/matrix_on.h"

#include <fmt/format.h>

#include <utility>

#include "harness/command/console.h"
#include "harness/command/launched_run.h"
#include "harness/command/output_file.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

/// A system to run on, and the files for what it brings.
struct Column {
  Launcher launcher;
  std::string file;  // of the record; only a name where none is kept
  std::optional<OutputFile> record;
  std::optional<OutputFile> console;
};

Result<std::vector<Column>> ColumnsNamed(const RunCommandOptions& run,
                                         const std::optional<std::string>& folder) {
  const Result<Launchers> launchers = ReadLaunchers(run.launch);
  if (!launchers.ok()) return launchers.error();
  const Result<Launchers> named = LaunchersNamed(*launchers, *run.on);
  if (!named.ok()) return named.error();
  if (folder) {
    if (const auto made = MakeFolder(*folder); !made.ok()) {
      return Error{fmt::format("{}: the folder for records cannot be made: {}", *folder,
                               made.error().message)};
    }
  }
  std::vector<Column> columns;
  for (const Launcher& one : *named) {
    if (one.only_printed) {
      return Error{fmt::format("--on {}: {} is for you to run, see run --on {} --dry-run", *run.on,
                               one.name, one.name)};
    }
    Column& column = columns.emplace_back();
    column.launcher = one;
    column.file = one.name;
    if (!folder) continue;
    OutputOptions output = run.output;
    column.file = fmt::format("{}/{}.json", *folder, one.name);
    output.file = column.file;
    Result<OutputFile> record = OutputFile::Claim(output);
    if (!record.ok()) return record.error();
    output.file = column.file + ".console";
    Result<OutputFile> console = OutputFile::Claim(output);
    if (!console.ok()) return console.error();
    column.record = std::move(record).value();
    column.console = std::move(console).value();
  }
  return columns;
}

/// What a column brought, in one line.
std::string LineOf(const std::string& name, const LaunchedRun& run) {
  if (!run.trouble.empty()) return fmt::format("{:<16} UNRESOLVED: {}\n", name, run.trouble);
  const record::Totals& totals = run.record.totals;
  return fmt::format("{:<16} {:>4} passed {:>4} failed {:>4} skipped  in {:.2f} s{}\n", name,
                     totals.passed, totals.failed, totals.skipped, run.duration_s,
                     run.record.run.complete ? "" : ", incomplete");
}

Result<void> Keep(Column& column, const LaunchedRun& run) {
  if (!column.record) return {};
  if (const auto written = column.console->Commit(run.console); !written.ok()) return written;
  return column.record->Commit(run.text);
}

}  // namespace

Result<Columns> RunColumns(const RunCommandOptions& run, const std::optional<std::string>& folder,
                           LeavingReader& reader) {
  SelectionOptions selecting{.filters = run.filters};
  selecting.waiting = !run.quick;
  const Result<Selection> selection = Select(AllCases(), selecting);
  if (!selection.ok()) return selection.error();
  Result<std::vector<Column>> columns = ColumnsNamed(run, folder);
  if (!columns.ok()) return columns.error();
  if (selection->cases.empty()) return Columns{{}, ComplainOfSelection(run)};
  Columns done;
  ProgressLine progress;
  for (std::size_t i = 0; i < columns->size(); ++i) {
    Column& column = (*columns)[i];
    const std::string& name = column.launcher.name;
    const auto show = [&](std::int64_t elapsed_ms) {
      progress.Show(i, columns->size(), fmt::format("{}, {} s", name, elapsed_ms / 1000));
    };
    show(0);
    const LaunchedRun launched = RunOnLauncher(column.launcher, run, selection->cases, show);
    progress.Clear();
    reader.Show([&] { fmt::print("{}", LineOf(name, launched)); });
    done.exit_code = Worse(done.exit_code, launched.exit_code());
    if (const auto kept = Keep(column, launched); !kept.ok()) {
      done.exit_code = Complain(kExitHarnessTrouble, kept.error().message);
    }
    Result<reports::Record> read = reports::ReadRecord(launched.text, column.file);
    SHMSPEC_CHECK(read.ok(), "the reader refuses what the writer wrote");
    done.records.push_back(std::move(read).value());
  }
  return done;
}

std::string FolderBeside(const std::string& page) {
  constexpr std::string_view kEnding = ".html";
  return (page.ends_with(kEnding) ? page.substr(0, page.size() - kEnding.size()) : page) +
         ".records";
}

}  // namespace shmspec
