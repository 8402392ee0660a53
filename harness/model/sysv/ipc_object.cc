// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/sysv/ipc_object.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirement kKeys = "SEED.KEYSPACES_INDEPENDENT"_req;

template <class Wanted>
const IpcObject* Find(const IpcNamespace& ipc, IpcKind kind, Wanted wanted) {
  const auto found =
      std::find_if(ipc.objects.begin(), ipc.objects.end(),
                   [&](const IpcObject& object) { return object.kind == kind && wanted(object); });
  return found != ipc.objects.end() ? &*found : nullptr;
}

bool Doubtful(const IpcNamespace& ipc, IpcKind kind) {
  return ipc.crowded ||
         Find(ipc, kind, [](const IpcObject& object) { return !object.key_known; }) != nullptr;
}

/// This specification is about segments and does not say who may use other objects.
void DescribeFound(const IpcGet& op, const IpcObject& found, Clauses& clauses) {
  clauses.Refuse(op.flags.Has(kCreate | kExclusive), EEXIST, Force::kMust, kKeys,
                 "the key has an object of this kind");
  clauses.RefuseHere((op.flags.bits & 0777) != 0, EACCES, Force::kMay, {},
                     "it may be out of bounds");
  clauses.ReturnsValue(found.id, kKeys, "the object of the key");
}

}  // namespace

const IpcObject* FindIpcObject(const IpcNamespace& ipc, IpcKind kind, std::int64_t id) {
  return Find(ipc, kind, [id](const IpcObject& object) { return object.id == id; });
}

const IpcObject* FindIpcObjectByKey(const IpcNamespace& ipc, IpcKind kind, std::int32_t key) {
  if (key == 0) return nullptr;
  return Find(ipc, kind,
              [key](const IpcObject& object) { return object.key_known && object.key == key; });
}

Says MayRemoveIpcObject(const Scene& scene, const IpcObject& object) {
  if (scene.credentials().uid == object.uid) return Says::kYes;
  return Capable(scene, kCapSysAdmin) ? Says::kYes : Says::kNo;
}

void DescribeNewIpcObject(const Scene& scene, IpcKind kind, Requirements requirements,
                          Clauses& clauses) {
  clauses.RefuseHere(true, ENOSPC, Force::kMay, {}, "the number of such objects is limited");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "memory may be short");
  clauses.Returns<Value>(requirements, "an identifier that no other of its kind has");
  std::int64_t lowest = 0;
  while (FindIpcObject(scene.ipc(), kind, lowest) != nullptr) ++lowest;
  clauses.Bind(0, lowest, std::numeric_limits<std::int32_t>::max(), requirements,
               "an identifier that no other of its kind has");
}

void CreateIpcObject(const Scene& scene, State& state, IpcObject object) {
  object.uid = scene.credentials().uid;
  state.namespaces[scene.ipc_index()].Own().objects.push_back(object);
}

void RemoveIpcObject(State& state, std::uint8_t ipc, IpcKind kind, std::int64_t id) {
  std::erase_if(state.namespaces[ipc].Own().objects,
                [&](const IpcObject& object) { return object.kind == kind && object.id == id; });
}

void Describe(const IpcGet& op, const Scene& scene, Clauses& clauses) {
  const auto key = scene.KeyOf<&IpcGet::key>();
  const IpcObject* found = FindIpcObjectByKey(scene.ipc(), op.kind, key);
  if (op.kind == IpcKind::kSegment) return clauses.AnyFailure();
  if (found != nullptr) return DescribeFound(op, *found, clauses);
  if (Doubtful(scene.ipc(), op.kind) && key != 0) {
    clauses.AnyFailure();
    clauses.Returns<Value>({}, "an object the model does not know");
    return;
  }
  clauses.Refuse(key != 0 && !op.flags.Has(kCreate), ENOENT, Force::kMust, kKeys,
                 "the key has no object of this kind");
  DescribeNewIpcObject(scene, op.kind, kKeys, clauses);
}

void Apply(const IpcGet& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  const auto key = scene.KeyOf<&IpcGet::key>();
  if (value == nullptr || FindIpcObjectByKey(scene.ipc(), op.kind, key) != nullptr) return;
  if (key != 0 && !op.flags.Has(kCreate)) return;
  CreateIpcObject(scene, state, {op.kind, value->number, key, true});
}

void Describe(const IpcRemove& op, const Scene& scene, Clauses& clauses) {
  const IpcObject* found =
      FindIpcObject(scene.ipc(), op.kind, scene.NumberOf<&IpcRemove::object>());
  const bool foreign = found == nullptr && scene.ipc().crowded;
  clauses.Refuse(found == nullptr, EINVAL, foreign ? Force::kMay : Force::kMust, {},
                 "there is no such object");
  clauses.Refuse(found == nullptr, EIDRM, Force::kMay, {}, "there was such an object");
  clauses.Refuse(foreign, EPERM, Force::kMay, {}, "the object may be somebody else's");
  clauses.Refuse(found != nullptr && MayRemoveIpcObject(scene, *found) != Says::kYes, EPERM,
                 Force::kMust, {}, "the object is somebody else's");
  clauses.ReturnsValue(0, {}, "the object is removed");
}

void Apply(const IpcRemove& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  RemoveIpcObject(state, scene.ipc_index(), op.kind, scene.NumberOf<&IpcRemove::object>());
}

}  // namespace shmspec::model
