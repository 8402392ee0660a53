// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "reports/diff.h"
#include "reports/matrix.h"

namespace shmspec {
int ReportCommand(const ReportCommandOptions& options) {
  const Result<std::vector<reports::Record>> records = ReadRecordFiles(options.records);
  if (!records.ok()) return Complain(kExitUsage, records.error().message);
  std::optional<reports::Record> baseline;
  if (!options.since.empty()) {
    if (records->size() != 1 || options.form != reports::Form::kHtml) {
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

int MatrixCommand(const MatrixCommandOptions& options) {
  const Result<std::vector<reports::Record>> records = ReadRecordFiles(options.records);
  if (!records.ok()) return Complain(kExitUsage, records.error().message);
  fmt::print("{}", reports::MatrixOf(*records, options.all ? reports::MatrixRows::kAll
                                                           : reports::MatrixRows::kDiffering));
  return kExitAsExpected;
}

int DiffCommand(const std::string& before, const std::string& after) {
  const Result<reports::Record> a = ReadRecordFile(before);
  if (!a.ok()) return Complain(kExitUsage, a.error().message);
  const Result<reports::Record> b = ReadRecordFile(after);
  if (!b.ok()) return Complain(kExitUsage, b.error().message);
  const reports::Difference difference = reports::DifferenceOf(*a, *b);
  fmt::print("{}", reports::InWords(difference));
  return difference.results() ? kExitUnexpected : kExitAsExpected;
}

}  // namespace shmspec
