// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Short forms of cases with named semaphores.

#ifndef SHMSPEC_SUITES_SYNC_NAMED_H_
#define SHMSPEC_SUITES_SYNC_NAMED_H_

#include <cstdint>

#include "suites/shorthand.h"

namespace shmspec {

inline constexpr int kNamedRounds = 20;
inline constexpr std::uint32_t kMostValue = 0x7fffffff;
inline constexpr std::uint64_t kNewSemaphore = kMakeObject | kOnlyNewObject;

/// sem_open(3) that makes the semaphore "/n0".
inline SyncSemOpen New(std::uint32_t value, std::uint32_t mode = 0600) {
  return {.flags = kNewSemaphore, .mode = {mode}, .value = value};
}

inline Mapping Open(const Actor& actor, const SyncSemOpen& open) {
  Mapping at;
  actor.MapAs(at, open).Succeeds();
  return at;
}
inline void Unlink(const Actor& actor) { actor.Do(SyncSemUnlink{}).Gives(0); }
inline void Close(const Actor& actor, Address at) { actor.Do(SyncSemClose{at}).Gives(0); }

inline void Post(const Actor& one, Address at) { one.Do(SyncSemPost{at}).Gives(0); }
inline void Take(const Actor& one, Address at) { one.Do(SyncSemWait{at}).Gives(0); }
inline void Has(const Actor& one, Address at, std::int64_t value) {
  one.Do(SyncSemValue{at}).Gives(value);
}

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_SYNC_NAMED_H_
