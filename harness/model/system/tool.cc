// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcs(1), lsipc(1) and ipcmk(1); ipcrm(1) is in tool_removal.cc.

#include <algorithm>
#include <array>
#include <limits>

#include "harness/model/language/operations.h"
#include "harness/model/rights/permission.h"
#include "harness/model/segment/identifier.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/segment/listing.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/sysv/create.h"
#include "harness/model/sysv/ipc_object.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr auto kStatus = FieldIndex<ToolResult>("status");
constexpr int kHighestStatus = 255;

constexpr Requirement kMakes = "SEED.IPCRM_Q_KEY"_req;
constexpr Requirement kViews = "TOOL.IPCS.VIEWS"_req;

// The columns that each view has besides the identifier.
constexpr std::array kPidColumns{FieldIndex<SegmentRow>("id"), FieldIndex<SegmentRow>("uid"),
                                 FieldIndex<SegmentRow>("cpid"), FieldIndex<SegmentRow>("lpid")};
constexpr std::array kTimeColumns{FieldIndex<SegmentRow>("id"), FieldIndex<SegmentRow>("uid"),
                                  FieldIndex<SegmentRow>("atime"), FieldIndex<SegmentRow>("dtime"),
                                  FieldIndex<SegmentRow>("ctime")};
constexpr std::array kCreatorColumns{FieldIndex<SegmentRow>("id"),   FieldIndex<SegmentRow>("mode"),
                                     FieldIndex<SegmentRow>("cuid"), FieldIndex<SegmentRow>("cgid"),
                                     FieldIndex<SegmentRow>("uid"),  FieldIndex<SegmentRow>("gid")};
constexpr std::array kDetailColumns{
    FieldIndex<SegmentRow>("id"),    FieldIndex<SegmentRow>("mode"),
    FieldIndex<SegmentRow>("size"),  FieldIndex<SegmentRow>("cpid"),
    FieldIndex<SegmentRow>("lpid"),  FieldIndex<SegmentRow>("nattch"),
    FieldIndex<SegmentRow>("uid"),   FieldIndex<SegmentRow>("gid"),
    FieldIndex<SegmentRow>("cuid"),  FieldIndex<SegmentRow>("cgid"),
    FieldIndex<SegmentRow>("atime"), FieldIndex<SegmentRow>("dtime"),
    FieldIndex<SegmentRow>("ctime")};

/// The limits are printed in kilobytes; one that is too large for that is not compared.
void DescribeLimitsView(const Scene& scene, Clauses& clauses) {
  constexpr std::uint64_t kKilobyte = 1024;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / kKilobyte;
  clauses.Returns<LimitsRecord>(kViews, "the limits of the namespace");
  const IpcNamespace& ipc = scene.ipc();
  const auto bind = [&](std::uint8_t field, std::uint64_t number) {
    clauses.Bind(field, number, number, kViews, "the limit of the namespace");
  };
  bind(FieldIndex<LimitsRecord>("shmmni"), ipc.shmmni);
  bind(FieldIndex<LimitsRecord>("shmmin"), 1);
  bind(FieldIndex<LimitsRecord>("shmmax"), ipc.shmmax / kKilobyte * kKilobyte);
  const std::uint64_t kilobytes_a_page = scene.page() / kKilobyte;
  if (ipc.shmall < kMost / kilobytes_a_page) bind(FieldIndex<LimitsRecord>("shmall"), ipc.shmall);
}

}  // namespace

void Describe(const SystemIpcs& op, const Scene& scene, Clauses& clauses) {
  if (op.views.empty()) return DescribeListing(scene, ListingKind::kIpcs, {}, clauses);
  switch (op.views.back()) {
    case IpcsView::kPids:
      return DescribeListing(scene, ListingKind::kIpcsView, kPidColumns, clauses);
    case IpcsView::kTimes:
      return DescribeListing(scene, ListingKind::kIpcsView, kTimeColumns, clauses);
    case IpcsView::kCreators:
      return DescribeListing(scene, ListingKind::kIpcsView, kCreatorColumns, clauses);
    case IpcsView::kSummary:
      clauses.Returns<UsageRecord>(kViews, "what the segments of the namespace use");
      return BindUsage(scene, false, kViews, clauses);
    case IpcsView::kLimits:
      return DescribeLimitsView(scene, clauses);
  }
}

void Describe(const SystemIpcsOne&, const Scene& scene, Clauses& clauses) {
  const Requirement by_id = "TOOL.IPCS.BY_ID"_req;
  const Segment* segment = FindById(scene.ipc(), scene.NumberOf<&SystemIpcsOne::segment>());
  if (segment == nullptr && !MayBeForeign(scene)) {
    clauses.Returns<ToolResult>(by_id, "the tool says that there is none");
    return;
  }
  clauses.Returns<SegmentTable>(by_id, "the details of the segment");
  // A removed segment that may or may not wait for its last detach may be gone.
  const bool may_be_gone = segment != nullptr && segment->dest && !segment->dest_known;
  if (segment == nullptr || may_be_gone || !scene.call().Alone()) {
    clauses.AnyFailure();
    clauses.AllowOtherRows();
    return;
  }
  DescribeOneRow(scene, *segment, kDetailColumns, by_id, clauses);
}

void Describe(const SystemLsipc&, const Scene& scene, Clauses& clauses) {
  DescribeListing(scene, ListingKind::kLsipc, {}, clauses);
}

void Describe(const SystemIpcmk& op, const Scene& scene, Clauses& clauses) {
  DescribeLimits(scene, op.size.bytes, op.mode.bits, clauses);
  if (clauses.MustFail() || !clauses.refusals().empty()) {
    // The tool prints in words what the call returned as errno.
    const bool must = clauses.MustFail();
    const auto refusals = clauses.refusals();
    const bool here = std::all_of(refusals.begin(), refusals.end(),
                                  [](const Refusal& refusal) { return refusal.here; });
    const char* why = here ? refusals.front().why : nullptr;
    clauses.Reset();
    clauses.AnyFailure(why);
    if (must) {
      clauses.Returns<ToolResult>("TOOL.IPCMK.CREATE"_req, "no segment can be made");
      clauses.Bind(kStatus, 1, kHighestStatus, "TOOL.IPCMK.CREATE"_req, "a status of failure");
      return;
    }
  }
  clauses.Returns<Value>("TOOL.IPCMK.CREATE"_req, "the identifier of a new segment");
  const IpcNamespace& ipc = scene.ipc();
  clauses.Picks(FreshSegmentId(ipc.next_id_known ? ipc.next_id : -1), "TOOL.IPCMK.CREATE"_req);
}

void Apply(const SystemIpcmk& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  CreateSegment(scene, state, {value->number, 0, false, op.size.bytes, op.mode.bits & 0777, true});
}

void Describe(const SystemIpcmkObject& op, const Scene& scene, Clauses& clauses) {
  DescribeNewIpcObject(scene, op.kind, kMakes, clauses);
  clauses.AnyFailure();
}

void Apply(const SystemIpcmkObject& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* value = std::get_if<Value>(&outcome);
  if (value == nullptr) return;
  CreateIpcObject(scene, state, {op.kind, value->number, 0, false});
}

}  // namespace shmspec::model
