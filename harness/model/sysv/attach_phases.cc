// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmat(2) and shmdt(2) one phase at a time. An attach keeps the name of its segment, a detach the
// attach that it takes away, with its size.

#include "harness/model/language/stride.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/sysv/attach.h"

namespace shmspec::model {
namespace {

SegmentName HeldBy(const Progress& progress) {
  return {static_cast<std::uint8_t>(progress.kept[0]),
          static_cast<std::uint32_t>(progress.kept[1])};
}

void FindToAttach(const SysvAttach& op, Stride& stride) {
  const Scene& scene = stride.scene();
  stride.clauses().Reset();
  const Segment* segment = nullptr;
  if (scene.task().life == Life::kAlive) {
    segment = DescribeAttachSource(op, scene, stride.clauses());
  }
  const bool found =
      segment != nullptr && !stride.clauses().MustFail() && !IsRefusedEarly(op, scene);
  if (found) {
    Next& next = stride.Begin(std::nullopt);
    next.progress.kept = {scene.ipc_index(), segment->serial};
    HoldSegment(next.state, HeldBy(next.progress));
  }
  // The call may fail before anything shows.
  const bool fails = stride.seen() != nullptr ? !Succeeded(*stride.seen()) : !found;
  if (fails) stride.Whole();
}

void PlaceAttach(const SysvAttach& op, Stride& stride) {
  const SegmentName held = HeldBy(stride.progress());
  stride.clauses().Reset();
  DescribeAttachPlace(op, stride.scene(), *FindSegment(stride.state(), held), stride.clauses());
  if (const std::optional<Outcome> outcome = stride.SettleAndNote()) {
    Next& next = stride.Add();
    next.progress.phase = 2;
    next.outcome = outcome;
    if (const auto* value = std::get_if<Value>(&*outcome)) {
      MapSegment(op, stride.In(next), next.state, held, static_cast<std::uint64_t>(value->number));
    }
  }
  // A process that is killed here gives up without mapping.
  if (stride.seen() == nullptr) {
    Next& next = stride.Add();
    next.progress.phase = 2;
    next.outcome = Failure{ErrorCode{0}};
  }
}

}  // namespace

void Advance(const SysvAttach& op, Stride& stride) {
  if (stride.progress().phase == 0) return FindToAttach(op, stride);
  if (stride.progress().phase == 1) return PlaceAttach(op, stride);
  Next& next = stride.Add();
  ReleaseSegment(next.state, stride.cause(), HeldBy(stride.progress()));
  stride.End(next);
}

void Advance(const SysvDetach&, Stride& stride) {
  Next* next = stride.Resume();
  if (next == nullptr) return;
  auto& kept = next->progress.kept;
  Detachment detachment{static_cast<std::uint32_t>(kept[0]), kept[1]};
  const std::uint64_t address = stride.scene().AddressOf<&SysvDetach::at>();
  DetachOne(next->state, stride.cause(), stride.process(), address, stride.scene().page(),
            detachment);
  kept = {detachment.attach, detachment.size};
  const AddressSpace& space = *next->state.processes[stride.process()].space;
  if (!NextToDetach(space, address, detachment)) stride.End(*next);
}

}  // namespace shmspec::model
