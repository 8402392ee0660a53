// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_ACTOR_SPAWN_WARDEN_H_
#define SHMSPEC_HARNESS_ACTOR_SPAWN_WARDEN_H_

#include <sys/types.h>

#include <string>

#include "harness/vocabulary/result.h"
#include "harness/vocabulary/unique_handle.h"

namespace shmspec {

/// The warden as its caller holds it. It ends, and is reaped, with this object.
class WardenProcess {
 public:
  WardenProcess(pid_t pid, UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}
  WardenProcess(WardenProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), socket_(std::move(other.socket_)) {}
  WardenProcess& operator=(WardenProcess&&) = delete;
  ~WardenProcess();

  /// Has the plan in the region performed; false when the warden does not say that it is done
  /// within that time, or is gone.
  bool Perform(std::uint32_t timeout_ms);

 private:
  pid_t pid_;
  UniqueFd socket_;
  bool stuck_ = false;
};

/// Starts the program as warden of a region, in a process group of its own.
Result<WardenProcess> SpawnWarden(const std::string& program, int region_fd);

/// Has a copy of the caller, which must have one thread, be the warden: some milliseconds faster.
Result<WardenProcess> ForkWarden(int region_fd);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_SPAWN_WARDEN_H_
