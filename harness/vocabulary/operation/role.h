// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What an operation is to shared memory. An operation says so beside its name:
//
//   struct ProcessPin {
//     static constexpr std::string_view kName = "process.pin";
//     static constexpr Role kRole = Role::kPrepares;
//
// One whose role depends on its fields has a function `Role role() const` instead; one without
// either is a subject.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_ROLE_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_ROLE_H_

#include <cstdint>

namespace shmspec {

/// Decides what it means that an operation fails where the specification gives no reason.
enum class Role : std::uint8_t {
  /// Shared memory itself: shared memory has failed.
  kSubject,
  /// Another call, of interest for what it does to shared memory. A system that has no such call,
  /// or forbids it, has not failed; any other failure is shared memory's.
  kNeighbour,
  /// Sets the scene: the environment refuses what the plan needs.
  kPrepares,
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_ROLE_H_
