// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a trace showed, as numbers: the coverage of the specification that guides searches and
// fuzzers.
//
//   ForEachFeature(trace, verdict, [&](std::uint32_t feature) { ++counters[feature % kCounters];
//   });

#ifndef SHMSPEC_HARNESS_ORACLE_FEATURES_H_
#define SHMSPEC_HARNESS_ORACLE_FEATURES_H_

#include <cstdint>
#include <functional>

#include "harness/oracle/oracle.h"
#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// Reports what a trace showed, each as a number: the requirements that its outcomes showed to
/// hold; each operation with how it ended; that pair with the one before it that named the same
/// handle; and each field of a record that was read, by its order of magnitude.
void ForEachFeature(const Trace& trace, const Verdict& verdict,
                    const std::function<void(std::uint32_t feature)>& report);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ORACLE_FEATURES_H_
