// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/output_file.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "harness/runner/merge.h"
#include "harness/vocabulary/record/print_record.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

struct MergeOptions {
  std::vector<std::string> records;
  OutputOptions output;
};

int Merge(const MergeOptions& options) {
  Result<std::vector<reports::Record>> records = ReadRecordFiles(options.records);
  if (!records.ok()) return Complain(kExitUsage, records.error().message);
  std::vector<std::string> files;
  for (const reports::Record& record : *records) files.push_back(record.file);
  const Result<reports::Record> merged = MergeShards(std::move(records).value());
  // The line has texts of the records.
  if (!merged.ok()) return Complain(kExitUsage, reports::OneLine(merged.error().message));
  if (const std::string found = reports::ContradictionIn(*merged); !found.empty()) {
    return Complain(kExitUsage, reports::OneLine(fmt::format("{}: contradict each other: {}",
                                                             fmt::join(files, ", "), found)));
  }
  return WriteOutput(record::PrintRecord(*merged), options.output);
}

void Declare(OptionList& options, MergeOptions& to) {
  options
      .Texts("RECORD", to.records,
             "Files or folders that run --shard i/n --output wrote, in any order; - for standard "
             "input")
      .required = true;
  DeclareOutput(options, to.output, "The file to write; standard output when not given");
}

std::string Footer() {
  return "Example, a run shared by three systems of one kind, with one seed:\n"
         "  shmspec run --seed 7 --shard 1/3 -o 1.json   and 2/3 and 3/3 on the others\n"
         "  shmspec merge 1.json 2.json 3.json -o all.json\n"
         "  shmspec report all.json -o all.html\n\n"
         "Exit codes: 0 written, 3 it cannot be written in full, 4 mistake in options or input, "
         "or\n"
         "records that are not all shards of one run.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "merge",
     .about = "Make one record of those of all shards of a run",
     .place = 45,
     .examples = "  shmspec merge 1.json 2.json 3.json -o all.json  of run --shard 1/3, 2/3, 3/3\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Merge)});

}  // namespace
}  // namespace shmspec
