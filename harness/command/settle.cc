// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "harness/actor/trusted_base.h"
#include "harness/command/command.h"
#include "harness/model/profile.h"
#include "harness/sandbox/system_v.h"
#include "harness/vocabulary/nearest.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kMaxJobs = 4;

}  // namespace

std::uint32_t JobsOf(std::uint32_t asked) {
  const long cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
  return asked != 0 ? asked : static_cast<std::uint32_t>(std::clamp<long>(cpus, 1, kMaxJobs));
}

bool IsRealTarget(const std::string& target) {
  return target != "simulated" && !target.starts_with("faulty:");
}

Result<RunOptions> Settle(const PerformOptions& options) {
  RunOptions settled;
  settled.target = options.target;
  settled.timeout_ms = options.timeout_ms;
  settled.jobs = JobsOf(options.jobs);
  settled.seed = options.seed ? *options.seed : std::random_device{}();
  settled.profile = model::FindProfile(options.profile);
  if (settled.profile == nullptr) {
    std::vector<std::string> names;
    for (const model::Profile& profile : model::AllProfiles()) names.emplace_back(profile.name);
    return Error{fmt::format("no profile \"{}\": there are {}{}", options.profile,
                             fmt::join(names, ", "), DidYouMean(options.profile, names))};
  }
  if (IsRealTarget(options.target)) {
    const std::vector<std::string> names = TargetNames();
    if (std::find(names.begin(), names.end(), options.target) == names.end()) {
      return Error{fmt::format("no target \"{}\": there are {}{}", options.target,
                               fmt::join(names, ", "), DidYouMean(options.target, names))};
    }
    for (const SelfTest& test : TestTrustedBase()) {
      if (!test.result.ok()) {
        return Error{fmt::format("this system lacks what shmspec itself stands on: {}: {}",
                                 test.name, test.result.error().message),
                     true};
      }
    }
    if (auto system_v = ProbeSystemV(); !system_v.ok()) return system_v.error();
    settled.isolation = ProbeIsolation();
  }
  // Whatever the target lacks should be said once and not case by case.
  if (auto stage = MakeStage(settled); !stage.ok()) return stage.error();
  return settled;
}

}  // namespace shmspec
