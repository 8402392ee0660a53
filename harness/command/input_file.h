// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A file that the command line names.

#ifndef SHMSPEC_HARNESS_COMMAND_INPUT_FILE_H_
#define SHMSPEC_HARNESS_COMMAND_INPUT_FILE_H_

#include <string>

#include "harness/vocabulary/result.h"

namespace shmspec {

/// All bytes of a file; `-` is standard input. The error is one line.
Result<std::string> ReadInput(const std::string& file);

/// What to call it in messages.
std::string InputName(const std::string& file);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_INPUT_FILE_H_
