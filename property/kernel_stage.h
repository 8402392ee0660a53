// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// This kernel, for the tests of this folder.

#ifndef SHMSPEC_PROPERTY_KERNEL_STAGE_H_
#define SHMSPEC_PROPERTY_KERNEL_STAGE_H_

#include <memory>
#include <string_view>
#include <utility>

#include "harness/actor/process_stage.h"
#include "harness/sandbox/isolation.h"

namespace shmspec {

/// A stage with an IPC namespace of its own, or null where the caller may not make one or may not
/// become several users. The calling process enters the namespace. Races are varied unless
/// `perturbs` is false.
inline std::unique_ptr<Stage> KernelStage(std::string_view target, bool perturbs = true) {
  static const bool may = ProbeIsolation() == Isolation::kPrivate;
  if (!may) return nullptr;
  static const Result<Isolated> isolated = EnterIsolation(Isolation::kPrivate);
  if (!isolated.ok()) return nullptr;
  auto stage = MakeProcessStage(target, {.deadline_ms = 10'000,
                                         .private_ipc = true,
                                         .private_shm = isolated->private_shm,
                                         .perturbs = perturbs,
                                         .sweeps = true});
  return stage.ok() ? std::move(*stage) : nullptr;
}

}  // namespace shmspec

#endif  // SHMSPEC_PROPERTY_KERNEL_STAGE_H_
