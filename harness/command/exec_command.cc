// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Performs one case for other runners of tests.

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "harness/command/console.h"
#include "harness/command/expectation_files.h"
#include "harness/command/print_failures.h"
#include "harness/command/print_results.h"
#include "harness/command/settle.h"
#include "harness/command/subcommand.h"
#include "harness/runner/stop_requests.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

/// The exit codes of other runners of tests.
enum class ExitStyle : std::uint8_t { kShmspec, kKselftest, kOpenPosix, kAutomake, kLtp };

struct ExecOptions {
  std::string name;
  PerformOptions perform;
  ExpectationFiles expectations;
  ExitStyle style = ExitStyle::kShmspec;
};

}  // namespace

template <>
struct NamesOf<ExitStyle> {
  static constexpr std::array kNames{Named<ExitStyle>{"shmspec", ExitStyle::kShmspec},
                                     Named<ExitStyle>{"ksft", ExitStyle::kKselftest},
                                     Named<ExitStyle>{"openposix", ExitStyle::kOpenPosix},
                                     Named<ExitStyle>{"automake", ExitStyle::kAutomake},
                                     Named<ExitStyle>{"ltp", ExitStyle::kLtp}};
};

namespace {

/// The exit codes of a style for the results of a case. A style without a code for a waiver gets
/// the status itself. `trouble`: the case could not be tried, because of a mistake in the command
/// line or in the harness; it must never look like a pass or a skip.
struct ExitCodes {
  ExitStyle style;
  int pass;
  int fail;
  int unresolved;
  int unsupported;
  int untested;
  int waived;
  int stale;
  int trouble;
};

/// Sources: tools/testing/selftests/kselftest.h of Linux (KSFT_*); IEEE 1003.3 as the Open POSIX
/// test suite numbers it; Automake's manual, "Scripts-based Testsuites"; include/tst_res_flags.h of
/// LTP (TFAIL, TBROK, TCONF).
constexpr ExitCodes kCodes[] = {{ExitStyle::kKselftest, 0, 1, 1, 4, 4, 2, 3, 1},
                                {ExitStyle::kOpenPosix, 0, 1, 2, 4, 5, 1, 0, 2},
                                {ExitStyle::kAutomake, 0, 1, 99, 77, 77, 77, 1, 99},
                                {ExitStyle::kLtp, 0, 1, 2, 32, 32, 1, 0, 2}};

const ExitCodes* CodesOf(ExitStyle style) {
  for (const ExitCodes& codes : kCodes) {
    if (codes.style == style) return &codes;
  }
  return nullptr;
}

int ExitCodeOf(const RunResult& result, ExitStyle style) {
  const ExitCodes* codes = CodesOf(style);
  if (codes == nullptr) return result.ExitCode();
  if (!result.complete) return codes->trouble;
  const CaseRun& run = result.cases.front();
  if (run.judged.judgement == Judgement::kWaived) return codes->waived;
  if (run.judged.judgement == Judgement::kStale) return codes->stale;
  switch (run.status()) {
    case Status::kPass:
    case Status::kObserved:
      return codes->pass;
    case Status::kFail:
      return codes->fail;
    case Status::kUnresolved:
      return codes->unresolved;
    case Status::kUnsupported:
      return codes->unsupported;
    case Status::kUntested:
      break;
  }
  return codes->untested;
}

/// `usual`, where the style has no code of its own.
int TroubleCode(ExitStyle style, int usual) {
  const ExitCodes* codes = CodesOf(style);
  return codes == nullptr ? usual : codes->trouble;
}

class Observer : public RunObserver {
 public:
  Observer(const RunOptions& options, const Expectations& expectations, LeavingReader& reader)
      : options_(options), expectations_(expectations), reader_(reader) {}
  void OnResult(const Case& test_case, const CaseResult& result, std::size_t,
                std::size_t) override {
    if (IsTrouble(result.status)) {
      reader_.Show([&] {
        PrintTroubledCase(test_case, result, expectations_.Judge({&test_case, {result}, {}}),
                          options_);
      });
    }
  }

 private:
  const RunOptions& options_;
  const Expectations& expectations_;
  LeavingReader& reader_;
};

int Exec(const ExecOptions& options) {
  const StopRequests requests;
  LeavingReader reader;
  const auto complain = [&](const Error& error) {
    const ExitCodes* codes = CodesOf(options.style);
    if (error.lacking && codes != nullptr) return Complain(codes->unsupported, error.message);
    return Complain(TroubleCode(options.style, error.lacking ? kExitIncomplete : kExitUsage),
                    error.message);
  };
  const Case* test_case = FindCase(options.name);
  if (test_case == nullptr) {
    std::vector<std::string> names;
    for (const Case& one : AllCases()) names.emplace_back(one.id);
    return complain(Error{fmt::format("no case \"{}\"{}; exec takes the whole name of one",
                                      options.name, DidYouMean(options.name, names))});
  }
  const Result<Expectations> expectations = ReadExpectations(options.expectations, options.perform);
  if (!expectations.ok()) return complain(expectations.error());
  if (const auto missing = MissingFloor(options.perform)) {
    return Complain(TroubleCode(options.style, kExitHarnessTrouble), *missing);
  }
  const Result<RunOptions> run = Settle(options.perform);
  if (!run.ok()) return complain(run.error());
  Observer observer(*run, *expectations, reader);
  const RunResult result = RunCases({test_case}, *run, observer, *expectations);
  reader.Show([&] {
    PrintOutcome(result.cases.front());
    PrintTotals(result);
  });
  return ExitCodeOf(result, options.style);
}

void Declare(OptionList& options, ExecOptions& to) {
  options.Text("CASE", to.name, "The name of the case, in full").required = true;
  options.Choice(
      "--exit-style", to.style,
      fmt::format("Whose exit codes: {}", fmt::join(OptionList::ChoicesOf<ExitStyle>(), ", ")));
  DeclarePerform(options, to.perform);
  DeclareWaivers(options, to.expectations);
}

std::string Footer() {
  std::string footer =
      "Exit codes:      pass fail unresolved unsupported untested waived stale stopped\n";
  for (const ExitCodes& codes : kCodes) {
    footer +=
        fmt::format("  {:<14} {:>4} {:>4} {:>10} {:>11} {:>8} {:>6} {:>5} {:>7}\n",
                    NameOf(codes.style), codes.pass, codes.fail, codes.unresolved,
                    codes.unsupported, codes.untested, codes.waived, codes.stale, codes.trouble);
  }
  footer +=
      "Without a style they are those of run. Mistakes in the command line count as stopped.\n\n"
      "Example, a test of CTest for each case:\n"
      "  mkdir cases && shmspec list --format ctest > cases/CTestTestfile.cmake\n"
      "  ctest --test-dir cases -j2\n";
  return footer;
}

int ExitCodeOfMistake(const GivenWord& given) {
  const auto style = FromName<ExitStyle>(given("--exit-style"));
  return TroubleCode(style.value_or(ExitStyle::kShmspec), kExitUsage);
}

const internal::SubcommandRegistration registration(
    {.name = "exec",
     .about = "Perform one case, with the exit code that another runner of tests expects",
     .place = 20,
     .examples =
         "  shmspec exec sysv.detach.works_once --exit-style ksft  one case, for other runners\n",
     .footer = &Footer,
     .mistake = &ExitCodeOfMistake,
     .start = Performing(&Declare, &Exec)});

}  // namespace
}  // namespace shmspec
