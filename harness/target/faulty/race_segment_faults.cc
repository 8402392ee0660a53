// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that lose races for segments of System V.

#include <algorithm>

#include "harness/target/faulty/recollection.h"

namespace shmspec {
namespace {

/// The segment of the call's identifier, before the call and when it began; null unless both are.
struct Versions {
  const model::Segment* now = nullptr;
  const model::Segment* then = nullptr;
  explicit operator bool() const { return now != nullptr && then != nullptr; }
};

Versions VersionsOf(const model::State& then, const Aftermath& a) {
  const model::Segment* now = ById(a.before, a.call);
  const model::SegmentName name{a.before.tasks[a.call.actor].ipc, now != nullptr ? now->serial : 0};
  return {now, now != nullptr ? FindSegment(then, name) : nullptr};
}

/// What two attaches add to the count at the same time is added once, as a record shows it.
class LostAttaches : public Recollection {
  void Begin() override {
    Recollection::Begin();
    lost_.clear();
  }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    const Aftermath a{before, call, after, outcome};
    const model::State* then = Then(call);
    if (then != nullptr && IsOneOf<SysvAttach>(call) && a.Succeeded()) {
      const Versions segment = VersionsOf(*then, a);
      if (segment) lost_[segment.now->serial] += segment.now->nattch - segment.then->nattch;
    }
    SegmentRecord* record = RecordOf(a);
    const model::Segment* shown = RecordedSegment(a);
    if (shown != nullptr && lost_.contains(shown->serial)) record->nattch -= lost_[shown->serial];
  }
  std::map<std::uint32_t, std::int64_t> lost_;
};

void LoseDetach(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<SysvDetach>(a.call) || !a.Succeeded()) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old =
        name.ipc < then.namespaces.size() ? FindSegment(then, name) : nullptr;
    const model::Segment* now = Before(a, name);
    if (old == nullptr || now == nullptr || now->nattch <= segment.nattch) return;
    segment.nattch += std::max(0, old->nattch - now->nattch);
  });
}

/// The owner is written back as it was when the call began.
void MixOwners(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<SysvSet>(a.call) || !a.Succeeded()) return;
  const Versions segment = VersionsOf(then, a);
  model::Segment* after = segment ? OwnById(a.after, a.call) : nullptr;
  if (after == nullptr || segment.then->uid == segment.now->uid) return;
  after->uid = segment.then->uid;
  after->gid = segment.then->gid;
}

/// Until one that sets a record makes its next call, everybody may use the segment.
class OpenWhileSet : public Tampering {
  void Begin() override { setters_.clear(); }
  void Before(model::State& state, model::Call& call) override {
    real_ = state;
    std::erase_if(setters_, [&](const Setter& one) { return one.actor == call.actor; });
    if (!call.overlapped || !IsOneOf<SysvStat, SysvAttach>(call)) return;
    const model::Segment* segment = ById(state, call);
    for (const Setter& one : setters_) {
      if (segment != nullptr && segment->serial == one.segment) OwnById(state, call)->mode = 0666;
    }
  }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    Undisguise(real_, before, after);
    const model::Segment* segment = ById(before, call);
    const bool sets = IsOneOf<SysvSet>(call) && call.overlapped && Succeeded(outcome);
    if (sets && segment != nullptr) setters_.push_back({segment->serial, call.actor});
  }
  struct Setter {
    std::uint32_t segment;
    std::uint8_t actor;
  };
  std::vector<Setter> setters_;
  model::State real_;
};

/// Others find a segment before owner and mode are set, until its maker makes its next call.
class YoungSegments : public Tampering {
  void Begin() override { young_.clear(); }
  void Before(model::State&, model::Call& call) override {
    std::erase_if(young_, [&](const Young& one) { return one.maker == call.actor; });
  }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    const Aftermath a{before, call, after, outcome};
    if (call.overlapped && Created(a) != nullptr) young_.push_back({call.step + 1, call.actor});
    SegmentRecord* record = RecordOf(a);
    const model::Segment* shown = RecordedSegment(a);
    for (const Young& one : young_) {
      if (shown == nullptr || shown->serial != one.segment) continue;
      record->mode.bits = 0;
      record->uid = record->cuid = 0;
    }
  }
  struct Young {
    std::uint32_t segment;
    std::uint8_t maker;
  };
  std::vector<Young> young_;
};

/// The removal does not see that the last attach has gone meanwhile.
void LeakBesideDetach(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<SysvRemove>(a.call) || !a.Succeeded()) return;
  const Versions segment = VersionsOf(then, a);
  if (!segment || segment.then->nattch == 0 || segment.now->nattch != 0) return;
  a.after = a.before;
  model::Segment* left = OwnById(a.after, a.call);
  left->dest = true;
  left->key = 0;
}

void ForbidLock(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<SysvLock, SysvUnlock>(a.call) || ById(then, a.call) == nullptr) return;
  if (!a.Succeeded() && ById(a.before, a.call) == nullptr) a.outcome = Failure{{EPERM}};
}

void LosePages(const model::State& then, const Aftermath& a) {
  if (!IsOneOf<SysvRemove>(a.call) || !a.Succeeded()) return;
  const model::IpcNamespace& now = NamespaceOf(a.before, a.call);
  const std::uint64_t old = NamespaceOf(then, a.call).pages;
  if (old > now.pages) OwnNamespace(a.after, a.call).pages += old - now.pages;
}

void CountPagesEarly(const model::State& then, model::State& now, const model::Call& call) {
  if (!IsOneOf<SysvGet>(call)) return;
  const std::uint64_t old = NamespaceOf(then, call).pages;
  model::IpcNamespace& ipc = OwnNamespace(now, call);
  if (old < ipc.pages) ipc.shmall += ipc.pages - old;
}

bool SwitchesOn(const Aftermath& a) {
  const auto* write = As<SystemSysctlWrite>(a.call);
  return write != nullptr && write->name == Sysctl::kRmidForced && write->value == 1 &&
         a.Succeeded();
}

void TearAwayNewlyAttached(const model::State& then, const Aftermath& a) {
  if (!SwitchesOn(a)) return;
  std::vector<model::SegmentName> torn;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old =
        name.ipc < then.namespaces.size() ? FindSegment(then, name) : nullptr;
    if (old != nullptr && old->nattch == 0 && segment.nattch > 0) torn.push_back(name);
  });
  for (const model::SegmentName& name : torn) TearAway(a.after, name);
}

void KeepNewlyDetached(const model::State& then, const Aftermath& a) {
  if (!SwitchesOn(a)) return;
  bool spares = false;
  for (const model::Segment& segment : NamespaceOf(a.before, a.call).segments) {
    const model::SegmentName name{a.before.tasks[a.call.actor].ipc, segment.serial};
    const model::Segment* old = FindSegment(then, name);
    spares = spares || (old != nullptr && old->nattch > 0 && segment.nattch == 0);
  }
  if (!spares) return;
  a.after = a.before;
  OwnNamespace(a.after, a.call).rmid_forced = true;
}

constexpr SeededFault kFaults[] = {
    {"racing_attaches_lose_a_count", "RACE.NATTCH_CONSERVATION"_req,
     "of two attaches at the same time one is not counted",
     [] { return std::unique_ptr<Tampering>(std::make_unique<LostAttaches>()); }},
    {"racing_detaches_lose_a_count", "SYSV.MULTI.NATTCH_COUNTS_ATTACHES"_req,
     "of two detaches at the same time one goes on counting", Since<LoseDetach>},
    {"racing_sets_mix", "SYSV.SET.FIELDS"_req,
     "of two IPC_SET at the same time the later one leaves the owner as it was", Since<MixOwners>},
    {"set_under_way_opens_to_all", "RACE.SYSV.SET_ACCESS"_req,
     "while IPC_SET is under way everybody may use the segment",
     [] { return std::unique_ptr<Tampering>(std::make_unique<OpenWhileSet>()); }},
    {"new_segment_is_seen_half_made", "RACE.SYSV.WHOLE_AT_ONCE"_req,
     "others find a segment before its owner and mode are set",
     [] { return std::unique_ptr<Tampering>(std::make_unique<YoungSegments>()); }},
    {"removal_misses_the_last_detach", "SYSV.RMID.RACE_LAST_DETACH"_req,
     "a removal beside the last detach waits for a detach that has been", Since<LeakBesideDetach>},
    {"lock_beside_removal_gives_eperm", "RACE.LOCK.REMOVAL"_req,
     "a lock that loses its segment to a removal fails with EPERM", Since<ForbidLock>},
    {"racing_removals_lose_pages", "RACE.NO_LEAK"_req,
     "of two removals at the same time the pages of one stay counted", Since<LosePages>},
    {"pages_are_counted_early", "RACE.LIMIT.PAGES"_req,
     "segments made at the same time exceed kernel.shmall", Early<CountPagesEarly>},
    {"forced_switch_destroys_attached", "RACE.FORCED.SWITCH"_req,
     "switching shm_rmid_forced on destroys what was attached meanwhile",
     Since<TearAwayNewlyAttached>},
    {"forced_switch_misses_detached", "RACE.FORCED.SWITCH"_req,
     "switching shm_rmid_forced on leaves what was detached meanwhile", Since<KeepNewlyDetached>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
