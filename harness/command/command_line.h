// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The command line: it names one of the subcommands that are registered (subcommand.h), with values
// for its options.

#ifndef SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_
#define SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_

#include <string>
#include <vector>

namespace shmspec {

/// Reads a command line, the name of the program first, and performs the subcommand. The exit code:
/// that of the subcommand, or what it calls a mistake, which is told in one line.
int ObeyCommandLine(const std::vector<std::string>& words);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_COMMAND_LINE_H_
