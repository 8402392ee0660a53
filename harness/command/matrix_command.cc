// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/matrix_on.h"
#include "harness/command/output_file.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "harness/runner/stop_requests.h"
#include "reports/form/report.h"
#include "reports/summary/matrix.h"

namespace shmspec {
namespace {

struct MatrixOptions {
  std::vector<std::string> records;
  bool all = false;                   // also requirements with the same result everywhere
  RunCommandOptions run;              // on other systems, where `run.on` names some
  std::optional<std::string> folder;  // for the records of these
};

/// The records side by side: as a page, or as a table where no file is named.
int Show(const std::vector<reports::Record>& records, const MatrixOptions& options,
         std::optional<OutputFile> page) {
  if (!page) {
    fmt::print("{}", reports::MatrixOf(records, options.all ? reports::MatrixRows::kAll
                                                            : reports::MatrixRows::kDiffering));
    return kExitAsExpected;
  }
  const auto written = page->Commit(reports::Render("html", records));
  return written.ok() ? kExitAsExpected : Complain(kExitHarnessTrouble, written.error().message);
}

int Matrix(const MatrixOptions& options) {
  if (options.records.empty() && !options.run.on) {
    return Complain(kExitUsage,
                    "expected records, files or folders that run --output wrote, or --on NAMES");
  }
  Result<std::vector<reports::Record>> records = ReadRecordFiles(options.records);
  if (!records.ok()) return Complain(kExitUsage, records.error().message);
  std::optional<OutputFile> page;
  const std::optional<std::string>& file = options.run.output.file;
  if (file) {
    Result<OutputFile> claimed = OutputFile::Claim(options.run.output);
    if (!claimed.ok()) return Complain(kExitUsage, claimed.error().message);
    page = std::move(claimed).value();
  }
  if (!options.run.on) return Show(*records, options, std::move(page));
  const StopRequests requests;
  LeavingReader reader;
  const std::optional<std::string> folder =
      options.folder || !file ? options.folder : std::optional(FolderBeside(*file));
  Result<Columns> columns = RunColumns(options.run, folder, reader);
  if (!columns.ok()) return Complain(kExitUsage, columns.error().message);
  if (columns->records.empty()) return columns->exit_code;
  for (reports::Record& one : columns->records) records->push_back(std::move(one));
  int shown = kExitAsExpected;
  reader.Show([&] { shown = Show(*records, options, std::move(page)); });
  return shown != kExitAsExpected ? shown : columns->exit_code;
}

void Declare(OptionList& options, MatrixOptions& to) {
  to.run.argv = options.command_line();
  options.Texts("RECORD", to.records, "Files or folders that run --output wrote");
  options.Flag("--all", to.all, "Also requirements with the same result everywhere");
  DeclareOutput(options, to.run.output,
                "Write a page (HTML) to this file; a table is printed when not given");
  options.Text("--on", to.run.on,
               "Run first, on each system that these launchers start: names between commas, or "
               "all; see shmspec launchers");
  options.Text("--records", to.folder,
               "The folder for the records of these runs, and for what the systems printed; "
               "FILE.records beside FILE.html when not given");
  options.Texts("--filter", to.run.filters, "Which cases these runs perform, as for run").takes =
      Option::Takes::kEachTime;
  options.Flag("--quick", to.run.quick, "As for run: a first impression");
  options.Number("--jobs,-j", to.run.perform.jobs, {1, 256},
                 "As for run: cases performed at the same time");
  options.Duration("--timeout", to.run.perform.timeout_ms, "As for run: how long a case may take");
  DeclareLaunchSettings(options, to.run.launch);
}

std::string Footer() {
  return "Examples, what differs between three systems, between the targets of one, and what "
         "works\n"
         "where:\n"
         "  shmspec matrix debian.json fedora.json gvisor.json\n"
         "  shmspec run --target all --output entries; shmspec matrix entries\n"
         "  shmspec matrix --on gvisor,bubblewrap,qemu-s390x -o where.html\n\n"
         "Exit codes with --on, the first of these that occurs: 3 a launcher brought no record, 1\n"
         "something was unexpected, 2 something is incomplete, 0 all is as expected. A launcher\n"
         "without a record has a column all the same, in which all is UNRESOLVED.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "matrix",
     .about = "Show records side by side, a column for each",
     .place = 80,
     .footer = &Footer,
     .start = Performing(&Declare, &Matrix)});

}  // namespace
}  // namespace shmspec
