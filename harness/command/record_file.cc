// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/output_file.h"

namespace shmspec {

Result<reports::Record> ReadRecordFile(const std::string& file) {
  const Result<std::string> text = ReadInput(file);
  if (!text.ok()) return text.error();
  if (text->empty()) {
    return Error{InputName(file) + ": is empty; expected a record, as run --output writes"};
  }
  return reports::ReadRecord(*text, InputName(file));
}

int WriteOutput(const std::string& contents, const OutputOptions& options) {
  if (!options.file) {
    fmt::print("{}", contents);
    return kExitAsExpected;
  }
  Result<OutputFile> output = OutputFile::Claim(options);
  if (!output.ok()) return Complain(kExitUsage, output.error().message);
  if (auto written = output->Commit(contents); !written.ok()) {
    return Complain(kExitHarnessTrouble, written.error().message);
  }
  return kExitAsExpected;
}

}  // namespace shmspec
