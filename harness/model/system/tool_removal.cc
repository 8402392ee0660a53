// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcrm(1), for every kind of object.

#include <array>
#include <limits>
#include <utility>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/sysv/ipc_object.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr auto kStatus = FieldIndex<ToolResult>("status");
constexpr int kHighestStatus = 255;

Says RemovesSegment(const Scene& scene, const Segment* segment) {
  if (!scene.call().Alone()) return Says::kSilent;
  if (segment == nullptr) return MayBeForeign(scene) ? Says::kSilent : Says::kNo;
  const bool doubt = segment->dest && (!segment->dest_known ||
                                       !Certainly(scene.profile().sysv.control_after_remove));
  if (doubt) return Says::kSilent;
  const State after = AsTool(scene);
  return MayControl(Scene(scene.setting(), after, scene.call()), *segment);
}

Says RemovesIpcObject(const Scene& scene, const IpcObject* object) {
  if (!scene.call().Alone()) return Says::kSilent;
  if (object == nullptr) return scene.ipc().crowded ? Says::kSilent : Says::kNo;
  const State after = AsTool(scene);
  return MayRemoveIpcObject(Scene(scene.setting(), after, scene.call()), *object);
}

/// The removal of all objects of a kind. The tool finds them by index, which fails for those that
/// it may not read, and skips what it does not find.
Says SweepsSegment(const Scene& scene, const Segment& segment) {
  const State after = AsTool(scene);
  const Says reads = MayAccess(Scene(scene.setting(), after, scene.call()), segment, kRead);
  return reads == Says::kYes ? RemovesSegment(scene, &segment) : reads;
}

Says SweepsIpcObject(const Scene& scene, const IpcObject& object) {
  const State after = AsTool(scene);
  const Scene tool(scene.setting(), after, scene.call());
  const Credentials& who = tool.credentials();
  const std::uint32_t bits = who.uid == object.uid   ? object.mode >> 6
                             : who.gid == object.gid ? object.mode >> 3
                                                     : object.mode;
  const bool reads = (bits & kRead) != 0 || Capable(tool, kCapIpcOwner);
  return reads ? RemovesIpcObject(scene, &object) : Says::kNo;
}

/// The status is 0 when everything was removed.
void DescribeStatus(std::initializer_list<Says> removals, Requirements requirements,
                    Clauses& clauses) {
  bool all = true;
  bool failed = false;
  for (const Says removes : removals) {
    all = all && removes == Says::kYes;
    failed = failed || removes == Says::kNo;
  }
  clauses.Returns<ToolResult>(requirements, "the tool removes or says why it cannot");
  clauses.Bind(kStatus, failed ? 1 : 0, all ? 0 : kHighestStatus, requirements,
               "0 when everything was removed, else a diagnostic and another status");
}

bool Ran(const Outcome& outcome) { return std::holds_alternative<ToolResult>(outcome); }

bool ToldSuccess(const Outcome& outcome) {
  const auto* result = std::get_if<ToolResult>(&outcome);
  return result != nullptr && result->status == 0;
}

void RemoveFound(const Scene& scene, State& state, const Segment* segment) {
  if (segment == nullptr) return;
  RemoveSegment(state, CauseOf(scene), {scene.ipc_index(), segment->serial});
}

/// A tool that removes several objects does not say which it could not.
void RemoveOrDoubt(const Scene& scene, State& state, Says removes, std::uint32_t serial) {
  const SegmentName name{scene.ipc_index(), serial};
  if (removes == Says::kYes) RemoveSegment(state, CauseOf(scene), name);
  if (removes == Says::kSilent) DoubtSegment(state, name);
}

bool SameSegment(const Scene& scene) {
  return scene.NumberOf<&SystemIpcrmSeveral::first>() ==
         scene.NumberOf<&SystemIpcrmSeveral::second>();
}

constexpr Requirement kByIdOrKey = "SEED.IPCRM_Q_KEY"_req;
constexpr Requirements kAll{"TOOL.IPCRM.ALL_OPTARG"_req};

}  // namespace

void Describe(const SystemIpcrm& op, const Scene& scene, Clauses& clauses) {
  const Segment* segment = FindById(scene.ipc(), scene.NumberOf<&SystemIpcrm::segment>());
  const Requirements requirements =
      op.old_syntax
          ? Requirements("TOOL.IPCRM.OLD_SYNTAX"_req)
          : Requirements{"SEED.IPCRM_M_ID"_req, "TOOL.IPCRM.ERRORS"_req, "TOOL.IPCRM.ATTACHED"_req};
  DescribeStatus({RemovesSegment(scene, segment)}, requirements, clauses);
}

void Apply(const SystemIpcrm&, const Scene& scene, State& state, const Outcome& outcome) {
  if (!ToldSuccess(outcome)) return;
  RemoveFound(scene, state, FindById(scene.ipc(), scene.NumberOf<&SystemIpcrm::segment>()));
}

void Describe(const SystemIpcrmKey&, const Scene& scene, Clauses& clauses) {
  const auto key = scene.KeyOf<&SystemIpcrmKey::key>();
  Says removes = RemovesSegment(scene, FindByKey(scene.ipc(), key));
  for (const Segment& segment : scene.ipc().segments) {
    if (!segment.key_known) removes = Says::kSilent;
  }
  DescribeStatus({removes}, "TOOL.IPCRM.BY_KEY"_req, clauses);
}

void Apply(const SystemIpcrmKey&, const Scene& scene, State& state, const Outcome& outcome) {
  const auto key = scene.KeyOf<&SystemIpcrmKey::key>();
  if (ToldSuccess(outcome)) RemoveFound(scene, state, FindByKey(scene.ipc(), key));
}

void Describe(const SystemIpcrmSeveral& op, const Scene& scene, Clauses& clauses) {
  const Segment* second =
      SameSegment(scene) ? nullptr
                         : FindById(scene.ipc(), scene.NumberOf<&SystemIpcrmSeveral::second>());
  DescribeStatus(
      {RemovesSegment(scene, FindById(scene.ipc(), scene.NumberOf<&SystemIpcrmSeveral::first>())),
       RemovesSegment(scene, second),
       RemovesIpcObject(scene, FindIpcObject(scene.ipc(), op.kind,
                                             scene.NumberOf<&SystemIpcrmSeveral::object>()))},
      "TOOL.IPCRM.SEVERAL"_req, clauses);
}

void Apply(const SystemIpcrmSeveral& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Ran(outcome)) return;
  const Segment* first = FindById(scene.ipc(), scene.NumberOf<&SystemIpcrmSeveral::first>());
  const Segment* second =
      SameSegment(scene) ? nullptr
                         : FindById(scene.ipc(), scene.NumberOf<&SystemIpcrmSeveral::second>());
  const IpcObject* object =
      FindIpcObject(scene.ipc(), op.kind, scene.NumberOf<&SystemIpcrmSeveral::object>());
  const bool removes_object = RemovesIpcObject(scene, object) == Says::kYes;
  // The tool looks up both before it removes either.
  std::array<std::pair<Says, std::uint32_t>, 2> removals{};
  for (std::size_t i = 0; i < removals.size(); ++i) {
    const Segment* segment = i == 0 ? first : second;
    if (segment != nullptr) removals[i] = {RemovesSegment(scene, segment), segment->serial};
  }
  for (const auto& [removes, serial] : removals) {
    if (serial != 0) RemoveOrDoubt(scene, state, removes, serial);
  }
  if (removes_object)
    RemoveIpcObject(state, scene.ipc_index(), op.kind,
                    scene.NumberOf<&SystemIpcrmSeveral::object>());
}

void Describe(const SystemIpcrmObject& op, const Scene& scene, Clauses& clauses) {
  const IpcObject* object =
      FindIpcObject(scene.ipc(), op.kind, scene.NumberOf<&SystemIpcrmObject::object>());
  DescribeStatus({RemovesIpcObject(scene, object)}, kByIdOrKey, clauses);
}

void Apply(const SystemIpcrmObject& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!ToldSuccess(outcome)) return;
  RemoveIpcObject(state, scene.ipc_index(), op.kind, scene.NumberOf<&SystemIpcrmObject::object>());
}

void Describe(const SystemIpcrmObjectKey& op, const Scene& scene, Clauses& clauses) {
  const auto key = scene.KeyOf<&SystemIpcrmObjectKey::key>();
  Says removes = RemovesIpcObject(scene, FindIpcObjectByKey(scene.ipc(), op.kind, key));
  for (const IpcObject& object : scene.ipc().objects) {
    if (object.kind == op.kind && !object.key_known) removes = Says::kSilent;
  }
  DescribeStatus({removes}, {kByIdOrKey, "SEED.KEYSPACES_INDEPENDENT"_req}, clauses);
}

void Apply(const SystemIpcrmObjectKey& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  const auto key = scene.KeyOf<&SystemIpcrmObjectKey::key>();
  const IpcObject* object = FindIpcObjectByKey(scene.ipc(), op.kind, key);
  if (!ToldSuccess(outcome) || object == nullptr) return;
  RemoveIpcObject(state, scene.ipc_index(), op.kind, object->id);
}

void Describe(const SystemIpcrmAll& op, const Scene& scene, Clauses& clauses) {
  bool all = true;
  for (const Segment& segment : scene.ipc().segments) {
    all = all && SweepsSegment(scene, segment) == Says::kYes;
  }
  for (const IpcObject& object : scene.ipc().objects) {
    all = all && SweepsIpcObject(scene, object) == Says::kYes;
  }
  clauses.Returns<ToolResult>(kAll, "the tool removes what there is");
  const bool complains = op.apart;
  clauses.Bind(kStatus, complains ? 1 : 0, complains || !all ? kHighestStatus : 0, kAll,
               "0, unless the kind was a word of its own or something could not be removed");
}

void Apply(const SystemIpcrmAll& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Ran(outcome)) return;
  const std::vector<Segment> segments = scene.ipc().segments;
  const std::vector<IpcObject> objects = scene.ipc().objects;
  const State before = scene.state();
  const Scene tool(scene.setting(), before, scene.call());
  for (const Segment& segment : segments) {
    const bool meant = op.apart || op.kind == IpcKind::kSegment;
    const Says removes = meant ? SweepsSegment(tool, segment) : Says::kNo;
    RemoveOrDoubt(tool, state, removes, segment.serial);
  }
  for (const IpcObject& object : objects) {
    const bool meant = op.apart || op.kind == object.kind;
    if (!meant || SweepsIpcObject(tool, object) != Says::kYes) continue;
    RemoveIpcObject(state, tool.ipc_index(), object.kind, object.id);
  }
}

}  // namespace shmspec::model
