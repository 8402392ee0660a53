// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/settle.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <random>
#include <vector>

#include "harness/actor/floor.h"
#include "harness/command/option_list.h"
#include "harness/host/own_process.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/abilities_inside.h"
#include "harness/runner/stop_requests.h"
#include "harness/sandbox/system_v.h"
#include "harness/target/target.h"
#include "harness/vocabulary/value/duration.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kMaxJobs = 4;

std::vector<std::string> ProfileNames() {
  std::vector<std::string> names;
  for (const model::Profile* profile : model::AllProfiles()) names.emplace_back(profile->name);
  return names;
}

}  // namespace

std::string ProfileWords(std::string_view by_default) {
  return WordsWithDefault(ProfileNames(), by_default);
}

void DeclarePerform(OptionList& options, PerformOptions& to, const std::string& more_targets) {
  std::string targets;
  for (const KernelTarget& target : KernelTargets()) {
    targets += fmt::format("{} ({}{}), ", target.name, target.about,
                           target.name == to.target ? "; default" : "");
  }
  options.Text("--target", to.target,
               targets + "simulated or faulty:ID (see controls)" + more_targets);
  options.Text("--profile", to.profile,
               "The specification to judge by: " + ProfileWords(to.profile));
  options.Seed("--seed", to.seed, "Settles every random choice; printed with each run");
  options.Duration("--timeout", to.timeout_ms,
                   fmt::format("How long one case may take, such as 30s, 500ms or 2m; {} when not "
                               "given",
                               PrintDuration(to.timeout_ms)));
}

std::uint32_t JobsOf(std::uint32_t asked) {
  if (asked != 0) return asked;
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof(usable), &usable) != 0) return 1;
  return std::clamp(static_cast<std::uint32_t>(CPU_COUNT(&usable)), 1u, kMaxJobs);
}

bool IsRealTarget(const std::string& target) {
  return target != "simulated" && !target.starts_with("faulty:");
}

std::optional<std::string> MissingFloor(const PerformOptions& options) {
  if (!IsRealTarget(options.target)) return std::nullopt;
  for (const FloorTest& test : TryFloor()) {
    // A request to stop may also arrive during this trial; then the run stops and prints why.
    if (test.result.ok() || StopRequests::Pending() != 0) continue;
    return fmt::format("this system lacks what shmspec itself stands on: {}: {}", test.name,
                       test.result.error().message);
  }
  return std::nullopt;
}

Result<const model::Profile*> ProfileNamed(const std::string& name) {
  if (const model::Profile* profile = model::FindProfile(name)) return profile;
  const std::vector<std::string> names = ProfileNames();
  return Error{fmt::format("no profile \"{}\": there are {}{}", name, fmt::join(names, ", "),
                           DidYouMean(name, names))};
}

Result<RunOptions> Settle(const PerformOptions& options) {
  RunOptions settled;
  settled.target = options.target;
  settled.timeout_ms = options.timeout_ms;
  settled.jobs = JobsOf(options.jobs);
  settled.seed = options.seed ? *options.seed : std::random_device{}();
  const Result<const model::Profile*> profile = ProfileNamed(options.profile);
  if (!profile.ok()) return profile.error();
  settled.profile = *profile;
  if (IsRealTarget(options.target)) {
    const std::vector<std::string> names = TargetNames();
    if (std::find(names.begin(), names.end(), options.target) == names.end()) {
      return Error{fmt::format("no target \"{}\": there are {}{}", options.target,
                               fmt::join(names, ", "), DidYouMean(options.target, names))};
    }
    // A request to stop may also arrive during this trial; then the run stops and prints why.
    const auto stopped = [] { return StopRequests::Pending() != 0; };
    if (auto system_v = ProbeSystemV(); !system_v.ok() && !stopped()) {
      // Printed once; plans that need it are unsupported.
      settled.lacks_system_v = system_v.error().message;
      fmt::print(stderr, "shmspec: {}\n", settled.lacks_system_v);
    } else if (auto detach = ProbeDetach(); !detach.ok() && !stopped()) {
      settled.detaches = false;
      fmt::print(stderr, "shmspec: {}\n", detach.error().message);
    }
    settled.isolation = ProbeIsolation();
    Result<FoundAbilities> abilities = TryAbilitiesInside(settled.isolation, OwnProgram());
    if (!abilities.ok() && !stopped()) return abilities.error();
    if (abilities.ok()) settled.abilities = std::move(*abilities);
    // The needs that the target lacks are printed once and not case by case.
    if (auto stage = MakeStage(settled); !stage.ok() && !stopped()) return stage.error();
    return settled;
  }
  if (auto stage = MakeStage(settled); !stage.ok()) return stage.error();
  return settled;
}

}  // namespace shmspec
