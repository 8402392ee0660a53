// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_ONE_LINE_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_ONE_LINE_H_

#include <string>
#include <string_view>

namespace shmspec {

/// The text with its control characters spelt out, `\n` and `\x1b`: for messages that quote what
/// somebody else has written. They are one line, and do nothing to a terminal.
std::string OnOneLine(std::string_view text);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_ONE_LINE_H_
