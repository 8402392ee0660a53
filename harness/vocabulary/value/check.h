// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A programmer's mistake ends the program with file and line. What a target did is an Outcome, an
// experiment that failed is a Result: neither belongs here.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_CHECK_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_CHECK_H_

namespace shmspec {

/// Prints "FILE:LINE: MESSAGE (CONDITION)" to standard error and aborts. Safe in actors: no
/// allocation, no stdio.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const char* message);

}  // namespace shmspec

/// SHMSPEC_CHECK(index < size, "an index past the end of the plan")
#define SHMSPEC_CHECK(condition, message) \
  (static_cast<bool>(condition) ? void(0) \
                                : ::shmspec::CheckFailed(__FILE__, __LINE__, #condition, message))

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_CHECK_H_
