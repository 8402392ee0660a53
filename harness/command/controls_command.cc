// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/runner/controls.h"
#include "harness/vocabulary/nearest.h"

namespace shmspec {
namespace {

void PrintJson(const std::vector<ControlResult>& results) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::array();
  for (const ControlResult& one : results) {
    faults.push_back({{"id", one.fault->id},
                      {"requirement", one.fault->requirement.id()},
                      {"description", one.fault->description},
                      {"caught_by", one.caught_by}});
  }
  const nlohmann::ordered_json document{{"format", "shmspec-controls/1"}, {"faults", faults}};
  fmt::print("{}\n", document.dump(2));
}

void PrintHuman(const std::vector<ControlResult>& results) {
  for (const ControlResult& one : results) {
    const bool caught = !one.caught_by.empty();
    fmt::print("{} {:<44} {}\n",
               Paint(caught ? Style::kGood : Style::kBad, caught ? "caught" : "MISSED"),
               one.fault->id,
               caught ? Paint(Style::kDim,
                              fmt::format("{} by {}", one.caught_by.size(), one.caught_by.front()))
                      : std::string(one.fault->description));
  }
}

}  // namespace

int ControlsCommand(const ControlsCommandOptions& options) {
  std::vector<const SeededFault*> chosen;
  std::vector<std::string> names;
  for (const SeededFault& fault : AllFaults()) names.emplace_back(fault.id);
  for (const std::string& wanted : options.faults) {
    const SeededFault* fault = FindFault(wanted);
    if (fault == nullptr) {
      return Complain(kExitUsage,
                      fmt::format("no fault \"{}\"{}", wanted, DidYouMean(wanted, names)));
    }
    chosen.push_back(fault);
  }
  if (chosen.empty()) {
    for (const SeededFault& fault : AllFaults()) chosen.push_back(&fault);
  }
  ProgressLine progress;
  const ControlsRun run =
      RunControls(chosen, options.seed,
                  [&progress](std::size_t done, std::size_t total, std::string_view name) {
                    progress.Show(done, total, name);
                  });
  progress.Clear();
  if (!run.failing_when_sound.empty()) {
    return Complain(
        kExitHarnessTrouble,
        fmt::format("the simulated system without any fault fails {}: the cases and the "
                    "specification disagree",
                    fmt::join(run.failing_when_sound, ", ")));
  }
  if (options.format == Format::kJson) {
    PrintJson(run.results);
  } else {
    PrintHuman(run.results);
  }
  const auto missed = static_cast<std::size_t>(
      std::count_if(run.results.begin(), run.results.end(),
                    [](const ControlResult& one) { return one.caught_by.empty(); }));
  if (options.format == Format::kHuman) {
    fmt::print("\n{} faults: {} caught, {} missed\n", run.results.size(),
               run.results.size() - missed, missed);
  }
  return missed == 0 ? kExitAsExpected : kExitUnexpected;
}

}  // namespace shmspec
