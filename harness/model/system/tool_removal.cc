// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcrm(1), for every kind of object. A tool is a process of its own: it has the ids of the caller,
// and the capabilities that a program executed by the caller has.

#include <array>
#include <limits>
#include <utility>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/sysv/other.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr auto kStatus = FieldIndex<ToolResult>("status");
constexpr int kHighestStatus = 255;

/// The state in which the tool runs.
State AsTool(const Scene& scene) {
  State after = scene.state();
  after.tasks[scene.call().actor].credentials =
      CopyOnWrite<Credentials>(AfterExec(scene.credentials(), scene));
  return after;
}

Says RemovesSegment(const Scene& scene, const Segment* segment) {
  if (!scene.call().Alone()) return Says::kSilent;
  if (segment == nullptr) return MayBeForeign(scene) ? Says::kSilent : Says::kNo;
  const bool doubt = segment->dest && (!segment->dest_known ||
                                       !Certainly(scene.profile().sysv.control_after_remove));
  if (doubt) return Says::kSilent;
  const State after = AsTool(scene);
  return MayControl(Scene(scene.setting(), after, scene.call()), *segment);
}

Says RemovesOther(const Scene& scene, const OtherObject* other) {
  if (!scene.call().Alone()) return Says::kSilent;
  if (other == nullptr) return scene.ipc().crowded ? Says::kSilent : Says::kNo;
  const State after = AsTool(scene);
  return MayRemoveOther(Scene(scene.setting(), after, scene.call()), *other);
}

/// The removal of all objects of a kind. The tool finds them by index, which fails for those that
/// it may not read, and skips what it does not find.
Says SweepsSegment(const Scene& scene, const Segment& segment) {
  const State after = AsTool(scene);
  const Says reads = MayAccess(Scene(scene.setting(), after, scene.call()), segment, kRead);
  return reads == Says::kYes ? RemovesSegment(scene, &segment) : reads;
}

Says SweepsOther(const Scene& scene, const OtherObject& other) {
  const State after = AsTool(scene);
  const Scene tool(scene.setting(), after, scene.call());
  const Credentials& who = tool.credentials();
  const std::uint32_t bits = who.uid == other.uid   ? other.mode >> 6
                             : who.gid == other.gid ? other.mode >> 3
                                                    : other.mode;
  const bool reads = (bits & kRead) != 0 || Capable(tool, kCapIpcOwner);
  return reads ? RemovesOther(scene, &other) : Says::kNo;
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
  RemoveSegment(state, ActorOf(scene), {scene.ipc_index(), segment->serial});
}

/// A tool that removes several objects does not say which it could not.
void RemoveOrDoubt(const Scene& scene, State& state, Says removes, std::uint32_t serial) {
  const SegmentName name{scene.ipc_index(), serial};
  if (removes == Says::kYes) RemoveSegment(state, ActorOf(scene), name);
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
  for (const Segment& other : scene.ipc().segments) {
    if (!other.key_known) removes = Says::kSilent;
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
       RemovesOther(scene,
                    FindOther(scene.ipc(), op.kind, scene.NumberOf<&SystemIpcrmSeveral::other>()))},
      "TOOL.IPCRM.SEVERAL"_req, clauses);
}

void Apply(const SystemIpcrmSeveral& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Ran(outcome)) return;
  const Segment* first = FindById(scene.ipc(), scene.NumberOf<&SystemIpcrmSeveral::first>());
  const Segment* second =
      SameSegment(scene) ? nullptr
                         : FindById(scene.ipc(), scene.NumberOf<&SystemIpcrmSeveral::second>());
  const OtherObject* other =
      FindOther(scene.ipc(), op.kind, scene.NumberOf<&SystemIpcrmSeveral::other>());
  const bool removes_other = RemovesOther(scene, other) == Says::kYes;
  // The tool looks up both before it removes either.
  std::array<std::pair<Says, std::uint32_t>, 2> removals{};
  for (std::size_t i = 0; i < removals.size(); ++i) {
    const Segment* segment = i == 0 ? first : second;
    if (segment != nullptr) removals[i] = {RemovesSegment(scene, segment), segment->serial};
  }
  for (const auto& [removes, serial] : removals) {
    if (serial != 0) RemoveOrDoubt(scene, state, removes, serial);
  }
  if (removes_other)
    RemoveOther(state, scene.ipc_index(), op.kind, scene.NumberOf<&SystemIpcrmSeveral::other>());
}

void Describe(const SystemIpcrmOther& op, const Scene& scene, Clauses& clauses) {
  const OtherObject* other =
      FindOther(scene.ipc(), op.kind, scene.NumberOf<&SystemIpcrmOther::other>());
  DescribeStatus({RemovesOther(scene, other)}, kByIdOrKey, clauses);
}

void Apply(const SystemIpcrmOther& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!ToldSuccess(outcome)) return;
  RemoveOther(state, scene.ipc_index(), op.kind, scene.NumberOf<&SystemIpcrmOther::other>());
}

void Describe(const SystemIpcrmOtherKey& op, const Scene& scene, Clauses& clauses) {
  const auto key = scene.KeyOf<&SystemIpcrmOtherKey::key>();
  Says removes = RemovesOther(scene, FindOtherByKey(scene.ipc(), op.kind, key));
  for (const OtherObject& other : scene.ipc().others) {
    if (other.kind == op.kind && !other.key_known) removes = Says::kSilent;
  }
  DescribeStatus({removes}, {kByIdOrKey, "SEED.KEYSPACES_INDEPENDENT"_req}, clauses);
}

void Apply(const SystemIpcrmOtherKey& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  const auto key = scene.KeyOf<&SystemIpcrmOtherKey::key>();
  const OtherObject* other = FindOtherByKey(scene.ipc(), op.kind, key);
  if (!ToldSuccess(outcome) || other == nullptr) return;
  RemoveOther(state, scene.ipc_index(), op.kind, other->id);
}

void Describe(const SystemIpcrmAll& op, const Scene& scene, Clauses& clauses) {
  bool all = true;
  for (const Segment& segment : scene.ipc().segments) {
    all = all && SweepsSegment(scene, segment) == Says::kYes;
  }
  for (const OtherObject& other : scene.ipc().others) {
    all = all && SweepsOther(scene, other) == Says::kYes;
  }
  clauses.Returns<ToolResult>(kAll, "the tool removes what there is");
  const bool complains = op.apart;
  clauses.Bind(kStatus, complains ? 1 : 0, complains || !all ? kHighestStatus : 0, kAll,
               "0, unless the kind was a word of its own or something could not be removed");
}

void Apply(const SystemIpcrmAll& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Ran(outcome)) return;
  const std::vector<Segment> segments = scene.ipc().segments;
  const std::vector<OtherObject> others = scene.ipc().others;
  const State before = scene.state();
  const Scene tool(scene.setting(), before, scene.call());
  for (const Segment& segment : segments) {
    const bool meant = op.apart || op.kind == IpcKind::kSegment;
    const Says removes = meant ? SweepsSegment(tool, segment) : Says::kNo;
    RemoveOrDoubt(tool, state, removes, segment.serial);
  }
  for (const OtherObject& other : others) {
    const bool meant = op.apart || op.kind == other.kind;
    if (!meant || SweepsOther(tool, other) != Says::kYes) continue;
    RemoveOther(state, tool.ipc_index(), other.kind, other.id);
  }
}

}  // namespace shmspec::model
