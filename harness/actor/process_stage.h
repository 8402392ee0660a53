// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The stage of real processes.
//
//   Result<std::unique_ptr<Stage>> stage = MakeProcessStage("libc", {});
//   Trace trace = (*stage)->Perform(plan, 1);
//
// main() of every program that does this calls RunAsActor (actor_main.h) first.

#ifndef SHMSPEC_HARNESS_ACTOR_PROCESS_STAGE_H_
#define SHMSPEC_HARNESS_ACTOR_PROCESS_STAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/actor/abilities.h"
#include "harness/actor/adapter.h"
#include "harness/stage/stage.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// How the warden is started.
enum class WardenStart {
  /// Executes the program anew, so that actors are not copies of the caller.
  kFreshImage,
  /// Forks the caller, which is some milliseconds faster. Only for a process made for one plan,
  /// with one thread and with nothing in its memory that an actor should not have.
  kFork,
};

struct ProcessStageOptions {
  /// The limit for one plan. A plan that takes longer is ended, and trace.trouble names the step.
  std::uint32_t deadline_ms = 10'000;
  /// The program that actors are started from and that process.exec executes.
  std::string program = "/proc/self/exe";
  /// Whether nobody else acts in the IPC namespace of the caller; sysctls are written only then.
  bool private_ipc = false;
  /// Whether /dev/shm is a file system of the caller's own, or why not: names are made there only
  /// then.
  Result<void> private_shm = Error{"its caller has not said so", true};
  /// Mixed into the keys k0, k1, ...: different for stages that share an IPC namespace.
  std::uint64_t key_seed = 0;
  /// Executes the program anew for each actor, so that every one has an address space laid out by
  /// itself. Otherwise actors are forks of the warden: several times faster.
  bool fresh_images = false;
  WardenStart warden_start = WardenStart::kFreshImage;
  /// The program that makes the calls of actors, if there is one.
  AdapterProgram adapter;
  /// What the system offers (abilities.h); plans that need what is missing are not performed.
  FoundAbilities abilities;
  /// Whether the system has shmdt(2); actors have everything else of System V, or are not started.
  bool detaches = true;
  /// Whether races are varied as their seed says (harness/stage/perturbation.h).
  bool perturbs = true;
  /// Removes every segment of the namespace and every name in /dev/shm after each plan, so that the
  /// next one begins with none. Only as far as they are private.
  bool sweeps = false;
};

/// A stage whose actors live in the namespaces, with the identity and on the CPUs that the caller
/// has now. Its plans are performed one after the other; several stages do not meet. Linux only:
/// the error is lacking when the target does not exist here.
Result<std::unique_ptr<Stage>> MakeProcessStage(std::string_view target_name,
                                                const ProcessStageOptions& options);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_PROCESS_STAGE_H_
