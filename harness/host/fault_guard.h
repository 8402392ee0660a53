// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Turns the SIGSEGV or SIGBUS of one guarded piece of code into a value. Everywhere else the two
// signals stay deadly.
//
//   std::optional<SeenFault> fault = Guarded([&] { *address = 1; });

#ifndef SHMSPEC_HARNESS_HOST_FAULT_GUARD_H_
#define SHMSPEC_HARNESS_HOST_FAULT_GUARD_H_

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <optional>

namespace shmspec {

struct SeenFault {
  int signal = 0;
  int code = 0;               // si_code
  std::uint64_t address = 0;  // si_addr
};

namespace internal {

struct GuardState {
  sigjmp_buf jump;
  SeenFault fault;
  volatile sig_atomic_t armed = 0;
};

/// The state of the calling thread.
GuardState& Guard();

}  // namespace internal

/// Installs the handlers in this process and an alternate stack for this thread. Call once in every
/// thread before Guarded; calling again changes nothing. (Perform calls it.)
void PrepareFaultGuard();
/// For a thread that goes on to its end in other code, which may not expect such a stack: the
/// address sanitizer takes it for its own.
void LeaveFaultGuard();

/// Runs `access` and returns the fault that ended it, if one did. `access` must own nothing: its
/// destructors do not run after a fault.
template <class Access>
std::optional<SeenFault> Guarded(Access&& access) {
  PrepareFaultGuard();
  internal::GuardState& guard = internal::Guard();
  if (sigsetjmp(guard.jump, 0) == 0) {
    guard.armed = 1;
    access();
    guard.armed = 0;
    return std::nullopt;
  }
  guard.armed = 0;
  return guard.fault;
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_FAULT_GUARD_H_
