// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Negative controls for people, and for runs that have them before.

#ifndef SHMSPEC_HARNESS_COMMAND_CONTROLS_COMMAND_H_
#define SHMSPEC_HARNESS_COMMAND_CONTROLS_COMMAND_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/command/print_format.h"
#include "harness/runner/controls.h"
#include "harness/target/faulty/fault.h"

namespace shmspec {

struct ControlsCommandOptions {
  std::vector<std::string> faults;
  std::string by = "suites";  // which hunter
  std::uint64_t seed = 1;
  std::uint32_t jobs = 0;  // as in PerformOptions
  bool first = false;
  std::uint64_t executions = 100'000;  // of a fuzzer, for each fault
  Format format = Format::kHuman;
};
int ControlsCommand(const ControlsCommandOptions& options, std::span<const SeededFault> faults);

/// Why negative controls are meaningless here; empty when they are not.
std::string TroubleOf(const ControlsRun& run);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_CONTROLS_COMMAND_H_
