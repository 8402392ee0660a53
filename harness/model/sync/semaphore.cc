// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Semaphores: sem_wait(3p) and sem_post(3p).

#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

void Describe(const SyncSemInit& op, const Scene& scene, Clauses& clauses) {
  if (!DescribeRoom(scene, scene.AddressOf<&SyncSemInit::at>(), clauses)) return;
  clauses.ReturnsValue(0, {"SYNC.SEM.UNNAMED"_req, "SYNC.PSHARED.ALL_CARRIERS"_req},
                       "the semaphore is made");
  clauses.Refuse(op.value > kMostSemaphoreValue, EINVAL, Force::kMust, "SYNC.SEM.VALUES"_req,
                 "no semaphore has as large a value");
}

void Apply(const SyncSemInit& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncSemInit::at>();
  if (!Succeeded(outcome)) return;
  SoilObject(scene, state, address);
  MakeSync(scene, state, address, SyncKind::kSemaphore).count = op.value;
}

void Describe(const SyncSemWait& op, const Scene& scene, Clauses& clauses) {
  const SyncObject* semaphore =
      DescribeSync(scene, scene.AddressOf<&SyncSemWait::at>(), SyncKind::kSemaphore, clauses);
  if (semaphore == nullptr) return;
  clauses.ReturnsValue(0,
                       {"SYNC.SEM.UNNAMED"_req, "SYNC.SEM.POST_WAKES"_req, "SYNC.NAMED.SHARED"_req},
                       "the value is not 0");
  DescribeTime(op, clauses);
  clauses.Refuse(true, EINTR, Force::kMay, {}, "a signal may end the wait");
  if (semaphore->count != 0) return;
  const Requirements conserves = {"SYNC.SEM.CONSERVATION"_req, "SYNC.SEM.NO_UNDO"_req};
  DescribeBusy(op, EAGAIN,
               op.how == Patience::kTry     ? Requirements{"SYNC.SEM.TRY_AT_ZERO"_req}
               : op.how == Patience::kTimed ? Requirements{"SYNC.SEM.TIMED"_req}
                                            : conserves,
               "the value is 0", clauses);
}

void Apply(const SyncSemWait&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncSemWait::at>();
  const SyncPlace place = PlaceAt(scene, address);
  if (FindSync(state, place, SyncKind::kSemaphore) == nullptr) return;
  SoilObject(scene, state, address);
  if (Succeeded(outcome)) --OwnSync(state, place, SyncKind::kSemaphore).count;
}

void Describe(const SyncSemPost&, const Scene& scene, Clauses& clauses) {
  const SyncObject* semaphore =
      DescribeSync(scene, scene.AddressOf<&SyncSemPost::at>(), SyncKind::kSemaphore, clauses);
  if (semaphore == nullptr) return;
  clauses.ReturnsValue(0, "SYNC.SEM.UNNAMED"_req, "the value is one more");
  clauses.Refuse(semaphore->count == kMostSemaphoreValue, EOVERFLOW, Force::kMust,
                 "SYNC.SEM.VALUES"_req, "the value is as large as it can be");
}

void Apply(const SyncSemPost&, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&SyncSemPost::at>();
  const SyncPlace place = PlaceAt(scene, address);
  if (!Succeeded(outcome) || FindSync(state, place, SyncKind::kSemaphore) == nullptr) return;
  SoilObject(scene, state, address);
  ++OwnSync(state, place, SyncKind::kSemaphore).count;
}

void Describe(const SyncSemValue&, const Scene& scene, Clauses& clauses) {
  const SyncObject* semaphore =
      DescribeSync(scene, scene.AddressOf<&SyncSemValue::at>(), SyncKind::kSemaphore, clauses);
  if (semaphore == nullptr) return;
  const Requirements conserves = {"SYNC.SEM.CONSERVATION"_req, "SYNC.SEM.NO_UNDO"_req};
  clauses.Returns<Value>(conserves, "the value");
  // At 0 it may be the number of those who wait, as a negative one.
  const bool waiters = semaphore->count == 0 && scene.call().overlapped;
  const std::int64_t low = waiters ? -std::int64_t{ActorRef::kLimit} : semaphore->count;
  clauses.Bind(0, low, semaphore->count, conserves, "what was put in and not taken");
}

}  // namespace shmspec::model
