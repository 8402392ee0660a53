// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <memory>

#include "harness/command/command_line.h"
#include "harness/command/console.h"
#include "harness/runner/baseline.h"

namespace shmspec {

int BaselineCommand(const BaselineCommandOptions& options) {
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

void AddBaseline(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<BaselineCommandOptions>();
  CLI::App* app = program.add_subcommand(
      "baseline", "Keep the result of every case, so that later runs are judged by what changed");
  app->add_option("RECORD", options->record, "A file that run --output wrote; - for standard input")
      ->required();
  AddOutput(*app, options->output, "The file to write; standard output when not given");
  app->footer(
      "Example:\n"
      "  shmspec baseline result.json -o baseline.json\n"
      "  shmspec run --baseline baseline.json   fails only where something changed\n");
  app->callback([options, &exit_code] { exit_code = BaselineCommand(*options); });
}

}  // namespace shmspec
