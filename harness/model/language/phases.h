// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls one phase at a time. Only when other calls are in flight does anybody see the difference:
//
//   attach: counted before it is mapped (even if it then fails), mapped, counted once.
//   fork: copies mappings one by one.
//   exit, kill, exec, detach, unmap: close them one by one.
//   fill, read, write: move byte by byte.
//   cut in two, moved: an attach counts at both places before one of them goes.
//   truncate: the size before the bytes; punch: one page after the other; unlink: the number of
//   names before the name; an open with O_TRUNC: the name before the size.
//   stat of a file: field by field; of a segment: the right to look before the record.
//   dup, send: the file before its new descriptor.

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_PHASES_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_PHASES_H_

#include <vector>

#include "harness/model/language/stride.h"

namespace shmspec::model {

/// Appends the ways in which the call may go on by one phase from `progress` in `state`. `outcome`
/// is its final outcome, or null when nobody has seen it: then the chooser settles what is open.
/// Appends nothing when the call cannot go on in this state.
void Advance(const Setting& setting, const State& state, const Call& call, const Progress& progress,
             const Outcome* outcome, Chooser& chooser, Notes& notes, std::vector<Next>& ways);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_PHASES_H_
