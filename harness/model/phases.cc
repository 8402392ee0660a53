// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/phases.h"

#include <algorithm>

#include "harness/model/memory_access.h"
#include "harness/model/process.h"
#include "harness/model/transition.h"

namespace shmspec::model {

void Notes::Add(const Clauses& clauses, const Call& call, const Outcome& outcome) {
  ForEachTouched(clauses, outcome, [&](Requirement r) { touched.Add(r); });
  if (auto why = RefusedByPlace(clauses, outcome)) {
    refused_by_place.emplace_back(call.step, std::move(*why));
  }
  if (clauses.observed() == nullptr) return;
  if (!observed.empty() && observed.back().first == call.step) return;
  observed.emplace_back(call.step, clauses.observed());
}

namespace {

/// One call on its way from one phase to the next.
class Stride {
 public:
  Stride(const Setting& setting, const State& state, const Call& call, const Progress& progress,
         const Outcome* outcome, Chooser& chooser, Notes& notes, std::vector<Next>& ways)
      : state_(state),
        call_(call),
        scene_(setting, state, call),
        setting_(setting),
        progress_(progress),
        seen_(outcome),
        chooser_(chooser),
        notes_(notes),
        ways_(ways) {}

  void Take() {
    if (scene_.task().life != Life::kAlive && progress_.phase == 0 && !SaysGone()) return;
    std::visit([this](const auto& op) { this->Go(op); }, *call_.operation);
  }

 private:
  /// A call by an actor that is gone has no effect, but it has an outcome.
  bool SaysGone() const { return seen_ != nullptr && std::holds_alternative<Gone>(*seen_); }

  std::uint8_t process() const { return scene_.process_index(); }
  Actor actor() const { return ActorOf(scene_); }

  /// What the call returns if this phase settles it; nullopt when what was seen is not allowed.
  std::optional<Outcome> Settle(const Clauses& clauses) {
    if (seen_ == nullptr) return Choose(clauses, scene_, chooser_);
    if (!Allows(clauses, scene_, *seen_)) return std::nullopt;
    return *seen_;
  }

  Next& Add() {
    Next& next = ways_.emplace_back();
    next.state = state_;
    next.progress = progress_;
    return next;
  }

  /// A way that begins: from here on the process cannot end before the call does.
  Next& Begin(const Outcome& outcome) {
    Next& next = Add();
    next.progress.phase = 1;
    next.outcome = outcome;
    ++next.state.processes[process()].under_way;
    return next;
  }

  void End(Next& next) {
    next.progress.done = true;
    --next.state.processes[process()].under_way;
  }

  Scene In(const Next& next) const { return Scene(setting_, next.state, call_); }

  /// All at once.
  void Whole() {
    Describe(scene_, clauses_);
    const std::optional<Outcome> outcome = Settle(clauses_);
    if (!outcome) return;
    notes_.Add(clauses_, call_, *outcome);
    Next& next = Add();
    next.progress.done = true;
    next.outcome = outcome;
    Apply(In(next), next.state, *outcome);
  }

  /// The first phase of a call whose success takes several: null when the call is over already.
  Next* First() {
    Describe(scene_, clauses_);
    const std::optional<Outcome> outcome = Settle(clauses_);
    if (!outcome) return nullptr;
    if (!Succeeded(*outcome)) {
      Whole();
      return nullptr;
    }
    notes_.Add(clauses_, call_, *outcome);
    return &Begin(*outcome);
  }

  template <class Op>
  void Go(const Op&) {
    Whole();
  }

  // --- attach ----------------------------------------------------------------------------------

  void Go(const SysvAttach& op) {
    switch (progress_.phase) {
      case 0:
        return FindToAttach(op);
      case 1:
        return PlaceAttach(op);
      default: {
        Next& next = Add();
        ReleaseSegment(next.state, actor(), progress_.held);
        End(next);
      }
    }
  }

  void FindToAttach(const SysvAttach& op) {
    clauses_.Reset();
    const Segment* segment = nullptr;
    if (scene_.task().life == Life::kAlive) segment = DescribeAttachSource(op, scene_, clauses_);
    const bool found = segment != nullptr && !clauses_.MustFail();
    if (found) {
      Next& next = Add();
      next.progress.phase = 1;
      next.progress.held = {scene_.ipc_index(), segment->serial};
      ++next.state.processes[process()].under_way;
      HoldSegment(next.state, next.progress.held);
    }
    // A failure may come before anything shows.
    const bool fails = seen_ != nullptr ? !Succeeded(*seen_) : !found;
    if (fails) Whole();
  }

  void PlaceAttach(const SysvAttach& op) {
    const Segment& segment = *FindSegment(state_, progress_.held);
    clauses_.Reset();
    DescribeAttachPlace(op, scene_, segment, clauses_);
    const std::optional<Outcome> outcome = Settle(clauses_);
    if (outcome) {
      notes_.Add(clauses_, call_, *outcome);
      Next& next = Add();
      next.progress.phase = 2;
      next.outcome = outcome;
      if (const auto* value = std::get_if<Value>(&*outcome)) {
        MapSegment(op, In(next), next.state, progress_.held,
                   static_cast<std::uint64_t>(value->number));
      }
    }
    // Who is killed here gives up without mapping.
    if (seen_ == nullptr) {
      Next& next = Add();
      next.progress.phase = 2;
      next.outcome = Failure{ErrorCode{0}};
    }
  }

  // --- detach and unmap --------------------------------------------------------------------------

  void Go(const SysvDetach&) {
    Next* next = progress_.phase == 0 ? First() : &Add();
    if (next == nullptr) return;
    Detachment detachment{next->progress.attach, next->progress.attach_size};
    const std::uint64_t address = scene_.AddressOf<&SysvAttach::segment>();
    DetachOne(next->state, actor(), process(), address, scene_.page(), detachment);
    next->progress.attach = detachment.attach;
    next->progress.attach_size = detachment.size;
    if (!NextToDetach(*next->state.processes[process()].space, address, detachment)) End(*next);
  }

  void Go(const MapUnmap& op) {
    Next* next = progress_.phase == 0 ? First() : &Add();
    if (next == nullptr) return;
    const std::uint64_t start = scene_.AddressOf<&MapUnmap::at>();
    const std::uint64_t end = start + RoundUp(op.size.bytes, scene_.page());
    UnmapRange(next->state, actor(), process(), start, end, 1);
    if (!next->state.processes[process()].space->Overlaps(start, end)) End(*next);
  }

  // --- processes ---------------------------------------------------------------------------------

  void Go(const ProcessFork& op) {
    Next* next = progress_.phase == 0 ? First() : &Add();
    if (next == nullptr) return;
    if (seen_ == nullptr && progress_.phase != 0) {
      Next& abandoned = Add();
      next = &ways_[ways_.size() - 2];
      AbandonChild(abandoned.state, actor(), op.child.index);
      End(abandoned);
    }
    if (CopyNextMapping(In(*next), next->state, op.child.index)) return;
    BeginChild(In(*next), next->state, op.child.index);
    End(*next);
  }

  void Go(const ProcessExec&) {
    Next* next = progress_.phase == 0 ? First() : &Add();
    if (next == nullptr) return;
    if (CloseLowest(next->state, actor(), process())) return;
    BeginImage(In(*next), next->state);
    End(*next);
  }

  void Go(const ProcessExit&) { GoToEnd(); }
  void Go(const ProcessKill&) { GoToEnd(); }

  void GoToEnd() {
    std::uint8_t ended = progress_.ending;
    if (progress_.phase == 0) {
      ended = scene_.task().life == Life::kAlive ? ProcessEndedBy(scene_) : kNobody;
      if (ended == kNobody || (seen_ != nullptr && std::holds_alternative<Failure>(*seen_))) {
        return Whole();
      }
      // A process ends when none of its calls is half done.
      if (state_.processes[ended].under_way != 0) return;
      Describe(scene_, clauses_);
      const std::optional<Outcome> outcome = Settle(clauses_);
      if (!outcome) return;
      notes_.Add(clauses_, call_, *outcome);
      Next& next = Add();
      next.outcome = outcome;
      next.progress.phase = 1;
      next.progress.ending = ended;
      BeginEnd(next.state, ended);
      CloseOrFinish(next, ended);
      return;
    }
    CloseOrFinish(Add(), ended);
  }

  void CloseOrFinish(Next& next, std::uint8_t ended) {
    const Scene scene = In(next);
    if (CloseLowest(next.state, DyingActor(scene, ended), ended)) return;
    FinishEnd(scene, next.state, ended);
    next.progress.done = true;
  }

  // --- fill --------------------------------------------------------------------------------------

  void Go(const MemoryFill& op) {
    if (call_.Alone()) return Whole();
    if (progress_.phase == 0) {
      Next* next = First();
      if (next != nullptr) BeginFill(op, *next);
      return;
    }
    Next& next = Add();
    bool clean = true;
    ForEachObject(op, next, [&](MemoryObject& memory, std::uint64_t, std::uint64_t) {
      clean = memory.EndWrite(call_.step) && clean;
    });
    if (clean) Apply(In(next), next.state, Value{0});
    End(next);
  }

  void BeginFill(const MemoryFill& op, Next& next) {
    ForEachObject(op, next, [&](MemoryObject& memory, std::uint64_t offset, std::uint64_t size) {
      memory.BeginWrite(offset, size, call_.step);
    });
  }

  template <class Change>
  void ForEachObject(const MemoryFill& op, Next& next, Change change) {
    const CopyOnWrite<AddressSpace> space = next.state.processes[process()].space;
    ForEachMappedPart(
        *space, scene_.AddressOf<&MemoryFill::at>(), op.size.bytes,
        [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
          change(OwnObject(next.state, object), offset, part);
        });
  }

  const State& state_;
  const Call& call_;
  Scene scene_;
  const Setting& setting_;
  const Progress& progress_;
  const Outcome* seen_;
  Chooser& chooser_;
  Notes& notes_;
  std::vector<Next>& ways_;
  Clauses clauses_;
};

}  // namespace

void Advance(const Setting& setting, const State& state, const Call& call, const Progress& progress,
             const Outcome* outcome, Chooser& chooser, Notes& notes, std::vector<Next>& ways) {
  Stride(setting, state, call, progress, outcome, chooser, notes, ways).Take();
}

}  // namespace shmspec::model
