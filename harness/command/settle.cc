// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/settle.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "harness/actor/floor.h"
#include "harness/command/input_file.h"
#include "harness/command/option_list.h"
#include "harness/host/own_process.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/abilities_inside.h"
#include "harness/runner/stop_requests.h"
#include "harness/sandbox/build_id.h"
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
  options
      .Text("--adapter", to.adapter,
            "The target is a library, used by this program: its command line (see shmspec adapter)")
      .excludes = {"--target"};
  options.Text("--adapter-profile", to.adapter_profile,
               "TOML with what the library documents differently");
  options.Number("--adapter-user", to.adapter_user, {1, 4'000'000'000},
                 "The user that the program runs as where its actor has no user of its own");
  options.Text("--subject", to.subject,
               "NAME=VERSION of a library that is put before the C library (LD_PRELOAD), for the "
               "record");
  options.Text("--profile", to.profile,
               "The specification to judge by: " + ProfileWords(to.profile));
  options.Seed("--seed", to.seed, "Settles every random choice; printed with each run");
  options.Duration("--timeout", to.timeout_ms,
                   fmt::format("How long one case may take, such as 30s, 500ms or 2m; {} when not "
                               "given",
                               PrintDuration(to.timeout_ms)));
}

std::uint32_t UsableProcessors() {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof(usable), &usable) != 0) return 1;
  return static_cast<std::uint32_t>(CPU_COUNT(&usable));
}

std::uint32_t JobsOf(std::uint32_t asked) {
  if (asked != 0) return asked;
  return std::clamp(UsableProcessors(), 1u, kMaxJobs);
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

namespace {

/// Reads the options about an adapter and asks it what it is.
Result<void> SettleAdapter(const PerformOptions& options, RunOptions& settled) {
  const auto wrong = [](std::string_view option, const std::string& why) {
    return Error{fmt::format("{}: {}", option, why)};
  };
  if (!options.adapter) {
    if (options.adapter_profile || options.adapter_user >= 0) {
      return Error{"--adapter-profile and --adapter-user go with --adapter PROGRAM"};
    }
    if (options.target != kAdapterTarget) return {};
    return Error{"name the program of the adapter by --adapter PROGRAM"};
  }
  RunAdapter& adapter = settled.adapter;
  adapter.command = *options.adapter;
  Result<std::vector<std::string>> words = SplitWords(*options.adapter);
  if (!words.ok()) return wrong("--adapter", words.error().message);
  adapter.program.words = std::move(*words);
  adapter.program.user = options.adapter_user;
  auto profile = std::make_shared<model::Profile>(*settled.profile);
  if (options.adapter_profile) {
    adapter.profile_file = *options.adapter_profile;
    auto library = ReadInputWith(&ReadLibraryProfile, *options.adapter_profile);
    if (!library.ok()) return library.error();
    profile->library = *library;
  }
  adapter.profile = profile;
  settled.profile = adapter.profile.get();
  Result<AdapterIntroduction> introduction = Introduce(adapter.program);
  if (!introduction.ok()) return wrong("--adapter", introduction.error().message);
  adapter.introduction = std::move(*introduction);
  settled.target = kAdapterTarget;
  return {};
}

}  // namespace

namespace {

/// Takes the name of what is put before the C library, and says so when nothing can be.
Result<void> SettleSubject(const PerformOptions& options, RunOptions& settled) {
  const char* preload = std::getenv("LD_PRELOAD");
  const bool preloads = preload != nullptr && *preload != '\0';
  if (preloads && IsStaticallyLinked()) {
    fmt::print(stderr,
               "shmspec: LD_PRELOAD is set, but this program is static: nothing is put before its "
               "C library; use the one that is linked with the system's\n");
  }
  if (!options.subject) return {};
  const std::size_t equals = options.subject->find('=');
  if (equals == 0 || equals >= options.subject->size() - 1) {
    return Error{fmt::format("--subject: expected NAME=VERSION, such as mine=1.0, found \"{}\"",
                             *options.subject)};
  }
  settled.subject =
      record::Library{options.subject->substr(0, equals), options.subject->substr(equals + 1), ""};
  return {};
}

}  // namespace

Result<RunOptions> Settle(const PerformOptions& options) {
  RunOptions settled;
  settled.target = options.target;
  settled.timeout_ms = options.timeout_ms;
  settled.jobs = JobsOf(options.jobs);
  settled.seed = options.seed ? *options.seed : std::random_device{}();
  const Result<const model::Profile*> profile = ProfileNamed(options.profile);
  if (!profile.ok()) return profile.error();
  settled.profile = *profile;
  if (const auto subject = SettleSubject(options, settled); !subject.ok()) return subject.error();
  if (const auto adapter = SettleAdapter(options, settled); !adapter.ok()) return adapter.error();
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
