// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Traces written by hand, as text (trace_text.h), with less to write.
//
//   Trace trace = SeenTrace(
//       "a: s0 = sysv.get key=private flags=create|0600 => 7\n"
//       "a: sysv.stat segment=s0 => segment{nattch=0}\n");
//
// Actors a and b are spawned as root and as uid 1000, c is forked, d a thread. Record fields that
// are left out are those of an unattached segment of a, an actor stands for its process id, and
// every call is made within two seconds.

#ifndef SHMSPEC_HARNESS_ORACLE_SEEN_TRACE_H_
#define SHMSPEC_HARNESS_ORACLE_SEEN_TRACE_H_

#include <string_view>

#include "harness/vocabulary/plan/trace.h"

namespace shmspec {

Trace SeenTrace(std::string_view steps);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ORACLE_SEEN_TRACE_H_
