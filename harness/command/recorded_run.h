// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A run that was performed elsewhere, from its record: what prints and judges the results of a run
// takes it as one of this program's own.

#ifndef SHMSPEC_HARNESS_COMMAND_RECORDED_RUN_H_
#define SHMSPEC_HARNESS_COMMAND_RECORDED_RUN_H_

#include "harness/runner/run.h"
#include "reports/record/record.h"

namespace shmspec {

/// The results in the record. The record is of this version of the program: it has no case or
/// requirement that this one lacks.
RunResult ResultOf(const reports::Record& record);

/// The options that the run had, as far as they matter to print results.
RunOptions OptionsOf(const reports::Record& record);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_RECORDED_RUN_H_
