// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Message queues and semaphore sets: finding and removing them.

#ifndef SHMSPEC_HARNESS_MODEL_SYSV_OTHER_H_
#define SHMSPEC_HARNESS_MODEL_SYSV_OTHER_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"
#include "harness/model/state/state.h"

namespace shmspec::model {

/// The object of that kind, or null.
const OtherObject* FindOther(const IpcNamespace& ipc, IpcKind kind, std::int64_t id);
const OtherObject* FindOtherByKey(const IpcNamespace& ipc, IpcKind kind, std::int32_t key);

/// Whether the caller of the scene may remove it.
Says MayRemoveOther(const Scene& scene, const OtherObject& other);

/// A new object belongs to the caller; success returns an identifier that no other of its kind has.
void DescribeNewOther(const Scene& scene, IpcKind kind, Requirements requirements,
                      Clauses& clauses);
void CreateOther(const Scene& scene, State& state, OtherObject other);
void RemoveOther(State& state, std::uint8_t ipc, IpcKind kind, std::int64_t id);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYSV_OTHER_H_
