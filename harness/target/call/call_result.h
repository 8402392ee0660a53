// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a call returned.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_CALL_RESULT_H_
#define SHMSPEC_HARNESS_TARGET_CALL_CALL_RESULT_H_

#include <cstdint>

namespace shmspec {

/// What the kernel or library returned: -1 with errno on failure.
struct CallResult {
  // NOLINTNEXTLINE(google-explicit-constructor): a call that was made returned a number.
  constexpr CallResult(std::int64_t returned) : value(returned) {}
  /// For a call that this way of entering the kernel cannot express. It was not made.
  static constexpr CallResult Lacking(const char* why) {
    CallResult none(-1);
    none.lacking = why;
    return none;
  }

  std::int64_t value;
  const char* lacking = nullptr;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_CALL_RESULT_H_
