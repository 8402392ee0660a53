// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Processes that an adapter has started: they become children of the process that adopts orphans.

#ifndef SHMSPEC_HARNESS_ACTOR_STRAYS_H_
#define SHMSPEC_HARNESS_ACTOR_STRAYS_H_

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace shmspec {

/// Makes orphans below this process its children, where the system can do that.
void AdoptOrphans();

/// The children of a process that have not ended; none where /proc does not show them.
std::vector<pid_t> LivingChildrenOf(pid_t process);

/// Waits until this process has no children left, at most `timeout_ms`, and reaps them.
bool AwaitChildren(std::int64_t timeout_ms);

/// Waits until no child of another process lives, at most `timeout_ms`.
void AwaitChildrenOf(pid_t process, std::int64_t timeout_ms);

/// Kills the children of this process, and what these leave behind, until there are none.
void KillChildren();

/// Ends with everything that was started while it lives, in a process that has no children before:
/// what runs for longer than `patience_ms` more is killed.
class StraysEnd {
 public:
  explicit StraysEnd(std::int64_t patience_ms = 100) : patience_ms_(patience_ms) { AdoptOrphans(); }
  StraysEnd(const StraysEnd&) = delete;
  StraysEnd& operator=(const StraysEnd&) = delete;
  ~StraysEnd();

 private:
  std::int64_t patience_ms_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_STRAYS_H_
