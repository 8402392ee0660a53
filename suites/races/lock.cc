// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Locks in shared memory that several processes try for at the same time.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// Three processes with one segment.
struct Tried {
  explicit Tried(PlanBuilder& plan) : a(plan.Spawn("a")), b(plan.Forked("b")), c(plan.Forked("c")) {
    s = a.Get({.flags = kCreate | 0600});
    p = a.At(s);
    a.Remove(s).Gives(0);
  }
  void Fork() const {
    a.Fork(b);
    a.Fork(c);
  }
  Actor a;
  Actor b;
  Actor c;
  Segment s;
  Attach p;
};

SHMSPEC_RACE("races.lock.of_a_mutex_that_three_try_for_goes_to_one", kRounds,
             "SYNC.MUTEX.EXCLUSION"_req) {
  const Tried all(plan);
  all.a.Do(SyncMutexInit{.at = all.p}).Gives(0);
  all.Fork();
  plan.Race([&] {
    for (const Actor& one : {all.a, all.b, all.c}) {
      one.Do(SyncMutexLock{.at = all.p, .how = Patience::kTry}).Expects(Exactly(0) | Fails(EBUSY));
    }
  });
  all.a.Do(SyncMutexLock{.at = all.p, .how = Patience::kTry}).Fails(EBUSY);
}

SHMSPEC_RACE("races.lock.of_a_rwlock_that_three_try_to_write_goes_to_one", kRounds,
             "SYNC.RWLOCK.EXCLUSION"_req) {
  const Tried all(plan);
  all.a.Do(SyncRwlockInit{.at = all.p}).Gives(0);
  all.Fork();
  plan.Race([&] {
    for (const Actor& one : {all.a, all.b, all.c}) {
      one.Do(SyncRwlockLock{.at = all.p, .write = true, .how = Patience::kTry})
          .Expects(Exactly(0) | Fails(EBUSY));
    }
  });
  all.a.Do(SyncRwlockLock{.at = all.p, .write = true, .how = Patience::kTry}).Fails(EBUSY);
}

}  // namespace
}  // namespace shmspec
