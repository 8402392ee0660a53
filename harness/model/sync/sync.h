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

/// Where that address of the caller's lies.
SyncPlace PlaceAt(const Scene& scene, std::uint64_t address);

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

/// Nothing is said of the call, not even that its caller lives on.
void LeaveUndefined(Clauses& clauses);

/// The call does not get what it waits for: it waits, or fails as its patience says; one that only
/// tries with `error`.
template <class Op>
void DescribeBusy(const Op& op, int error, Requirements requirements, const char* why,
                  Clauses& clauses) {
  if (op.how == Patience::kWait) return clauses.Blocks(requirements, why);
  clauses.Refuse(true, op.how == Patience::kTry ? error : ETIMEDOUT, Force::kMust, requirements,
                 why);
  if (WaitsLong(op)) clauses.MayBlock();
}

/// The bytes of an object at the address have changed in a way that only its library knows.
void SoilObject(const Scene& scene, State& state, std::uint64_t address);

/// The mutex goes to the caller, or is given up by its owner.
void TakeMutex(SyncObject& mutex, std::uint8_t actor);
void ReleaseMutex(SyncObject& mutex);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYNC_SYNC_H_
