// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Barriers: pthread_barrier_wait(3p). A call has two phases: it arrives, and it goes on.

#include <bit>
#include <cerrno>

#include "harness/model/language/stride.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

void Describe(const SyncBarrierInit& op, const Scene& scene, Clauses& clauses) {
  if (!DescribeRoom(scene, scene.AddressOf<&SyncBarrierInit::at>(), clauses)) return;
  clauses.ReturnsValue(0, "SYNC.PSHARED.ALL_CARRIERS"_req, "the barrier is made");
  clauses.Refuse(op.count == 0, EINVAL, Force::kMust, "SYNC.BARRIER.ZERO"_req,
                 "nobody is to arrive");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the system may be short of something else");
}

void Apply(const SyncBarrierInit& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncBarrierInit::at>();
  SoilObject(scene, state, address);
  if (!Succeeded(outcome)) return;
  MakeSync(scene, state, address, SyncKind::kBarrier).count = op.count;
}

void Describe(const SyncBarrierWait&, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncBarrierWait::at>();
  const SyncObject* barrier = FindSync(scene.state(), PlaceAt(scene, address), SyncKind::kBarrier);
  if (barrier == nullptr || barrier->broken) return LeaveUndefined(clauses);
  if ((barrier->released & OnlyActor(scene.call().actor)) != 0) {
    const bool last = std::popcount(barrier->released) == static_cast<int>(barrier->signals);
    clauses.Returns<Value>("SYNC.BARRIER.COUNT"_req, "as many as it is for have arrived");
    clauses.Bind(0, last ? 1 : 0, barrier->signals != 0 ? 1 : 0, "SYNC.BARRIER.SERIAL"_req,
                 "one of them gets the serial value");
    return;
  }
  if (barrier->gone) return LeaveUndefined(clauses);
  clauses.ReturnsValue(1, "SYNC.BARRIER.COUNT"_req, "as many as it is for have arrived");
  if (barrier->count > 1) clauses.Blocks("SYNC.BARRIER.COUNT"_req, "others have not arrived");
}

void Advance(const SyncBarrierWait& op, Stride& stride) {
  const std::uint64_t address = stride.scene().AddressOf<&SyncBarrierWait::at>();
  const SyncPlace place = PlaceAt(stride.scene(), address);
  const SyncObject* found = FindSync(stride.state(), place, SyncKind::kBarrier);
  const ActorSet self = OnlyActor(stride.call().actor);
  const bool begins = stride.progress().phase == 0;
  const bool undefined = found == nullptr || found->broken;
  // Nobody goes on by itself where the model plays the system, and nobody has to.
  if (undefined && !begins && stride.seen() == nullptr) return;
  if (undefined || (begins && (found->gone || found->count == 1))) return stride.Whole();
  if (begins) {
    Next& next = stride.Add();
    next.progress.phase = 1;
    next.progress.sleeps = true;
    SoilObject(stride.scene(), next.state, address);
    SyncObject& barrier = OwnSync(next.state, place, SyncKind::kBarrier);
    barrier.waiting |= self;
    if (std::popcount(barrier.waiting) != static_cast<int>(barrier.count)) return;
    barrier.released |= barrier.waiting;
    barrier.waiting = 0;
    ++barrier.signals;
    return;
  }
  if ((found->released & self) == 0) return;
  Describe(op, stride.scene(), stride.clauses());
  const std::optional<Outcome> outcome = stride.SettleAndNote();
  if (!outcome) return;
  Next& next = stride.Add();
  next.progress.done = true;
  next.outcome = outcome;
  SyncObject& barrier = OwnSync(next.state, place, SyncKind::kBarrier);
  barrier.released &= ~self;
  const auto* value = std::get_if<Value>(&*outcome);
  if (value != nullptr && value->number == 1) --barrier.signals;
}

}  // namespace shmspec::model
