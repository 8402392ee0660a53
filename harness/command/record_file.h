// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files of records that the command line names.

#ifndef SHMSPEC_HARNESS_COMMAND_RECORD_FILE_H_
#define SHMSPEC_HARNESS_COMMAND_RECORD_FILE_H_

#include <string>
#include <vector>

#include "harness/vocabulary/value/result.h"
#include "reports/record/record.h"

namespace shmspec {

/// The record in a file, or in the log of a console; `-` reads standard input. The error is one
/// line.
Result<reports::Record> ReadRecordFile(const std::string& file);
/// Those of several files, each with one record or a log of some, and of folders that hold one for
/// each target.
Result<std::vector<reports::Record>> ReadRecordFiles(const std::vector<std::string>& words);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_RECORD_FILE_H_
