// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/output_file.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "reports/form/report.h"

namespace shmspec {
namespace {

struct ReportOptions {
  std::vector<std::string> records;  // files; `-` reads standard input
  std::string form = "html";
  OutputOptions output;
  std::string since;  // a record to compare the only one with; empty: none
};

int Report(const ReportOptions& options) {
  const Result<std::vector<reports::Record>> records = ReadRecordFiles(options.records);
  if (!records.ok()) return Complain(kExitUsage, records.error().message);
  std::optional<reports::Record> baseline;
  if (!options.since.empty()) {
    if (records->size() != 1 || reports::FindForm(options.form)->render_since == nullptr) {
      return Complain(kExitUsage,
                      "--since compares one record, for a page in html; see shmspec diff "
                      "and shmspec matrix for others");
    }
    Result<reports::Record> record = ReadRecordFile(options.since);
    if (!record.ok()) return Complain(kExitUsage, record.error().message);
    baseline = std::move(record).value();
  }
  return WriteOutput(reports::Render(options.form, *records, baseline ? &*baseline : nullptr),
                     options.output);
}

void Declare(OptionList& options, ReportOptions& to) {
  options
      .Texts("RECORD", to.records,
             "Files or folders that run --output wrote, side by side; - for standard input")
      .required = true;
  const std::vector<std::string> forms = reports::FormNames();
  options.OneOf(
      "--format", forms, [&to](const std::string& word) { to.form = word; },
      fmt::format("What it becomes: {}; html when not given", fmt::join(forms, ", ")));
  DeclareOutput(options, to.output, "The file to write; standard output when not given");
  options.Text("--since", to.since, "A record of before: the page says what changed");
}

std::string Footer() {
  return "Examples:\n"
         "  shmspec report result.json -o result.html\n"
         "  shmspec report here.json there.json --format markdown\n"
         "  shmspec report after.json --since before.json -o changes.html\n\n"
         "Exit codes: 0 written, 3 it cannot be written in full, 4 mistake in options or input.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "report",
     .about = "Turn records of runs into one page",
     .place = 40,
     .examples = "  shmspec report result.json -o result.html  the same as a page to look at\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Report)});

}  // namespace
}  // namespace shmspec
