// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Words that are locks: FUTEX_LOCK_PI of futex(2). Such a word is a mutex without an object around
// it.

#include <cerrno>

#include "harness/model/language/operations.h"
#include "harness/model/memory/access.h"
#include "harness/model/sync/sync.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kWordBytes = 4;

/// The word as it is, if it has an owner or had one; null when it is fresh.
const SyncObject* FindWord(const Scene& scene, std::uint64_t address, bool own) {
  return FindSync(scene.state(), WordAt(scene, address, own), SyncKind::kMutex);
}

/// Whether the word is known to be 0.
bool IsFree(const Scene& scene, std::uint64_t address) {
  return AreKnown(scene, address, kWordBytes) && LoadNumber(scene, address, kWordBytes) == 0;
}

void ForgetWord(const Scene& scene, State& state, std::uint64_t address) {
  ForEachMappedPart(
      scene.space(), address, kWordBytes,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        OwnObject(state, object).MakeUnknown(offset, part, scene.call().step);
      });
}

bool IsOwned(const SyncObject& word, std::uint8_t actor) {
  return word.hold == Hold::kHeld && word.owner == actor;
}

}  // namespace

void Describe(const SyncFutexLockPi& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncFutexLockPi::at>();
  clauses.ReturnsValue(0, {"SYNC.FUTEX.PI_LOCK"_req, "SYNC.FUTEX.PI_OWNER_ENDS"_req},
                       "the caller has the word");
  clauses.RefuseHere(true, ENOSYS, Force::kMay, {}, "the system may have no such locks");
  DescribeTime(op, clauses);
  DescribeWord(scene, address, true, clauses);
  if (clauses.MustFail()) return;
  const SyncObject* word = FindWord(scene, address, op.own);
  if (word == nullptr) {
    if (!IsFree(scene, address)) LeaveUndefined(clauses);
    return;
  }
  if (!word->bare) return LeaveUndefined(clauses);
  if (IsOwned(*word, scene.call().actor)) {
    return clauses.Refuse(true, EDEADLK, Force::kMust, "SYNC.FUTEX.PI_DEADLOCK"_req,
                          "the caller has the word already");
  }
  if (word->hold == Hold::kHeld) {
    return DescribeBusy(op, EAGAIN, "SYNC.FUTEX.PI_LOCK"_req, "another one has the word", clauses);
  }
  if (word->hold == Hold::kFree) return;
  // Its owner ended: one that waited then has it, and nobody else can.
  const Force force = scene.call().overlapped ? Force::kMay : Force::kMust;
  clauses.Refuse(true, ESRCH, force, "SYNC.FUTEX.PI_OWNER_ENDS"_req, "there is no such owner");
}

void Apply(const SyncFutexLockPi& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const std::uint64_t address = scene.AddressOf<&SyncFutexLockPi::at>();
  const SyncPlace place = WordAt(scene, address, op.own);
  const SyncObject* found = FindSync(state, place, SyncKind::kMutex);
  const bool undefined = found == nullptr ? !IsFree(scene, address) : !found->bare;
  ForgetWord(scene, state, address);
  if (undefined) return RemoveSync(state, place);
  SyncObject& word = OwnSync(state, place, SyncKind::kMutex);
  word.bare = true;
  word.hold = Hold::kHeld;
  word.owner = scene.call().actor;
  word.address = address;
}

void Describe(const SyncFutexUnlockPi& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&SyncFutexUnlockPi::at>();
  clauses.ReturnsValue(0, "SYNC.FUTEX.PI_LOCK"_req, "the caller gives the word up");
  clauses.RefuseHere(true, ENOSYS, Force::kMay, {}, "the system may have no such locks");
  DescribeWord(scene, address, true, clauses);
  clauses.Refuse(address % kWordBytes != 0, EPERM, Force::kMay, "SYNC.FUTEX.PI_FOREIGN"_req,
                 "the word may be looked at before its address is");
  if (clauses.MustFail()) return;
  const SyncObject* word = FindWord(scene, address, op.own);
  const bool known = word != nullptr ? word->bare : IsFree(scene, address);
  if (!known) return LeaveUndefined(clauses);
  if (word != nullptr && IsOwned(*word, scene.call().actor)) return;
  clauses.Refuse(true, EPERM, Force::kMust, "SYNC.FUTEX.PI_FOREIGN"_req,
                 "the caller does not have the word");
}

void Apply(const SyncFutexUnlockPi& op, const Scene& scene, State& state, const Outcome& outcome) {
  if (!Succeeded(outcome)) return;
  const std::uint64_t address = scene.AddressOf<&SyncFutexUnlockPi::at>();
  const SyncPlace place = WordAt(scene, address, op.own);
  const SyncObject* found = FindSync(state, place, SyncKind::kMutex);
  ForgetWord(scene, state, address);
  if (found == nullptr || !IsOwned(*found, scene.call().actor)) return RemoveSync(state, place);
  SyncObject& word = OwnSync(state, place, SyncKind::kMutex);
  word.hold = Hold::kFree;
  word.owner = kNobody;
}

}  // namespace shmspec::model
