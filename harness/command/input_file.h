// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A file that the command line names.

#ifndef SHMSPEC_HARNESS_COMMAND_INPUT_FILE_H_
#define SHMSPEC_HARNESS_COMMAND_INPUT_FILE_H_

#include <string>
#include <string_view>

#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// All bytes of a file; `-` is standard input. The error is one line.
Result<std::string> ReadInput(const std::string& file);

/// Whether the file is among those that were read.
bool WasRead(const std::string& file);

/// Its name in messages.
std::string InputName(const std::string& file);

/// Calls `read` with the text of the file and its name for messages, and returns the result.
template <class T>
Result<T> ReadInputWith(Result<T> (*read)(std::string_view, const std::string&),
                        const std::string& file) {
  const Result<std::string> text = ReadInput(file);
  if (!text.ok()) return text.error();
  return read(*text, InputName(file));
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_INPUT_FILE_H_
