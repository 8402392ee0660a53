// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a record says of all its cases together. It follows from what the record says of each, so
// that the record of a run and one made of the records of its parts say the same.

#ifndef SHMSPEC_HARNESS_RUNNER_SUMMARY_H_
#define SHMSPEC_HARNESS_RUNNER_SUMMARY_H_

#include <string>
#include <vector>

#include "harness/sandbox/environment.h"
#include "harness/vocabulary/plan/status.h"
#include "harness/vocabulary/record/record.h"

namespace shmspec {

/// The result of a requirement that two cases are about.
Status Fold(Status a, Status b);

/// The hash over the stable facts, by which systems of one kind are known.
std::string FingerprintOf(const std::vector<Fact>& facts);

/// Fills in the summary, the status of each requirement and how waivers were used, from the tests,
/// the catalogue, the facts and `run.complete`, which have to be there. Leaves alone what only the
/// run knows: `left_behind` and the requirements that were `touched`.
void Summarise(record::Record& record);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_SUMMARY_H_
