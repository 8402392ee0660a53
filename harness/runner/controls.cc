// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/controls.h"

#include "harness/model/profile.h"
#include "harness/runner/case.h"
#include "harness/runner/run.h"

namespace shmspec {
namespace {

std::vector<std::string> FailingOn(const std::string& target, std::uint64_t seed) {
  RunOptions options;
  options.target = target;
  options.seed = seed;
  options.profile = model::FindProfile("linux");
  std::vector<std::string> failing;
  for (const Case& test_case : AllCases()) {
    if (PerformCase(test_case, options).status == Status::kFail) {
      failing.emplace_back(test_case.id);
    }
  }
  return failing;
}

}  // namespace

ControlsRun RunControls(
    const std::vector<const SeededFault*>& faults, std::uint64_t seed,
    const std::function<void(std::size_t done, std::size_t total, std::string_view)>& progress) {
  ControlsRun run;
  run.failing_when_sound = FailingOn("simulated", seed);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    progress(i, faults.size(), faults[i]->id);
    run.results.push_back({faults[i], FailingOn("faulty:" + std::string(faults[i]->id), seed)});
  }
  return run;
}

}  // namespace shmspec
