// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/sync/sync.h"

#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/memory/access.h"

namespace shmspec::model {

using namespace shmspec::literals;

SyncPlace PlaceAt(const Scene& scene, std::uint64_t address) {
  const Mapping* mapping = scene.space().Find(address);
  if (mapping == nullptr || !mapping->IsShared()) return {scene.process_index(), address, true};
  const NodeBacking* node = mapping->node();
  const std::uint64_t object =
      node != nullptr ? NodeOf(scene.state(), node->node).object : mapping->object;
  return {object, mapping->offset + (address - mapping->start), false};
}

void LeaveUndefined(Clauses& clauses) {
  clauses.Returns<Value>({}, "nothing is said of such a call");
  clauses.AnyFailure();
  clauses.MayBlock();
  clauses.Ends(GoneHow::kUnknown, 0, Force::kMay, {}, "nothing is said of such a call");
}

bool DescribeRoom(const Scene& scene, std::uint64_t address, Clauses& clauses) {
  if (Follow(scene, address, 1, true).end == Reach::End::kWhole) return true;
  LeaveUndefined(clauses);
  return false;
}

const SyncObject* DescribeSync(const Scene& scene, std::uint64_t address, SyncKind kind,
                               Clauses& clauses) {
  const SyncObject* object = FindSync(scene.state(), PlaceAt(scene, address), kind);
  if (object != nullptr && !object->gone && !object->bare) return object;
  LeaveUndefined(clauses);
  return nullptr;
}

SyncObject& MakeSync(const Scene& scene, State& state, std::uint64_t address, SyncKind kind) {
  const SyncPlace place = PlaceAt(scene, address);
  RemoveSync(state, place);
  SyncObject& made = OwnSync(state, place, kind);
  // Those who wait no more at the old one have still to return.
  made = {.place = place, .kind = kind, .released = made.released, .signals = made.signals};
  return made;
}

void SoilObject(const Scene& scene, State& state, std::uint64_t address) {
  ForEachMappedPart(
      scene.space(), address, kSyncObjectBytes,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        OwnObject(state, object).MakeUnknown(offset, part, scene.call().step);
      });
}

// --- attributes

void Describe(const SyncGetShared&, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, "SYNC.PSHARED.DEFAULT_PRIVATE"_req, "fresh attributes say private");
}

void Describe(const SyncSetShared& op, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(op.value, "SYNC.PSHARED.SETTABLE"_req, "the attribute is what was set");
  clauses.Refuse(op.value != 0 && op.value != 1, EINVAL, Force::kMust, "SYNC.PSHARED.INVALID"_req,
                 "the attribute has two values");
  clauses.RefuseHere(op.value == 1, ENOTSUP, Force::kMay, {},
                     "the system may have no such objects for processes");
}

}  // namespace shmspec::model
