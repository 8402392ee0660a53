// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "reports/summary/matrix.h"

namespace shmspec {
namespace {

struct MatrixOptions {
  std::vector<std::string> records;
  bool all = false;  // also requirements with the same result everywhere
};

int Matrix(const MatrixOptions& options) {
  const Result<std::vector<reports::Record>> records = ReadRecordFiles(options.records);
  if (!records.ok()) return Complain(kExitUsage, records.error().message);
  fmt::print("{}", reports::MatrixOf(*records, options.all ? reports::MatrixRows::kAll
                                                           : reports::MatrixRows::kDiffering));
  return kExitAsExpected;
}

void Declare(OptionList& options, MatrixOptions& to) {
  options.Texts("RECORD", to.records, "Files or folders that run --output wrote").required = true;
  options.Flag("--all", to.all, "Also requirements with the same result everywhere");
}

std::string Footer() {
  return "Examples, what differs between three systems, and between the targets of one:\n"
         "  shmspec matrix debian.json fedora.json gvisor.json\n"
         "  shmspec run --target all --output entries; shmspec matrix entries\n";
}

const internal::SubcommandRegistration registration(
    {.name = "matrix",
     .about = "Show records side by side, a column for each",
     .place = 80,
     .footer = &Footer,
     .start = Performing(&Declare, &Matrix)});

}  // namespace
}  // namespace shmspec
