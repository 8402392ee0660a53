// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// `matrix --on NAME,NAME`: a run on each of several systems, one after the other.

#ifndef SHMSPEC_HARNESS_COMMAND_MATRIX_ON_H_
#define SHMSPEC_HARNESS_COMMAND_MATRIX_ON_H_

#include <optional>
#include <string>
#include <vector>

#include "harness/command/run_target.h"
#include "reports/record/record.h"

namespace shmspec {

/// The columns of the runs, and their exit code.
struct Columns {
  std::vector<reports::Record> records;
  int exit_code = 0;  // the worst that occurred: 3 trouble, 1 unexpected, 2 incomplete, 0
};

/// Runs the cases on each system that `run.on` names and prints a line for each. Records and what
/// the systems printed go into the folder, where one is named, as NAME.json and NAME.json.console.
/// The error is one line about a mistake, from before the first run.
Result<Columns> RunColumns(const RunCommandOptions& run, const std::optional<std::string>& folder,
                           LeavingReader& reader);

/// The folder for records beside a page: `what.records` for `what.html`.
std::string FolderBeside(const std::string& page);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_MATRIX_ON_H_
