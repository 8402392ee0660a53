// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/command/console.h"
#include "harness/command/output_file.h"
#include "harness/command/record_file.h"
#include "harness/command/subcommand.h"
#include "harness/runner/baseline.h"

namespace shmspec {
namespace {

struct BaselineOptions {
  std::string record;
  OutputOptions output;
};

int WriteBaseline(const BaselineOptions& options) {
  const Result<reports::Record> record = ReadRecordFile(options.record);
  if (!record.ok()) return Complain(kExitUsage, record.error().message);
  if (!record->run.complete) {
    return Complain(kExitUsage, fmt::format("{}: the run was {}; a baseline needs a finished one",
                                            record->file, record->run.stop_reason));
  }
  Baseline baseline;
  baseline.source_id = record->suite.source_id;
  baseline.catalogue_sha256 = record->suite.catalogue_sha256;
  baseline.fingerprint = record->fingerprint;
  baseline.target = record->subject.target;
  baseline.profile = record->run.profile;
  for (const reports::Test& test : record->tests) {
    baseline.cases[test.id] = {test.status, test.flakiness && test.flakiness->flaky};
  }
  return WriteOutput(PrintBaseline(baseline), options.output);
}

void Declare(OptionList& options, BaselineOptions& to) {
  options.Text("RECORD", to.record, "A file that run --output wrote; - for standard input")
      .required = true;
  DeclareOutput(options, to.output, "The file to write; standard output when not given");
}

std::string Footer() {
  return "Example:\n"
         "  shmspec baseline result.json -o baseline.json\n"
         "  shmspec run --baseline baseline.json   fails only where something changed\n";
}

const internal::SubcommandRegistration registration(
    {.name = "baseline",
     .about = "Keep the result of every case, so that later runs are judged by what changed",
     .place = 60,
     .examples = "  shmspec baseline result.json -o old.json; shmspec run --baseline old.json\n",
     .footer = &Footer,
     .start = Performing(&Declare, &WriteBaseline)});

}  // namespace
}  // namespace shmspec
