// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_ACTOR_SPAWN_WARDEN_H_
#define SHMSPEC_HARNESS_ACTOR_SPAWN_WARDEN_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>

#include "harness/actor/control_region.h"
#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// The warden as its caller holds it. It ends, and is reaped, with this object.
class WardenProcess {
 public:
  WardenProcess(pid_t pid, UniqueFd commands, UniqueFd answers)
      : pid_(pid), commands_(std::move(commands)), answers_(std::move(answers)) {}
  WardenProcess(WardenProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)),
        commands_(std::move(other.commands_)),
        answers_(std::move(other.answers_)),
        stuck_(other.stuck_) {}
  WardenProcess& operator=(WardenProcess&&) = delete;
  ~WardenProcess();

  /// Has the warden perform the plan in the region; false when it does not report within that time,
  /// or is gone.
  bool Perform(std::uint32_t timeout_ms);

 private:
  pid_t pid_;
  UniqueFd commands_;
  UniqueFd answers_;
  bool stuck_ = false;
};

/// Starts the program as warden of a region that is in a file, in a process group of its own. Both
/// functions have the caller ignore SIGPIPE from then on, unless it handles it.
Result<WardenProcess> SpawnWarden(const std::string& program, int region_fd);

/// Forks the caller, which must have one thread, as the warden: some milliseconds faster.
/// `region_fd` is -1 for a region that is shared by fork.
Result<WardenProcess> ForkWarden(const ControlRegion& region, int region_fd);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_SPAWN_WARDEN_H_
