// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Faults that show only while other calls are in flight.

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

bool FailsWith(const Aftermath& a, int error) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  return failure != nullptr && failure->error.number == error;
}

void FailListing(const Aftermath& a) {
  if (IsOneOf<SystemSegments>(a.call) && a.call.overlapped) a.Fail(EINTR);
}

void ReportRemovalAsForbidden(const Aftermath& a) {
  if (!IsOneOf<SysvAttach, SysvStat, SysvSet, SysvRemove>(a.call) || !a.call.overlapped) return;
  const bool gone = a.call.references[0] >= 0 && ById(a.before, a.call) == nullptr;
  if (gone && FailsWith(a, EINVAL)) a.outcome = Failure{{EACCES}};
}

void DestroyUnderAttach(const Aftermath& a) {
  if (!IsOneOf<SysvRemove>(a.call) || a.call.in_flight == 0 || !a.Succeeded()) return;
  const model::Segment* segment = ById(a.after, a.call);
  if (segment == nullptr || !segment->dest) return;
  TearAway(a.after, {a.after.tasks[a.call.actor].ipc, segment->serial});
}

void DetachForBoth(const Aftermath& a) {
  const bool failed = std::holds_alternative<Failure>(a.outcome);
  if (IsOneOf<SysvDetach>(a.call) && a.call.overlapped && failed) a.outcome = Value{0};
}

void CreateForBoth(const model::State&, model::Call& call, Operation& operation) {
  const auto* get = std::get_if<SysvGet>(&operation);
  if (get == nullptr || !call.overlapped) return;
  if (get->flags.Has(kCreate) && !get->flags.Has(kExclusive)) call.references[0] = 0;
}

void LetBothWin(const model::State&, model::Call& call, Operation& operation) {
  auto* get = std::get_if<SysvGet>(&operation);
  if (get != nullptr && call.overlapped) get->flags.bits &= ~kExclusive;
}

void CountTwiceUnderWay(const Aftermath& a) {
  SegmentRecord* record = a.call.overlapped ? RecordOf(a) : nullptr;
  if (record != nullptr) record->nattch = 2 * record->nattch + 1;
}

/// The attaches of a process that was killed count until some process makes another call.
class LateDetach : public Tampering {
  void Begin() override { late_.clear(); }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome&) override {
    std::vector<Late> due;
    due.swap(late_);
    for (const Late& late : due) {
      if (FindSegment(after, late.name) != nullptr) {
        OwnSegment(after, late.name).nattch -= late.count;
      }
    }
    if (!IsOneOf<ProcessKill>(call)) return;
    ForEachSegment(after, [&](model::SegmentName name, model::Segment& segment) {
      const model::Segment* old =
          name.ipc < before.namespaces.size() ? FindSegment(before, name) : nullptr;
      if (old == nullptr || old->nattch <= segment.nattch) return;
      late_.push_back({name, old->nattch - segment.nattch});
      segment.nattch = old->nattch;
    });
  }
  struct Late {
    model::SegmentName name;
    std::int32_t count;
  };
  std::vector<Late> late_;
};

constexpr SeededFault kFaults[] = {
    {"listing_fails_while_others_act", "PROC.SYSVIPC.CONCURRENT_READ"_req,
     "/proc/sysvipc/shm cannot be read while segments come and go", Afterwards<FailListing>},
    {"removal_under_way_gives_eacces", "SYSV.ID.EIDRM_WINDOW"_req,
     "a call that loses its segment to a removal fails with EACCES",
     Afterwards<ReportRemovalAsForbidden>},
    {"removal_under_way_destroys_at_once", "SYSV.RMID.RACE_ATTACH"_req,
     "IPC_RMID beside other calls does not wait for the last detach",
     Afterwards<DestroyUnderAttach>},
    {"racing_detaches_both_succeed", "SYSV.SHMDT.RACE_SAME_ADDRESS"_req,
     "two threads that detach one address are both told that they did", Afterwards<DetachForBoth>},
    {"racing_creations_make_two_segments", "SYSV.SHMGET.CREAT_RACE_SAME_ID"_req,
     "two processes that create one key at the same time get a segment each",
     Rewritten<CreateForBoth>},
    {"racing_creations_both_win", "SYSV.SHMGET.EXCL_RACE_ONE_WINNER"_req,
     "two processes that create one key exclusively at the same time both succeed",
     Rewritten<LetBothWin>},
    {"attaches_under_way_are_counted_twice", "SYSV.STAT.SNAPSHOT_CONSISTENT"_req,
     "IPC_STAT beside other calls counts more attaches than there ever were",
     Afterwards<CountTwiceUnderWay>},
    {"killed_process_detaches_late", "SYSV.LIFE.ZOMBIE_ALREADY_DETACHED"_req,
     "a killed process is reaped before its attaches stop counting",
     [] { return std::unique_ptr<Tampering>(std::make_unique<LateDetach>()); }},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
