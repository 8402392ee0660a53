// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records in the log of a console, for machines with no other way out.

#ifndef SHMSPEC_HARNESS_COMMAND_LOG_RECORD_H_
#define SHMSPEC_HARNESS_COMMAND_LOG_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The record between two lines that mark it.
std::string InLog(std::string_view record);

/// Whether a record begins in the log.
bool HasRecord(std::string_view text);

/// A text without the messages that a kernel prints on its console at any moment, such as
/// `[  136.127631] Disabling IRQ #4`, each to the end of its line.
std::string WithoutKernelMessages(std::string_view text);

/// The records of a log, with the line ends that a terminal changed restored; the text itself where
/// no line marks a record. The error, for a record that begins and does not end, is one line.
Result<std::vector<std::string>> RecordsInLog(std::string_view text, const std::string& name);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_LOG_RECORD_H_
