// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Message queues and semaphore sets: finding and removing them.

#ifndef SHMSPEC_HARNESS_MODEL_SYSV_IPC_OBJECT_H_
#define SHMSPEC_HARNESS_MODEL_SYSV_IPC_OBJECT_H_

#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"
#include "harness/model/state/state.h"

namespace shmspec::model {

/// The object of that kind, or null.
const IpcObject* FindIpcObject(const IpcNamespace& ipc, IpcKind kind, std::int64_t id);
const IpcObject* FindIpcObjectByKey(const IpcNamespace& ipc, IpcKind kind, std::int32_t key);

/// Whether the caller of the scene may remove it.
Says MayRemoveIpcObject(const Scene& scene, const IpcObject& object);

/// A new object belongs to the caller; success returns an identifier that no other of its kind has.
void DescribeNewIpcObject(const Scene& scene, IpcKind kind, Requirements requirements,
                          Clauses& clauses);
void CreateIpcObject(const Scene& scene, State& state, IpcObject object);
void RemoveIpcObject(State& state, std::uint8_t ipc, IpcKind kind, std::int64_t id);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYSV_IPC_OBJECT_H_
