// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Namespaces of its own for each case, as far as the system allows.

#ifndef SHMSPEC_HARNESS_SANDBOX_ISOLATION_H_
#define SHMSPEC_HARNESS_SANDBOX_ISOLATION_H_

#include <cstdint>

#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// How far a case is separated from the rest of the system.
enum class Isolation : std::uint8_t {
  kPrivate,        // IPC and mount namespaces of its own, by privilege
  kUserNamespace,  // the same inside a user namespace of its own
  kShared,         // neither: unique keys keep cases apart
};
template <>
struct NamesOf<Isolation> {
  static constexpr std::array kNames{Named<Isolation>{"private", Isolation::kPrivate},
                                     Named<Isolation>{"user-namespace", Isolation::kUserNamespace},
                                     Named<Isolation>{"shared", Isolation::kShared}};
};

/// The best isolation that this system lets the caller have; found out in a child process.
Isolation ProbeIsolation();

/// What the isolation consists of.
struct Isolated {
  /// Whether /dev/shm is a file system of its own, of 64 MiB and mode 1777; why it is not.
  Result<void> private_shm = Error{"unshare: this run has no namespaces of its own", true};
};

/// Puts the calling process, which must be single-threaded, into the isolation. The private
/// /dev/shm is left out where mounting is refused: System V does not need it.
Result<Isolated> EnterIsolation(Isolation isolation);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_ISOLATION_H_
