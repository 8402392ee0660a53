// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the faults of locks and other objects of synchronisation change.

#ifndef SHMSPEC_HARNESS_TARGET_FAULTY_SYNC_CHANGE_H_
#define SHMSPEC_HARNESS_TARGET_FAULTY_SYNC_CHANGE_H_

#include <cerrno>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {

template <class Op, int error>
void SucceedInstead(const Aftermath& a) {
  if (IsOneOf<Op>(a.call) && a.FailedWith(error)) a.outcome = Value{0};
}

template <class Op>
void GiveUpEarly(const Aftermath& a) {
  if (IsOneOf<Op>(a.call) && a.FailedWith(ETIMEDOUT)) a.outcome = Failure{ErrorCode{ETIME}};
}

template <class Op>
void DoNothing(const Aftermath& a) {
  if (IsOneOf<Op>(a.call) && a.Succeeded()) a.after = a.before;
}

inline bool Ends(const Aftermath& a) { return IsOneOf<ProcessExit, ProcessKill>(a.call); }

/// Calls change(before, after) for each object of that kind that was there before and is after.
template <class Change>
void ForEachOf(const Aftermath& a, SyncKind kind, Change&& change) {
  for (const model::SyncObject& before : *a.before.syncs) {
    if (before.kind != kind || FindSync(a.after, before.place, kind) == nullptr) continue;
    change(before, OwnSync(a.after, before.place, kind));
  }
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_FAULTY_SYNC_CHANGE_H_
