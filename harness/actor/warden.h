// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The process between a stage and its actors. It has one thread and nothing open, and is the
// program in a fresh image wherever the caller may have become anything, so that actors are no
// copies of that; it reaps every actor, also the orphans of those that forked; it keeps the
// deadline; and when the caller dies it takes all actors with it.

#ifndef SHMSPEC_HARNESS_ACTOR_WARDEN_H_
#define SHMSPEC_HARNESS_ACTOR_WARDEN_H_

#include <cstdint>

namespace shmspec {

/// What is said over the socket, once each way for each plan. The plan itself is in the region.
enum class WardenWord : std::uint8_t { kPerform = 'p', kDone = 'd' };

/// Performs plans until the socket closes. The exit code of the process.
int RunWarden(int region_fd, int socket);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_WARDEN_H_
