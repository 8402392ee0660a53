// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who may look into another process.

#ifndef SHMSPEC_HARNESS_MODEL_RIGHTS_TRACE_PERMISSION_H_
#define SHMSPEC_HARNESS_MODEL_RIGHTS_TRACE_PERMISSION_H_

#include <cstdint>

#include "harness/model/language/scene.h"

namespace shmspec::model {

/// Whether the caller may do what ptrace(2) calls an access of the kind
/// PTRACE_MODE_ATTACH_REALCREDS to the process of an actor. kSilent where it depends on what the
/// model does not know: whether the process is dumpable, and modules such as Yama.
Says MayTrace(const Scene& scene, std::uint8_t actor);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_RIGHTS_TRACE_PERMISSION_H_
