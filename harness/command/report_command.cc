// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <optional>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/output_file.h"
#include "reports/diff.h"

namespace shmspec {
namespace {

Result<reports::Record> RecordIn(const std::string& file) {
  const Result<std::string> text = ReadInput(file);
  if (!text.ok()) return text.error();
  return reports::ReadRecord(*text, InputName(file));
}

}  // namespace

int ReportCommand(const ReportCommandOptions& options) {
  std::vector<reports::Record> records;
  for (const std::string& file : options.records) {
    Result<reports::Record> record = RecordIn(file);
    if (!record.ok()) return Complain(kExitUsage, record.error().message);
    records.push_back(std::move(record).value());
  }
  std::optional<OutputFile> output;
  if (!options.output.empty()) {
    Result<OutputFile> claimed =
        OutputFile::Claim(options.output, options.force ? OutputFile::Existing::kReplace
                                                        : OutputFile::Existing::kLeave);
    if (!claimed.ok()) {
      return Complain(kExitUsage,
                      claimed.error().message + (options.force ? "" : ", or give --force"));
    }
    output = std::move(claimed).value();
  }
  const std::string report = reports::Render(options.form, records);
  if (!output) {
    fmt::print("{}", report);
    return kExitAsExpected;
  }
  if (auto written = output->Commit(report); !written.ok()) {
    return Complain(kExitHarnessTrouble, written.error().message);
  }
  return kExitAsExpected;
}

int DiffCommand(const std::string& before, const std::string& after) {
  const Result<reports::Record> a = RecordIn(before);
  if (!a.ok()) return Complain(kExitUsage, a.error().message);
  const Result<reports::Record> b = RecordIn(after);
  if (!b.ok()) return Complain(kExitUsage, b.error().message);
  const reports::Difference difference = reports::DifferenceOf(*a, *b);
  fmt::print("{}", difference.text);
  return difference.results ? kExitUnexpected : kExitAsExpected;
}

}  // namespace shmspec
