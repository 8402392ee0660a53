// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One run on each of several targets.

#include <fmt/format.h>

#include <string_view>

#include "harness/actor/i386_program.h"
#include "harness/command/console.h"
#include "harness/command/output_file.h"
#include "harness/command/run_target.h"
#include "harness/runner/stop_requests.h"
#include "harness/target/target.h"
#include "harness/vocabulary/value/nearest.h"
#include "reports/form/report.h"

namespace shmspec {
namespace {

constexpr std::string_view kAll = "all";

/// A run that is prepared, or, with `lacking`, the reason why there is nothing to run it on.
struct Entry {
  RunCommandOptions options;
  Preparation prepared;
  std::string lacking;
  TargetRun run;
};

/// Why this system lacks the target; empty when it does not, and for targets without a kernel.
std::string LackingOf(const std::string& name) {
  const KernelTarget* target = FindTarget(name);
  if (target == nullptr) return "";
  const Result<void> there = ProbeTarget(*target);
  return !there.ok() && there.error().lacking ? there.error().message : "";
}

/// Prepares every run before the first begins, so that a mistake shows at once.
Result<std::vector<Entry>> PrepareAll(const RunCommandOptions& options,
                                      const std::vector<std::string>& targets) {
  if (options.format == Format::kJson) {
    return Error{
        "--format json prints one record; with several targets name a folder for them: "
        "--output FOLDER"};
  }
  if (options.output.file) {
    if (const auto made = MakeFolder(*options.output.file); !made.ok()) {
      return Error{
          fmt::format("--output {}: with several targets it names a folder, which cannot "
                      "be made: {}",
                      *options.output.file, made.error().message)};
    }
  }
  std::vector<Entry> entries;
  for (const std::string& target : targets) {
    Entry& entry = entries.emplace_back();
    entry.options = options;
    entry.options.perform.target = target;
    entry.options.controls = options.controls && &entry == &entries.front();
    if (options.output.file)
      entry.options.output.file = *options.output.file + "/" + target + ".json";
    Result<Preparation> prepared = Prepare(entry.options);
    if (!prepared.ok()) return prepared.error();
    entry.prepared = std::move(prepared).value();
    entry.lacking = LackingOf(target);
  }
  return entries;
}

/// One line for each entry, and the line that ends every run.
void PrintEntries(const std::vector<Entry>& entries) {
  Totals all;
  fmt::print("\n");
  for (const Entry& entry : entries) {
    const Totals& totals = entry.run.totals;
    all += totals;
    std::string line =
        fmt::format("{:<12} {:>4} passed {:>4} failed {:>4} skipped", entry.options.perform.target,
                    totals.passed, totals.failed, totals.skipped);
    if (entry.lacking.empty()) {
      line += fmt::format("  in {:.2f} s", entry.run.duration_s);
    } else {
      line += ": " + entry.lacking;
    }
    fmt::print("{}\n", line);
  }
  fmt::print("{} passed, {} failed, {} skipped\n", all.passed, all.failed, all.skipped);
}

int PrintReport(const std::vector<Entry>& entries, const std::string& form, LeavingReader& reader) {
  std::vector<reports::Record> records;
  for (const Entry& entry : entries) {
    if (entry.run.record.empty()) continue;
    Result<reports::Record> read = reports::ReadRecord(entry.run.record, "the record of this run");
    if (!read.ok()) return Complain(kExitHarnessTrouble, read.error().message);
    records.push_back(std::move(read).value());
  }
  reader.Show([&] { fmt::print("{}", reports::Render(form, records)); });
  return kExitAsExpected;
}

/// The exit code of the worst run; runs without a result count only when no run has one.
int ExitCodeOf(const std::vector<Entry>& entries) {
  int worst = kExitIncomplete;
  bool first = true;
  for (const Entry& entry : entries) {
    if (!entry.lacking.empty() && entry.run.exit_code == kExitIncomplete) continue;
    worst = first ? entry.run.exit_code : Worse(worst, entry.run.exit_code);
    first = false;
  }
  return worst;
}

}  // namespace

Result<std::vector<std::string>> TargetsNamed(const std::string& word) {
  std::vector<std::string> names;
  if (word == kAll) {
    for (const KernelTarget& target : KernelTargets()) names.emplace_back(target.name);
    return names;
  }
  std::string_view rest = word;
  while (true) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    names.emplace_back(rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  if (names.size() == 1) return names;  // checked where a single target is
  const std::vector<std::string> known = TargetNames();
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (IsRealTarget(*name) && std::find(known.begin(), known.end(), *name) == known.end()) {
      return Error{fmt::format("--target {}: no target \"{}\": there are {}{}", word, *name,
                               fmt::join(known, ", "), DidYouMean(*name, known))};
    }
    if (std::find(names.begin(), name, *name) != name) {
      return Error{fmt::format("--target {}: \"{}\" is there twice", word, *name)};
    }
  }
  return names;
}

int RunOnTargets(const RunCommandOptions& options, const std::vector<std::string>& targets,
                 LeavingReader& reader) {
  Result<std::vector<Entry>> entries = PrepareAll(options, targets);
  if (!entries.ok()) return Complain(kExitUsage, entries.error().message);
  for (Entry& entry : *entries) {
    entry.run = RunOnTarget(entry.options, std::move(entry.prepared), entry.lacking, reader, true);
    const bool performed =
        entry.run.totals.passed + entry.run.totals.failed + entry.run.totals.skipped != 0;
    if (!performed) return entry.run.exit_code;  // so would the others
    if (StopRequests::Pending() != 0) break;
  }
  if (!options.form) {
    reader.Show([&] { PrintEntries(*entries); });
  } else if (const int code = PrintReport(*entries, *options.form, reader);
             code != kExitAsExpected) {
    return code;
  }
  return StopRequests::Pending() != 0 ? kExitIncomplete : ExitCodeOf(*entries);
}

}  // namespace shmspec
