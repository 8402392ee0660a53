// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Who may do what with a segment.

#ifndef SHMSPEC_HARNESS_MODEL_RIGHTS_PERMISSION_H_
#define SHMSPEC_HARNESS_MODEL_RIGHTS_PERMISSION_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

constexpr std::uint32_t kRead = 4;
constexpr std::uint32_t kWrite = 2;
constexpr std::uint32_t kExecuteBit = 1;

/// Answers of the permission rules. Where a profile leaves a rule open, or the ids of the caller
/// are not known to the model, the answer is kSilent.
Says MayAccess(const Scene& scene, const Segment& segment, std::uint32_t bits);
/// IPC_SET and IPC_RMID.
Says MayControl(const Scene& scene, const Segment& segment);
/// SHM_LOCK and SHM_UNLOCK, without the limit.
Says MayLock(const Scene& scene, const Segment& segment);

/// Whether the caller holds the capability over the IPC namespace it is in.
bool Capable(const Scene& scene, std::uint64_t capability);
/// Whether the caller holds the capability over the whole system; kSilent when it holds it in a
/// user namespace of which the model cannot tell whether it is the first one.
Says GloballyCapable(const Scene& scene, std::uint64_t capability);

/// Adds the failure of a call for which the caller would need that capability over the segment or
/// the system. Where the caller is root and started without it, as in a container, the environment
/// refuses.
void RefuseWithout(const Scene& scene, std::uint64_t capability, Says may, int error,
                   Requirements requirements, const char* why, Clauses& clauses);

/// How the caller sees an id: unchanged; as the overflow id if its user namespace has no map;
/// either, if the map is unknown.
struct SeenId {
  std::uint32_t id = 0;
  bool or_overflow = false;
};
constexpr std::uint32_t kOverflowId = 65534;
SeenId SeenAs(const Scene& scene, std::uint32_t id);

/// Whether the caller's user namespace may have no name for a uid or gid: not in the first one,
/// which names them all, and not for ids that actors of the same namespace have.
bool MayLackUser(const Scene& scene, std::uint32_t uid);
bool MayLackGroup(const Scene& scene, std::uint32_t gid);

/// The credentials after an exec.
Credentials AfterExec(const Credentials& credentials, const Scene& scene);
/// The state as a tool finds it that the caller runs: it has the ids of the caller, and the
/// capabilities that a program has that the caller executes.
State AsTool(const Scene& scene);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_RIGHTS_PERMISSION_H_
