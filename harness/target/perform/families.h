// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One function for each operation, one file for each family. Private to this folder; others call
// Perform() of perform.h.

#ifndef SHMSPEC_HARNESS_TARGET_PERFORM_FAMILIES_H_
#define SHMSPEC_HARNESS_TARGET_PERFORM_FAMILIES_H_

#include <cerrno>

#include "harness/host/fault_guard.h"
#include "harness/target/target.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::perform {

/// What a call returned: its value, or errno when that is -1.
inline Outcome Returned(std::int64_t value) {
  if (value == -1) return Failure{ErrorCode{errno}};
  return Value{value};
}

inline Outcome Returned(const CallResult& result) {
  if (result.lacking != nullptr) return Trouble{true, result.lacking};
  return Returned(result.value);
}

/// A fault at an access that named this address.
Outcome OutcomeOf(const SeenFault& seen, std::uint64_t named);

#define SHMSPEC_DECLARE(Op) Outcome Do(const Op& op, Context& context);
SHMSPEC_OPERATIONS(SHMSPEC_DECLARE)
#undef SHMSPEC_DECLARE

}  // namespace shmspec::perform

#endif  // SHMSPEC_HARNESS_TARGET_PERFORM_FAMILIES_H_
