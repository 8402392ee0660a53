// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Traces written by hand, as text: what stands behind `->` is the outcome that was seen.
//
//   Trace trace = SeenTrace(
//       "a: s0 = sysv.get key=private flags=create|0600 -> 7\n"
//       "a: sysv.stat segment=s0 -> segment{nattch=0}\n");
//
// Actors a and b are spawned as root and as uid 1000, c is forked, d a thread; their process ids
// are 101 to 104. Record fields that are left out are those of an unattached segment of a. The n-th
// steps of all branches of a race overlap each other, and so do `&` steps and the steps before
// their join.

#ifndef SHMSPEC_HARNESS_ORACLE_SEEN_TRACE_H_
#define SHMSPEC_HARNESS_ORACLE_SEEN_TRACE_H_

#include <string_view>

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

/// Every call happens within these seconds.
constexpr std::int64_t kSeenFrom_s = 1000;
constexpr std::int64_t kSeenTo_s = 1002;

Trace SeenTrace(std::string_view steps);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ORACLE_SEEN_TRACE_H_
