// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Short forms of cases with a mutex at the beginning of the memory that all share.

#ifndef SHMSPEC_SUITES_SYNC_MUTEX_H_
#define SHMSPEC_SUITES_SYNC_MUTEX_H_

#include <cerrno>

#include "suites/sync/meeting.h"

namespace shmspec {

inline void MakeRobust(const Member& maker, MutexProtocol protocol = MutexProtocol::kNone,
                       MutexType type = MutexType::kNormal) {
  maker.Do(SyncMutexInit{maker.at, type, protocol, true}).Gives(0);
}

inline void Lock(const Member& one) { one.Do(SyncMutexLock{one.at}).Gives(0); }
inline void Unlock(const Member& one) { one.Do(SyncMutexUnlock{one.at}).Gives(0); }
inline void IsTold(const Member& one) { one.Do(SyncMutexLock{one.at}).Fails(EOWNERDEAD); }
inline void Repair(const Member& one) { one.Do(SyncMutexConsistent{one.at}).Gives(0); }

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_SYNC_MUTEX_H_
