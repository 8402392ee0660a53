// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the operations of synchronisation share.

#ifndef SHMSPEC_HARNESS_MODEL_SYNC_SYNC_H_
#define SHMSPEC_HARNESS_MODEL_SYNC_SYNC_H_

#include <cerrno>
#include <cstdint>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// SEM_VALUE_MAX of every library that is known.
inline constexpr std::uint32_t kMostSemaphoreValue = 0x7fffffff;

// Named for templates, in which clang 14 does not evaluate the literals.
inline constexpr Requirement kNanoseconds = [] {
  using namespace shmspec::literals;  // NOLINT: the names of requirements
  return "SYNC.TIMED.NANOSECONDS"_req;
}();
inline constexpr Requirement kNotWhenFree = [] {
  using namespace shmspec::literals;  // NOLINT: the names of requirements
  return "SYNC.TIMED.NOT_WHEN_FREE"_req;
}();

/// Where that address of the caller's lies.
SyncPlace PlaceAt(const Scene& scene, std::uint64_t address);

/// Where a futex lies, by a key of the process alone if it is its own.
SyncPlace WordAt(const Scene& scene, std::uint64_t address, bool own);
/// Adds the errors of the address of a futex. Whether it is looked at, or only compared, is
/// `reads`.
void DescribeWord(const Scene& scene, std::uint64_t address, bool reads, Clauses& clauses);

/// Whether the caller has memory at the address to make an object in. Otherwise nothing is said of
/// the call, and added is that it may end in any way.
bool DescribeRoom(const Scene& scene, std::uint64_t address, Clauses& clauses);

/// The object of that kind at an address of the caller's, or null; then nothing is said of the
/// call, and added is that it may end in any way.
const SyncObject* DescribeSync(const Scene& scene, std::uint64_t address, SyncKind kind,
                               Clauses& clauses);

/// Whether the time limit of the call may lie behind the deadline of a plan.
template <class Op>
bool WaitsLong(const Op& op) {
  constexpr std::uint32_t kLong_ms = 5000;
  return op.how == Patience::kTimed && op.within_ms >= kLong_ms;
}

/// Whether the call is given a time that is none.
template <class Op>
bool HasNoTime(const Op& op) {
  return op.how == Patience::kNegative || op.how == Patience::kExcess;
}

/// What a time means to a call that need not wait: nothing, though it may be looked at.
template <class Op>
void DescribeTime(const Op& op, Clauses& clauses) {
  clauses.Refuse(HasNoTime(op), EINVAL, Force::kMay, kNanoseconds, "the time is none");
  if (op.how == Patience::kTimed) clauses.Effect(kNotWhenFree);
}

/// Nothing is said of the call, not even that its caller lives on.
void LeaveUndefined(Clauses& clauses);

/// The call does not get what it waits for: it waits, or fails as its patience says; one that only
/// tries with `error`.
template <class Op>
void DescribeBusy(const Op& op, int error, Requirements requirements, const char* why,
                  Clauses& clauses) {
  if (op.how == Patience::kWait) return clauses.Blocks(requirements, why);
  clauses.Refuse(HasNoTime(op), EINVAL, Force::kMust, kNanoseconds, "the time is none");
  if (HasNoTime(op)) return;
  clauses.Refuse(true, op.how == Patience::kTry ? error : ETIMEDOUT, Force::kMust, requirements,
                 why);
  if (WaitsLong(op)) clauses.MayBlock();
}

/// The bytes of an object at the address have changed in a way that only its library knows.
void SoilObject(const Scene& scene, State& state, std::uint64_t address);

/// A fresh object of that kind at an address of the caller's, in place of what was there.
SyncObject& MakeSync(const Scene& scene, State& state, std::uint64_t address, SyncKind kind);

/// Whether the caller has the mutex.
bool IsOwner(const Scene& scene, const SyncObject& mutex);
/// Whether somebody reads or writes by the lock.
bool IsLocked(const SyncObject& lock);

/// Adds the errors of a caller who runs above the ceiling of a mutex, or cannot run at it.
void DescribeCeiling(const Scene& scene, const SyncObject& mutex, Clauses& clauses);

/// The mutex goes to the caller, or is given up by its owner.
void TakeMutex(SyncObject& mutex, std::uint8_t actor);
void ReleaseMutex(SyncObject& mutex);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYNC_SYNC_H_
