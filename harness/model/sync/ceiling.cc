// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Priorities: ceilings of mutexes, and what those who have them run at; pthread_mutexattr(3p).

#include <algorithm>
#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::int32_t kMostPriority = 99;

bool IsPriority(std::int32_t number) { return number >= 1 && number <= kMostPriority; }

bool IsHeldBy(const SyncObject& one, std::uint8_t actor) {
  const bool held = one.hold == Hold::kHeld || one.hold == Hold::kInconsistent;
  return one.kind == SyncKind::kMutex && held && one.owner == actor;
}

/// What those who wait may have lent the caller: the highest of their priorities, and whether
/// there are several.
struct Lent {
  std::int32_t priority = 0;
  int lenders = 0;
};
Lent LentTo(const Scene& scene) {
  const auto& all = *scene.state().syncs;
  const bool inherits = std::any_of(all.begin(), all.end(), [&](const SyncObject& one) {
    const bool lends = one.bare || one.protocol == MutexProtocol::kInherit;
    return lends && IsHeldBy(one, scene.call().actor);
  });
  Lent lent;
  for (std::uint8_t i = 0; inherits && i < scene.state().tasks.size(); ++i) {
    const Task& task = scene.state().tasks[i];
    if ((scene.call().in_flight & OnlyActor(i)) == 0 || task.realtime <= 0) continue;
    lent.priority = std::max(lent.priority, task.realtime);
    ++lent.lenders;
  }
  return lent;
}

}  // namespace

void DescribeCeiling(const Scene& scene, const SyncObject& mutex, Clauses& clauses) {
  if (mutex.protocol != MutexProtocol::kProtect) return;
  const std::int32_t own = scene.task().realtime;
  const bool known = own != kUnknownPriority && mutex.ceiling != kUnknownCeiling;
  clauses.Refuse(!known || own > mutex.ceiling, EINVAL, known ? Force::kMust : Force::kMay,
                 "SYNC.MUTEX.PRIO_PROTECT"_req, "the caller runs above the ceiling");
  clauses.RefuseHere(own <= 0, EINVAL, Force::kMay, {},
                     "one that does not run in real time cannot be raised");
  clauses.RefuseHere(true, EPERM, Force::kMay, {}, "the caller may not run at the ceiling");
}

void Describe(const SyncMutexCeiling&, const Scene& scene, Clauses& clauses) {
  const SyncObject* mutex =
      DescribeSync(scene, scene.AddressOf<&SyncMutexCeiling::at>(), SyncKind::kMutex, clauses);
  if (mutex == nullptr) return;
  const bool known = mutex->ceiling != kUnknownCeiling;
  clauses.Returns<Value>("SYNC.MUTEX.CEILING"_req, "the ceiling");
  clauses.Bind(0, known ? mutex->ceiling : 1, known ? mutex->ceiling : kMostPriority,
               "SYNC.MUTEX.CEILING"_req, "the ceiling that it has");
  clauses.Refuse(mutex->protocol != MutexProtocol::kProtect, EINVAL, Force::kMust, {},
                 "it has no ceiling");
}

void Describe(const SyncMutexSetCeiling& op, const Scene& scene, Clauses& clauses) {
  const SyncObject* mutex =
      DescribeSync(scene, scene.AddressOf<&SyncMutexSetCeiling::at>(), SyncKind::kMutex, clauses);
  if (mutex == nullptr) return;
  if (IsOwner(scene, *mutex)) return LeaveUndefined(clauses);
  const bool known = mutex->ceiling != kUnknownCeiling;
  clauses.Returns<Value>("SYNC.MUTEX.CEILING"_req, "the ceiling before");
  clauses.Bind(0, known ? mutex->ceiling : 1, known ? mutex->ceiling : kMostPriority,
               "SYNC.MUTEX.CEILING"_req, "the ceiling that it had");
  const bool none = mutex->protocol != MutexProtocol::kProtect;
  clauses.Refuse(none, EINVAL, Force::kMust, {}, "it has no ceiling");
  if (none) return;
  clauses.Refuse(!IsPriority(op.ceiling), EINVAL, Force::kUsually, "SYNC.MUTEX.CEILING_RANGE"_req,
                 "no thread has such a priority");
  clauses.Refuse(scene.task().realtime > mutex->ceiling, EINVAL, Force::kMay, {},
                 "the caller runs above the ceiling");
  clauses.RefuseHere(true, EPERM, Force::kMay, {}, "the caller may not change it");
  if (mutex->hold == Hold::kFree) return;
  if (mutex->hold != Hold::kHeld) return LeaveUndefined(clauses);
  clauses.Blocks("SYNC.MUTEX.EXCLUSION"_req, "another one has the mutex");
}

void Apply(const SyncMutexSetCeiling& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncMutexSetCeiling::at>();
  const SyncPlace place = PlaceAt(scene, address);
  if (FindSync(state, place, SyncKind::kMutex) == nullptr) return;
  SoilObject(scene, state, address);
  if (Succeeded(outcome)) OwnSync(state, place, SyncKind::kMutex).ceiling = op.ceiling;
}

void Describe(const ProcessSetRealtime& op, const Scene&, Clauses& clauses) {
  clauses.ReturnsValue(0, {}, "the thread runs at that priority");
  clauses.Refuse(op.priority != 0 && !IsPriority(op.priority), EINVAL, Force::kMust, {},
                 "no thread has such a priority");
}

void Apply(const ProcessSetRealtime& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (Succeeded(outcome)) state.tasks[scene.call().actor].realtime = op.priority;
}

void Describe(const ProcessPriority&, const Scene& scene, Clauses& clauses) {
  const Requirements lends{"SYNC.MUTEX.CEILING_RAISES"_req, "SYNC.MUTEX.PRIO_INHERIT"_req};
  clauses.Returns<Value>(lends, "the priority that the thread runs at");
  std::int32_t low = scene.task().realtime;
  bool known = low != kUnknownPriority;
  for (const SyncObject& one : *scene.state().syncs) {
    if (one.protocol != MutexProtocol::kProtect || !IsHeldBy(one, scene.call().actor)) continue;
    known = known && one.ceiling != kUnknownCeiling;
    low = std::max(low, one.ceiling);
  }
  const Lent lent = LentTo(scene);
  const char* const why = "its own, or what it is raised to";
  if (!known || (lent.lenders > 1 && lent.priority > low)) {
    clauses.Bind(0, std::max(low, 0), known ? lent.priority : kMostPriority, lends, why);
    return;
  }
  Bound& bound =
      clauses.Bind(0, std::max(low, lent.priority), std::max(low, lent.priority), lends, why);
  // Whether that one waits already is not known.
  bound.has_other = lent.priority > low;
  bound.other = low;
}

}  // namespace shmspec::model
