// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/controls.h"

#include <algorithm>
#include <list>
#include <utility>

#include "harness/host/readable.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/case.h"
#include "harness/runner/perform_plan.h"
#include "harness/runner/run.h"
#include "harness/runner/stop_requests.h"
#include "harness/sandbox/case_process.h"
#include "harness/target/simulated/simulated_stage.h"
#include "harness/vocabulary/form/wire_codec.h"
#include "harness/vocabulary/value/page.h"

namespace shmspec {
namespace {

/// Performs every case; those of one round first, because they take the least time.
std::vector<Noticed> SearchWithCases(const Hunt& hunt) {
  std::vector<const Case*> cases;
  for (const Case& test_case : AllCases()) cases.push_back(&test_case);
  std::stable_sort(cases.begin(), cases.end(),
                   [](const Case* a, const Case* b) { return a->rounds < b->rounds; });
  std::vector<Noticed> noticed;
  for (const Case* one : cases) {
    if (hunt.first && !noticed.empty()) break;
    const CaseResult result = PerformPlan(PlanOf(*one), one->rounds, hunt.stage, hunt.profile,
                                          SeedOfCase(hunt.seed, one->id));
    // What hangs here would hang again.
    if (result.status == Status::kFail || !result.hung.empty())
      noticed.push_back({std::string(one->id)});
  }
  return noticed;
}

/// Registrations are static initialisers, hence a function's static: it exists before them.
std::vector<Hunter>& Registered() {
  static std::vector<Hunter> hunters{{"suites", &SearchWithCases}};
  return hunters;
}

/// Searches several systems at a time, each in a process of its own.
class Searches {
 public:
  explicit Searches(const ControlsOptions& options) : options_(options) {}

  /// Begins to search the system with the fault of `result`, once a job is free.
  void Start(ControlResult& result) {
    while (running_.size() >= options_.jobs) Wait();
    Result<CaseProcess> process = CaseProcess::Start([&] {
      std::string bytes;
      wire::Append(bytes, Search(result.fault));
      return bytes;
    });
    if (!process.ok()) {
      result.trouble = process.error().message;
      return;
    }
    running_.push_back({&result, std::move(process).value()});
  }

  void Finish() {
    while (!running_.empty()) Wait();
  }

 private:
  struct Running {
    ControlResult* result;
    CaseProcess process;
  };

  std::vector<Noticed> Search(const SeededFault* fault) const {
    SetMemoryUnits({});  // those of the simulated system
    const model::Profile& profile = *model::FindProfile("linux");
    const std::unique_ptr<Stage> stage =
        fault != nullptr ? MakeFaultyStage(*fault, profile) : MakeSimulatedStage(profile);
    return options_.hunter.search(
        {*stage, profile, options_.seed, options_.first, options_.executions});
  }

  void Wait() {
    std::vector<pollfd> fds;
    for (const Running& one : running_) fds.push_back({one.process.result_fd(), POLLIN, 0});
    fds.push_back({StopRequests::fd(), POLLIN, 0});
    AwaitReadable(fds, -1);
    if (StopRequests::Pending() != 0) return running_.clear();  // ends the processes
    std::erase_if(running_, [](Running& one) {
      if (!one.process.Receive()) return false;
      Take(one);
      return true;
    });
  }

  static void Take(Running& one) {
    const auto bytes = one.process.Finish();
    std::string_view rest = bytes ? *bytes : std::string_view();
    const bool whole = bytes && wire::Read(rest, one.result->caught_by) && rest.empty();
    if (!whole) one.result->trouble = "the search " + one.process.HowEnded();
  }

  const ControlsOptions& options_;
  std::list<Running> running_;
};

}  // namespace

std::vector<std::string> NamesIn(const std::vector<Noticed>& noticed) {
  std::vector<std::string> names;
  for (const Noticed& one : noticed) names.push_back(one.name);
  return names;
}

internal::HunterRegistration::HunterRegistration(Hunter hunter) { Registered().push_back(hunter); }

const std::vector<Hunter>& AllHunters() { return Registered(); }

const Hunter* FindHunter(std::string_view name) {
  const std::vector<Hunter>& all = AllHunters();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Hunter& one) { return one.name == name; });
  return found != all.end() ? &*found : nullptr;
}

ControlsRun RunControls(
    const std::vector<const SeededFault*>& faults, const ControlsOptions& options,
    const std::function<void(std::size_t done, std::size_t total, std::string_view)>& progress) {
  ControlsRun run;
  for (const SeededFault* fault : faults) run.results.push_back({fault, {}, {}});
  Searches searches(options);
  searches.Start(run.sound);
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    if (StopRequests::Pending() != 0) break;
    progress(i, run.results.size(), run.results[i].fault->id);
    searches.Start(run.results[i]);
  }
  searches.Finish();
  return run;
}

}  // namespace shmspec
