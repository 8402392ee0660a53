// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "reports/summary/diff.h"

namespace shmspec {
namespace {

struct DiffOptions {
  std::vector<std::string> records;  // that of before and that of after
};

int Diff(const DiffOptions& options) {
  const Result<reports::Record> a = ReadRecordFile(options.records[0]);
  if (!a.ok()) return Complain(kExitUsage, a.error().message);
  const Result<reports::Record> b = ReadRecordFile(options.records[1]);
  if (!b.ok()) return Complain(kExitUsage, b.error().message);
  const reports::Difference difference = reports::DifferenceOf(*a, *b);
  fmt::print("{}", reports::InWords(difference));
  return difference.results() ? kExitUnexpected : kExitAsExpected;
}

void Declare(OptionList& options, DiffOptions& to) {
  Option& records = options.Texts("RECORD", to.records, "The record of before and that of after");
  records.takes = Option::Takes::kTwo;
  records.required = true;
}

std::string Footer() {
  return "Example, two kernels or two versions of a library:\n"
         "  shmspec diff before.json after.json\n\n"
         "Exit codes: 0 the same results, 1 others, 4 a record that cannot be read.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "diff",
     .about = "Say what differs between two records",
     .place = 50,
     .footer = &Footer,
     .start = Performing(&Declare, &Diff)});

}  // namespace
}  // namespace shmspec
