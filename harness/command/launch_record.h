// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The record that a launcher brings back: found in what it printed, checked, and replaced where
// there is none.

#ifndef SHMSPEC_HARNESS_COMMAND_LAUNCH_RECORD_H_
#define SHMSPEC_HARNESS_COMMAND_LAUNCH_RECORD_H_

#include <string>
#include <vector>

#include "harness/launcher/launcher.h"
#include "harness/runner/case.h"
#include "harness/runner/run.h"
#include "harness/vocabulary/value/result.h"
#include "reports/record/record.h"

namespace shmspec {

/// The one record in what a launcher printed, or in the file that it was to write. The error, one
/// line, is for a text without any, with several, or with a damaged one.
Result<reports::Record> RecordFrom(std::string_view text, RecordWay way);

/// Fails, in one line, when the record is of another version of this program: then the two cannot
/// be compared, and this one may not know its cases.
Result<void> CheckProgram(const reports::Record& record);

/// Notes by which launcher the record came, and makes its commands repeat that.
void NoteLauncher(reports::Record& record, const std::string& launcher);

/// The record of a launcher that brought none: what the cases are about is UNRESOLVED, by the cause
/// given, and the rest UNTESTED.
reports::Record RecordOfTrouble(const std::string& launcher, const std::string& cause,
                                const std::vector<const Case*>& cases, const RunOptions& options,
                                const std::vector<std::string>& argv);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_LAUNCH_RECORD_H_
