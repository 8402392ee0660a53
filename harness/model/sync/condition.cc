// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Conditions: pthread_cond_wait(3p). A wait has two phases: the caller gives the mutex up and
// waits, at once; then it goes on with the mutex.

#include <algorithm>
#include <bit>
#include <cerrno>

#include "harness/model/language/stride.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

const SyncObject* MutexOf(const Scene& scene) {
  const std::uint64_t address = scene.AddressOf<&SyncCondWait::mutex>();
  return FindSync(scene.state(), PlaceAt(scene, address), SyncKind::kMutex);
}

bool HasMutex(const Scene& scene) {
  const SyncObject* mutex = MutexOf(scene);
  return mutex != nullptr && !mutex->bare && mutex->owner == scene.call().actor;
}

/// Whether it has been told to go on, or may be the one that was.
bool IsDue(const SyncObject& condition, ActorSet self) {
  return (condition.released & self) != 0 || condition.signals != 0;
}

/// The ways in which a wait goes on, once the mutex is free.
void DescribeReturn(const SyncCondWait& op, const SyncObject& mutex, bool due, Clauses& clauses) {
  clauses.ReturnsValue(
      0, {"SYNC.COND.SIGNAL_WAKES"_req, "SYNC.COND.BROADCAST"_req, "SYNC.COND.ATOMIC_RELEASE"_req},
      "the caller was told to go on, or goes on by itself, and has the mutex");
  const bool died = mutex.hold == Hold::kOwnerDied || mutex.hold == Hold::kThreadDied;
  clauses.Refuse(died, EOWNERDEAD, Force::kMust, "SYNC.ROBUST_MUTEX.OWNER_DEAD"_req,
                 "the owner of the mutex ended with it");
  clauses.Refuse(mutex.hold == Hold::kUnrecoverable, ENOTRECOVERABLE, Force::kMust,
                 "SYNC.ROBUST_MUTEX.NOT_RECOVERABLE"_req, "the mutex is lost");
  clauses.Refuse(op.how != Patience::kWait, ETIMEDOUT, due ? Force::kMay : Force::kUsually,
                 "SYNC.COND.TIMEDWAIT"_req, "nobody told the caller to go on in time");
}

}  // namespace

void Describe(const SyncCondInit&, const Scene& scene, Clauses& clauses) {
  if (!DescribeRoom(scene, scene.AddressOf<&SyncCondInit::at>(), clauses)) return;
  clauses.ReturnsValue(0, "SYNC.PSHARED.ALL_CARRIERS"_req, "the condition is made");
  clauses.RefuseHere(true, ENOMEM, Force::kMay, {}, "the system may be short of memory");
  clauses.RefuseHere(true, EAGAIN, Force::kMay, {}, "the system may be short of something else");
}

void Apply(const SyncCondInit&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncCondInit::at>();
  SoilObject(scene, state, address);
  if (!Succeeded(outcome)) return;
  MakeSync(scene, state, address, SyncKind::kCond);
}

void Describe(const SyncCondWait& op, const Scene& scene, Clauses& clauses) {
  const SyncObject* condition =
      DescribeSync(scene, scene.AddressOf<&SyncCondWait::at>(), SyncKind::kCond, clauses);
  if (condition == nullptr) return;
  if (!HasMutex(scene) || condition->broken) return LeaveUndefined(clauses);
  // The mutex is given up once, and one that is inconsistent is lost by that.
  const SyncObject& mutex = *MutexOf(scene);
  if (mutex.count > 1 || mutex.hold == Hold::kInconsistent) return LeaveUndefined(clauses);
  clauses.Refuse(HasNoTime(op), EINVAL, Force::kMust, "SYNC.TIMED.NANOSECONDS"_req,
                 "the time is none");
  if (!HasNoTime(op)) DescribeReturn(op, mutex, false, clauses);
}

void Apply(const SyncCondWait&, const Scene& scene, State& state, const Outcome&) {
  const SyncPlace place = PlaceAt(scene, scene.AddressOf<&SyncCondWait::mutex>());
  const SyncObject* mutex = FindSync(state, place, SyncKind::kMutex);
  const SyncObject* condition =
      FindSync(state, PlaceAt(scene, scene.AddressOf<&SyncCondWait::at>()), SyncKind::kCond);
  const bool defined = condition != nullptr && !condition->broken && mutex != nullptr &&
                       mutex->count == 1 && mutex->hold == Hold::kHeld;
  if (!defined) RemoveSync(state, place);
  SoilObject(scene, state, scene.AddressOf<&SyncCondWait::at>());
  SoilObject(scene, state, scene.AddressOf<&SyncCondWait::mutex>());
}

void Advance(const SyncCondWait& op, Stride& stride) {
  const Scene& scene = stride.scene();
  const SyncPlace place = PlaceAt(scene, scene.AddressOf<&SyncCondWait::at>());
  const std::uint64_t mutex_address = scene.AddressOf<&SyncCondWait::mutex>();
  const SyncPlace mutex_place = PlaceAt(scene, mutex_address);
  const SyncObject* condition = FindSync(stride.state(), place, SyncKind::kCond);
  const std::uint8_t actor = stride.call().actor;
  const ActorSet self = OnlyActor(actor);
  if (stride.progress().phase == 0) {
    if (condition == nullptr || condition->broken || condition->gone || !HasMutex(scene)) {
      return stride.Whole();
    }
    if (HasNoTime(op)) return stride.Whole();
    const SyncObject& held = *MutexOf(scene);
    if (held.count > 1 || held.hold == Hold::kInconsistent) return stride.Whole();
    Next& next = stride.Add();
    next.progress.phase = 1;
    next.progress.sleeps = true;
    SoilObject(scene, next.state, scene.AddressOf<&SyncCondWait::at>());
    SoilObject(scene, next.state, mutex_address);
    SyncObject& mutex = OwnSync(next.state, mutex_place, SyncKind::kMutex);
    next.progress.kept[0] = mutex.count;
    ReleaseMutex(mutex);
    OwnSync(next.state, place, SyncKind::kCond).waiting |= self;
    return;
  }
  const SyncObject* mutex = FindSync(stride.state(), mutex_place, SyncKind::kMutex);
  if (scene.task().life != Life::kAlive || condition == nullptr || mutex == nullptr) return;
  const bool held = mutex->hold == Hold::kHeld || mutex->hold == Hold::kInconsistent ||
                    mutex->hold == Hold::kStalled;
  if (held) return;
  const bool due = IsDue(*condition, self);
  // Nobody goes on by itself where the model plays the system.
  if (stride.seen() == nullptr && !due && (op.how == Patience::kWait || WaitsLong(op))) return;
  if (stride.seen() == nullptr && condition->broken) return;
  stride.clauses().Reset();
  DescribeReturn(op, *mutex, due, stride.clauses());
  const std::optional<Outcome> outcome = stride.SettleAndNote();
  if (!outcome) return;
  Next& next = stride.Add();
  next.progress.done = true;
  next.outcome = outcome;
  SyncObject& left = OwnSync(next.state, place, SyncKind::kCond);
  const bool named = (left.released & self) != 0;
  left.waiting &= ~self;
  left.released &= ~self;
  // One that gave up may have been the one that was told.
  if (!named && left.signals != 0) --left.signals;
  const int others = std::popcount(left.waiting & ~left.released);
  left.signals = std::min(left.signals, static_cast<std::uint32_t>(others));
  if (mutex->hold == Hold::kUnrecoverable) return;
  SyncObject& taken = OwnSync(next.state, mutex_place, SyncKind::kMutex);
  TakeMutex(taken, actor);
  taken.count = static_cast<std::uint32_t>(stride.progress().kept[0]);
}

void Describe(const SyncCondSignal&, const Scene& scene, Clauses& clauses) {
  const SyncObject* condition =
      DescribeSync(scene, scene.AddressOf<&SyncCondSignal::at>(), SyncKind::kCond, clauses);
  if (condition == nullptr) return;
  if (condition->broken) return LeaveUndefined(clauses);
  clauses.ReturnsValue(0, {"SYNC.COND.SIGNAL_WAKES"_req, "SYNC.COND.BROADCAST"_req},
                       "those who wait are told to go on");
}

void Apply(const SyncCondSignal& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncCondSignal::at>();
  const SyncPlace place = PlaceAt(scene, address);
  if (!Succeeded(outcome) || FindSync(state, place, SyncKind::kCond) == nullptr) return;
  SoilObject(scene, state, address);
  SyncObject& condition = OwnSync(state, place, SyncKind::kCond);
  if (op.all) condition.released |= condition.waiting;
  const int others = std::popcount(condition.waiting & ~condition.released);
  condition.signals =
      std::min(condition.signals + (op.all ? 0u : 1u), static_cast<std::uint32_t>(others));
}

}  // namespace shmspec::model
