// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/controls_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/command/console.h"
#include "harness/command/option_list.h"
#include "harness/command/settle.h"
#include "harness/command/subcommand.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

void PrintJson(const std::vector<ControlResult>& results) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::array();
  for (const ControlResult& one : results) {
    faults.push_back({{"id", one.fault->id},
                      {"requirement", one.fault->requirement.id()},
                      {"description", one.fault->description},
                      {"caught_by", NamesIn(one.caught_by)}});
    for (const Noticed& by : one.caught_by) {
      if (by.executions != 0) faults.back()["executions"][by.name] = by.executions;
    }
  }
  const nlohmann::ordered_json document{{"format", "shmspec-controls/1"}, {"faults", faults}};
  fmt::print("{}\n", document.dump(2));
}

/// "3 by sysv.get.is_new", or where plans are counted "by fuzz.guided after 12, by
/// fuzz.unguided after 340".
std::string TextOf(const std::vector<Noticed>& caught_by, bool first) {
  if (caught_by.front().executions == 0) {
    const std::string count = first ? "" : fmt::format("{} ", caught_by.size());
    return fmt::format("{}by {}", count, caught_by.front().name);
  }
  std::vector<std::string> counts;
  for (const Noticed& by : caught_by) {
    counts.push_back(fmt::format("by {} after {}", by.name, by.executions));
  }
  return fmt::to_string(fmt::join(counts, ", "));
}

void PrintHuman(const std::vector<ControlResult>& results, bool first) {
  for (const ControlResult& one : results) {
    const bool caught = !one.caught_by.empty();
    std::string text(one.fault->description);
    if (caught) text = Paint(Style::kDim, TextOf(one.caught_by, first));
    fmt::print("{} {:<44} {}\n",
               Paint(caught ? Style::kGood : Style::kBad, caught ? "caught" : "MISSED"),
               one.fault->id, text);
  }
}

Result<std::vector<const SeededFault*>> Choose(const std::vector<std::string>& wanted,
                                               std::span<const SeededFault> faults) {
  std::vector<const SeededFault*> chosen;
  std::vector<std::string> names;
  for (const SeededFault& fault : faults) {
    names.emplace_back(fault.id);
    if (wanted.empty()) chosen.push_back(&fault);
  }
  for (const std::string& name : wanted) {
    const auto found = std::find_if(faults.begin(), faults.end(),
                                    [&](const SeededFault& fault) { return fault.id == name; });
    if (found == faults.end()) {
      return Error{fmt::format("no fault \"{}\"{}", name, DidYouMean(name, names))};
    }
    chosen.push_back(&*found);
  }
  return chosen;
}

std::vector<std::string> HunterNames() {
  std::vector<std::string> names;
  for (const Hunter& one : AllHunters()) names.emplace_back(one.name);
  return names;
}

}  // namespace

std::string TroubleOf(const ControlsRun& run) {
  if (!run.sound.trouble.empty()) return "without any fault " + run.sound.trouble;
  if (!run.sound.caught_by.empty()) {
    return fmt::format(
        "the simulated system without any fault fails {}: they and the specification disagree",
        fmt::join(NamesIn(run.sound.caught_by), ", "));
  }
  for (const ControlResult& one : run.results) {
    if (!one.trouble.empty()) return fmt::format("with {} {}", one.fault->id, one.trouble);
  }
  return "";
}

int ControlsCommand(const ControlsCommandOptions& options, std::span<const SeededFault> faults) {
  const auto chosen = Choose(options.faults, faults);
  if (!chosen.ok()) return Complain(kExitUsage, chosen.error().message);
  const Hunter* hunter = FindHunter(options.by);
  if (hunter == nullptr) {
    return Complain(kExitUsage,
                    fmt::format("nothing in this program looks for faults by \"{}\": there are {}",
                                options.by, fmt::join(HunterNames(), ", ")));
  }
  const StopRequests requests;
  ProgressLine progress;
  const ControlsRun run = RunControls(
      *chosen, {*hunter, options.seed, JobsOf(options.jobs), options.first, options.executions},
      [&progress](std::size_t done, std::size_t total, std::string_view name) {
        progress.Show(done, total, name);
      });
  progress.Clear();
  if (const int signal = StopRequests::Pending(); signal != 0) {
    return Complain(kExitIncomplete, "stopped by " + SignalName(signal));
  }
  if (const std::string trouble = TroubleOf(run); !trouble.empty()) {
    return Complain(kExitHarnessTrouble, trouble);
  }
  const auto missed = static_cast<std::size_t>(
      std::count_if(run.results.begin(), run.results.end(),
                    [](const ControlResult& one) { return one.caught_by.empty(); }));
  if (options.format == Format::kJson) {
    PrintJson(run.results);
  } else {
    PrintHuman(run.results, options.first);
    fmt::print("\n{} faults: {} caught, {} missed\n", run.results.size(),
               run.results.size() - missed, missed);
  }
  return missed == 0 ? kExitAsExpected : kExitUnexpected;
}

namespace {

void Declare(OptionList& options, ControlsCommandOptions& to) {
  options.Texts("FAULT", to.faults, "Only these faults");
  options.Text("--by", to.by, "Who has to catch them: " + WordsWithDefault(HunterNames(), to.by));
  options.Flag("--first", to.first, "Stop at the first that catches a fault instead of naming all");
  options.Number("--jobs,-j", to.jobs, {1, 256}, "Systems searched for faults at the same time");
  options.Number("--executions", to.executions, {1, 1'000'000'000},
                 "Plans that --by fuzz performs for each fault, at most (default 100000)");
  options.Seed("--seed", to.seed, "Settles every random choice");
  options.Choice("--format", to.format, "What is printed: human (default) or json");
}

std::string Footer() {
  return "Examples:\n"
         "  shmspec controls --first                       is each fault caught by something?\n"
         "  shmspec controls removal_destroys_at_once      what catches this one?\n"
         "  shmspec controls --by property --seed 7        do random plans catch them?\n"
         "  shmspec controls --by fuzz --executions 10000  after how many plans does fuzzing find "
         "them?\n\n"
         "Exit codes: 0 all are caught, 1 some are not, 2 stopped, 3 without any fault something "
         "is\n"
         "found as well, 4 mistake in options.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "controls",
     .about = "Seed one fault after the other into the simulated system: is each caught?",
     .place = 120,
     .examples = "  shmspec controls                         is every seeded fault caught?\n",
     .footer = &Footer,
     .start = Performing<ControlsCommandOptions>(&Declare,
                                                 [](const ControlsCommandOptions& options) {
                                                   return ControlsCommand(options, AllFaults());
                                                 })});

}  // namespace
}  // namespace shmspec
