// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Launchers from TOML: those that come with the program, and those of a user on top.

#ifndef SHMSPEC_HARNESS_LAUNCHER_READ_LAUNCHERS_H_
#define SHMSPEC_HARNESS_LAUNCHER_READ_LAUNCHERS_H_

#include <string>
#include <string_view>

#include "harness/launcher/launcher.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Reads a file of launchers. The error is one line that begins with FILE:LINE:COLUMN and says what
/// was expected. Errors are malformed TOML, a key that is unknown or missing, a placeholder that
/// does not exist or that nothing gives a value to.
Result<Launchers> ReadLaunchers(std::string_view text, const std::string& file);

/// Those that come with the program, in the order of launchers.toml.
Launchers ShippedLaunchers();

/// `launchers` with those of `others` in place of the ones with the same name, and the rest behind
/// them.
Launchers With(Launchers launchers, Launchers others);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_READ_LAUNCHERS_H_
