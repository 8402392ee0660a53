// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Traces as text: a plan (text.h) and what was seen of it, so that what happens somewhere else, on
// a system that shmspec cannot run on, can be judged here.
//
//   plan my.board
//   system page_size=16384 shmlba=16384 abilities=none
//   actor a
//   actor b uid=1000 gid=1000
//   facts b pid=17 inner_pid=17
//   keys k0=0x5348
//   a: s0 = sysv.get key=k0 flags=create|0666      -> ok => 7
//   a: a0 = sysv.attach segment=s0                 => 0x7f0000000000
//   race {
//     a: sysv.remove segment=s0                    => 0 call_ns=100 return_ns=180
//     b: a1 = sysv.attach segment=s0               => EINVAL call_ns=120 return_ns=190
//   }
//   b: sysv.get key=k0                             => ENOENT not_before_s=1764400000
//   b & process.exit                               => in flight
//   join b
//   b: sysv.detach at=a0                           => not called
//
// `=>` is what was seen, `->` what the author expects. Every step but a join says what was seen of
// it: an outcome in the form of outcome.h (fields that are left out have the value that their
// record has by default: mostly 0), `in flight` of a call that did not return, `not called` of one
// that was not made. Both may go on with the end of the actor, gone{...}.
//
// Parts that are left out are taken for usual:
//   system                     UsualSystem(): a Linux with every ability, nobody else in the IPC
//                              namespace
//   facts                      UsualFacts(): the actor got what the plan asks for; process ids are
//                              101, 102, ...
//   keys                       k0 is 0x53480001, each other key one more than the one before it
//   call_ns, return_ns         a step of a race overlaps the steps of the same number in the other
//                              branches; a started step overlaps all steps to its join. Give both
//                              for all steps that may overlap, or for none.
//   not_before_s, not_after_s  the time stamps of the call may be any. To have them judged, give
//                              their bounds, in seconds since 1970.
//   halted                     the plan was performed to its end

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_TRACE_TEXT_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_TRACE_TEXT_H_

#include <string>
#include <string_view>

#include "harness/vocabulary/plan/trace.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The trace with everything that is not usual, so that ParseTrace gives it back. It has the actors
/// and steps of its plan.
std::string PrintWholeTrace(const Trace& trace);

/// Reads a trace. The error is one line, `FILE:LINE:COLUMN: what was expected`.
Result<Trace> ParseTrace(std::string_view text, std::string_view file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_TRACE_TEXT_H_
