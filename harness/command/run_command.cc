// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/output_file.h"
#include "harness/command/print_results.h"
#include "harness/runner/record.h"
#include "harness/runner/selection.h"
#include "harness/runner/stop_requests.h"
#include "harness/sandbox/environment.h"

namespace shmspec {
namespace {

/// --quick performs no case more often than this.
constexpr int kQuickRounds = 8;

class Observer : public RunObserver {
 public:
  Observer(const RunOptions& options, Format format) : options_(options), format_(format) {}

  void OnResult(const Case& test_case, const CaseResult& result, std::size_t done,
                std::size_t total) override {
    const bool troubled = result.status == Status::kFail || result.status == Status::kUnresolved;
    if (troubled && format_ == Format::kHuman) {
      progress_.Clear();
      PrintTroubledCase(test_case, result, options_);
      std::fflush(stdout);
    }
    if (done < total) {
      progress_.Show(done, total, test_case.id);
    } else {
      progress_.Clear();
    }
  }

 private:
  const RunOptions& options_;
  Format format_;
  ProgressLine progress_;
};

Result<SelectionOptions> SelectionOf(const RunCommandOptions& options, std::uint64_t seed) {
  SelectionOptions selection;
  selection.filters = options.filters;
  selection.level = *FromName<Level>(options.level);
  if (options.shard) {
    Result<Shard> shard = ParseShard(*options.shard);
    if (!shard.ok()) return shard.error();
    selection.shard = *shard;
  }
  if (options.shuffle) selection.shuffle = seed;
  return selection;
}

std::string Now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace

int RunCommand(const RunCommandOptions& options) {
  const StopRequests requests;  // from before the first claim until the record is written
  Result<SelectionOptions> selecting = SelectionOf(options, options.perform.seed.value_or(0));
  if (!selecting.ok()) return Complain(kExitUsage, selecting.error().message);
  if (auto checked = Select(AllCases(), *selecting); !checked.ok()) {
    return Complain(kExitUsage, checked.error().message);
  }
  std::optional<OutputFile> output;
  if (options.output) {
    Result<OutputFile> claimed = OutputFile::Claim(*options.output);
    if (!claimed.ok()) return Complain(kExitUsage, claimed.error().message);
    output = std::move(claimed).value();
  }
  Result<RunOptions> settled = Settle(options.perform);
  if (!settled.ok()) {
    return Complain(settled.error().lacking ? kExitIncomplete : kExitUsage,
                    settled.error().message);
  }
  RunOptions run = *settled;
  run.repeat = options.repeat;
  if (options.quick) run.max_rounds = kQuickRounds;
  if (selecting->shuffle) selecting->shuffle = run.seed;
  const Selection selection = *Select(AllCases(), *selecting);
  if (selection.cases.empty()) {
    return Complain(kExitNothingSelected,
                    "the filter selects no case; shmspec list shows what there is");
  }
  const std::string started = Now();
  if (options.format == Format::kHuman) PrintHeading(run, selection.cases.size());
  Observer observer(run, options.format);
  const RunResult result = RunCases(selection.cases, run, observer);

  if (options.format == Format::kHuman) PrintSummary(result);
  if (output || options.format == Format::kJson) {
    RecordContext context{.argv = options.argv,
                          .started = started,
                          .selection = fmt::format("{}", fmt::join(options.filters, " ")),
                          .excluded = selection.excluded,
                          .shard_index = selecting->shard.index,
                          .shard_count = selecting->shard.count};
    context.environment = ReadEnvironment();
    context.meanings = Assess(context.environment, run.isolation);
    const std::string record =
        RecordOf(result, run, context)
            .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
        "\n";
    if (options.format == Format::kJson) fmt::print("{}", record);
    if (output) {
      if (auto written = output->Commit(record); !written.ok()) {
        return Complain(kExitHarnessTrouble, written.error().message);
      }
    }
  }
  return result.ExitCode();
}

}  // namespace shmspec
