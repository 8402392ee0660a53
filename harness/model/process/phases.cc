// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// fork, exec and the ends of processes, one mapping at a time. An end keeps the process whose end
// it is.

#include "harness/model/language/stride.h"
#include "harness/model/process/process.h"

namespace shmspec::model {
namespace {

void CloseOrFinish(Stride& stride, Next& next, std::uint8_t ended) {
  const Scene scene = stride.In(next);
  if (CloseLowest(next.state, CauseOfDeath(scene, ended), ended)) return;
  FinishEnd(scene, next.state, ended);
  next.progress.done = true;
}

void AdvanceEnd(Stride& stride) {
  if (stride.progress().phase != 0) {
    const auto ended = static_cast<std::uint8_t>(stride.progress().kept[0]);
    return CloseOrFinish(stride, stride.Add(), ended);
  }
  const Scene& scene = stride.scene();
  const std::uint8_t ended = scene.task().life == Life::kAlive ? ProcessEndedBy(scene) : kNobody;
  const bool failed = stride.seen() != nullptr && std::holds_alternative<Failure>(*stride.seen());
  if (ended == kNobody || failed) return stride.Whole();
  // A process ends when none of its calls is half done.
  if (stride.state().processes[ended].under_way != 0) return;
  stride.DescribeWhole();
  const std::optional<Outcome> outcome = stride.SettleAndNote();
  if (!outcome) return;
  Next& next = stride.Add();
  next.outcome = outcome;
  next.progress.phase = 1;
  next.progress.kept[0] = ended;
  BeginEnd(next.state, ended);
  CloseOrFinish(stride, next, ended);
}

}  // namespace

void Advance(const ProcessFork& op, Stride& stride) {
  Next* next = stride.Resume();
  if (next == nullptr) return;
  if (stride.seen() == nullptr && stride.progress().phase != 0) {
    Next& abandoned = stride.Add();
    next = &stride.LastButOne();
    AbandonChild(abandoned.state, stride.cause(), op.child.index);
    stride.End(abandoned);
  }
  if (CopyNextMapping(stride.In(*next), next->state, op.child.index)) return;
  BeginChild(stride.In(*next), next->state, op.child.index);
  stride.End(*next);
}

void Advance(const ProcessExec&, Stride& stride) {
  Next* next = stride.Resume();
  if (next == nullptr) return;
  EndSyncOf(next->state, stride.process());
  if (CloseLowest(next->state, stride.cause(), stride.process())) return;
  BeginImage(stride.In(*next), next->state);
  stride.End(*next);
}

void Advance(const ProcessExit&, Stride& stride) { AdvanceEnd(stride); }
void Advance(const ProcessKill&, Stride& stride) { AdvanceEnd(stride); }

}  // namespace shmspec::model
