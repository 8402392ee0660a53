// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the harness requires, by function and not by call. It never includes the shared memory under
// test, because a test must not depend on what it tests. Each is tried before anything else.
// Everything beyond the floor is an ability (abilities.h).
//
//   process        start a process, wait for it, learn its exit code and one's own number
//   end            end a process, by a signal or by a word that it heeds
//   pipe           a word to another process, and the end of the file when that one dies
//   memory         map, unmap and protect memory
//   handler        a handler for signals, from which a fault is recovered
//   shared page    a page that a process shares with those it starts

#ifndef SHMSPEC_HARNESS_ACTOR_FLOOR_H_
#define SHMSPEC_HARNESS_ACTOR_FLOOR_H_

#include <functional>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

struct FloorTest {
  std::string_view name;
  Result<void> result;
};

/// Tries every entry of the list above, in that order; takes a millisecond or two.
std::vector<FloorTest> TryFloor();

/// For tests of the floor and of abilities: the wait status of a child that runs `child` and exits
/// with what that returns; -1 when there was none or it was lost. It ends after ten seconds.
int StatusOf(const std::function<int()>& child);

/// Nothing when `holds`, else "WHAT did not hold".
Result<void> Expect(bool holds, std::string_view what);
/// "WHAT: EPERM", by errno.
Error Refused(std::string_view what);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_FLOOR_H_
