// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The records of the shards of one run made into one.

#ifndef SHMSPEC_HARNESS_RUNNER_MERGE_H_
#define SHMSPEC_HARNESS_RUNNER_MERGE_H_

#include <vector>

#include "harness/vocabulary/record/record.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The record that the run would have left without shards: its tests are in the order of that run,
/// it began with the first shard and ended with the last, and all sums are made anew. It is the
/// same in whatever order the shards are given.
///
/// The error is one line that names the files: a record that is no shard, two that are no shards of
/// one run (same_run.h), one that is missing or there twice, or a case in two of them.
Result<record::Record> MergeShards(std::vector<record::Record> shards);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_MERGE_H_
