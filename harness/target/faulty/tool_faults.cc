// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ipcs(1), lsipc(1), ipcrm(1), ipcmk(1).

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

// --- listings

void HideState(SegmentRow& row) { row.mode.bits &= 0777; }
void SizeInPages(SegmentRow& row) { row.size = (row.size + 4095) / 4096; }

void ListEveryNamespace(const Aftermath& a) {
  auto* rows = RowsOf<SystemIpcs>(a);
  if (rows == nullptr) return;
  for (std::size_t i = 0; i < a.before.namespaces.size(); ++i) {
    if (i == a.before.tasks[a.call.actor].ipc) continue;
    for (const model::Segment& segment : a.before.namespaces[i]->segments) {
      SegmentRow row;
      row.id = segment.id;
      row.key = segment.key;
      row.size = static_cast<std::int64_t>(segment.size);
      row.mode.bits = segment.mode;
      rows->push_back(row);
    }
  }
}

void HeedFirstView(const model::State&, model::Call&, Operation& operation) {
  auto* ipcs = std::get_if<SystemIpcs>(&operation);
  if (ipcs != nullptr && ipcs->views.size() > 1) ipcs->views.resize(1);
}

// --- removal

/// Prints what it should print, and does nothing.
template <class Op>
void RemoveNothing(const Aftermath& a) {
  if (IsOneOf<Op>(a.call)) a.after = a.before;
}

void RemoveAttachedAtOnce(const Aftermath& a) {
  const model::Segment* segment = IsOneOf<SystemIpcrm>(a.call) ? ById(a.after, a.call) : nullptr;
  if (segment == nullptr || !segment->dest) return;
  TearAway(a.after, {a.after.tasks[a.call.actor].ipc, segment->serial});
}

void AlwaysSayDone(const Aftermath& a) {
  auto* result = std::get_if<ToolResult>(&a.outcome);
  if (IsOneOf<SystemIpcrm, SystemIpcrmKey>(a.call) && result != nullptr) result->status = 0;
}

void MakeWithUsualMode(const Aftermath& a) {
  model::Segment* created = IsOneOf<SystemIpcmk>(a.call) ? Created(a) : nullptr;
  if (created != nullptr) created->mode = 0644;
}

void IgnoreOldSyntax(const Aftermath& a) {
  const auto* ipcrm = As<SystemIpcrm>(a.call);
  if (ipcrm != nullptr && ipcrm->old_syntax) a.after = a.before;
}

void StopAtFirstFailure(const Aftermath& a) {
  const auto* result = std::get_if<ToolResult>(&a.outcome);
  if (IsOneOf<SystemIpcrmSeveral>(a.call) && result != nullptr && result->status != 0) {
    a.after = a.before;
  }
}

void RemoveTheSegmentOfTheKeyToo(const Aftermath& a) {
  const auto* result = std::get_if<ToolResult>(&a.outcome);
  if (!IsOneOf<SystemIpcrmObjectKey>(a.call) || result == nullptr || result->status != 0) return;
  const model::Segment* found = ByKey(a.after, a.call);
  if (found == nullptr) return;
  const model::Cause remover{model::FindProfile("linux"), model::kForeignProcess, a.call.when, 0};
  RemoveSegment(a.after, remover, {a.after.tasks[a.call.actor].ipc, found->serial});
}

void HeedKindThatIsApart(const model::State&, model::Call&, Operation& operation) {
  if (auto* all = std::get_if<SystemIpcrmAll>(&operation)) all->apart = false;
}

constexpr SeededFault kFaults[] = {
    {"ipcs_lists_own_segments_only", "TOOL.IPCS.LISTS_ALL"_req, "ipcs hides the segments of others",
     Afterwards<ListOwnOnly<SystemIpcs>>},
    {"ipcs_lists_every_namespace", "TOOL.NAMESPACE"_req,
     "ipcs lists the segments of other namespaces", Afterwards<ListEveryNamespace>},
    {"lsipc_shows_pages", "TOOL.LSIPC.JSON"_req, "lsipc shows sizes in pages",
     Afterwards<ChangeRows<SystemLsipc, SizeInPages>>},
    {"ipcs_hides_states", "TOOL.IPCS.STATUS"_req, "ipcs does not tell what is removed or locked",
     Afterwards<ChangeRows<SystemIpcs, HideState>>},
    {"ipcrm_removes_nothing", "SEED.IPCRM_M_ID"_req, "ipcrm -m says that it removed and did not",
     Afterwards<RemoveNothing<SystemIpcrm>>},
    {"ipcrm_does_not_wait", "TOOL.IPCRM.ATTACHED"_req, "ipcrm destroys a segment that is attached",
     Afterwards<RemoveAttachedAtOnce>},
    {"ipcrm_never_fails", "TOOL.IPCRM.ERRORS"_req, "ipcrm exits with 0 whatever happened",
     Afterwards<AlwaysSayDone>},
    {"ipcrm_ignores_keys", "TOOL.IPCRM.BY_KEY"_req, "ipcrm -M removes nothing",
     Afterwards<RemoveNothing<SystemIpcrmKey>>},
    {"ipcmk_ignores_the_mode", "TOOL.IPCMK.CREATE"_req, "ipcmk -p has no effect",
     Afterwards<MakeWithUsualMode>},
    {"ipcs_heeds_the_first_view", "TOOL.IPCS.VIEWS"_req, "of several views ipcs shows the first",
     Rewritten<HeedFirstView>},
    {"ipcs_of_one_shows_pages", "TOOL.IPCS.BY_ID"_req, "ipcs -i shows the size in pages",
     Afterwards<ChangeRows<SystemIpcsOne, SizeInPages>>},
    {"ipcrm_ignores_keys_of_queues", "SEED.IPCRM_Q_KEY"_req,
     "ipcrm -Q says that it removed and did not", Afterwards<RemoveNothing<SystemIpcrmObjectKey>>},
    {"ipcrm_removes_every_kind_of_the_key", "SEED.KEYSPACES_INDEPENDENT"_req,
     "ipcrm -Q removes the segment of the key as well", Afterwards<RemoveTheSegmentOfTheKeyToo>},
    {"ipcrm_stops_at_the_first_failure", "TOOL.IPCRM.SEVERAL"_req,
     "ipcrm of several removes nothing when one cannot be removed", Afterwards<StopAtFirstFailure>},
    {"ipcrm_ignores_the_old_syntax", "TOOL.IPCRM.OLD_SYNTAX"_req,
     "ipcrm shm ID says that it removed and did not", Afterwards<IgnoreOldSyntax>},
    {"ipcrm_heeds_a_kind_that_is_apart", "TOOL.IPCRM.ALL_OPTARG"_req,
     "ipcrm -a shm in two words removes segments only", Rewritten<HeedKindThatIsApart>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
