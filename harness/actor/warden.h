// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The process between a stage and its actors. It has one thread and no open files. It is a fresh
// image of the program unless the caller was made for one plan, so that actors are not copies of
// the caller. It reaps every actor, also the orphans of those that forked; it keeps the deadline;
// and when the caller dies it ends all actors.

#ifndef SHMSPEC_HARNESS_ACTOR_WARDEN_H_
#define SHMSPEC_HARNESS_ACTOR_WARDEN_H_

#include "harness/actor/control_region.h"

namespace shmspec {

/// The words on the pipes, one each way for each plan. The plan itself is in the region.
inline constexpr char kPerformWord = 'p';
inline constexpr char kDoneWord = 'd';

/// The files of a warden, by number.
struct WardenFiles {
  int region = -1;  // -1: there is none, the region is shared by fork
  int commands = -1;
  int answers = -1;
};

/// Performs plans until there are no more commands. `inherited` is the region where there is no
/// file of it. The exit code of the process.
int RunWarden(const WardenFiles& files, const ControlRegion* inherited = nullptr);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_WARDEN_H_
