// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How an operation relates to shared memory. An operation declares it beside its name:
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

/// Decides what a failure means for which the specification gives no reason.
enum class Role : std::uint8_t {
  /// A call of shared memory: its failure is a failure of shared memory. One on files that the
  /// system lacks altogether, or that a filter forbids, is none; a run looks for those of System V
  /// before it begins.
  kSubject,
  /// Another call, tested for its effect on shared memory. A system that lacks or forbids the call
  /// has not failed; any other failure counts against shared memory.
  kNeighbour,
  /// Sets the scene: the environment refuses what the plan needs.
  kPrepares,
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_ROLE_H_
