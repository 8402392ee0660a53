// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/settle.h"
#include "harness/command/subcommand.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/form/text.h"
#include "reports/plain_text.h"

namespace shmspec {
namespace {

struct ReplayOptions {
  std::string file;  // `-` reads standard input
  PerformOptions perform;
  int rounds = 1;
};

void PrintReplay(const Plan& plan, const CaseResult& result, const RunOptions& run) {
  fmt::print("{} {}\n", Paint(StyleOf(result.status), NameOf(result.status)), plan.name);
  if (!result.reason.empty()) fmt::print("{}", Wrap(result.reason, 2));
  fmt::print("\n{}", result.excerpt.empty() ? result.trace : result.excerpt);
  for (const std::string& observed : result.observed) fmt::print("  observed: {}\n", observed);
  for (const std::string& one : result.left_behind) fmt::print("Left behind: {}\n", one);
  const std::string rounds =
      result.rounds == 0  // none of the attempts returned a result
          ? ""
          : reports::Counted(static_cast<std::uint64_t>(result.rounds), "round", "rounds") + " ";
  fmt::print("seed {}, {}through {}\n", run.seed, rounds, run.target);
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
  const Result<RunOptions> run = Settle(options.perform);
  if (!run.ok()) {
    return Complain(run.error().lacking ? kExitIncomplete : kExitUsage, run.error().message);
  }
  const StopRequests requests;
  LeavingReader reader;
  const CaseResult result = RunPlan(*plan, options.rounds, *run);
  reader.Show([&] { PrintReplay(*plan, result, *run); });
  if (result.status == Status::kFail) return kExitUnexpected;
  return result.status == Status::kPass ? kExitAsExpected : kExitIncomplete;
}

void Declare(OptionList& options, ReplayOptions& to) {
  options.Text("FILE", to.file, "A plan in text form; - for standard input").required = true;
  DeclarePerform(options, to.perform);
  options.Number("--rounds", to.rounds, {1, 1000000}, "How often, until one does not pass");
}

std::string Footer() {
  return "Examples:\n"
         "  shmspec show sysv.detach.works_once > my.plan\n"
         "  shmspec replay my.plan                         on this kernel\n"
         "  shmspec replay my.plan --target simulated      what would a system do that conforms?\n"
         "  shmspec replay my.plan --rounds 1000           until it fails\n\n"
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
