// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <optional>

#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/output_file.h"
#include "harness/command/print_judged.h"
#include "harness/command/settle.h"
#include "harness/command/subcommand.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/form/text.h"
#include "reports/text/plain_text.h"

namespace shmspec {
namespace {

struct ReplayOptions {
  std::string file;  // `-` reads standard input
  PerformOptions perform;
  int rounds = 1;
  OutputOptions trace{.option = "--trace"};  // where the trace goes, if anywhere
};

void PrintReplay(const Plan& plan, const CaseResult& result, const RunOptions& run) {
  PrintJudged(plan.name, result);
  const std::string rounds =
      result.rounds == 0  // none of the attempts returned a result
          ? ""
          : reports::Counted(static_cast<std::uint64_t>(result.rounds), "round", "rounds") + " ";
  fmt::print("seed {}, {}through {}\n", run.seed, rounds, run.target);
}

/// Puts the trace of the last round there.
Result<void> KeepTrace(OutputFile& file, const CaseResult& result) {
  if (!result.whole_trace.empty()) return file.Commit(result.whole_trace);
  return Error{"no trace came back that could be kept"};
}

int Replay(const ReplayOptions& options) {
  const Result<std::string> text = ReadInput(options.file);
  if (!text.ok()) return Complain(kExitUsage, text.error().message);
  const Result<Plan> plan = ParsePlan(*text, InputName(options.file));
  if (!plan.ok()) return Complain(kExitUsage, plan.error().message);
  if (plan->steps.empty()) {
    return Complain(kExitUsage, fmt::format("{}: the plan {} has no step, so that nothing can be "
                                            "said of it",
                                            InputName(options.file), plan->name));
  }
  if (const auto missing = MissingFloor(options.perform)) {
    return Complain(kExitHarnessTrouble, *missing);
  }
  std::optional<OutputFile> trace;
  if (options.trace.file) {
    Result<OutputFile> claimed = OutputFile::Claim(options.trace);
    if (!claimed.ok()) return Complain(kExitUsage, claimed.error().message);
    trace = *std::move(claimed);
  }
  Result<RunOptions> run = Settle(options.perform);
  if (!run.ok()) {
    return Complain(run.error().lacking ? kExitIncomplete : kExitUsage, run.error().message);
  }
  run->keeps_trace = trace.has_value();
  const StopRequests requests;
  LeavingReader reader;
  const CaseResult result = RunPlan(*plan, options.rounds, *run);
  reader.Show([&] { PrintReplay(*plan, result, *run); });
  if (trace) {
    if (const Result<void> kept = KeepTrace(*trace, result); !kept.ok()) {
      return Complain(kExitHarnessTrouble, kept.error().message);
    }
  }
  return ExitCodeOf(result.status);
}

void Declare(OptionList& options, ReplayOptions& to) {
  options.Text("FILE", to.file, "A plan in text form; - for standard input").required = true;
  DeclarePerform(options, to.perform);
  options.Number("--rounds", to.rounds, {1, 1000000}, "How often, until one does not pass");
  options.Text("--trace", to.trace.file, "A file for what happened in the last round, for judge");
  options.Flag("--force", to.trace.force, "Replace that file if it is there already");
}

std::string Footer() {
  return "Examples:\n"
         "  shmspec show sysv.detach.works_once > my.plan\n"
         "  shmspec replay my.plan                         on this kernel\n"
         "  shmspec replay my.plan --target simulated      what would a system do that conforms?\n"
         "  shmspec replay my.plan --rounds 1000           until it fails\n"
         "  shmspec replay my.plan --trace my.trace && shmspec judge my.trace\n\n"
         "Exit codes: 0 it passes, 1 it fails, 2 it cannot be decided or performed here, 3 trouble "
         "in\n"
         "the harness itself, 4 mistake in options or in the plan.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "replay",
     .about = "Perform and judge a plan from a file",
     .place = 110,
     .examples = "  shmspec show sysv.detach.works_once > my.plan; shmspec replay my.plan\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Replay)});

}  // namespace
}  // namespace shmspec
