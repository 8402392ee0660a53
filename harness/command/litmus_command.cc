// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/print_judged.h"
#include "harness/command/print_litmus.h"
#include "harness/command/settle.h"
#include "harness/command/subcommand.h"
#include "harness/order/branches.h"
#include "harness/order/prediction.h"
#include "harness/order/read.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

struct LitmusOptions {
  std::vector<std::string> files;  // `-` reads standard input, `known:SB` is a classic test
  PerformOptions perform{.timeout_ms = 60'000};
  std::uint64_t rounds = 1'000'000;
  order::As as = order::As::kProcesses;
  std::optional<order::Order> order;
  bool predicts = false;
  bool lists = false;
  bool writes = false;
};

/// A test and what the order says of it.
struct Subject {
  order::Litmus litmus;
  order::Prediction prediction;
};

/// Prints why a test is not run; the exit code for that.
int PrintUnsupported(const order::Litmus& litmus, std::string_view why) {
  fmt::print("{} {}: {}\n", Paint(StyleOf(Status::kUnsupported), NameOf(Status::kUnsupported)),
             litmus.name, why);
  return kExitIncomplete;
}

/// What the rounds of a test showed, and the result of the last plan that ran some of them.
struct Ran {
  SeenEnds seen;
  CaseResult result;

  bool well() const { return result.status == Status::kPass || result.status == Status::kObserved; }
};

/// Runs the rounds in plans of a size that memory is enough for, until one does not go well.
Ran RunRounds(const order::Branches& branches, const LitmusOptions& options,
              const RunOptions& run) {
  constexpr std::uint64_t kMost = order::PlanTerms::kMostRounds;
  Ran ran;
  for (std::uint64_t left = options.rounds; left > 0;) {
    const std::uint64_t rounds = std::min(left, kMost);
    left -= rounds;
    ran.result = RunPlan(PlanOf(branches, {.rounds = rounds, .as = options.as}), 1, run);
    for (const LitmusHistogram& histogram : ran.result.histograms) {
      for (const auto& row : histogram.endings) {
        ran.seen.rounds[branches.EndOf(EndingOf(row.ending))] += row.rounds;
      }
    }
    if (!ran.well() || StopRequests::Pending() != 0) break;
  }
  return ran;
}

/// Branches that take turns on a processor show of each other what a system with one processor
/// shows: a sequence.
std::optional<std::string> TooFewProcessors(const order::Branches& branches,
                                            const RunOptions& run) {
  const std::size_t needed = branches.programs.size();
  const std::uint32_t usable = UsableProcessors();
  if (!IsRealTarget(run.target) || usable >= needed) return std::nullopt;
  return fmt::format(
      "{0} branches act at once on {0} processors only, and this system offers {1}: what their "
      "accesses show to each other cannot be seen here; --predict prints what is allowed",
      needed, usable);
}

int RunOne(const Subject& subject, const LitmusOptions& options, const RunOptions& run) {
  const order::Litmus& litmus = subject.litmus;
  const bool x86 = Has(run.abilities.there, Ability::kX8664);
  const Result<order::Branches> branches =
      BranchesOf(litmus, x86 ? order::Machine::kX86 : order::Machine::kOther);
  if (!branches.ok()) return PrintUnsupported(litmus, branches.error().message);
  if (const auto why = TooFewProcessors(*branches, run)) return PrintUnsupported(litmus, *why);
  const Ran ran = RunRounds(*branches, options, run);
  const bool shown = !ran.seen.rounds.empty();
  if (shown && PrintSeen(litmus, subject.prediction, ran.seen)) return kExitUnexpected;
  if (shown && ran.well()) return kExitAsExpected;
  // Not all rounds were run, or the order that was asked for allows what this system's does not.
  PrintJudged(litmus.name, ran.result);
  return ExitCodeOf(ran.result.status);
}

constexpr std::string_view kKnown = "known:";

/// A file, or a classic test.
Result<std::string> TextOf(const std::string& file) {
  if (!file.starts_with(kKnown)) return ReadInput(file);
  const std::string name = file.substr(kKnown.size());
  if (const order::Fact* fact = order::FactNamed(name)) return LitmusTextOf(*fact);
  std::vector<std::string> names;
  for (const order::Fact& fact : order::AllFacts()) names.emplace_back(fact.name);
  return Error{fmt::format("no classic test \"{}\"{}; shmspec litmus --list shows all", name,
                           DidYouMean(name, names))};
}

/// The classic tests, with what was published of them.
int List() {
  fmt::print("{:<24} {:<10} {:<10} {:<10} {:<10} {:<10} {}\n", "TEST", "sc", "x86-tso", "armv8",
             "riscv", "rc11", "THREADS");
  for (const order::Fact& fact : order::AllFacts()) {
    const order::Verdicts& of = fact.verdicts;
    fmt::print("{:<24} {:<10} {:<10} {:<10} {:<10} {:<10} {} ending {}\n", fact.name, NameOf(of.sc),
               NameOf(of.x86), NameOf(of.arm), NameOf(of.riscv), NameOf(of.rc11), fact.threads,
               fact.end);
  }
  return kExitAsExpected;
}

/// The tests themselves, for other tools that read herd's format.
int Write(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const Result<std::string> text = TextOf(file);
    if (!text.ok()) return Complain(kExitUsage, text.error().message);
    fmt::print("{}", *text);
  }
  return kExitAsExpected;
}

/// Reads all files before anything is run.
Result<std::vector<order::Litmus>> Read(const std::vector<std::string>& files) {
  std::vector<order::Litmus> all;
  for (const std::string& file : files) {
    const Result<std::string> text = TextOf(file);
    if (!text.ok()) return text.error();
    Result<order::Litmus> litmus = order::ReadLitmus(*text, InputName(file));
    if (!litmus.ok()) return litmus.error();
    all.push_back(*std::move(litmus));
  }
  return all;
}

int Litmus(const LitmusOptions& options) {
  if (options.lists) return List();
  if (options.files.empty()) {
    return Complain(kExitUsage, "FILE or --list is required; see shmspec litmus --help");
  }
  if (options.writes) return Write(options.files);
  Result<std::vector<order::Litmus>> tests = Read(options.files);
  if (!tests.ok()) return Complain(kExitUsage, tests.error().message);
  std::optional<RunOptions> run;
  if (!options.predicts) {
    if (const auto missing = MissingFloor(options.perform)) {
      return Complain(kExitHarnessTrouble, *missing);
    }
    Result<RunOptions> settled = Settle(options.perform);
    if (!settled.ok()) {
      return Complain(settled.error().lacking ? kExitIncomplete : kExitUsage,
                      settled.error().message);
    }
    run = *std::move(settled);
  }
  const StopRequests requests;
  LeavingReader reader;
  int worst = kExitAsExpected;
  for (std::size_t i = 0; i < tests->size(); ++i) {
    order::Litmus& litmus = (*tests)[i];
    const order::Order order = options.order.value_or(UsualFor(litmus.language));
    Result<order::Prediction> prediction = Predict(litmus, order);
    if (!prediction.ok() && !prediction.error().lacking) {
      return Complain(kExitUsage, fmt::format("{}: {}", InputName(options.files[i]),
                                              prediction.error().message));
    }
    reader.Show([&] {
      if (i > 0) fmt::print("\n");
      if (!prediction.ok()) {
        worst = Worse(worst, PrintUnsupported(litmus, prediction.error().message));
        return;
      }
      const Subject subject{std::move(litmus), *std::move(prediction)};
      if (run) {
        worst = Worse(worst, RunOne(subject, options, *run));
      } else {
        PrintPrediction(subject.litmus, subject.prediction);
      }
    });
    if (StopRequests::Pending() != 0) return Worse(worst, kExitIncomplete);
  }
  return worst;
}

void Declare(OptionList& options, LitmusOptions& to) {
  options.Texts(
      "FILE", to.files,
      "Litmus tests of herd's format, X86, X86_64 or C; - for standard input, known:SB for "
      "a classic test");
  options.Flag("--list", to.lists, "Print the classic tests, with the verdicts published of them");
  options.Flag("--text", to.writes, "Print the tests themselves, for other tools; run nothing");
  options.Number("--rounds", to.rounds, {1, std::int64_t{1} << 24},
                 "How often each test is run; 1000000 when not given");
  options.Choice("--as", to.as, "What its threads are run as: processes (default) or threads");
  options.OneOf(
      "--model", OptionList::ChoicesOf<order::Order>(),
      [&to](const std::string& word) { to.order = FromName<order::Order>(word); },
      "The order that forbids endings: sc, x86-tso (default for X86), rc11 (default for C), armv8 "
      "or riscv");
  options.Flag("--predict", to.predicts, "Run nothing, print what that order allows");
  DeclarePerform(options, to.perform);
}

std::string Footer() {
  return "Examples:\n"
         "  shmspec litmus SB.litmus                        between processes, on this processor\n"
         "  shmspec litmus *.litmus --as threads            between threads of one process\n"
         "  shmspec litmus SB.litmus --predict              what x86-TSO allows\n"
         "  shmspec litmus known:MP known:IRIW --predict    classic tests, without files\n"
         "  shmspec litmus SB.litmus --predict --model sc   what would turns of the threads "
         "show?\n\n"
         "On x86 a test in C is run as a compiler may translate it: plain loads and stores, and a "
         "fence "
         "behind\n"
         "each sequentially consistent store. Armv8 and RISC-V are known by the published verdicts "
         "on "
         "classic\n"
         "tests only. A test that needs more than branches of shmspec can do is UNSUPPORTED; "
         "--predict "
         "takes it.\n\n"
         "Exit codes: 0 no ending was seen that is forbidden, 1 one was, 2 a test cannot be run or "
         "decided\n"
         "here, 3 trouble in the harness itself, 4 mistake in options or in a file.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "litmus",
     .about = "Run litmus tests of herd's format between processes, or predict their endings",
     .place = 117,
     .examples = "  shmspec litmus SB.litmus; shmspec litmus SB.litmus --predict --model sc\n",
     .footer = &Footer,
     .start = Performing(&Declare, &Litmus)});

}  // namespace
}  // namespace shmspec
