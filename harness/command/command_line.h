// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The command line: it names one of the subcommands that are registered (subcommand.h), with values
// for its options.

#ifndef SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_
#define SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_

#include <string>
#include <vector>

namespace shmspec {

/// Reads a command line, the name of the program first, and performs the subcommand. Returns its
/// exit code; prints one line about a mistake and returns the code for that.
int ObeyCommandLine(const std::vector<std::string>& words);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_
