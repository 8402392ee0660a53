// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Negative controls: a test that never failed proves nothing. Every seeded fault is put into the
// simulated system, and the cases have to notice.

#ifndef SHMSPEC_HARNESS_RUNNER_CONTROLS_H_
#define SHMSPEC_HARNESS_RUNNER_CONTROLS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/target/faulty/fault.h"

namespace shmspec {

struct ControlResult {
  const SeededFault* fault = nullptr;
  std::vector<std::string> caught_by;  // cases that failed because of it
};

struct ControlsRun {
  std::vector<ControlResult> results;
  /// Cases that fail without any fault; then a caught fault means nothing.
  std::vector<std::string> failing_when_sound;
};

/// Performs every case on the simulated system, once sound and once with each of the faults.
ControlsRun RunControls(
    const std::vector<const SeededFault*>& faults, std::uint64_t seed,
    const std::function<void(std::size_t done, std::size_t total, std::string_view)>& progress);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_CONTROLS_H_
