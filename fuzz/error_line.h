// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What every reader promises of its errors.

#ifndef SHMSPEC_FUZZ_ERROR_LINE_H_
#define SHMSPEC_FUZZ_ERROR_LINE_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "harness/vocabulary/value/check.h"

namespace shmspec {

/// The name under which targets hand their input to a reader.
inline constexpr char kInputName[] = "fuzz";

/// Takes `NUMBER:` from the front, if it is there and the number is not 0.
inline bool TakeNumber(std::string_view& rest) {
  const std::size_t digits = rest.find_first_not_of("0123456789");
  if (digits == 0 || digits == rest.npos || rest[0] == '0' || rest[digits] != ':') return false;
  rest.remove_prefix(digits + 1);
  return true;
}

/// One line that a terminal can show as it is: it has no control characters, whatever the input
/// was.
inline void CheckIsOneLine(std::string_view message) {
  SHMSPEC_CHECK(!message.empty() && std::none_of(message.begin(), message.end(),
                                                 [](char c) {
                                                   const auto byte = static_cast<unsigned char>(c);
                                                   return byte < 0x20 || byte == 0x7f;
                                                 }),
                "an error is one line without control characters");
}

/// One line that begins with kInputName, as of a file.
inline void CheckNamesFile(std::string_view message) {
  CheckIsOneLine(message);
  SHMSPEC_CHECK(message.starts_with(kInputName) && message.substr(sizeof(kInputName) - 1, 1) == ":",
                "an error begins with its file");
}

/// One line that begins with file, line and column.
inline void CheckNamesPlace(std::string_view message) {
  CheckNamesFile(message);
  std::string_view rest = message.substr(sizeof(kInputName));
  SHMSPEC_CHECK(TakeNumber(rest) && TakeNumber(rest) && rest.starts_with(' '),
                "an error begins with its file, line and column");
}

}  // namespace shmspec

#endif  // SHMSPEC_FUZZ_ERROR_LINE_H_
