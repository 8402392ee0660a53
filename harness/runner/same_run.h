// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the records of the shards of one run have in common.
//
// Shards may be performed by several machines of one kind, so that a run takes a part of the time.
// Therefore the same are the suite, everything that decides what a case does or how it is judged
// (options, seed, rights, isolation), and every stable fact of the system: its kernel, processor
// architecture, page size, limits and settings. Those settle what the results are about. What only
// tells one machine from another of its kind may differ: no record names the machine, and facts
// that are not stable, such as the ids of users, differ from run to run on one machine as well.

#ifndef SHMSPEC_HARNESS_RUNNER_SAME_RUN_H_
#define SHMSPEC_HARNESS_RUNNER_SAME_RUN_H_

#include <string>

#include "harness/vocabulary/record/record.h"

namespace shmspec {

/// The first thing by which two records are no shards of one run, and what to do; one line that
/// names both files. Empty when there is none.
std::string WhyNotOneRun(const record::Record& a, const record::Record& b);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_SAME_RUN_H_
