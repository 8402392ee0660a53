// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Semaphores of the C library: in memory of the plan, and named ones. Those are made only where
// /dev/shm is the plan's own; no name of theirs leads out of it.

#include <fcntl.h>
#include <semaphore.h>

#include <cerrno>
#include <cstdint>
#include <ctime>

#include "harness/host/address.h"
#include "harness/target/perform/families.h"
#include "harness/target/perform/open_flags.h"
#include "harness/target/perform/waiting.h"

namespace shmspec::perform {
namespace {

constexpr const char* kShared =
    "names in /dev/shm are made only where this run has a /dev/shm of its own";

// The one with a clock is newer than the others.
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 30)
constexpr bool kHasClock = true;
#else
constexpr bool kHasClock = false;
int sem_clockwait(sem_t*, clockid_t, const timespec*) { return -1; }
#endif

}  // namespace

Outcome Do(const SyncSemInit& op, Context& context) {
  return Returned(::sem_init(At<sem_t>(op.at, context), 1, op.value));
}

Outcome Do(const SyncSemWait& op, Context& context) {
  auto* semaphore = At<sem_t>(op.at, context);
  if (op.how == Patience::kWait) return Returned(::sem_wait(semaphore));
  if (op.how == Patience::kTry) return Returned(::sem_trywait(semaphore));
  if (op.clock == SyncClock::kMonotonic && !kHasClock) return NoClocks();
  const Deadline deadline(op.clock, op.how, op.within_ms);
  const int result = op.clock == SyncClock::kMonotonic
                         ? sem_clockwait(semaphore, deadline.clock(), deadline.at())
                         : ::sem_timedwait(semaphore, deadline.at());
  return Numbered(result == 0 ? 0 : deadline.Checked(errno));
}

Outcome Do(const SyncSemPost& op, Context& context) {
  return Returned(::sem_post(At<sem_t>(op.at, context)));
}

Outcome Do(const SyncSemValue& op, Context& context) {
  int value = 0;
  if (::sem_getvalue(At<sem_t>(op.at, context), &value) != 0) return Returned(-1);
  return Value{value};
}

Outcome Do(const SyncSemOpen& op, Context& context) {
  if (!context.private_shm) return Trouble{true, kShared};
  if ((op.flags.bits & ~(kMakeObject | kOnlyNewObject)) != 0) {
    return Trouble{true, "semaphores are opened with the flags of sem_open(3) alone"};
  }
  sem_t* const semaphore = ::sem_open(op.name.c_str(), OpenFlagsOf(op.flags.bits),
                                      static_cast<mode_t>(op.mode.bits), op.value);
  if (semaphore == SEM_FAILED) return Returned(-1);
  return Value{static_cast<std::int64_t>(AddressOf(semaphore))};
}

Outcome Do(const SyncSemClose& op, Context& context) {
  return Returned(::sem_close(At<sem_t>(op.at, context)));
}

Outcome Do(const SyncSemUnlink& op, Context& context) {
  if (!context.private_shm) return Trouble{true, kShared};
  return Returned(::sem_unlink(op.name.c_str()));
}

}  // namespace shmspec::perform
