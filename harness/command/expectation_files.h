// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Files that expect of cases something other than to pass.

#ifndef SHMSPEC_HARNESS_COMMAND_EXPECTATION_FILES_H_
#define SHMSPEC_HARNESS_COMMAND_EXPECTATION_FILES_H_

#include <optional>
#include <string>

#include "harness/command/option_list.h"
#include "harness/command/settle.h"
#include "harness/runner/expectations.h"

namespace shmspec {

struct ExpectationFiles {
  std::optional<std::string> waivers;
  std::optional<std::string> baseline;
};

/// `--waivers`.
void DeclareWaivers(OptionList& options, ExpectationFiles& to);

/// Reads them for a run through that target and profile. The error is one line.
Result<Expectations> ReadExpectations(const ExpectationFiles& files, const PerformOptions& perform);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_EXPECTATION_FILES_H_
