// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcs(1), lsipc(1), ipcrm(1) and ipcmk(1). A tool is a process of its own: it has the ids of the
// caller, and the capabilities that a program executed by the caller has.

#include <limits>

#include "harness/model/lifetime.h"
#include "harness/model/listing.h"
#include "harness/model/operations.h"
#include "harness/model/permission.h"
#include "harness/model/segment_lookup.h"
#include "harness/model/sysv_create.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr auto kStatus = FieldIndex<ToolResult>("status");
constexpr int kHighestStatus = 255;

/// Whether the tool, with its own capabilities, may remove the segment.
Says ToolMayRemove(const Scene& scene, const Segment& segment) {
  State after = scene.state();
  after.tasks[scene.call().actor].credentials =
      CopyOnWrite<Credentials>(AfterExec(scene.credentials(), scene));
  return MayControl(Scene(scene.setting(), after, scene.call()), segment);
}

void DescribeRemovalBy(const Scene& scene, const Segment* segment, bool doubt,
                       Requirements requirements, Clauses& clauses) {
  Says removes = segment != nullptr ? ToolMayRemove(scene, *segment) : Says::kNo;
  if (doubt || (segment == nullptr && MayBeForeign(scene)) || !scene.call().Alone()) {
    removes = Says::kSilent;
  }
  clauses.Returns<ToolResult>(requirements, "the tool removes the segment or says why it cannot");
  const int low = removes == Says::kNo ? 1 : 0;
  const int high = removes == Says::kYes ? 0 : kHighestStatus;
  clauses.Bind(kStatus, low, high, requirements,
               "0 when the segment was removed, else a diagnostic and another status");
}

void RemoveByTool(const Scene& scene, State& state, const Segment* segment,
                  const Outcome& outcome) {
  const auto* result = std::get_if<ToolResult>(&outcome);
  if (result == nullptr || result->status != 0 || segment == nullptr) return;
  RemoveSegment(state, ActorOf(scene), {scene.ipc_index(), segment->serial});
}

}  // namespace

void Describe(const SystemIpcs&, const Scene& scene, Clauses& clauses) {
  DescribeListing(scene, ListingKind::kTool, clauses);
}

void Describe(const SystemLsipc&, const Scene& scene, Clauses& clauses) {
  DescribeListing(scene, ListingKind::kTool, clauses);
}

void Describe(const SystemIpcrm&, const Scene& scene, Clauses& clauses) {
  const Segment* segment = FindById(scene.ipc(), scene.call().references[0]);
  const bool doubt = segment != nullptr && segment->dest &&
                     (!segment->dest_known || !Certainly(scene.profile().control_after_remove));
  DescribeRemovalBy(scene, segment, doubt,
                    {"SEED.IPCRM_M_ID"_req, "TOOL.IPCRM.ERRORS"_req, "TOOL.IPCRM.ATTACHED"_req},
                    clauses);
}

void Apply(const SystemIpcrm&, const Scene& scene, State& state, const Outcome& outcome) {
  RemoveByTool(scene, state, FindById(scene.ipc(), scene.call().references[0]), outcome);
}

void Describe(const SystemIpcrmKey&, const Scene& scene, Clauses& clauses) {
  const auto key = static_cast<std::int32_t>(scene.call().references[0]);
  const Segment* segment = FindByKey(scene.ipc(), key);
  bool doubt = false;
  for (const Segment& other : scene.ipc().segments) doubt = doubt || !other.key_known;
  DescribeRemovalBy(scene, segment, doubt, "TOOL.IPCRM.BY_KEY"_req, clauses);
}

void Apply(const SystemIpcrmKey&, const Scene& scene, State& state, const Outcome& outcome) {
  const auto key = static_cast<std::int32_t>(scene.call().references[0]);
  RemoveByTool(scene, state, FindByKey(scene.ipc(), key), outcome);
}

void Describe(const SystemIpcmk& op, const Scene& scene, Clauses& clauses) {
  DescribeLimits(scene, op.size.bytes, op.mode.bits, clauses);
  if (clauses.MustFail() || !clauses.refusals().empty()) {
    // The tool says in words what the call said by errno.
    const bool must = clauses.MustFail();
    clauses.Reset();
    clauses.AnyFailure();
    if (must) {
      clauses.Returns<ToolResult>("TOOL.IPCMK.CREATE"_req, "no segment can be made");
      clauses.Bind(kStatus, 1, kHighestStatus, "TOOL.IPCMK.CREATE"_req, "a status of failure");
      return;
    }
  }
  clauses.Returns<Value>("TOOL.IPCMK.CREATE"_req, "the identifier of a new segment");
  const IpcNamespace& ipc = scene.ipc();
  clauses.Picks(Identity::kSegmentId, 0, ipc.next_id_known ? ipc.next_id : -1,
                "TOOL.IPCMK.CREATE"_req);
}

void Apply(const SystemIpcmk& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  CreateSegment(scene, state, {value->number, 0, false, op.size.bytes, op.mode.bits & 0777, true});
}

}  // namespace shmspec::model
