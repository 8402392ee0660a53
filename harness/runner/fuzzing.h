// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The progress of a fuzzer, as a record keeps it: from the log that libFuzzer writes to standard
// error (`plan_fuzz corpus/ 2> plan_fuzz.log`).

#ifndef SHMSPEC_HARNESS_RUNNER_FUZZING_H_
#define SHMSPEC_HARNESS_RUNNER_FUZZING_H_

#include <string>
#include <string_view>

#include "harness/vocabulary/record/besides.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

using record::FuzzPoint;
using record::FuzzRun;

/// The log of one fuzzer, which is of the target that `file` is called after. Of a long one it
/// keeps points at equal distances on a logarithmic axis. A last line without an end is left out:
/// it may still have been written. The error is one line that begins with `file`.
Result<FuzzRun> ReadFuzzingLog(std::string_view text, const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_FUZZING_H_
