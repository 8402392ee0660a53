// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records within the log of a console, where nothing else leaves a machine.

#ifndef SHMSPEC_HARNESS_COMMAND_LOG_RECORD_H_
#define SHMSPEC_HARNESS_COMMAND_LOG_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The record between two lines that mark it.
std::string InLog(std::string_view record);

/// The records of a log, with the ends of lines that a terminal made taken back; the text itself
/// where no line marks any. The error is one line: one begins that does not end.
Result<std::vector<std::string>> RecordsInLog(std::string_view text, const std::string& name);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_LOG_RECORD_H_
